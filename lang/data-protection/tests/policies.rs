//! Which policies are valid, and what is said of those that are not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_data_protection::{DataProtectionError, DataProtectionPolicy, MAXIMUM_POLICY_BYTES};
use serde_json::{Value, json};

fn arn(name: &str) -> String {
    format!("arn:aws:dataprotection::aws:data-identifier/{name}")
}

/// A valid policy with one of each operation, to take apart.
fn valid() -> Value {
    json!({
        "Name": "__example_data_protection_policy",
        "Description": "Example data protection policy",
        "Version": "2021-06-01",
        "Configuration": {"CustomDataIdentifier": [{"Name": "EmployeeId", "Regex": "EID-\\d{9}-US"}]},
        "Statement": [
            {
                "Sid": "audit",
                "DataDirection": "Inbound",
                "Principal": ["*"],
                "DataIdentifier": [arn("CreditCardNumber"), arn("EmailAddress")],
                "Operation": {"Audit": {
                    "SampleRate": "99",
                    "FindingsDestination": {
                        "CloudWatchLogs": {"LogGroup": "/aws/vendedlogs/log-group-name"},
                        "Firehose": {"DeliveryStream": "delivery-stream-name"},
                        "S3": {"Bucket": "bucket-name"}
                    },
                    "NoFindingsDestination": {"S3": {"Bucket": "bucket-name"}}
                }}
            },
            {
                "Sid": "mask",
                "DataDirection": "Inbound",
                "Principal": ["arn:aws:iam::123456789012:user/ExampleUser"],
                "DataIdentifier": ["EmployeeId"],
                "Operation": {"Deidentify": {"MaskConfig": {"MaskWithCharacter": "#"}}}
            },
            {
                "DataDirection": "Inbound",
                "Principal": ["*"],
                "DataIdentifier": [arn("EmailAddress")],
                "Operation": {"Deidentify": {"RedactConfig": {}}}
            },
            {
                "DataDirection": "Outbound",
                "Principal": ["arn:aws:iam::123456789012:root"],
                "DataIdentifier": [arn("Ssn-US"), "EmployeeId"],
                "Operation": {"Deny": {}}
            }
        ]
    })
}

fn parse(policy: &Value) -> Result<DataProtectionPolicy, DataProtectionError> {
    DataProtectionPolicy::parse(&policy.to_string())
}

/// The valid policy, with the value at a JSON pointer replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut policy = valid();
    *policy.pointer_mut(pointer).unwrap() = value;
    policy
}

/// The valid policy, with a member removed from the object at a JSON pointer.
fn without(pointer: &str, member: &str) -> Value {
    let mut policy = valid();
    let object = policy.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
    assert!(object.remove(member).is_some());
    policy
}

#[test]
fn a_policy_is_read() {
    let policy = parse(&valid()).unwrap();
    assert_eq!(policy.name(), "__example_data_protection_policy");
    assert_eq!(policy.description(), Some("Example data protection policy"));
    for (pointer, member) in [
        ("", "Description"),
        ("/Statement/0", "Sid"),
        ("/Statement/0/Operation/Audit", "NoFindingsDestination"),
        ("/Statement/0/Operation/Audit", "FindingsDestination"),
        ("/Statement/0/Operation/Audit/FindingsDestination", "Firehose"),
    ] {
        assert!(parse(&without(pointer, member)).is_ok(), "{pointer}/{member}");
    }
}

#[test]
fn what_has_not_the_shape_of_a_policy_is_refused() {
    for text in ["", "null", "[]", "{}", "{\"Name\":\"a\"", "\"policy\""] {
        assert!(
            matches!(
                DataProtectionPolicy::parse(text),
                Err(DataProtectionError::Syntax(_))
            ),
            "{text}"
        );
    }
    for (pointer, member) in [
        ("", "Name"),
        ("", "Version"),
        ("", "Statement"),
        ("/Statement/0", "DataDirection"),
        ("/Statement/0", "Principal"),
        ("/Statement/0", "DataIdentifier"),
        ("/Statement/0", "Operation"),
        ("/Statement/0/Operation/Audit", "SampleRate"),
        (
            "/Statement/1/Operation/Deidentify/MaskConfig",
            "MaskWithCharacter",
        ),
        ("/Configuration/CustomDataIdentifier/0", "Regex"),
    ] {
        assert!(
            matches!(
                parse(&without(pointer, member)),
                Err(DataProtectionError::Syntax(_))
            ),
            "{pointer}/{member}"
        );
    }
    for (pointer, value) in [
        ("/Statement/0/DataDirection", json!("Both")),
        ("/Statement/0/Principal", json!("*")),
        ("/Statement/0/Operation", json!({"Encrypt": {}})),
        ("/Statement/0/Operation", json!({"Deny": {}, "Audit": {}})),
        ("/Statement/0/Operation/Audit/SampleRate", json!(99)),
        ("/Statement/3/Operation/Deny", json!({"Because": "so"})),
        (
            "/Statement/2/Operation/Deidentify",
            json!({"RedactConfig": {}, "MaskConfig": {}}),
        ),
        ("/Statement/2/Operation/Deidentify", json!({})),
        ("/Configuration", json!({"Unknown": []})),
    ] {
        assert!(
            matches!(
                parse(&with(pointer, value.clone())),
                Err(DataProtectionError::Syntax(_))
            ),
            "{pointer} {value}"
        );
    }
}

#[test]
fn invalid_values_are_refused_with_the_statement() {
    for (pointer, value, number) in [
        ("/Statement/0/Principal", json!([]), 1),
        ("/Statement/1/Principal", json!(["alice"]), 2),
        ("/Statement/2/DataIdentifier", json!([]), 3),
        ("/Statement/0/DataDirection", json!("Outbound"), 1),
        ("/Statement/1/DataDirection", json!("Outbound"), 2),
        ("/Statement/0/Operation/Audit/SampleRate", json!("100"), 1),
        ("/Statement/0/Operation/Audit", json!({"SampleRate": "5"}), 1),
        (
            "/Statement/0/Operation/Audit/FindingsDestination/CloudWatchLogs/LogGroup",
            json!("my-log-group"),
            1,
        ),
        (
            "/Statement/1/Operation/Deidentify/MaskConfig/MaskWithCharacter",
            json!("##"),
            2,
        ),
    ] {
        let error = parse(&with(pointer, value.clone())).unwrap_err();
        assert!(
            matches!(&error, DataProtectionError::Statement { number: found, .. } if *found == number),
            "{pointer} {value}: {error}"
        );
    }
}

#[test]
fn the_head_is_checked() {
    assert_eq!(
        parse(&with("/Name", json!(""))).unwrap_err(),
        DataProtectionError::EmptyName
    );
    assert_eq!(
        parse(&with("/Version", json!("2012-10-17"))).unwrap_err(),
        DataProtectionError::Version("2012-10-17".to_owned())
    );
    assert_eq!(
        parse(&with("/Statement", json!([]))).unwrap_err(),
        DataProtectionError::NoStatement
    );
    assert_eq!(
        parse(&with("/Statement/0/Sid", json!("mask"))).unwrap_err(),
        DataProtectionError::DuplicateSid("mask".to_owned())
    );
    let mut audit = valid()["Statement"][0].clone();
    audit["Sid"] = json!("again");
    assert_eq!(
        parse(&with("/Statement/3", audit)).unwrap_err(),
        DataProtectionError::SecondAudit
    );
}

#[test]
fn the_size_is_limited() {
    let mut policy = valid().to_string();
    policy.push_str(&" ".repeat(MAXIMUM_POLICY_BYTES - policy.len()));
    assert!(DataProtectionPolicy::parse(&policy).is_ok());
    policy.push(' ');
    assert_eq!(
        DataProtectionPolicy::parse(&policy).unwrap_err(),
        DataProtectionError::TooLarge {
            bytes: 30_721,
            limit: 30_720
        }
    );
}

#[test]
fn custom_identifiers_are_checked() {
    let define = |count: usize| {
        let identifiers: Vec<Value> = (0..count)
            .map(|number| json!({"Name": format!("Id-{number}"), "Regex": "a"}))
            .chain([json!({"Name": "EmployeeId", "Regex": "b"})])
            .collect();
        parse(&with("/Configuration/CustomDataIdentifier", json!(identifiers)))
    };
    assert!(define(9).is_ok());
    assert_eq!(
        define(10).unwrap_err(),
        DataProtectionError::TooManyCustomIdentifiers { count: 11, limit: 10 }
    );
    for identifiers in [
        json!([{"Name": "EmployeeId", "Regex": "("}]),
        json!([{"Name": "EmployeeId", "Regex": "a"}, {"Name": "EmployeeId", "Regex": "b"}]),
        json!([{"Name": "EmployeeId", "Regex": "a"}, {"Name": "EmailAddress", "Regex": "b"}]),
    ] {
        assert!(
            matches!(
                parse(&with("/Configuration/CustomDataIdentifier", identifiers.clone())),
                Err(DataProtectionError::CustomIdentifier { .. })
            ),
            "{identifiers}"
        );
    }
}

#[test]
fn identifiers_that_are_not_looked_for_are_listed() {
    let policy = with(
        "/Statement/0/DataIdentifier",
        json!([
            arn("Name"),
            arn("EmailAddress"),
            arn("DriversLicense-US"),
            arn("Address"),
            arn("Name")
        ]),
    );
    let error = parse(&policy).unwrap_err();
    assert_eq!(
        error,
        DataProtectionError::UndetectableIdentifiers(vec![
            "Address".to_owned(),
            "DriversLicense-US".to_owned(),
            "Name".to_owned()
        ])
    );
    assert_eq!(
        error.to_string(),
        "data identifiers that can't be detected reliably by this server: Address, DriversLicense-US, Name"
    );
    for unknown in [
        "EmailAddress".to_owned(),
        "Unknown".to_owned(),
        arn("EmployeeId"),
        arn("Ssn"),
        arn("DriversLicense-XX"),
        "arn:aws:dataprotection::aws:identifier/EmailAddress".to_owned(),
    ] {
        assert_eq!(
            parse(&with("/Statement/0/DataIdentifier", json!([unknown]))).unwrap_err(),
            DataProtectionError::UnknownIdentifiers(vec![unknown])
        );
    }
    let partition = "arn:aws-cn:dataprotection::aws:data-identifier/EmailAddress";
    assert!(parse(&with("/Statement/0/DataIdentifier", json!([partition]))).is_ok());
}
