//! What is a policy and what is not.

use ninefold_policy::{MAXIMUM_POLICY_BYTES, Policy, PolicyError, PolicyKind};

/// A policy with one statement of the given elements.
fn with_statement(elements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{{elements}}}]}}"#)
}

const IDENTITY: &str = r#""Effect": "Allow", "Action": "sqs:*", "Resource": "*""#;
const RESOURCE: &str = r#""Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*""#;

#[test]
fn policies_of_identities_parse() {
    for json in [
        with_statement(IDENTITY),
        with_statement(&format!(r#""Sid": "One1", {IDENTITY}"#)),
        with_statement(&format!(r#""Sid": "", {IDENTITY}"#)),
        with_statement(
            r#""Effect": "Deny", "NotAction": ["sqs:Get*", "sns:Publis?"], "NotResource": ["arn:aws:sqs:*:*:a", "*"]"#,
        ),
        with_statement(
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/${aws:username}/*""#,
        ),
        with_statement(&format!(
            r#"{IDENTITY}, "Condition": {{"Bool": {{"aws:SecureTransport": true}}, "NumericLessThan": {{"a": [1, "2", 3.5]}}}}"#
        )),
        with_statement(&format!(r#"{IDENTITY}, "Condition": {{}}"#)),
        format!(r#"{{"Statement": {{{IDENTITY}}}}}"#),
        format!(r#"{{"Version": "2008-10-17", "Id": "x", "Statement": {{{IDENTITY}}}}}"#),
        r#"{"Statement": []}"#.to_owned(),
        // The older version has no variables, so this is text.
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/${"}}"#
            .to_owned(),
    ] {
        if let Err(error) = Policy::parse(&json, PolicyKind::Identity) {
            panic!("{json}: {error}");
        }
    }
}

#[test]
fn policies_of_resources_parse() {
    for principal in [
        r#""*""#,
        r#"{"AWS": "*"}"#,
        r#"{"AWS": "123456789012"}"#,
        r#"{"AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/division/alice"]}"#,
        r#"{"AWS": "arn:aws:iam::123456789012:role/worker"}"#,
        r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/worker/session"}"#,
        r#"{"AWS": "arn:aws:sts::123456789012:federated-user/bob"}"#,
        r#"{"AWS": "arn:aws-us-gov:iam::123456789012:user/alice"}"#,
        r#"{"AWS": "AIDAJQABLZS4A3QDU576Q"}"#,
        r#"{"Service": "sns.amazonaws.com"}"#,
        r#"{"Service": ["sns.amazonaws.com", "events.amazonaws.com", "states.eu-west-1.amazonaws.com", "x.amazonaws.com.cn"]}"#,
        r#"{"AWS": "123456789012", "Service": "sns.amazonaws.com"}"#,
    ] {
        for element in ["Principal", "NotPrincipal"] {
            let json = with_statement(&format!(
                r#""Sid": "may have spaces - and dashes", "Effect": "Deny", "{element}": {principal}, "Action": "SQS:SendMessage", "Resource": "*""#
            ));
            if let Err(error) = Policy::parse(&json, PolicyKind::Resource) {
                panic!("{json}: {error}");
            }
        }
    }
}

#[test]
fn what_is_not_a_policy_is_refused() {
    for json in [
        "",
        "{",
        "[]",
        "null",
        "1",
        "{}",
        r#"{"Version": "2012-10-17"}"#,
        r#"{"Statement": "x"}"#,
        r#"{"Statement": null}"#,
        r#"{"Statement": [[]]}"#,
        r#"{"Statement": []} more"#,
        r#"{"Statement": [], "Statement": []}"#,
        r#"{"Statement": [], "Extra": 1}"#,
        r#"{"statement": []}"#,
        r#"{"Version": "2012-10-18", "Statement": []}"#,
        r#"{"Version": 20121017, "Statement": []}"#,
        r#"{"Version": null, "Statement": []}"#,
        r#"{"Id": 1, "Statement": []}"#,
    ] {
        let error = Policy::parse(json, PolicyKind::Identity).unwrap_err();
        assert!(matches!(error, PolicyError::Syntax(_)), "{json}: {error}");
    }
}

#[test]
fn statements_of_the_wrong_shape_are_refused() {
    for elements in [
        "",
        r#""Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*""#,
        r#""Effect": "allow", "Action": "*", "Resource": "*""#,
        r#""Effect": ["Allow"], "Action": "*", "Resource": "*""#,
        r#""Action": "*", "Resource": "*""#,
        r#""Effect": "Allow", "Action": 1, "Resource": "*""#,
        r#""Effect": "Allow", "Action": [["*"]], "Resource": "*""#,
        r#""Effect": "Allow", "Action": null, "Resource": "*""#,
        r#""Effect": "Allow", "Action": {"a": "b"}, "Resource": "*""#,
        r#""Effect": "Allow", "Action": "*", "Resource": true"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Sid": 1"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Extra": "x""#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": null"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": "x"}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": null}}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": {"b": "c"}}}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": "1", "a": "2"}}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "true"}, "Bool": {"b": "true"}}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "everyone""#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Principal": ["*"]"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": 1}"#,
    ] {
        let json = with_statement(elements);
        let error = Policy::parse(&json, PolicyKind::Resource).unwrap_err();
        assert!(matches!(error, PolicyError::Syntax(_)), "{json}: {error}");
    }
}

#[test]
fn statements_that_make_no_sense_are_refused() {
    use PolicyKind::{Identity, Resource};
    for (kind, elements, reason) in [
        (
            Identity,
            r#""Effect": "Allow", "Resource": "*""#,
            "exactly one of Action and NotAction is required",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*""#,
            "exactly one of Action and NotAction is required",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*""#,
            "exactly one of Resource and NotResource is required",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*""#,
            "exactly one of Resource and NotResource is required",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": [], "Resource": "*""#,
            "Action and NotAction must not be empty",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "Resource": []"#,
            "Resource and NotResource must not be empty",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "SendMessage", "Resource": "*""#,
            "'SendMessage' is not an action",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "sqs:", "Resource": "*""#,
            "'sqs:' is not an action",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "s*:Send", "Resource": "*""#,
            "'s*:Send' is not an action",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "sqs:a b", "Resource": "*""#,
            "'sqs:a b' is not an action",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "**", "Resource": "*""#,
            "'**' is not an action",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "Resource": "queue""#,
            "'queue' is neither an ARN nor '*'",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs""#,
            "'arn:aws:sqs' is neither an ARN nor '*'",
        ),
        (
            Identity,
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username""#,
            "the policy variable in 'arn:aws:s3:::b/${aws:username' has no end",
        ),
        (
            Identity,
            r#""Sid": "not this", "Effect": "Allow", "Action": "*", "Resource": "*""#,
            "the statement id 'not this' must be alphanumeric",
        ),
        (
            Identity,
            RESOURCE,
            "Principal and NotPrincipal are not allowed in a policy of an identity",
        ),
        (
            Resource,
            IDENTITY,
            "exactly one of Principal and NotPrincipal is required in a policy of a resource",
        ),
        (
            Resource,
            r#""Effect": "Allow", "Principal": "*", "NotPrincipal": "*", "Action": "*", "Resource": "*""#,
            "exactly one of Principal and NotPrincipal is required in a policy of a resource",
        ),
    ] {
        let error = Policy::parse(&with_statement(elements), kind).unwrap_err();
        assert_eq!(
            error,
            PolicyError::Statement {
                number: 1,
                reason: reason.to_owned()
            },
            "{elements}"
        );
    }
}

#[test]
fn what_is_no_principal_is_refused() {
    for principal in [
        r#"{"AWS": ""}"#,
        r#"{"AWS": "12345678901"}"#,
        r#"{"AWS": "12345678901a"}"#,
        r#"{"AWS": "alice"}"#,
        r#"{"AWS": "arn:aws:iam::123456789012:user/*"}"#,
        r#"{"AWS": "arn:aws:iam::*:root"}"#,
        r#"{"AWS": "arn:aws:iam::123456789012:user/"}"#,
        r#"{"AWS": "arn:aws:iam::123456789012:group/admins"}"#,
        r#"{"AWS": "arn:aws:iam:us-east-1:123456789012:user/alice"}"#,
        r#"{"AWS": "arn:aws:sqs:us-east-1:123456789012:queue"}"#,
        r#"{"AWS": "arn:awsome:iam::123456789012:root"}"#,
        r#"{"AWS": "arn:aws"}"#,
        r#"{"Service": "*"}"#,
        r#"{"Service": "sns"}"#,
        r#"{"Service": "sns.amazonaws.com/"}"#,
        r#"{"Federated": "accounts.google.com"}"#,
        r#"{"CanonicalUser": "79a59d"}"#,
        r#"{"aws": "*"}"#,
    ] {
        let json = with_statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": "*", "Resource": "*""#
        ));
        let error = Policy::parse(&json, PolicyKind::Resource).unwrap_err();
        assert!(
            matches!(error, PolicyError::Statement { number: 1, .. }),
            "{principal}: {error}"
        );
    }
}

#[test]
fn conditions_that_compare_nothing_are_refused() {
    for (condition, reason) in [
        (
            r#"{"StringIs": {"a": "b"}}"#,
            "'StringIs' is not a condition operator",
        ),
        (
            r#"{"stringequals": {"a": "b"}}"#,
            "'stringequals' is not a condition operator",
        ),
        (
            r#"{"ForSomeValues:StringEquals": {"a": "b"}}"#,
            "'ForSomeValues:StringEquals' is not a condition operator",
        ),
        (
            r#"{"NullIfExists": {"a": "true"}}"#,
            "'NullIfExists' is not a condition operator",
        ),
        (
            r#"{"ForAnyValue:Null": {"a": "true"}}"#,
            "'ForAnyValue:Null' is not a condition operator",
        ),
        (
            r#"{"StringEquals": {"": "b"}}"#,
            "'StringEquals' has an empty condition key",
        ),
        (
            r#"{"StringEquals": {"a": []}}"#,
            "'StringEquals' has no value for 'a'",
        ),
        (
            r#"{"NumericEquals": {"a": "many"}}"#,
            "the condition value 'many' is not a number",
        ),
        (
            r#"{"NumericEquals": {"a": "NaN"}}"#,
            "the condition value 'NaN' is not a number",
        ),
        (
            r#"{"DateEquals": {"a": "tomorrow"}}"#,
            "the condition value 'tomorrow' is not a date",
        ),
        (
            r#"{"Bool": {"a": "yes"}}"#,
            "the condition value 'yes' is not true or false",
        ),
        (
            r#"{"Null": {"a": "maybe"}}"#,
            "the condition value 'maybe' is not true or false",
        ),
        (
            r#"{"BinaryEquals": {"a": "!"}}"#,
            "the condition value '!' is not Base64",
        ),
        (
            r#"{"IpAddress": {"a": "10.0.0.0/33"}}"#,
            "the condition value '10.0.0.0/33' is not an address or a range in CIDR notation",
        ),
        (
            r#"{"StringLike": {"a": "${b"}}"#,
            "the policy variable in '${b' has no end",
        ),
    ] {
        let json = with_statement(&format!(r#"{IDENTITY}, "Condition": {condition}"#));
        let error = Policy::parse(&json, PolicyKind::Identity).unwrap_err();
        assert_eq!(
            error,
            PolicyError::Statement {
                number: 1,
                reason: reason.to_owned()
            }
        );
    }
}

#[test]
fn statement_ids_are_unique() {
    let json = format!(
        r#"{{"Statement": [{{"Sid": "a", {IDENTITY}}}, {{{IDENTITY}}}, {{"Sid": "a", {IDENTITY}}}]}}"#
    );
    let error = Policy::parse(&json, PolicyKind::Identity).unwrap_err();
    assert_eq!(error, PolicyError::DuplicateSid("a".to_owned()));
    let json = format!(r#"{{"Statement": [{{"Sid": "", {IDENTITY}}}, {{"Sid": "", {IDENTITY}}}]}}"#);
    assert!(Policy::parse(&json, PolicyKind::Identity).is_ok());
}

#[test]
fn the_statement_at_fault_is_counted_from_one() {
    let json =
        format!(r#"{{"Statement": [{{{IDENTITY}}}, {{"Effect": "Deny", "Action": "x", "Resource": "*"}}]}}"#);
    let error = Policy::parse(&json, PolicyKind::Identity).unwrap_err();
    assert_eq!(error.to_string(), "statement 2: 'x' is not an action");
}

#[test]
fn size_and_depth_are_bounded() {
    let padded = |bytes: usize| {
        let empty = with_statement(IDENTITY);
        format!("{empty}{}", " ".repeat(bytes - empty.len()))
    };
    assert!(Policy::parse(&padded(MAXIMUM_POLICY_BYTES), PolicyKind::Identity).is_ok());
    assert_eq!(
        Policy::parse(&padded(MAXIMUM_POLICY_BYTES + 1), PolicyKind::Identity),
        Err(PolicyError::TooLarge {
            bytes: MAXIMUM_POLICY_BYTES + 1,
            limit: MAXIMUM_POLICY_BYTES
        })
    );
    for nesting in ["[", r#"{"Statement":"#, r#"{"Condition":"#] {
        let json = nesting.repeat(MAXIMUM_POLICY_BYTES / nesting.len());
        assert!(
            matches!(
                Policy::parse(&json, PolicyKind::Identity),
                Err(PolicyError::Syntax(_))
            ),
            "{nesting}"
        );
    }
}
