//! Health.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case {
        identifier: "DrugEnforcementAgencyNumber-US",
        positive: &[
            ("DEA number AB1234563", "AB1234563"),
            ("dea registration B91388568", "B91388568"),
        ],
        negative: &["DEA number AB1234564", "AB1234563", "DEA number IB1234563"],
    },
    Case {
        identifier: "MedicareBeneficiaryNumber-US",
        positive: &[
            ("MBI 1EG4-TE5-MK73", "1EG4-TE5-MK73"),
            ("medicare beneficiary: 1EG4TE5MK73", "1EG4TE5MK73"),
        ],
        negative: &["MBI 1EG4-TE5-MS73", "MBI 0EG4TE5MK73", "1EG4-TE5-MK73"],
    },
    Case {
        identifier: "NationalDrugCode-US",
        positive: &[
            ("ndc 0777-3105-02", "0777-3105-02"),
            ("NDC 50242-040-62", "50242-040-62"),
            ("national drug code 60575-4112-1", "60575-4112-1"),
            ("ndc:00777-3105-02", "00777-3105-02"),
        ],
        negative: &["0777-3105-02", "ndc 0777-3105-022", "ndc 077-3105-02"],
    },
    Case {
        identifier: "NationalProviderId-US",
        positive: &[
            ("NPI 1234567893", "1234567893"),
            ("n.p.i. 1245319599", "1245319599"),
        ],
        negative: &["NPI 1234567890", "NPI 3234567899", "1234567893"],
    },
    Case {
        identifier: "NhsNumber-GB",
        positive: &[
            ("NHS 943 476 5919", "943 476 5919"),
            ("nhs-number:9434765919", "9434765919"),
        ],
        negative: &["NHS 943 476 5918", "943 476 5919", "NHS 000 000 0000"],
    },
];
