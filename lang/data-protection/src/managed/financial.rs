//! Money: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-sensitive-data-types-financial.html>.

use super::checksum::{iban, luhn};
use super::detector::{Candidate, ManagedIdentifier};

const CARD_KEYWORDS: &[&str] = &[
    "account number",
    "american express",
    "amex",
    "bank card",
    "card",
    "card num",
    "card number",
    "cc #",
    "ccn",
    "check card",
    "credit",
    "credit card#",
    "dankort",
    "debit",
    "debit card",
    "diners club",
    "discover",
    "electron",
    "elo verification code",
    "japanese card bureau",
    "jcb",
    "mastercard",
    "mc",
    "pan",
    "payment account number",
    "payment card number",
    "pcn",
    "union pay",
    "visa",
];

/// What issuers have set aside for testing in public, "which Amazon SNS doesn't report".
const TEST_CARDS: &[&str] = &[
    "122000000000003",
    "2222405343248877",
    "2222990905257051",
    "2223007648726984",
    "2223577120017656",
    "30569309025904",
    "34343434343434",
    "3528000700000000",
    "3530111333300000",
    "3566002020360505",
    "36148900647913",
    "36700102000000",
    "371449635398431",
    "378282246310005",
    "378734493671000",
    "38520000023237",
    "4012888888881881",
    "4111111111111111",
    "4222222222222",
    "4444333322221111",
    "4462030000000000",
    "4484070000000000",
    "4911830000000",
    "4917300800000000",
    "4917610000000000",
    "4917610000000000003",
    "5019717010103742",
    "5105105105105100",
    "5111010030175156",
    "5185540810000019",
    "5200828282828210",
    "5204230080000017",
    "5204740009900014",
    "5420923878724339",
    "5454545454545454",
    "5455330760000018",
    "5506900490000436",
    "5506900490000444",
    "5506900510000234",
    "5506920809243667",
    "5506922400634930",
    "5506927427317625",
    "5553042241984105",
    "5555553753048194",
    "5555555555554444",
    "5610591081018250",
    "6011000990139424",
    "6011000400000000",
    "6011111111111117",
    "630490017740292441",
    "630495060000000000",
    "6331101999990016",
    "6759649826438453",
    "6799990100000000019",
    "76009244561",
];

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    let mut identifiers = bank_accounts();
    identifiers.extend([
        ManagedIdentifier::new(
            "CreditCardExpiration",
            &["exp d", "exp m", "exp y", "expiration", "expiry"],
        )
        .near_keyword("(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?[0-9]{2}", is_month),
        card_number(),
        ManagedIdentifier::new(
            "CreditCardSecurityCode",
            &[
                "card id",
                "card identification code",
                "card identification number",
                "card security code",
                "card validation code",
                "card validation number",
                "card verification data",
                "card verification value",
                "cvc",
                "cvc2",
                "cvv",
                "cvv2",
                "elo verification code",
            ],
        )
        .near_keyword("[0-9]{3,4}", |_| true),
    ]);
    identifiers
}

/// A month of a year, and no part of a date with three parts.
fn is_month(candidate: &Candidate<'_>) -> bool {
    !candidate.before().ends_with(b"/") && !candidate.after().starts_with(b"/")
}

/// Without spaces; in groups of four, as most cards print it; and as 15 (American Express) and 14 digits (Diners Club) are.
fn card_number() -> ManagedIdentifier {
    ManagedIdentifier::new("CreditCardNumber", CARD_KEYWORDS)
        .near_keyword("[0-9]{13,19}", is_card_number)
        .near_keyword(
            "[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4} [0-9]{1,3}|[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{1,3}",
            is_card_number,
        )
        .near_keyword(
            "[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{1,4}|[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{1,4}",
            is_card_number,
        )
        .near_keyword(
            "[0-9]{4} [0-9]{6} [0-9]{4,5}|[0-9]{4}-[0-9]{6}-[0-9]{4,5}",
            is_card_number,
        )
}

fn is_card_number(candidate: &Candidate<'_>) -> bool {
    let number: String = candidate.text().chars().filter(char::is_ascii_digit).collect();
    luhn(&candidate.digits()) && is_issued(&number) && !TEST_CARDS.contains(&number.as_str())
}

/// Whether an issuer that AWS names has numbers of this beginning and length: American Express, Dankort, Diners Club,
/// Discover, JCB, Mastercard, UnionPay, and Visa (with Electron).
fn is_issued(number: &str) -> bool {
    let prefix = |digits: usize| {
        number
            .get(..digits)
            .and_then(|prefix| prefix.parse::<u32>().ok())
            .unwrap_or_default()
    };
    let length = number.len();
    let is_visa = prefix(1) == 4 && matches!(length, 13 | 16 | 19);
    let is_american_express = matches!(prefix(2), 34 | 37) && length == 15;
    let is_mastercard = (matches!(prefix(2), 51..=55) || matches!(prefix(4), 2221..=2720)) && length == 16;
    let is_dankort = prefix(4) == 5019 && length == 16;
    let is_diners_club =
        (matches!(prefix(2), 36 | 38 | 39) || matches!(prefix(3), 300..=305) || prefix(4) == 3095)
            && (14..=19).contains(&length);
    let is_discover = (prefix(4) == 6011 || matches!(prefix(3), 644..=649) || prefix(2) == 65)
        && (16..=19).contains(&length);
    let is_jcb = matches!(prefix(4), 3528..=3589) && (16..=19).contains(&length);
    let is_union_pay = prefix(2) == 62 && (16..=19).contains(&length);
    is_visa
        || is_american_express
        || is_mastercard
        || is_dankort
        || is_diners_club
        || is_discover
        || is_jcb
        || is_union_pay
}

/// IBANs, in the form that the [registry](https://www.swift.com/standards/data-standards/iban-international-bank-account-number)
/// gives for each country, in one piece or in groups of four.
fn bank_accounts() -> Vec<ManagedIdentifier> {
    let is_iban = |candidate: &Candidate<'_>| iban(&candidate.alphanumerics());
    vec![
        ManagedIdentifier::new(
            "BankAccountNumber-DE",
            &[
                "account code",
                "account number",
                "accountno#",
                "accountnumber#",
                "bankleitzahl",
                "bban",
                "customer account id",
                "customer account number",
                "customer bank account id",
                "geheimzahl",
                "iban",
                "kartennummer",
                "kontonummer",
                "kreditkartennummer",
                "sepa",
            ],
        )
        .near_keyword("(?i-u:DE)[0-9]{2}(?: ?[0-9]{4}){4} ?[0-9]{2}", is_iban),
        ManagedIdentifier::new(
            "BankAccountNumber-ES",
            &[
                "account code",
                "account number",
                "accountno#",
                "accountnumber#",
                "bban",
                "código cuenta",
                "código cuenta bancaria",
                "cuenta cliente id",
                "customer account id",
                "customer account number",
                "customer bank account id",
                "iban",
                "número cuenta bancaria cliente",
                "número cuenta cliente",
            ],
        )
        .near_keyword("(?i-u:ES)[0-9]{2}(?: ?[0-9]{4}){5}", is_iban),
        ManagedIdentifier::new(
            "BankAccountNumber-FR",
            &[
                "account code",
                "account number",
                "accountno#",
                "accountnumber#",
                "bban",
                "code bancaire",
                "compte bancaire",
                "customer account id",
                "customer account number",
                "customer bank account id",
                "iban",
                "numéro de compte",
            ],
        )
        .near_keyword(
            "(?i-u:FR[0-9]{2}(?: ?[0-9]{4}){2} ?[0-9]{2}[0-9A-Z]{2}(?: ?[0-9A-Z]{4}){2} ?[0-9A-Z][0-9]{2})",
            is_iban,
        ),
        ManagedIdentifier::new(
            "BankAccountNumber-GB",
            &[
                "account code",
                "account number",
                "accountno#",
                "accountnumber#",
                "bban",
                "customer account id",
                "customer account number",
                "customer bank account id",
                "iban",
                "sepa",
            ],
        )
        .near_keyword("(?i-u:GB[0-9]{2} ?[A-Z]{4}(?: ?[0-9]{4}){3} ?[0-9]{2})", is_iban),
        ManagedIdentifier::new(
            "BankAccountNumber-IT",
            &[
                "account code",
                "account number",
                "accountno#",
                "accountnumber#",
                "bban",
                "codice bancario",
                "conto bancario",
                "customer account id",
                "customer account number",
                "customer bank account id",
                "iban",
                "numero di conto",
            ],
        )
        .near_keyword(
            "(?i-u:IT[0-9]{2} ?[A-Z][0-9]{3} ?[0-9]{4} ?[0-9]{3}[0-9A-Z](?: ?[0-9A-Z]{4}){2} ?[0-9A-Z]{3})",
            is_iban,
        ),
    ]
}
