//! Policies as documents: written back, added to, taken from.

use ninefold_policy::{MAXIMUM_POLICY_BYTES, Policy, PolicyError, PolicyKind, Version};
use serde_json::json;

fn statement(sid: &str) -> serde_json::Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::999999999999:root"]},
        "Action": "SQS:SendMessage",
        "Resource": "arn:aws:sqs:us-east-1:123456789012:queue",
    })
}

#[test]
fn a_policy_is_written_in_the_order_of_the_grammar() {
    let json = r#"{"Statement": {"Condition": {"NumericLessThan": {"z": 1, "a": ["2", 3.5]}, "Bool": {"b": true}},
        "Resource": ["*"], "Action": "sqs:*", "Principal": {"Service": "sns.amazonaws.com", "AWS": ["*"]}, "Effect": "Allow",
        "Sid": "x"}, "Id": "id", "Version": "2012-10-17"}"#;
    let policy = Policy::parse(json, PolicyKind::Resource).unwrap();
    let written = policy.to_json();
    assert_eq!(
        written,
        "{\"Version\":\"2012-10-17\",\"Id\":\"id\",\"Statement\":{\"Sid\":\"x\",\"Effect\":\"Allow\",\"Principal\":\
         {\"Service\":\"sns.amazonaws.com\",\"AWS\":[\"*\"]},\"Action\":\"sqs:*\",\"Resource\":[\"*\"],\"Condition\":\
         {\"NumericLessThan\":{\"z\":1,\"a\":[\"2\",3.5]},\"Bool\":{\"b\":true}}}}"
    );
    assert_eq!(Policy::parse(&written, PolicyKind::Resource), Ok(policy));
}

#[test]
fn statements_come_and_go() {
    let mut policy = Policy::new(
        PolicyKind::Resource,
        Version::V2008,
        Some("queue/SQSDefaultPolicy".to_owned()),
    );
    assert_eq!(
        policy.to_json(),
        r#"{"Version":"2008-10-17","Id":"queue/SQSDefaultPolicy","Statement":[]}"#
    );
    for sid in ["a", "b", "c"] {
        policy.add_statement(statement(sid)).unwrap();
    }
    assert_eq!(policy.statement_ids().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(
        policy.add_statement(statement("b")),
        Err(PolicyError::DuplicateSid("b".to_owned()))
    );
    assert!(policy.remove_statement("b"));
    assert!(!policy.remove_statement("b"));
    assert_eq!(policy.statement_ids().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(policy.statement_count(), 2);
    let read_again = Policy::parse(&policy.to_json(), PolicyKind::Resource).unwrap();
    assert_eq!(read_again, policy);
    policy.add_statement(statement("b")).unwrap();
    assert_eq!(policy.statement_ids().collect::<Vec<_>>(), ["a", "c", "b"]);
}

#[test]
fn a_single_statement_becomes_a_list() {
    let single = format!(r#"{{"Statement": {}}}"#, statement("a"));
    let mut policy = Policy::parse(&single, PolicyKind::Resource).unwrap();
    assert_eq!(policy.version(), Version::V2008);
    policy.add_statement(statement("b")).unwrap();
    assert!(policy.to_json().contains(r#""Statement":[{"Sid":"a""#));
    assert!(policy.remove_statement("a"));
    assert!(policy.remove_statement("b"));
    assert_eq!(policy.to_json(), r#"{"Statement":[]}"#);
}

#[test]
fn a_statement_that_is_refused_leaves_the_policy_as_it_was() {
    let mut policy = Policy::new(PolicyKind::Resource, Version::V2012, None);
    policy.add_statement(statement("a")).unwrap();
    let before = policy.clone();
    let mut without_principal = statement("b");
    without_principal.as_object_mut().unwrap().remove("Principal");
    assert!(matches!(
        policy.add_statement(without_principal),
        Err(PolicyError::Statement { number: 2, .. })
    ));
    assert!(matches!(
        policy.add_statement(json!({"Sid": 1})),
        Err(PolicyError::Syntax(_))
    ));
    assert!(matches!(
        policy.add_statement(json!("x")),
        Err(PolicyError::Syntax(_))
    ));
    let mut large = statement("b");
    large["Resource"] = json!(vec![
        "arn:aws:sqs:us-east-1:123456789012:queue";
        MAXIMUM_POLICY_BYTES / 40
    ]);
    assert!(matches!(
        policy.add_statement(large),
        Err(PolicyError::TooLarge { .. })
    ));
    assert_eq!(policy, before);
}

#[test]
fn a_door_can_see_what_a_policy_is_about() {
    let json = r#"{"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["SQS:SendMessage", "sqs:Get*"], "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "NotAction": "sqs:*", "NotResource": "arn:aws:sqs:::x"}]}"#;
    let policy = Policy::parse(json, PolicyKind::Resource).unwrap();
    assert_eq!(
        policy.actions().collect::<Vec<_>>(),
        ["SQS:SendMessage", "sqs:Get*", "sqs:*"]
    );
    assert_eq!(policy.resources().collect::<Vec<_>>(), ["*", "arn:aws:sqs:::x"]);
    assert_eq!(policy.kind(), PolicyKind::Resource);
}
