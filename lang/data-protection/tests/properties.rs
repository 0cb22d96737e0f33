//! Properties of inspection that hold for any message.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_data_protection::{
    DataProtectionPolicy, Direction, Inspection, Verdict, detectable_identifiers,
};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

/// Masks what one of these identifiers finds, or any of them.
fn masking(identifiers: &[String]) -> DataProtectionPolicy {
    let policy = json!({
        "Name": "policy", "Version": "2021-06-01",
        "Configuration": {"CustomDataIdentifier": [{"Name": "Custom", "Regex": "[x-z]{2,}.\\d*"}]},
        "Statement": [{
            "DataDirection": "Inbound", "Principal": ["*"], "DataIdentifier": identifiers,
            "Operation": {"Deidentify": {"MaskConfig": {"MaskWithCharacter": "*"}}}
        }]
    });
    DataProtectionPolicy::parse(&policy.to_string()).unwrap()
}

fn identifiers() -> Vec<String> {
    detectable_identifiers()
        .map(|name| format!("arn:aws:dataprotection::aws:data-identifier/{name}"))
        .chain(["Custom".to_owned()])
        .collect()
}

static MASK_ALL: LazyLock<DataProtectionPolicy> = LazyLock::new(|| masking(&identifiers()));

static MASK_ONE: LazyLock<Vec<DataProtectionPolicy>> = LazyLock::new(|| {
    identifiers()
        .into_iter()
        .map(|identifier| masking(&[identifier]))
        .collect()
});

/// Text that has a good chance to be data: keywords, numbers, and the characters between them.
fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "card",
            "ssn",
            "iban",
            "tel",
            "passport",
            "tax id",
            "dni",
            "cif",
            "zip code",
            "nhs",
            "npi",
            "vin",
            "cvv",
            "expiry",
            "secret key",
            "location",
            "sin",
            "cpf",
            "cnpj",
            "4539894458086459",
            "123-45-6789",
            "a@b.com",
            "@",
            "10.0.0.1",
            "::1",
            "DE89370400440532013000",
            "J99216582",
            "-----BEGIN PRIVATE KEY-----",
            "+1",
            "(415) 555-2671",
            "xyz1",
            "é",
            "😀",
            " ",
            "\n",
            ":",
            "\"",
            "/",
            "-",
            ".",
            ", ",
        ])
        .prop_map(str::to_owned),
        "[0-9]{1,20}",
        "[0-9A-Z]{1,18}",
        "[0-9a-f:.]{1,12}",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn inspect<'policy>(policy: &'policy DataProtectionPolicy, message: &str) -> Inspection<'policy> {
    policy.inspect(
        Direction::Inbound,
        "arn:aws:iam::123456789012:user/alice",
        message,
        0.0,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn masking_changes_the_findings_and_nothing_else(message in message()) {
        let inspection = inspect(&MASK_ALL, &message);
        for finding in &inspection.findings {
            prop_assert!(!finding.range.is_empty());
            prop_assert!(message.get(finding.range.clone()).is_some());
        }
        let masked: String = message
            .char_indices()
            .map(|(position, character)| {
                let is_found = inspection
                    .findings
                    .iter()
                    .any(|finding| finding.range.contains(&position));
                if is_found { '*' } else { character }
            })
            .collect();
        let expected = match inspection.findings.is_empty() {
            true => Verdict::Allowed,
            false => Verdict::Changed(masked),
        };
        prop_assert_eq!(inspection.verdict, expected);
    }

    #[test]
    fn masked_text_has_nothing_left_to_find(message in message()) {
        for policy in MASK_ONE.iter() {
            if let Verdict::Changed(masked) = inspect(policy, &message).verdict {
                let again = inspect(policy, &masked);
                prop_assert_eq!(again.verdict, Verdict::Allowed, "{:?} in {:?}", again.findings, masked);
            }
        }
    }

    #[test]
    fn any_text_as_policy_is_refused(text in "\\PC{0,200}") {
        prop_assert!(DataProtectionPolicy::parse(&text).is_err());
    }
}
