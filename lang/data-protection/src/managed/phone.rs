//! Phone numbers, of countries whose numbers have a fixed length.
//!
//! "If a keyword is in proximity of the data, the number doesn't have to include a country code. If a keyword isn't in
//! proximity of the data, the number has to include a country code."

use super::detector::{Candidate, ManagedIdentifier};

const KEYWORDS: &[&str] = &[
    "cell",
    "contact",
    "fax",
    "fax number",
    "mobile",
    "phone",
    "phone number",
    "tel",
    "telephone",
    "telephone number",
];

const KEYWORDS_BRAZIL: &[&str] = &[
    "cel",
    "celular",
    "fone",
    "móvel",
    "número residencial",
    "numero residencial",
    "telefone",
    "cell",
    "contact",
    "fax",
    "fax number",
    "mobile",
    "phone",
    "phone number",
    "tel",
    "telephone",
    "telephone number",
];

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    vec![
        // Area code; then nine digits with a 9 in front (mobile) or eight digits with 2 to 5 in front.
        ManagedIdentifier::new("PhoneNumber-BR", KEYWORDS_BRAZIL)
            .anywhere(
                r"(?:\+|00)55[ -]?(?:\([1-9][1-9]\)|[1-9][1-9])[ -]?(?:9[0-9]{4}|[2-5][0-9]{3})[ -]?[0-9]{4}",
                |_| true,
            )
            .near_keyword(
                r"(?:\(0?[1-9][1-9]\)|0?[1-9][1-9])[ -]?(?:9[0-9]{4}|[2-5][0-9]{3})[ -]?[0-9]{4}",
                |_| true,
            ),
        // Nine digits.
        ManagedIdentifier::new("PhoneNumber-ES", KEYWORDS)
            .anywhere(r"(?:\+|00)34[-. ]?[6-9](?:[-. ]?[0-9]){8}", |_| true)
            .near_keyword(r"[6-9](?:[-. ]?[0-9]){8}", |_| true),
        // A 0, which is left out after the country code, and nine digits.
        ManagedIdentifier::new("PhoneNumber-FR", KEYWORDS)
            .anywhere(r"(?:\+|00)33[-. ]?(?:\(0\) ?)?[1-9](?:[-. ]?[0-9]{2}){4}", |_| {
                true
            })
            .near_keyword(r"0[1-9](?:[-. ]?[0-9]{2}){4}", |_| true),
        // Area code, exchange, and line, of the North American Numbering Plan.
        ManagedIdentifier::new("PhoneNumber-US", KEYWORDS)
            .anywhere(
                r"\+1[-. ]?(?:\([2-9][0-9]{2}\)|[2-9][0-9]{2})[-. ]?[2-9][0-9]{2}[-. ]?[0-9]{4}",
                is_north_american,
            )
            .near_keyword(
                r"(?:1[-. ]?)?(?:\([2-9][0-9]{2}\)|[2-9][0-9]{2})[-. ]?[2-9][0-9]{2}[-. ]?[0-9]{4}",
                is_north_american,
            ),
    ]
}

/// No area code has a 9 in the middle, and neither area codes nor exchanges end in 11.
fn is_north_american(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let number = &digits[digits.len() - 10..];
    number[1] != 9 && number[1..3] != [1, 1] && number[4..6] != [1, 1]
}
