//! Every condition operator, on values that fit, that do not, and that are not there.

use crate::requests::{ACCOUNT, decide_in, identity, root, user};
use ninefold_policy::Context;

/// A context from `key=value` and `key=value,value`; nothing from an empty text.
fn context(entries: &[&str]) -> Context {
    let mut context = Context::new();
    for entry in entries {
        let (key, values) = entry.split_once('=').unwrap();
        context.insert_all(key, values.split(','));
    }
    context
}

/// Whether an identity is allowed by a statement with the condition.
fn holds(condition: &str, entries: &[&str]) -> bool {
    let policy = identity(&format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}}}"#
    ));
    decide_in(&user(ACCOUNT, "alice"), &[&policy], None, &context(entries)).is_allowed()
}

fn check(rows: &[(&str, &[&str], bool)]) {
    for (condition, entries, expected) in rows {
        assert_eq!(holds(condition, entries), *expected, "{condition} on {entries:?}");
    }
}

#[test]
fn strings() {
    check(&[
        (r#""StringEquals": {"k": "a"}"#, &["k=a"], true),
        (r#""StringEquals": {"k": "a"}"#, &["k=A"], false),
        (r#""StringEquals": {"k": "a"}"#, &["K=a"], true),
        (r#""StringEquals": {"K": "a"}"#, &["k=a"], true),
        (r#""StringEquals": {"k": "a"}"#, &[], false),
        (r#""StringEquals": {"k": ["a", "b"]}"#, &["k=b"], true),
        (r#""StringEquals": {"k": "a*"}"#, &["k=ab"], false),
        (r#""StringEquals": {"k": "a*"}"#, &["k=a*"], true),
        (r#""StringEquals": {"k": ["1", 2, true]}"#, &["k=2"], true),
        (r#""StringEquals": {"k": ["1", 2, true]}"#, &["k=true"], true),
        (r#""StringNotEquals": {"k": "a"}"#, &["k=b"], true),
        (r#""StringNotEquals": {"k": ["a", "b"]}"#, &["k=b"], false),
        (r#""StringNotEquals": {"k": "a"}"#, &[], true),
        (
            r#""StringEqualsIgnoreCase": {"k": "ÄpfelA"}"#,
            &["k=äPFELa"],
            true,
        ),
        (r#""StringEqualsIgnoreCase": {"k": "a"}"#, &["k=b"], false),
        (r#""StringNotEqualsIgnoreCase": {"k": "a"}"#, &["k=A"], false),
        (r#""StringNotEqualsIgnoreCase": {"k": "a"}"#, &["k=b"], true),
        (r#""StringLike": {"k": "a*c?"}"#, &["k=abcd"], true),
        (r#""StringLike": {"k": "a*c?"}"#, &["k=abc"], false),
        (r#""StringLike": {"k": "A*"}"#, &["k=abc"], false),
        (r#""StringLike": {"k": "a${*}"}"#, &["k=a*"], true),
        (r#""StringLike": {"k": "a${*}"}"#, &["k=ab"], false),
        (r#""StringNotLike": {"k": "a*"}"#, &["k=abc"], false),
        (r#""StringNotLike": {"k": "a*"}"#, &["k=b"], true),
        (r#""StringNotLike": {"k": "a*"}"#, &[], true),
    ]);
}

#[test]
fn numbers() {
    check(&[
        (r#""NumericEquals": {"k": "1"}"#, &["k=1.0"], true),
        (r#""NumericEquals": {"k": 1}"#, &["k=1"], true),
        (r#""NumericEquals": {"k": 1}"#, &["k=2"], false),
        (r#""NumericEquals": {"k": 1}"#, &["k=one"], false),
        (r#""NumericNotEquals": {"k": 1}"#, &["k=2"], true),
        (r#""NumericNotEquals": {"k": [1, 2]}"#, &["k=2"], false),
        (r#""NumericLessThan": {"k": 10}"#, &["k=9"], true),
        (r#""NumericLessThan": {"k": 10}"#, &["k=10"], false),
        (r#""NumericLessThanEquals": {"k": 10}"#, &["k=10"], true),
        (r#""NumericLessThanEquals": {"k": 10}"#, &["k=10.5"], false),
        (r#""NumericGreaterThan": {"k": 10}"#, &["k=9"], false),
        (r#""NumericGreaterThan": {"k": -10}"#, &["k=-9"], true),
        (r#""NumericGreaterThanEquals": {"k": 10}"#, &["k=10"], true),
        (r#""NumericGreaterThanEquals": {"k": 10}"#, &[], false),
    ]);
}

#[test]
fn dates() {
    check(&[
        (
            r#""DateEquals": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=2026-01-01T01:00:00+01:00"],
            true,
        ),
        (
            r#""DateEquals": {"k": "2026-01-01"}"#,
            &["k=2026-01-01T00:00:00Z"],
            true,
        ),
        (
            r#""DateEquals": {"k": "1767225600"}"#,
            &["k=2026-01-01T00:00:00Z"],
            true,
        ),
        (
            r#""DateEquals": {"k": 1767225600}"#,
            &["k=2026-01-01T00:00:00.000Z"],
            true,
        ),
        (r#""DateNotEquals": {"k": "2026-01-01"}"#, &["k=2026-01-02"], true),
        (
            r#""DateLessThan": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=2025-12-31T23:59:59Z"],
            true,
        ),
        (
            r#""DateLessThan": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=2026-01-01T00:00:00Z"],
            false,
        ),
        (
            r#""DateLessThanEquals": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=2026-01-01T00:00:00Z"],
            true,
        ),
        (
            r#""DateGreaterThan": {"k": "2026-01-01T00:00Z"}"#,
            &["k=2026-01-01T00:00:01Z"],
            true,
        ),
        (
            r#""DateGreaterThan": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=someday"],
            false,
        ),
        (
            r#""DateGreaterThanEquals": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=1767225600"],
            true,
        ),
        (
            r#""DateGreaterThanEquals": {"k": "2026-01-01T00:00:00Z"}"#,
            &["k=1767225599"],
            false,
        ),
    ]);
}

#[test]
fn truth_and_presence() {
    check(&[
        (r#""Bool": {"k": "true"}"#, &["k=true"], true),
        (r#""Bool": {"k": true}"#, &["k=True"], true),
        (r#""Bool": {"k": false}"#, &["k=true"], false),
        (r#""Bool": {"k": [true, false]}"#, &["k=false"], true),
        (r#""Bool": {"k": false}"#, &["k=no"], false),
        (r#""Bool": {"k": false}"#, &[], false),
        (r#""Null": {"k": "true"}"#, &[], true),
        (r#""Null": {"k": true}"#, &["k=a"], false),
        (r#""Null": {"k": false}"#, &["k=a"], true),
        (r#""Null": {"k": "false"}"#, &[], false),
        (r#""Null": {"aws:username": "false"}"#, &[], true),
    ]);
}

#[test]
fn binaries_and_addresses() {
    check(&[
        (r#""BinaryEquals": {"k": "AQID"}"#, &["k=AQID"], true),
        (r#""BinaryEquals": {"k": "AQID"}"#, &["k=AQIE"], false),
        (r#""BinaryEquals": {"k": "AQID"}"#, &["k=!"], false),
        (
            r#""IpAddress": {"aws:SourceIp": "10.1.0.0/16"}"#,
            &["aws:SourceIp=10.1.2.3"],
            true,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "10.1.0.0/16"}"#,
            &["aws:SourceIp=10.2.2.3"],
            false,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "10.1.2.3"}"#,
            &["aws:SourceIp=10.1.2.3"],
            true,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "10.1.2.3"}"#,
            &["aws:SourceIp=10.1.2.4"],
            false,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#,
            &["aws:SourceIp=::ffff:10.1.2.3"],
            true,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#,
            &["aws:SourceIp=::1"],
            false,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "2001:db8::/32"}"#,
            &["aws:SourceIp=2001:db8::1"],
            true,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::1"]}"#,
            &["aws:SourceIp=::1"],
            true,
        ),
        (
            r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#,
            &["aws:SourceIp=here"],
            false,
        ),
        (
            r#""NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#,
            &["aws:SourceIp=10.1.2.3"],
            false,
        ),
        (
            r#""NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#,
            &["aws:SourceIp=11.1.2.3"],
            true,
        ),
    ]);
}

#[test]
fn arns() {
    let topic = "aws:SourceArn=arn:aws:sns:us-east-1:123456789012:topic";
    for operator in ["ArnEquals", "ArnLike"] {
        for (pattern, expected) in [
            ("arn:aws:sns:us-east-1:123456789012:topic", true),
            ("arn:aws:sns:*:123456789012:*", true),
            ("arn:aws:sns:us-east-?:*:top*", true),
            ("arn:aws:sns:*:topic", false),
            ("arn:aws:sqs:*:*:*", false),
        ] {
            let positive = format!(r#""{operator}": {{"aws:SourceArn": "{pattern}"}}"#);
            assert_eq!(holds(&positive, &[topic]), expected, "{positive}");
            let negative = positive
                .replace("Arn", "ArnNot")
                .replace("aws:SourceArnNot", "aws:SourceArn");
            assert_eq!(holds(&negative, &[topic]), !expected, "{negative}");
        }
    }
}

#[test]
fn if_exists() {
    check(&[
        (r#""StringEqualsIfExists": {"k": "a"}"#, &[], true),
        (r#""StringEqualsIfExists": {"k": "a"}"#, &["k=a"], true),
        (r#""StringEqualsIfExists": {"k": "a"}"#, &["k=b"], false),
        (r#""NumericLessThanIfExists": {"k": 1}"#, &[], true),
        (r#""IpAddressIfExists": {"k": "10.0.0.0/8"}"#, &[], true),
        (
            r#""ArnLikeIfExists": {"k": "arn:aws:sns:*:*:*"}"#,
            &["k=x"],
            false,
        ),
        (
            r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}"#,
            &[],
            true,
        ),
        (
            r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}"#,
            &["aws:MultiFactorAuthPresent=false"],
            false,
        ),
        (r#""ForAnyValue:StringEqualsIfExists": {"k": "a"}"#, &[], true),
        (
            r#""ForAnyValue:StringEqualsIfExists": {"k": "a"}"#,
            &["k=b"],
            false,
        ),
    ]);
}

#[test]
fn many_values() {
    check(&[
        (
            r#""ForAllValues:StringEquals": {"k": ["a", "b"]}"#,
            &["k=a"],
            true,
        ),
        (
            r#""ForAllValues:StringEquals": {"k": ["a", "b"]}"#,
            &["k=a,b"],
            true,
        ),
        (
            r#""ForAllValues:StringEquals": {"k": ["a", "b"]}"#,
            &["k=a,c"],
            false,
        ),
        (r#""ForAllValues:StringEquals": {"k": ["a", "b"]}"#, &[], true),
        (
            r#""ForAllValues:StringNotEquals": {"k": ["a", "b"]}"#,
            &["k=c,d"],
            true,
        ),
        (
            r#""ForAllValues:StringNotEquals": {"k": ["a", "b"]}"#,
            &["k=a,d"],
            false,
        ),
        (r#""ForAllValues:StringNotEquals": {"k": ["a", "b"]}"#, &[], true),
        (
            r#""ForAnyValue:StringEquals": {"k": ["a", "b"]}"#,
            &["k=c,b"],
            true,
        ),
        (
            r#""ForAnyValue:StringEquals": {"k": ["a", "b"]}"#,
            &["k=c,d"],
            false,
        ),
        (r#""ForAnyValue:StringEquals": {"k": ["a", "b"]}"#, &[], false),
        (
            r#""ForAnyValue:StringNotEquals": {"k": ["a", "b"]}"#,
            &["k=a,c"],
            true,
        ),
        (
            r#""ForAnyValue:StringNotEquals": {"k": ["a", "b"]}"#,
            &["k=a,b"],
            false,
        ),
        (r#""ForAnyValue:StringNotEquals": {"k": ["a", "b"]}"#, &[], false),
        (r#""ForAllValues:StringLike": {"k": "a*"}"#, &["k=ab,ac"], true),
        (r#""ForAllValues:NumericLessThan": {"k": 10}"#, &["k=1,20"], false),
        // Several values where the operator expects one.
        (r#""StringEquals": {"k": "a"}"#, &["k=b,a"], true),
        (r#""StringNotEquals": {"k": "a"}"#, &["k=b,a"], false),
    ]);
}

#[test]
fn blocks_are_conjunctions() {
    let both = r#""StringEquals": {"a": "1", "b": "2"}, "NumericLessThan": {"c": 3}"#;
    check(&[
        (both, &["a=1", "b=2", "c=2"], true),
        (both, &["a=1", "b=2", "c=3"], false),
        (both, &["a=1", "b=3", "c=2"], false),
        (both, &["b=2", "c=2"], false),
        ("", &[], true),
        (r#""StringEquals": {}"#, &[], true),
    ]);
}

#[test]
fn variables_in_values() {
    check(&[
        (r#""StringEquals": {"k": "${aws:username}"}"#, &["k=alice"], true),
        (r#""StringEquals": {"k": "${aws:username}"}"#, &["k=bob"], false),
        (
            r#""StringLike": {"k": "home/${aws:username}/*"}"#,
            &["k=home/alice/x"],
            true,
        ),
        (r#""StringLike": {"k": "${v}"}"#, &["k=anything", "v=*"], false),
        (
            r#""StringEqualsIgnoreCase": {"k": "${aws:UserName}"}"#,
            &["k=ALICE"],
            true,
        ),
        (r#""StringEquals": {"k": "${none, 'x'}"}"#, &["k=x"], true),
        (
            r#""ArnLike": {"k": "arn:aws:iam::*:user/${aws:username}"}"#,
            &["k=arn:aws:iam::123456789012:user/alice"],
            true,
        ),
        (
            r#""ArnLike": {"k": "arn:aws:iam::${aws:PrincipalAccount}:user/*"}"#,
            &["k=arn:aws:iam::123456789012:user/x"],
            true,
        ),
        (r#""StringEquals": {"k": "${none}"}"#, &["k=alice"], false),
        (
            r#""StringEquals": {"k": ["${none}", "alice"]}"#,
            &["k=alice"],
            true,
        ),
        // What is unknown grants nothing, negated or not.
        (r#""StringNotEquals": {"k": "${none}"}"#, &["k=alice"], false),
        (
            r#""ArnNotLike": {"k": "arn:aws:iam::*:user/${none}"}"#,
            &["k=arn:aws:iam::1:user/x"],
            false,
        ),
    ]);
}

#[test]
fn what_is_unknown_does_not_lift_a_denial() {
    let policy = identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"k": "${none}"}}}]}"#,
    );
    let alice = user(ACCOUNT, "alice");
    assert!(!decide_in(&alice, &[&policy], None, &context(&["k=a"])).is_allowed());
    assert!(decide_in(&alice, &[&policy], None, &context(&["k=a", "none=a"])).is_allowed());
}

#[test]
fn the_older_version_has_no_variables() {
    let policy = identity(
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"k": "${aws:username}"}}}}"#,
    );
    let alice = user(ACCOUNT, "alice");
    assert!(!decide_in(&alice, &[&policy], None, &context(&["k=alice"])).is_allowed());
    assert!(decide_in(&alice, &[&policy], None, &context(&["k=${aws:username}"])).is_allowed());
}

#[test]
fn the_principal_decides_its_own_keys() {
    check(&[
        (
            r#""StringEquals": {"aws:username": "alice"}"#,
            &["aws:username=bob"],
            true,
        ),
        (
            r#""StringEquals": {"aws:PrincipalAccount": "123456789012"}"#,
            &[],
            true,
        ),
        (r#""StringEquals": {"aws:PrincipalType": "User"}"#, &[], true),
        (
            r#""ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/alice"}"#,
            &[],
            true,
        ),
        (r#""StringLike": {"aws:userid": "AIDA*"}"#, &[], true),
        (r#""Bool": {"aws:PrincipalIsAWSService": "false"}"#, &[], true),
        (
            r#""Null": {"aws:PrincipalServiceName": "true"}"#,
            &["aws:PrincipalServiceName=sns.amazonaws.com"],
            true,
        ),
    ]);
    // The root needs no statement, so its keys show in a denial.
    let denial = identity(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition":
            {"StringEquals": {"aws:userid": "123456789012", "aws:PrincipalType": "Account"}, "Null": {"aws:username": "true"},
             "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:root"}}}}"#,
    );
    assert!(!decide_in(&root(ACCOUNT), &[&denial], None, &Context::new()).is_allowed());
}
