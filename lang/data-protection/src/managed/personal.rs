//! Persons: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-sensitive-data-types-pii.html>.

use super::checksum::{alphanumeric_value, luhn, luhn_double, mod_11_10, number, weighted_sum};
use super::detector::{Candidate, ManagedIdentifier};
use super::passport::is_german_serial;

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    [
        brazil(),
        canada(),
        europe(),
        spain(),
        united_states(),
        everywhere(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn brazil() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "CepCode-BR",
            &[
                "cep",
                "código de endereçamento postal",
                "codigo de endereçamento postal",
            ],
        )
        .near_keyword("[0-9]{5}-?[0-9]{3}", |_| true),
        ManagedIdentifier::new(
            "Cnpj-BR",
            &[
                "cadastro nacional da pessoa jurídica",
                "cadastro nacional da pessoa juridica",
                "cnpj",
            ],
        )
        .near_keyword(
            r"(?i-u:[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2})",
            is_cnpj,
        ),
        ManagedIdentifier::new(
            "CpfCode-BR",
            &[
                "cadastro de pessoas fisicas",
                "cadastro de pessoas físicas",
                "cadastro de pessoa física",
                "cadastro de pessoa fisica",
                "cpf",
            ],
        )
        .near_keyword(r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}", is_cpf),
    ]
}

/// Two check digits, each of the weighted sum of all before it. Letters, which new numbers have since July 2026, count
/// as their place in ASCII from `0` on (Instrução Normativa RFB 2.229/2024).
fn is_cnpj(candidate: &Candidate<'_>) -> bool {
    let characters = candidate.alphanumerics();
    let values: Vec<u32> = characters.iter().map(|byte| u32::from(byte - b'0')).collect();
    let check = |count: usize, weights: &[u32]| {
        mod_11_check(weighted_sum(values[..count].iter().copied(), weights)) == values[count]
    };
    check(12, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && check(13, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && values.iter().any(|value| *value != values[0])
}

/// Two check digits, as those of the CNPJ. Eleven times the same digit passes, and is never given out.
fn is_cpf(candidate: &Candidate<'_>) -> bool {
    let values: Vec<u32> = candidate.digits().into_iter().map(u32::from).collect();
    let check = |count: usize, weights: &[u32]| {
        mod_11_check(weighted_sum(values[..count].iter().copied(), weights)) == values[count]
    };
    check(9, &[10, 9, 8, 7, 6, 5, 4, 3, 2])
        && check(10, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
        && values.iter().any(|value| *value != values[0])
}

fn mod_11_check(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    }
}

fn canada() -> Vec<ManagedIdentifier> {
    vec![
        // Canada Post: no D, F, I, O, Q, or U, and no W or Z in front.
        ManagedIdentifier::new("PostalCode-CA", &[]).anywhere(
            "[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][ -]?[0-9][ABCEGHJ-NPRSTV-Z][0-9]",
            |_| true,
        ),
        ManagedIdentifier::new(
            "SocialInsuranceNumber-CA",
            &[
                "canadian id",
                "numéro d'assurance sociale",
                "social insurance number",
                "sin",
            ],
        )
        .near_keyword("[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}", |candidate| {
            luhn(&candidate.digits())
        }),
    ]
}

fn europe() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "InseeCode-FR",
            &[
                "assurance sociale",
                "carte nationale d’identité",
                "cni",
                "code sécurité sociale",
                "french social security number",
                "fssn#",
                "insee",
                "insurance number",
                "national id number",
                "nationalid#",
                "numéro d'assurance",
                "sécurité sociale",
                "sécurité sociale non.",
                "sécurité sociale numéro",
                "social",
                "social security",
                "social security number",
                "socialsecuritynumber",
                "ss#",
                "ssn",
                "ssn#",
            ],
        )
        .near_keyword(
            "(?i-u:[1-478] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2})",
            is_insee_code,
        ),
        ManagedIdentifier::new(
            "NationalIdentificationNumber-DE",
            &[
                "ausweisnummer",
                "id number",
                "identification number",
                "identity number",
                "insurance number",
                "personal id",
                "personalausweis",
            ],
        )
        .near_keyword("[LMNPRTVWXY][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]?", is_german_serial),
        ManagedIdentifier::new(
            "NationalIdentificationNumber-IT",
            &[
                "codice fiscal",
                "codice fiscale",
                "dati anagrafici",
                "ehic",
                "health card",
                "health insurance card",
                "p. iva",
                "partita i.v.a.",
                "personal data",
                "tax code",
                "tessera sanitaria",
            ],
        )
        .near_keyword(
            "(?i-u:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",
            is_codice_fiscale,
        ),
        // HM Revenue & Customs, NIM39110: letters that are not used, and prefixes that are not given out.
        ManagedIdentifier::new(
            "NationalInsuranceNumber-GB",
            &[
                "insurance no.",
                "insurance number",
                "insurance#",
                "national insurance number",
                "nationalinsurance#",
                "nationalinsurancenumber",
                "nin",
                "nino",
            ],
        )
        .near_keyword(
            "(?i-u:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D])",
            |candidate| {
                let characters = candidate.alphanumerics();
                ![b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].contains(&&[characters[0], characters[1]])
            },
        ),
        ManagedIdentifier::new(
            "TaxId-DE",
            &[
                "identifikationsnummer",
                "steuer id",
                "steueridentifikationsnummer",
                "steuernummer",
                "tax id",
                "tax identification number",
                "tax number",
            ],
        )
        .near_keyword("[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", is_german_tax_id),
        // The last three digits are the rest of the first ten by 511.
        ManagedIdentifier::new(
            "TaxId-FR",
            &[
                "numéro d'identification fiscale",
                "tax id",
                "tax identification number",
                "tax number",
                "tin",
                "tin#",
            ],
        )
        .near_keyword(
            "[0-3][0-9] ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
            |candidate| {
                let digits = candidate.digits();
                number(&digits[..10]) % 511 == number(&digits[10..])
            },
        ),
    ]
}

/// The key is 97 less the rest of the number by 97; in it the departments of Corsica count as 19 and 18.
fn is_insee_code(candidate: &Candidate<'_>) -> bool {
    let text = String::from_utf8(candidate.alphanumerics())
        .unwrap_or_default()
        .replace("2A", "19")
        .replace("2B", "18");
    let digits = super::detector::digits(&text);
    let (code, key) = digits.split_at(13);
    97 - number(code) % 97 == number(key)
}

/// Which letter stands for the sum of what the characters count: those in odd places by a table, the others as they are
/// (decreto ministeriale of 23 December 1976).
fn is_codice_fiscale(candidate: &Candidate<'_>) -> bool {
    const ODD_PLACES: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    let characters = candidate.alphanumerics();
    let (check, code) = match characters.split_last() {
        Some((check, code)) if code.len() == 15 => (check, code),
        _ => return false,
    };
    let sum: u32 = code
        .iter()
        .enumerate()
        .map(|(position, byte)| {
            let value = match byte {
                b'A'..=b'Z' => alphanumeric_value(*byte) - 10,
                digit => alphanumeric_value(*digit),
            };
            match position % 2 {
                0 => ODD_PLACES[value as usize],
                _ => value,
            }
        })
        .sum();
    sum % 26 == alphanumeric_value(*check) - 10
}

/// A check digit, and of the first ten digits exactly one that is there two or three times.
fn is_german_tax_id(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let mut counts = [0; 10];
    for digit in &digits[..10] {
        counts[usize::from(*digit)] += 1;
    }
    let repeated: Vec<_> = counts.iter().filter(|count| **count > 1).collect();
    matches!(repeated[..], [2 | 3]) && mod_11_10(&digits)
}

fn spain() -> Vec<ManagedIdentifier> {
    let keywords_of_tax: &'static [&'static str] = &[
        "cif",
        "cif número",
        "cifnúmero#",
        "nie",
        "nif",
        "número de contribuyente",
        "número de identidad de extranjero",
        "número de identificación fiscal",
        "número de impuesto corporativo",
        "personal tax number",
        "tax id",
        "tax identification number",
        "tax number",
        "tin",
        "tin#",
    ];
    vec![
        ManagedIdentifier::new(
            "NationalIdentificationNumber-ES",
            &[
                "dni",
                "dni#",
                "dninúmero#",
                "documento nacional de identidad",
                "identidad único",
                "identidadúnico#",
                "insurance number",
                "national identification number",
                "national identity",
                "nationalid#",
                "nationalidno#",
                "número nacional identidad",
                "personal identification number",
                "personal identity no",
                "unique identity number",
                "uniqueid#",
            ],
        )
        .near_keyword("(?i-u:[0-9]{8}[ -]?[A-Z])", is_dni),
        ManagedIdentifier::new("NieNumber-ES", keywords_of_tax)
            .near_keyword("(?i-u:[XYZ][ -]?[0-9]{7}[ -]?[A-Z])", is_dni),
        ManagedIdentifier::new("NifNumber-ES", keywords_of_tax)
            .near_keyword("(?i-u:(?:[0-9]|[KLMXYZ][ -]?)[0-9]{7}[ -]?[A-Z])", is_dni),
        ManagedIdentifier::new(
            "Ssn-ES",
            &[
                "número de la seguridad social",
                "social security no.",
                "social security no. número de la seguridad social",
                "social security number",
                "socialsecurityno#",
                "ssn",
                "ssn#",
            ],
        )
        .near_keyword("[0-9]{2}[ /-]?[0-9]{8}[ /-]?[0-9]{2}", is_spanish_social_security),
        ManagedIdentifier::new("TaxId-ES", keywords_of_tax)
            .near_keyword("(?i-u:[A-HJNP-SUVW][ -]?[0-9]{7}[ -]?[0-9A-J])", is_cif),
    ]
}

/// The last letter is that of the rest of the number by 23, in which X, Y, Z in front count as 0, 1, 2, and K, L, M not.
fn is_dni(candidate: &Candidate<'_>) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let characters = candidate.alphanumerics();
    let leading = match characters[0] {
        b'Y' => 1,
        b'Z' => 2,
        _ => 0,
    };
    let rest = (leading * 10_000_000 + number(&candidate.digits())) % 23;
    characters.last() == Some(&LETTERS[rest as usize])
}

/// The check is the rest by 97 of province and number, put side by side; of numbers below ten million, without the
/// leading zero. Both readings are about, so both pass.
fn is_spanish_social_security(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let (province, serial) = (number(&digits[..2]), number(&digits[2..10]));
    let check = number(&digits[10..]);
    let is_short = serial < 10_000_000;
    (province * 100_000_000 + serial) % 97 == check
        || is_short && (province * 10_000_000 + serial) % 97 == check
}

/// A digit that completes the Luhn-like sum, or the letter in its place: which of both depends on the kind of
/// organization (Orden EHA/451/2008).
fn is_cif(candidate: &Candidate<'_>) -> bool {
    let characters = candidate.alphanumerics();
    let digits = super::detector::digits(&String::from_utf8_lossy(&characters[1..8]));
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(position, digit)| match position % 2 {
            0 => luhn_double(*digit),
            _ => u32::from(*digit),
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    let is_digit = u32::from(characters[8].wrapping_sub(b'0')) == check;
    let is_letter = b"JABCDEFGHI"[check as usize] == characters[8];
    match characters[0] {
        b'P' | b'Q' | b'R' | b'S' | b'N' | b'W' => is_letter,
        b'A' | b'B' | b'E' | b'H' => is_digit,
        _ => is_digit || is_letter,
    }
}

fn united_states() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "IndividualTaxIdentificationNumber-US",
            &["individual taxpayer identification number", "itin", "i.t.i.n."],
        )
        .near_keyword("9[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{4}", |candidate| {
            // Internal Revenue Manual 3.21.263.
            let digits = candidate.digits();
            matches!(number(&digits[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
        }),
        ManagedIdentifier::new("Ssn-US", &["social security", "ss#", "ssn"]).near_keyword(
            "[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{9}",
            is_ssn,
        ),
        ManagedIdentifier::new("ZipCode-US", &["zip code", "zip+4"])
            .near_keyword("[0-9]{5}(?:-[0-9]{4})?", |_| true),
    ]
}

/// Areas 000, 666 and 900 to 999, group 00, and serial 0000 are never given out (20 CFR 422.103, POMS RM 10201.035).
fn is_ssn(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let area = number(&digits[..3]);
    !matches!(area, 0 | 666 | 900..) && number(&digits[3..5]) != 0 && number(&digits[5..]) != 0
}

fn everywhere() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "LatLong",
            &[
                "coordinate",
                "coordinates",
                "lat long",
                "latitude longitude",
                "location",
                "position",
            ],
        )
        .near_keyword(
            r"[+-]?[0-9]{1,2}\.[0-9]{1,15} ?, ?[+-]?[0-9]{1,3}\.[0-9]{1,15}",
            is_coordinates,
        ),
        // ISO 3779: no I, O, or Q, and four digits at the end. Its check digit is not for all countries.
        ManagedIdentifier::new(
            "VehicleIdentificationNumber",
            &[
                "fahrgestellnummer",
                "niv",
                "numarul de identificare",
                "numarul seriei de sasiu",
                "serie sasiu",
                "numer vin",
                "número de identificação do veículo",
                "número de identificación de automóviles",
                "numéro d'identification du véhicule",
                "vehicle identification number",
                "vin",
                "vin numeris",
            ],
        )
        .near_keyword("(?i-u:[A-HJ-NPR-Z0-9]{13}[0-9]{4})", |candidate| {
            candidate.text().bytes().any(|byte| byte.is_ascii_alphabetic())
        }),
    ]
}

/// Decimal degrees: "41.948614,-87.655311".
fn is_coordinates(candidate: &Candidate<'_>) -> bool {
    let within = |text: &str, limit: f64| {
        text.trim()
            .parse::<f64>()
            .is_ok_and(|degrees| degrees.abs() <= limit)
    };
    candidate
        .text()
        .split_once(',')
        .is_some_and(|(latitude, longitude)| within(latitude, 90.0) && within(longitude, 180.0))
}
