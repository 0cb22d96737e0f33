//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1).

/// What announces a character of the extension table.
const ESCAPE: u8 = 0x1B;

/// The characters by their codes. The place of the escape has a character that is in no text.
const ALPHABET: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{FFFE}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: codes after an escape, and their characters.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The code of a character: 7 bits, or twice 7 with an escape before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A character of the alphabet.
    Basic([u8; 1]),
    /// A character of the extension table, with its escape.
    Extended([u8; 2]),
}

impl Code {
    /// The code, an octet for each 7 bits.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Code::Basic(code) => code,
            Code::Extended(code) => code,
        }
    }
}

/// The code of a character, if it has one.
pub fn encode(character: char) -> Option<Code> {
    if character == ALPHABET[usize::from(ESCAPE)] {
        return None;
    }
    if let Some(position) = ALPHABET.iter().position(|known| *known == character) {
        return u8::try_from(position).ok().map(|code| Code::Basic([code]));
    }
    let (code, _) = EXTENSION.iter().find(|(_, known)| *known == character)?;
    Some(Code::Extended([ESCAPE, *code]))
}

/// The text of codes, an octet for each 7 bits.
///
/// As 3GPP TS 23.038 wants it, an unknown code after an escape is what it is in the alphabet, and an escape at the end is a
/// space. Octets beyond 7 bits become U+FFFD.
pub fn decode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    let mut rest = octets.iter().copied();
    while let Some(octet) = rest.next() {
        text.push(match octet {
            ESCAPE => rest.next().map_or(' ', extended),
            basic => self::basic(basic),
        });
    }
    text
}

fn basic(octet: u8) -> char {
    match ALPHABET.get(usize::from(octet)) {
        Some(_) if octet == ESCAPE => ' ',
        Some(character) => *character,
        None => char::REPLACEMENT_CHARACTER,
    }
}

fn extended(octet: u8) -> char {
    let known = EXTENSION.iter().find(|(code, _)| *code == octet);
    known.map_or_else(|| basic(octet), |(_, character)| *character)
}
