//! What each managed data identifier finds, and what it leaves alone.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod credentials_and_devices;
mod financial;
mod health;
mod passports_and_phones;
mod personal;

use ninefold_data_protection::{DataProtectionPolicy, Direction, Verdict, detectable_identifiers};
use std::collections::BTreeSet;

/// The texts that an identifier finds in a message.
fn found(identifier: &str, message: &str) -> Vec<String> {
    let policy = DataProtectionPolicy::parse(&format!(
        r#"{{"Name": "policy", "Version": "2021-06-01", "Statement": [{{
            "DataDirection": "Inbound", "Principal": ["*"], "Operation": {{"Deny": {{}}}},
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/{identifier}"]
        }}]}}"#
    ))
    .unwrap();
    let inspection = policy.inspect(
        Direction::Inbound,
        "arn:aws:iam::123456789012:user/alice",
        message,
        0.0,
    );
    assert_eq!(
        matches!(inspection.verdict, Verdict::Denied { .. }),
        !inspection.findings.is_empty()
    );
    inspection
        .findings
        .into_iter()
        .map(|finding| {
            assert_eq!(finding.identifier, identifier);
            message[finding.range].to_owned()
        })
        .collect()
}

/// An identifier, messages with the data that it finds in each, and messages without.
struct Case {
    identifier: &'static str,
    positive: &'static [(&'static str, &'static str)],
    negative: &'static [&'static str],
}

fn cases() -> impl Iterator<Item = &'static Case> {
    [
        credentials_and_devices::CASES,
        financial::CASES,
        health::CASES,
        passports_and_phones::CASES,
        personal::CASES,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn every_identifier_has_cases() {
    let tested: BTreeSet<&str> = cases().map(|case| case.identifier).collect();
    assert_eq!(tested, detectable_identifiers().collect());
}

#[test]
fn data_is_found_where_it_is() {
    for case in cases() {
        for (message, expected) in case.positive {
            assert_eq!(
                found(case.identifier, message),
                [*expected],
                "{}: {message}",
                case.identifier
            );
        }
    }
}

#[test]
fn what_only_looks_like_data_is_left_alone() {
    for case in cases() {
        for message in case.negative {
            assert!(
                found(case.identifier, message).is_empty(),
                "{}: {message}",
                case.identifier
            );
        }
    }
}

#[test]
fn data_is_found_in_the_middle_of_long_text_of_any_language() {
    for case in cases() {
        for (message, expected) in case.positive {
            if message.starts_with("cut ") {
                continue;
            }
            for filler in ["lorem ipsum ", "Ж€😀 ", "{\"a\":[null]},\n"] {
                let padding = filler.repeat(200);
                let long = format!("{padding} {message} {padding}");
                assert_eq!(
                    found(case.identifier, &long),
                    [*expected],
                    "{}: {message}",
                    case.identifier
                );
            }
        }
    }
}

#[test]
fn several_are_found_in_order() {
    assert_eq!(
        found("EmailAddress", "a@b.com;c@d.org e@f.net"),
        ["a@b.com", "c@d.org", "e@f.net"]
    );
    assert_eq!(
        found("Ssn-US", "ssn 123-45-6789, 321-54-9876 ssn"),
        ["123-45-6789", "321-54-9876"]
    );
    assert_eq!(
        found("IpAddress", "10.0.0.1:10.0.0.2 ::1"),
        ["10.0.0.1", "10.0.0.2", "::1"]
    );
}
