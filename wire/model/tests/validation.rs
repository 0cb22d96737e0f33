//! Violations, and the messages AWS words them in.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use ninefold_model::{Map, ServiceModel, Value, describe, sts, validate};

const MODEL: &str = r#"{
"metadata":{"serviceId":"Test","apiVersion":"1","endpointPrefix":"test","signingName":"test","protocols":["json"]},
"operations":{},
"shapes":{
"Input":{"type":"structure","members":{
 "QueueName":{"shape":"Name","required":true},
 "MaxResults":{"shape":"Count"},
 "Color":{"shape":"Color"},
 "Secret":{"shape":"Secret"},
 "Entries":{"shape":"Entries"},
 "Keys":{"shape":"Keys"},
 "Tags":{"shape":"Tags"},
 "Parts":{"shape":"Parts"},
 "Data":{"shape":"Data"}}},
"Name":{"type":"string","min":2,"max":8,"pattern":"[a-z]+"},
"Count":{"type":"integer","min":1,"max":1000},
"Color":{"type":"string","enum":["RED","GREEN"]},
"Secret":{"type":"string","min":3,"sensitive":true},
"Data":{"type":"blob","max":2},
"Entries":{"type":"list","member":{"shape":"Entry"},"min":1,"max":2},
"Entry":{"type":"structure","members":{"Id":{"shape":"Name","required":true},"Note":{"shape":"Secret"}}},
"Keys":{"type":"list","member":{"shape":"Name"}},
"Tags":{"type":"map","key":{"shape":"Name"},"value":{"shape":"Count"},"max":2},
"Parts":{"type":"map","key":{"shape":"Name"},"value":{"shape":"Entry"}}
}}"#;

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(Map::from_iter(entries))
}

/// The message for an input that has a good `QueueName` besides the given members.
fn message<const N: usize>(members: [(&'static str, Value); N]) -> String {
    let model = ServiceModel::parse("test", MODEL).unwrap();
    let mut input = Map::from_iter([("QueueName", "good")]);
    for (name, value) in members {
        input.insert(name, value);
    }
    match validate(&model, model.shape_named("Input").unwrap(), &Value::Map(input)) {
        Ok(()) => String::new(),
        Err(violations) => describe(&violations),
    }
}

#[test]
fn scalars() {
    let cases = [
        (
            "QueueName",
            Value::Null,
            "Value null at 'queueName' failed to satisfy constraint: Member must not be null",
        ),
        (
            "QueueName",
            Value::from("abcdefghi"),
            "Value 'abcdefghi' at 'queueName' failed to satisfy constraint: Member must have length less than or equal to 8",
        ),
        (
            "QueueName",
            Value::from("ab-c"),
            "Value 'ab-c' at 'queueName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+",
        ),
        (
            "MaxResults",
            Value::Integer(0),
            "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "MaxResults",
            Value::Integer(1001),
            "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
        ),
        (
            "Color",
            Value::from("BLUE"),
            "Value 'BLUE' at 'color' failed to satisfy constraint: Member must satisfy enum value set: [RED, GREEN]",
        ),
        (
            "Secret",
            Value::from("ab"),
            "Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 3",
        ),
        (
            "Data",
            Value::Blob(b"abc"[..].into()),
            "Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]' at 'data' failed to satisfy constraint: \
             Member must have length less than or equal to 2",
        ),
    ];
    for (member, value, expected) in cases {
        assert_eq!(
            message([(member, value)]),
            format!("1 validation error detected: {expected}")
        );
    }
}

#[test]
fn several_violations_are_listed_in_order() {
    assert_eq!(
        message([("QueueName", Value::from("")), ("MaxResults", Value::Integer(0))]),
        "3 validation errors detected: \
         Value '' at 'queueName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+; \
         Value '' at 'queueName' failed to satisfy constraint: Member must have length greater than or equal to 2; \
         Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"
    );
}

#[test]
fn lists_and_maps() {
    let entry = |id: &str| map([("Id", Value::from(id)), ("Note", Value::from("hidden"))]);
    assert_eq!(
        message([("Entries", vec![entry("ok"), entry("NO"), entry("ok")].into())]),
        "2 validation errors detected: \
         Value '[Entry(Id=ok, Note=***Sensitive Data Redacted***), Entry(Id=NO, Note=***Sensitive Data Redacted***), \
         Entry(Id=ok, Note=***Sensitive Data Redacted***)]' at 'entries' failed to satisfy constraint: \
         Member must have length less than or equal to 2; \
         Value 'NO' at 'entries.2.member.id' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-z]+"
    );
    assert_eq!(
        message([("Entries", vec![map([])].into())]),
        "1 validation error detected: Value null at 'entries.1.member.id' failed to satisfy constraint: \
         Member must not be null"
    );
    assert_eq!(
        message([("Keys", vec![Value::from("ok"), Value::from("x")].into())]),
        "1 validation error detected: Value '[ok, x]' at 'keys' failed to satisfy constraint: \
         Member must satisfy constraint: [Member must have length less than or equal to 8, \
         Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]+]"
    );
    assert_eq!(
        message([("Tags", map([("ok", Value::Integer(0)), ("K", Value::Integer(1))]))]),
        "2 validation errors detected: \
         Value '{ok=0, K=1}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: \
         [Member must have length less than or equal to 8, Member must have length greater than or equal to 2, \
         Member must satisfy regular expression pattern: [a-z]+]; \
         Value '{ok=0, K=1}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: \
         [Member must have value less than or equal to 1000, Member must have value greater than or equal to 1]"
    );
    assert_eq!(
        message([("Parts", map([("one", map([]))]))]),
        "1 validation error detected: Value null at 'parts.one.member.id' failed to satisfy constraint: \
         Member must not be null"
    );
}

#[test]
fn a_good_input_passes() {
    let entries = vec![map([("Id", Value::from("ab"))])];
    assert_eq!(
        message([("MaxResults", Value::Integer(1000)), ("Entries", entries.into())]),
        ""
    );
    // Lengths count characters, not bytes.
    assert_eq!(message([("Secret", Value::from("äöü"))]), "");
}

#[test]
fn a_message_stays_bounded() {
    let entries: Vec<Value> = (0..200)
        .map(|_| map([("Id", Value::from("x".repeat(10_000)))]))
        .collect();
    let message = message([("Entries", entries.into())]);
    assert!(message.len() < 1 << 20, "{}", message.len());
}

#[test]
fn a_real_model_validates() {
    let operation = sts().operation("AssumeRole").unwrap();
    let input = map([
        ("RoleArn", Value::from("arn")),
        ("RoleSessionName", Value::from("a b")),
    ]);
    let violations = validate(sts(), operation.input.unwrap(), &input).unwrap_err();
    assert_eq!(
        describe(&violations),
        "2 validation errors detected: Value 'arn' at 'roleArn' failed to satisfy constraint: Member must have length \
         greater than or equal to 20; Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [\\w+=,.@-]*"
    );
}
