//! Numbers of persons, places, and vehicles.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case {
        identifier: "CepCode-BR",
        positive: &[("CEP 01310-100", "01310-100")],
        negative: &["01310-100", "cep 0131-100"],
    },
    Case {
        identifier: "Cnpj-BR",
        positive: &[
            ("CNPJ 16.727.230/0001-97", "16.727.230/0001-97"),
            ("cnpj:16727230000197", "16727230000197"),
            ("cnpj 12.ABC.345/01DE-35", "12.ABC.345/01DE-35"),
        ],
        negative: &[
            "CNPJ 16.727.230/0001-98",
            "16.727.230/0001-97",
            "cnpj 00000000000000",
        ],
    },
    Case {
        identifier: "CpfCode-BR",
        positive: &[
            ("CPF 390.533.447-05", "390.533.447-05"),
            ("cpf=39053344705", "39053344705"),
        ],
        negative: &["CPF 390.533.447-06", "390.533.447-05", "cpf 111.111.111-11"],
    },
    Case {
        identifier: "PostalCode-CA",
        positive: &[("Ottawa K1A 0B1", "K1A 0B1"), ("K1A0B1", "K1A0B1")],
        negative: &["D1A 0B1", "K1A 0B", "k1a0b1", "K1A  0B1", "XK1A0B1"],
    },
    Case {
        identifier: "SocialInsuranceNumber-CA",
        positive: &[
            ("SIN 123-456-782", "123-456-782"),
            ("social insurance number 130692544", "130692544"),
        ],
        negative: &["SIN 123-456-783", "123-456-782", "SIN 046-454-286"],
    },
    Case {
        identifier: "InseeCode-FR",
        positive: &[
            ("insee 2 95 10 99 126 111 93", "2 95 10 99 126 111 93"),
            ("Sécurité sociale : 295109912611193", "295109912611193"),
        ],
        negative: &["insee 295109912611199", "295109912611193"],
    },
    Case {
        identifier: "NationalIdentificationNumber-DE",
        positive: &[
            ("Personalausweis L01X00T47", "L01X00T47"),
            ("Ausweisnummer: T220001293", "T220001293"),
        ],
        negative: &["Ausweisnummer T220001294", "Ausweisnummer A01X00T47", "L01X00T47"],
    },
    Case {
        identifier: "NationalIdentificationNumber-ES",
        positive: &[("DNI 54362315-K", "54362315-K"), ("dni: 12345678z", "12345678z")],
        negative: &["DNI 54362315-L", "54362315-K"],
    },
    Case {
        identifier: "NationalIdentificationNumber-IT",
        positive: &[("codice fiscale RCCMNL83S18D969H", "RCCMNL83S18D969H")],
        negative: &["codice fiscale RCCMNL83S18D969I", "RCCMNL83S18D969H"],
    },
    Case {
        identifier: "NationalInsuranceNumber-GB",
        positive: &[
            ("NINO AB 12 34 56 C", "AB 12 34 56 C"),
            ("nino:AB123456C", "AB123456C"),
        ],
        negative: &["NINO BG123456C", "NINO DA123456C", "NINO AB123456E", "AB123456C"],
    },
    Case {
        identifier: "TaxId-DE",
        positive: &[
            ("Steuer-ID 36 574 261 809", "36 574 261 809"),
            ("tax id 36574261809", "36574261809"),
        ],
        // The last has two digits twice.
        negative: &["Steuer-ID 36574261890", "36574261809", "Steuer-ID 36554266806"],
    },
    Case {
        identifier: "TaxId-FR",
        positive: &[
            ("tax id 30 23 217 600 053", "30 23 217 600 053"),
            ("TIN 3023217600053", "3023217600053"),
        ],
        negative: &["TIN 3023217600054", "3023217600053"],
    },
    Case {
        identifier: "NieNumber-ES",
        positive: &[
            ("NIE X-2482300-W", "X-2482300-W"),
            ("nie: x2482300w", "x2482300w"),
        ],
        negative: &["NIE X2482300A", "X2482300W", "NIE 54362315K"],
    },
    Case {
        identifier: "NifNumber-ES",
        positive: &[("NIF 54362315K", "54362315K"), ("nif X2482300W", "X2482300W")],
        negative: &["NIF 54362315Z", "54362315K"],
    },
    Case {
        identifier: "Ssn-ES",
        positive: &[
            ("SSN 28/12345678/40", "28/12345678/40"),
            ("ssn 281234567840", "281234567840"),
        ],
        negative: &["SSN 281234567841", "281234567840"],
    },
    Case {
        identifier: "TaxId-ES",
        positive: &[("CIF J99216582", "J99216582"), ("cif: A58818501", "A58818501")],
        negative: &["CIF J99216583", "J99216582", "CIF A5881850A"],
    },
    Case {
        identifier: "IndividualTaxIdentificationNumber-US",
        positive: &[
            ("ITIN 912-70-1234", "912-70-1234"),
            ("i.t.i.n. 900501234", "900501234"),
        ],
        negative: &["ITIN 912-66-1234", "ITIN 812-70-1234", "912-70-1234"],
    },
    Case {
        identifier: "Ssn-US",
        positive: &[
            ("ssn: 123-45-6789", "123-45-6789"),
            ("SS# 123456789", "123456789"),
            (r#"{"socialSecurity":"123 45 6789"}"#, "123 45 6789"),
            ("123-45-6789 is the customerSSN", "123-45-6789"),
        ],
        negative: &[
            "123-45-6789",
            "ssn 000-45-6789",
            "ssn 666-45-6789",
            "ssn 900-45-6789",
            "ssn 123-00-6789",
            "ssn 123-45-0000",
            "ssn 123-456789",
            "ssn 1123-45-6789",
            "assn 123-45-6789",
            "ssn, which stands a long way off from here, 123-45-6789",
        ],
    },
    Case {
        identifier: "ZipCode-US",
        positive: &[("zip code 90210", "90210"), ("ZIP+4 90210-1234", "90210-1234")],
        negative: &["90210", "zip code 9021", "zip code 902101"],
    },
    Case {
        identifier: "LatLong",
        positive: &[
            ("coordinates 41.948614,-87.655311", "41.948614,-87.655311"),
            ("location: -33.8688, 151.2093", "-33.8688, 151.2093"),
        ],
        negative: &[
            "41.948614,-87.655311",
            "location 91.0, 10.0",
            "location 10.0, 181.0",
            "position 41,87",
        ],
    },
    Case {
        identifier: "VehicleIdentificationNumber",
        positive: &[("VIN 1M8GDM9AXKP042788", "1M8GDM9AXKP042788")],
        negative: &[
            "1M8GDM9AXKP042788",
            "VIN 1M8GDM9AXKP04278",
            "VIN 1M8GDM9AXKO042788",
            "VIN 12345678901234567",
        ],
    },
];
