//! Letter case.

/// A text without its case: two texts are equal but for case if they are equal without.
///
/// Character by character, so that what a text begins or ends with it still does.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// As [`fold`], at the end of a buffer.
pub(crate) fn fold_into(text: &str, buffer: &mut String) {
    for character in text.chars() {
        if character.is_ascii() {
            buffer.push(character.to_ascii_lowercase());
        } else {
            buffer.extend(character.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_case_fold_to_the_same() {
        for (one, other) in [
            ("", ""),
            ("EventB", "eVENTb"),
            ("ÄÖÜ", "äöü"),
            ("ΟΔΟΣ", "οδοσ"),
            ("ПРИВЕТ", "привет"),
            ("a-1_ሴ", "A-1_ሴ"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("ß"), fold("ss"));
        assert!(fold("ΟΔΟΣΑ").starts_with(&fold("ΟΔΟΣ")));
    }
}
