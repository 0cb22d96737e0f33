//! Check digits.

/// The Luhn check (ISO/IEC 7812-1 annex B): digits as numbers, the last of them the check digit.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(position, digit)| match position % 2 {
            0 => u32::from(*digit),
            _ => luhn_double(*digit),
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Twice a digit, as the sum of the digits of that.
pub(super) fn luhn_double(digit: u8) -> u32 {
    let double = 2 * u32::from(digit);
    if double > 9 { double - 9 } else { double }
}

/// The check of an IBAN (ISO 13616, with ISO/IEC 7064 MOD 97-10): letters and digits in upper case, country code first.
pub(super) fn iban(account: &[u8]) -> bool {
    let (head, tail) = account.split_at(account.len().min(4));
    let remainder = tail.iter().chain(head).fold(0, |remainder: u32, byte| {
        let value = alphanumeric_value(*byte);
        let shift = if value > 9 { 100 } else { 10 };
        (remainder * shift + value) % 97
    });
    remainder == 1
}

/// 0 to 9 for digits, 10 to 35 for letters in upper case.
pub(super) fn alphanumeric_value(byte: u8) -> u32 {
    match byte {
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.wrapping_sub(b'0')),
    }
}

/// The sum of products with weights, as far as both go.
pub(super) fn weighted_sum(values: impl IntoIterator<Item = u32>, weights: &[u32]) -> u32 {
    values
        .into_iter()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum()
}

/// The check of ISO/IEC 7064 MOD 11,10: digits as numbers, the last of them the check digit.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, digits)) = digits.split_last() else {
        return false;
    };
    let product = digits.iter().fold(10, |product: u32, digit| {
        let sum = (product + u32::from(*digit)) % 10;
        let sum = if sum == 0 { 10 } else { sum };
        sum * 2 % 11
    });
    (product + u32::from(*check)) % 10 == 1
}

/// The number that digits spell.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The check digit of machine-readable documents (ICAO 9303 part 3): weights 7, 3, 1.
pub(super) fn document_check_digit(characters: &[u8]) -> u32 {
    let weights = [7, 3, 1].into_iter().cycle();
    characters
        .iter()
        .zip(weights)
        .map(|(byte, weight)| alphanumeric_value(*byte) * weight)
        .sum::<u32>()
        % 10
}

#[cfg(test)]
mod tests {
    use super::super::detector::digits;
    use super::*;

    #[test]
    fn published_examples_pass_and_their_neighbours_do_not() {
        // Of the standards and of those who issue the numbers.
        type Check = fn(&[u8]) -> bool;
        let table: [(&str, Check); 4] = [
            ("79927398713", luhn),
            ("4111111111111111", luhn),
            ("36574261809", mod_11_10),
            ("794623", mod_11_10),
        ];
        for (text, check) in table {
            let valid = digits(text);
            assert!(check(&valid), "{text}");
            for position in 0..valid.len() {
                let mut wrong = valid.clone();
                wrong[position] = (wrong[position] + 1) % 10;
                assert!(!check(&wrong), "{wrong:?}");
            }
        }
        for account in [
            "DE89370400440532013000",
            "GB82WEST12345698765432",
            "FR1420041010050500013M02606",
            "ES9121000418450200051332",
            "IT60X0542811101000000123456",
        ] {
            assert!(iban(account.as_bytes()), "{account}");
            assert!(!iban(account.replace('5', "6").as_bytes()), "{account}");
        }
        assert_eq!(document_check_digit(b"L898902C3"), 6);
        assert_eq!(document_check_digit(b"740812"), 2);
        assert_eq!(document_check_digit(b"T22000129"), 3);
    }

    #[test]
    fn short_texts_do_no_harm() {
        assert!(!iban(b""));
        assert!(!iban(b"DE"));
        assert!(!mod_11_10(&[]));
        assert_eq!(number(&[]), 0);
    }
}
