use crate::document::DeidentifyDocument;
use std::ops::Range;

/// What takes the place of sensitive data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// Every character becomes this one.
    Mask(char),
    /// Nothing.
    Redact,
}

impl Replacement {
    /// AWS's page lists the characters one may mask with; all of them are printable ASCII characters.
    pub(crate) fn compile(document: DeidentifyDocument) -> Result<Self, String> {
        let text = match document {
            DeidentifyDocument::RedactConfig(_) => return Ok(Self::Redact),
            DeidentifyDocument::MaskConfig(mask) => mask.mask_with_character,
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character @ ' '..='~'), None) => Ok(Self::Mask(character)),
            _ => Err(format!(
                "MaskWithCharacter '{text}' is not one printable ASCII character"
            )),
        }
    }

    fn write(self, sensitive: &str, output: &mut String) {
        match self {
            Self::Mask(character) => output.extend(sensitive.chars().map(|_| character)),
            Self::Redact => {}
        }
    }
}

/// The message with the given ranges replaced. Where ranges overlap, the one that starts first has its way (the first
/// listed, of those that start together), and another only gets what goes beyond it.
///
/// The ranges lie on character boundaries of the message.
pub(crate) fn replace(message: &str, mut ranges: Vec<(Range<usize>, Replacement)>) -> String {
    ranges.sort_by_key(|(range, _)| range.start);
    let mut output = String::with_capacity(message.len());
    let mut written = 0;
    for (range, replacement) in ranges {
        if range.end <= written {
            continue;
        }
        let start = range.start.max(written);
        output.push_str(&message[written..start]);
        replacement.write(&message[start..range.end], &mut output);
        written = range.end;
    }
    output.push_str(&message[written..]);
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::MaskDocument;

    #[test]
    fn one_printable_character_masks() {
        let mask = |text: &str| {
            Replacement::compile(DeidentifyDocument::MaskConfig(MaskDocument {
                mask_with_character: text.to_owned(),
            }))
        };
        for character in ['#', '*', 'A', 'z', '0', ' ', '~'] {
            assert_eq!(mask(&character.to_string()), Ok(Replacement::Mask(character)));
        }
        for text in ["", "##", "\n", "é", "\u{7f}", "●"] {
            assert!(mask(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn ranges_are_replaced_character_by_character() {
        use Replacement::{Mask, Redact};
        let message = "añb€c😀d";
        let at = |text: &str| {
            let start = message.find(text).unwrap();
            start..start + text.len()
        };
        let table = [
            (vec![], "añb€c😀d"),
            (vec![(at("ñb€"), Mask('#'))], "a###c😀d"),
            (vec![(at("😀"), Redact)], "añb€cd"),
            (vec![(at("€c"), Mask('*')), (at("a"), Redact)], "ñb**😀d"),
            // Overlapping: the earlier start wins, the other gets the rest.
            (vec![(at("b€c"), Mask('*')), (at("ñb€"), Mask('#'))], "a###*😀d"),
            (vec![(at("ñb€c"), Mask('#')), (at("b€"), Redact)], "a####😀d"),
            (vec![(at("ñb"), Redact), (at("ñb€"), Mask('#'))], "a#c😀d"),
            (vec![(0..message.len(), Redact)], ""),
        ];
        for (ranges, expected) in table {
            assert_eq!(replace(message, ranges.clone()), expected, "{ranges:?}");
        }
    }
}
