//! Passport numbers, in the forms that the countries print: with a keyword nearby, since most have no check digit.

use super::checksum::document_check_digit;
use super::detector::{Candidate, ManagedIdentifier};

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    vec![
        // Two letters and six digits; since 2023 one letter, six digits, two letters.
        ManagedIdentifier::new(
            "PassportNumber-CA",
            &[
                "passeport",
                "passeport#",
                "passport",
                "passport#",
                "passportno",
                "passportno#",
            ],
        )
        .near_keyword("[A-Z]{2}[0-9]{6}|[A-Z][0-9]{6}[A-Z]{2}", |_| true),
        ManagedIdentifier::new(
            "PassportNumber-DE",
            &[
                "ausstellungsdatum",
                "ausstellungsort",
                "geburtsdatum",
                "passport",
                "passports",
                "reisepass",
                "reisepass–nr",
                "reisepassnummer",
            ],
        )
        .near_keyword("[CFGHJK][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]?", is_german_serial),
        ManagedIdentifier::new(
            "PassportNumber-ES",
            &[
                "españa pasaporte",
                "libreta pasaporte",
                "número pasaporte",
                "pasaporte",
                "passport",
                "passport book",
                "passport no",
                "passport number",
                "spain passport",
            ],
        )
        .near_keyword("[A-Z]{2,3}[0-9]{6}", |_| true),
        ManagedIdentifier::new(
            "PassportNumber-FR",
            &[
                "numéro de passeport",
                "passeport",
                "passeport#",
                "passeport #",
                "passeportn °",
                "passeport n °",
                "passeportnon",
                "passeport non",
            ],
        )
        .near_keyword("[0-9]{2}[A-Z]{2}[0-9]{5}", |_| true),
        ManagedIdentifier::new(
            "PassportNumber-GB",
            &[
                "passeport #",
                "passeport n °",
                "passeportnon",
                "passeport non",
                "passeportn °",
                "passport #",
                "passport no",
                "passport number",
                "passport#",
                "passportid",
            ],
        )
        .near_keyword("[0-9]{9}", |_| true),
        ManagedIdentifier::new(
            "PassportNumber-IT",
            &[
                "italian passport number",
                "numéro passeport",
                "numéro passeport italien",
                "passaporto",
                "passaporto italiana",
                "passaporto numero",
                "passport number",
                "repubblica italiana passaporto",
            ],
        )
        .near_keyword("[A-Z]{2}[0-9]{7}", |_| true),
        // Nine digits; since 2021 a letter and eight digits.
        ManagedIdentifier::new("PassportNumber-US", &["passport", "travel document"])
            .near_keyword("[A-Z0-9][0-9]{8}", |_| true),
    ]
}

/// The serial number of a German passport or identity card: nine characters without vowels, at least one of them a digit,
/// and, where the machine-readable zone is quoted, a check digit.
pub(super) fn is_german_serial(candidate: &Candidate<'_>) -> bool {
    let characters = candidate.alphanumerics();
    let (serial, check) = characters.split_at(9);
    let is_checked = check
        .first()
        .is_none_or(|check| u32::from(*check - b'0') == document_check_digit(serial));
    is_checked && serial.iter().any(u8::is_ascii_digit)
}
