//! Cards and accounts.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case {
        identifier: "BankAccountNumber-DE",
        positive: &[
            ("IBAN DE89370400440532013000", "DE89370400440532013000"),
            (
                "kontonummer: DE89 3704 0044 0532 0130 00.",
                "DE89 3704 0044 0532 0130 00",
            ),
        ],
        negative: &[
            "DE89370400440532013000",
            "IBAN DE88370400440532013000",
            "IBAN GB82WEST12345698765432",
            "IBAN DE893704004405320130001",
        ],
    },
    Case {
        identifier: "BankAccountNumber-ES",
        positive: &[(
            "iban ES91 2100 0418 4502 0005 1332",
            "ES91 2100 0418 4502 0005 1332",
        )],
        negative: &["iban ES9121000418450200051333"],
    },
    Case {
        identifier: "BankAccountNumber-FR",
        positive: &[
            (
                "numéro de compte FR1420041010050500013M02606",
                "FR1420041010050500013M02606",
            ),
            (
                "iban: fr14 2004 1010 0505 0001 3m02 606",
                "fr14 2004 1010 0505 0001 3m02 606",
            ),
        ],
        negative: &["iban FR1420041010050500013M02607"],
    },
    Case {
        identifier: "BankAccountNumber-GB",
        positive: &[(
            "account number GB82 WEST 1234 5698 7654 32",
            "GB82 WEST 1234 5698 7654 32",
        )],
        negative: &["account number GB83WEST12345698765432"],
    },
    Case {
        identifier: "BankAccountNumber-IT",
        positive: &[
            (
                "conto_bancario=IT60X0542811101000000123456",
                "IT60X0542811101000000123456",
            ),
            (
                "iban IT60 X054 2811 1010 0000 0123 456",
                "IT60 X054 2811 1010 0000 0123 456",
            ),
        ],
        negative: &["iban IT61X0542811101000000123456"],
    },
    Case {
        identifier: "CreditCardExpiration",
        positive: &[
            ("expiration 04/27", "04/27"),
            (r#"{"expDate":"12-2030"}"#, "12-2030"),
        ],
        negative: &["04/27", "expiry 13/27", "expiry 4/27", "expiration 01/04/27x"],
    },
    Case {
        identifier: "CreditCardNumber",
        positive: &[
            ("My credit card number is 4539894458086459", "4539894458086459"),
            ("card: 4539 8944 5808 6459", "4539 8944 5808 6459"),
            ("2024 4539-8944-5808-6459 visa", "4539-8944-5808-6459"),
            ("visa 2024 4539 8944 5808 6459 998", "4539 8944 5808 6459"),
            // Nineteen digits that fit.
            ("visa 2024 4539 8944 5808 6459 999", "4539 8944 5808 6459 999"),
            ("amex 3714 496353 98456", "3714 496353 98456"),
            (r#"{"cardNumber":"5425233430109903"}"#, "5425233430109903"),
            ("diners_club 36070500001020", "36070500001020"),
            ("jcb 3528111100000001", "3528111100000001"),
            ("discover 6011601160116611", "6011601160116611"),
            ("union pay 6250941006528599", "6250941006528599"),
        ],
        negative: &[
            "4539894458086459",
            "card 4539894458086458",
            // Reserved for tests.
            "card 4111111111111111",
            "card 4111 1111 1111 1111",
            "amex 378282246310005",
            // Fits Luhn, of no issuer.
            "card 1234567812345670",
            "card 45398944580864590",
            "card x4539894458086459",
            "card 0.4539894458086459",
            "a company paid 4539894458086459",
        ],
    },
    Case {
        identifier: "CreditCardSecurityCode",
        positive: &[("cvv: 123", "123"), ("card_security_code 1234", "1234")],
        negative: &["cvv 12", "cvv 12345", "123", "cvv 1.234"],
    },
];
