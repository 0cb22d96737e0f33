//! How a text is cut into the parts that travel: pure functions over text.
//!
//! A part has 140 octets. A text in the [GSM 7-bit default alphabet](gsm) takes 7 bits a character, or 14 for those of the
//! extension table; any other text takes 16 bits a UTF-16 code unit (UCS-2). What doesn't fit one part is cut into several, each
//! of which begins with 6 octets that say how to join them (3GPP TS 23.040, section 9.2.3.24.1): 153 characters remain, or 67
//! code units.

pub mod gsm;

use thiserror::Error;

/// The most parts of a message: what the octet for their number can say.
pub const MAXIMUM_PARTS: usize = 255;

/// How the characters of a message are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, section 6.2.1).
    Gsm7,
    /// UTF-16, which telephones have read for UCS-2 ever since there are emoji.
    Ucs2,
}

impl Alphabet {
    /// The cheapest alphabet that has all characters of the text.
    pub fn of(text: &str) -> Self {
        match text.chars().all(|character| gsm::encode(character).is_some()) {
            true => Alphabet::Gsm7,
            false => Alphabet::Ucs2,
        }
    }

    /// Octets of a message that is one part, as [`Segments`] has them.
    fn single_octets(self) -> usize {
        match self {
            Alphabet::Gsm7 => 160,
            Alphabet::Ucs2 => 140,
        }
    }

    /// Octets of each part where there are several.
    fn part_octets(self) -> usize {
        match self {
            Alphabet::Gsm7 => 153,
            Alphabet::Ucs2 => 134,
        }
    }
}

/// A text as the parts that travel: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments {
    alphabet: Alphabet,
    octets: Vec<u8>,
    /// Where each part ends.
    ends: Vec<usize>,
}

/// A text needs more than [`MAXIMUM_PARTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text needs more than {MAXIMUM_PARTS} parts")]
pub struct TooManyParts;

impl Segments {
    /// Cuts a text into parts, never within a character.
    ///
    /// # Errors
    /// [`TooManyParts`] if more than 255 were needed.
    pub fn of(text: &str) -> Result<Self, TooManyParts> {
        let alphabet = Alphabet::of(text);
        let mut octets = Vec::with_capacity(text.len());
        let mut ends = Vec::new();
        let mut start = 0;
        for character in text.chars() {
            let before = octets.len();
            encode(alphabet, character, &mut octets);
            if octets.len() - start > alphabet.part_octets() {
                if ends.len() + 1 == MAXIMUM_PARTS {
                    return Err(TooManyParts);
                }
                ends.push(before);
                start = before;
            }
        }
        if octets.len() <= alphabet.single_octets() {
            ends.clear();
        }
        ends.push(octets.len());
        Ok(Segments {
            alphabet,
            octets,
            ends,
        })
    }

    /// How the characters are written.
    pub fn alphabet(&self) -> Alphabet {
        self.alphabet
    }

    /// How many parts there are, 1 to 255.
    pub fn count(&self) -> u8 {
        u8::try_from(self.ends.len()).expect("there are at most 255 parts")
    }

    /// The whole text: an octet for each 7 bits of [`Alphabet::Gsm7`], or [`Alphabet::Ucs2`] with the higher octet first.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The parts in their order, written as in [`Segments::octets`].
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.octets[start..*end])
    }
}

fn encode(alphabet: Alphabet, character: char, octets: &mut Vec<u8>) {
    match alphabet {
        Alphabet::Gsm7 => {
            let code = gsm::encode(character).expect("the alphabet was chosen because it has the character");
            octets.extend_from_slice(code.as_slice());
        }
        Alphabet::Ucs2 => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                octets.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
}

/// What each part of a message of several begins with: how to find the others and their order.
///
/// `reference` is the same for all parts and differs between messages to one telephone that are under way at once; `number`
/// counts from 1 to `total`.
pub fn concatenation_header(reference: u8, total: u8, number: u8) -> [u8; 6] {
    const HEADER_OCTETS: u8 = 5;
    const CONCATENATED_8_BIT_REFERENCE: u8 = 0;
    const ELEMENT_OCTETS: u8 = 3;
    [
        HEADER_OCTETS,
        CONCATENATED_8_BIT_REFERENCE,
        ELEMENT_OCTETS,
        reference,
        total,
        number,
    ]
}

#[cfg(test)]
mod tests;
