//! What policies say about messages.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_data_protection::{
    DataProtectionPolicy, DenyReason, Direction, Finding, Inspection, LogDestinations, Verdict,
};
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
const BOB: &str = "arn:aws:iam::123456789012:user/bob";

fn arn(name: &str) -> String {
    format!("arn:aws:dataprotection::aws:data-identifier/{name}")
}

fn policy(statements: Value) -> DataProtectionPolicy {
    let policy = json!({
        "Name": "policy",
        "Version": "2021-06-01",
        "Configuration": {"CustomDataIdentifier": [{"Name": "EmployeeId", "Regex": "EID-\\d{9}-US"}]},
        "Statement": statements
    });
    DataProtectionPolicy::parse(&policy.to_string()).unwrap()
}

fn statement(sid: &str, identifiers: &[&str], operation: Value) -> Value {
    let identifiers: Vec<String> = identifiers
        .iter()
        .map(|name| match *name {
            "EmployeeId" => (*name).to_owned(),
            managed => arn(managed),
        })
        .collect();
    json!({
        "Sid": sid, "DataDirection": "Inbound", "Principal": ["*"],
        "DataIdentifier": identifiers, "Operation": operation
    })
}

fn mask(character: char) -> Value {
    json!({"Deidentify": {"MaskConfig": {"MaskWithCharacter": character.to_string()}}})
}

fn redact() -> Value {
    json!({"Deidentify": {"RedactConfig": {}}})
}

fn audit(sample_rate: &str) -> Value {
    json!({"Audit": {
        "SampleRate": sample_rate,
        "FindingsDestination": {"CloudWatchLogs": {"LogGroup": "/aws/vendedlogs/found"}},
        "NoFindingsDestination": {"S3": {"Bucket": "clean"}}
    }})
}

fn inbound<'policy>(policy: &'policy DataProtectionPolicy, message: &str) -> Inspection<'policy> {
    policy.inspect(Direction::Inbound, ALICE, message, 0.0)
}

#[test]
fn sensitive_data_is_masked_and_redacted_to_the_character() {
    let table = [
        // The examples of AWS's pages on operations, custom identifiers, and policies.
        ("Ssn-US", mask('#'), "ssn: 123-45-6789", "ssn: ###########"),
        ("Ssn-US", redact(), "ssn: 123-45-6789", "ssn: "),
        (
            "EmployeeId",
            mask('#'),
            "of EID-123456789-US.",
            "of ################.",
        ),
        (
            "CreditCardNumber",
            redact(),
            "My credit card number is 4539894458086459",
            "My credit card number is ",
        ),
        ("EmailAddress", mask('*'), "😀 a@b.com é", "😀 ******* é"),
        ("EmailAddress", mask(' '), "a@b.com", "       "),
        (
            "EmailAddress",
            redact(),
            "{\"to\":\"a@b.com\",\"cc\":\"c@d.org\"}",
            "{\"to\":\"\",\"cc\":\"\"}",
        ),
    ];
    for (identifier, operation, message, expected) in table {
        let policy = policy(json!([statement("change", &[identifier], operation)]));
        assert_eq!(
            inbound(&policy, message).verdict,
            Verdict::Changed(expected.to_owned()),
            "{message}"
        );
        assert_eq!(inbound(&policy, "nothing").verdict, Verdict::Allowed);
        assert_eq!(inbound(&policy, "").verdict, Verdict::Allowed);
    }
}

#[test]
fn masks_of_a_custom_expression_count_characters() {
    let policy = json!({
        "Name": "policy", "Version": "2021-06-01",
        "Configuration": {"CustomDataIdentifier": [{"Name": "Tail", "Regex": "x.*"}]},
        "Statement": [{
            "DataDirection": "Inbound", "Principal": ["*"], "DataIdentifier": ["Tail"], "Operation": mask('#')
        }]
    });
    let policy = DataProtectionPolicy::parse(&policy.to_string()).unwrap();
    assert_eq!(
        inbound(&policy, "éxé€😀\né").verdict,
        Verdict::Changed("é####\né".to_owned())
    );
}

#[test]
fn each_statement_changes_what_it_finds() {
    let policy = policy(json!([
        statement("mail", &["EmailAddress"], redact()),
        statement("rest", &["IpAddress", "EmployeeId", "EmailAddress"], mask('#')),
    ]));
    assert_eq!(
        inbound(&policy, "a@b.com from 10.0.0.1 of EID-123456789-US").verdict,
        Verdict::Changed(" from ######## of ################".to_owned())
    );
}

#[test]
fn a_denial_comes_before_changes_and_names_its_statement() {
    let policy = policy(json!([
        statement("mask", &["EmailAddress"], mask('#')),
        statement("deny", &["IpAddress"], json!({"Deny": {}})),
    ]));
    assert_eq!(
        inbound(&policy, "a@b.com 10.0.0.1").verdict,
        Verdict::Denied {
            sid: Some("deny"),
            reason: DenyReason::SensitiveData
        }
    );
    assert_eq!(
        inbound(&policy, "a@b.com").verdict,
        Verdict::Changed("#######".to_owned())
    );
}

#[test]
fn a_message_of_which_nothing_is_left_is_denied() {
    let policy = policy(json!([statement("redact", &["EmailAddress"], redact())]));
    assert_eq!(
        inbound(&policy, "a@b.com").verdict,
        Verdict::Denied {
            sid: Some("redact"),
            reason: DenyReason::EntirelySensitive
        }
    );
    assert_eq!(
        inbound(&policy, "a@b.com ").verdict,
        Verdict::Changed(" ".to_owned())
    );
}

#[test]
fn statements_apply_to_their_direction_and_principals() {
    let mut only_alice = statement("alice", &["EmailAddress"], json!({"Deny": {}}));
    only_alice["Principal"] = json!([ALICE]);
    let mut outbound = statement("out", &["IpAddress"], json!({"Deny": {}}));
    outbound["DataDirection"] = json!("Outbound");
    let policy = policy(json!([only_alice, outbound]));
    let denied_by = |direction, principal| match policy
        .inspect(direction, principal, "a@b.com 10.0.0.1", 0.0)
        .verdict
    {
        Verdict::Denied { sid, .. } => sid,
        _ => None,
    };
    assert_eq!(denied_by(Direction::Inbound, ALICE), Some("alice"));
    assert_eq!(denied_by(Direction::Inbound, BOB), None);
    assert_eq!(denied_by(Direction::Outbound, ALICE), Some("out"));
    assert_eq!(denied_by(Direction::Outbound, BOB), Some("out"));
}

#[test]
fn audits_report_what_was_sent_or_that_nothing_was_found() {
    let policy = policy(json!([
        statement("audit", &["EmailAddress", "IpAddress"], audit("99")),
        statement("mask", &["EmailAddress", "EmployeeId"], mask('#')),
    ]));
    let message = "10.0.0.1 EID-123456789-US a@b.com";
    let inspection = inbound(&policy, message);
    let finding = |identifier, text: &str| {
        let start = message.find(text).unwrap();
        Finding {
            identifier,
            range: start..start + text.len(),
        }
    };
    let address = finding("IpAddress", "10.0.0.1");
    let mail = finding("EmailAddress", "a@b.com");
    let order = inspection.audit.unwrap();
    assert_eq!(order.findings, [address.clone(), mail.clone()]);
    assert_eq!(
        order.destinations.log_group.as_deref(),
        Some("/aws/vendedlogs/found")
    );
    assert_eq!(
        inspection.findings,
        [address, finding("EmployeeId", "EID-123456789-US"), mail]
    );

    let clean = inbound(&policy, "EID-123456789-US").audit.unwrap();
    assert!(clean.findings.is_empty());
    assert_eq!(
        *clean.destinations,
        LogDestinations {
            bucket: Some("clean".to_owned()),
            ..LogDestinations::default()
        }
    );
}

#[test]
fn audits_sample() {
    let policy = policy(json!([statement("audit", &["EmailAddress"], audit("25"))]));
    let is_audited = |sample| {
        policy
            .inspect(Direction::Inbound, ALICE, "a@b.com", sample)
            .audit
            .is_some()
    };
    assert_eq!(
        [0.0, 0.2499, 0.25, 0.99].map(is_audited),
        [true, true, false, false]
    );
    let without = policy.inspect(Direction::Inbound, ALICE, "a@b.com", 0.5);
    assert_eq!(without.verdict, Verdict::Allowed);
    assert!(without.findings.is_empty());
}

#[test]
fn an_audit_without_a_destination_for_the_case_orders_nothing() {
    let operation =
        json!({"Audit": {"SampleRate": "99", "FindingsDestination": {"S3": {"Bucket": "found"}}}});
    let policy = policy(json!([statement("audit", &["EmailAddress"], operation)]));
    assert!(inbound(&policy, "a@b.com").audit.is_some());
    assert!(inbound(&policy, "clean").audit.is_none());
}
