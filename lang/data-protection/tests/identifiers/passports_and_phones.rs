//! Passports and phone numbers.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case {
        identifier: "PassportNumber-CA",
        positive: &[
            ("passport AB123456", "AB123456"),
            ("passeport A123456AB", "A123456AB"),
        ],
        negative: &["AB123456", "passport AB12345", "passport A123456A"],
    },
    Case {
        identifier: "PassportNumber-DE",
        positive: &[
            ("Reisepass C01X00T47", "C01X00T47"),
            ("reisepassnummer C01X00T478", "C01X00T478"),
        ],
        negative: &[
            "Reisepass C01X00T479",
            "Reisepass A01X00T47",
            "Reisepass CFGHJKLMN",
            "C01X00T47",
        ],
    },
    Case {
        identifier: "PassportNumber-ES",
        positive: &[
            ("pasaporte AAA123456", "AAA123456"),
            ("número pasaporte ZX123456", "ZX123456"),
        ],
        negative: &["pasaporte AAAA123456", "AAA123456"],
    },
    Case {
        identifier: "PassportNumber-FR",
        positive: &[("passeport n° 12AB34567", "12AB34567")],
        negative: &["12AB34567", "passeport 12ABC4567"],
    },
    Case {
        identifier: "PassportNumber-GB",
        positive: &[
            ("passport number: 925076473", "925076473"),
            ("passportNo=925076473", "925076473"),
        ],
        negative: &["925076473", "passport number 92507647"],
    },
    Case {
        identifier: "PassportNumber-IT",
        positive: &[("passaporto YA1234567", "YA1234567")],
        negative: &["YA1234567", "passaporto YA123456"],
    },
    Case {
        identifier: "PassportNumber-US",
        positive: &[
            ("passport 340020013", "340020013"),
            ("travel document A12345678", "A12345678"),
        ],
        negative: &["340020013", "passport 34002001"],
    },
    Case {
        identifier: "PhoneNumber-BR",
        positive: &[
            ("+55 11 91234-5678", "+55 11 91234-5678"),
            ("telefone (11) 3123-4567", "(11) 3123-4567"),
        ],
        negative: &["(11) 3123-4567", "telefone (11) 8123-4567", "+55 10 91234-5678"],
    },
    Case {
        identifier: "PhoneNumber-ES",
        positive: &[
            ("+34 612 34 56 78", "+34 612 34 56 78"),
            ("tel: 912-345-678", "912-345-678"),
        ],
        negative: &["612 34 56 78", "tel 512345678", "tel 6123456789"],
    },
    Case {
        identifier: "PhoneNumber-FR",
        positive: &[
            ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
            ("+33 (0)1.23.45.67.89", "+33 (0)1.23.45.67.89"),
            ("fax 01 23 45 67 89", "01 23 45 67 89"),
        ],
        negative: &["01 23 45 67 89", "tel 00 23 45 67 89", "+33 0 12 34 56 78"],
    },
    Case {
        identifier: "PhoneNumber-US",
        positive: &[
            ("call +1 (415) 555-2671 now", "+1 (415) 555-2671"),
            ("+14155552671", "+14155552671"),
            ("phone: 415-555-2671", "415-555-2671"),
            (r#"{"mobilePhone":"(800) 555-0199"}"#, "(800) 555-0199"),
            ("toll-free tel 1-800-555-0199", "1-800-555-0199"),
        ],
        negative: &[
            "415-555-2671",
            "phone 115-555-2671",
            "phone 495-555-2671",
            "phone 411-555-2671",
            "phone 415-911-2671",
            "phone 415-155-2671",
            "phone 41555526711",
        ],
    },
];
