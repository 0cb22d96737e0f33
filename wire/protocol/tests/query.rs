//! The query protocol: spellings botocore doesn't use, limits, and what XML must escape.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use ninefold_model::{Map, Operation, ServiceModel, Timestamp, Value, sns, sqs, sts};
use ninefold_protocol::query::{Form, decode_query};
use ninefold_protocol::xml::{encode_query_error, encode_query_texts, encode_query_xml};
use ninefold_protocol::{DecodeError, RequestId, ServiceError};

fn decode(model: &'static ServiceModel, operation: &str, form: &str) -> Result<Value, DecodeError> {
    decode_query(
        model,
        operation_of(model, operation),
        &Form::parse(form.as_bytes())?,
    )
}

fn operation_of(model: &'static ServiceModel, operation: &str) -> &'static Operation {
    model.operation(operation).unwrap()
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(Map::from_iter(entries))
}

fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::from(*text)).collect())
}

#[test]
fn lists_are_read_in_every_spelling() {
    let spellings = [
        "TagKey.1=a&TagKey.2=b",
        "TagKey.2=b&TagKey.1=a",
        "TagKeys.member.1=a&TagKeys.member.2=b",
        "TagKeys.1=a&TagKeys.2=b",
        "TagKeys.TagKey.1=a&TagKeys.TagKey.2=b",
        // Gaps are closed, the order is that of the numbers.
        "TagKey.10=b&TagKey.9=a",
        "TagKey.1=a&TagKey.1=ignored&TagKey.1000000000=b",
        "TagKey.0=a&TagKey.18446744073709551615=b",
        // What is no index is ignored.
        "TagKey.1=a&TagKey.2=b&TagKey.x=c&TagKey.-1=d&TagKey.99999999999999999999999=e&TagKey.=f",
    ];
    for form in spellings {
        let decoded = decode(sqs(), "UntagQueue", form).unwrap();
        assert_eq!(decoded, map([("TagKeys", texts(&["a", "b"]))]), "{form}");
    }
    let single = decode(sqs(), "UntagQueue", "TagKey=a").unwrap();
    assert_eq!(single, map([("TagKeys", texts(&["a"]))]));
    let empty = decode(sqs(), "UntagQueue", "TagKeys=").unwrap();
    assert_eq!(empty, map([("TagKeys", texts(&[]))]));
}

#[test]
fn maps_are_read_in_every_spelling() {
    let spellings = [
        "Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Attribute.2.Name=Policy&Attribute.2.Value=",
        "Attributes.1.Name=DelaySeconds&Attributes.1.Value=5&Attributes.2.Name=Policy&Attributes.2.Value=",
        "Attributes.entry.1.key=DelaySeconds&Attributes.entry.1.value=5&Attributes.entry.2.key=Policy&Attributes.entry.2.value=",
        "Attribute.4.Value=5&Attribute.4.Name=DelaySeconds&Attribute.70.Name=Policy&Attribute.70.Value",
    ];
    let expected = map([(
        "Attributes",
        map([("DelaySeconds", Value::from("5")), ("Policy", Value::from(""))]),
    )]);
    for form in spellings {
        assert_eq!(
            decode(sqs(), "SetQueueAttributes", form),
            Ok(expected.clone()),
            "{form}"
        );
    }
    let single = decode(
        sqs(),
        "SetQueueAttributes",
        "Attribute.Name=DelaySeconds&Attribute.Value=5",
    )
    .unwrap();
    assert_eq!(
        single,
        map([("Attributes", map([("DelaySeconds", Value::from("5"))]))])
    );
    for form in [
        "Attribute.1.Name=DelaySeconds",
        "Attribute.1.Value=5",
        "Attribute.1=5",
    ] {
        let refused = decode(sqs(), "SetQueueAttributes", form);
        assert!(matches!(refused, Err(DecodeError::Malformed(_))), "{form}");
    }
}

#[test]
fn one_parameter_may_stand_for_two_members() {
    let decoded = decode(
        sqs(),
        "ReceiveMessage",
        "AttributeName.1=SentTimestamp&MessageAttributeName.1=All",
    )
    .unwrap();
    let system = texts(&["SentTimestamp"]);
    assert_eq!(decoded.get("AttributeNames"), Some(&system));
    assert_eq!(decoded.get("MessageSystemAttributeNames"), Some(&system));
    assert_eq!(decoded.get("MessageAttributeNames"), Some(&texts(&["All"])));
}

#[test]
fn scalars_are_converted_or_refused() {
    let decoded = decode(
        sqs(),
        "SendMessage",
        "DelaySeconds=-5&MessageBody=%E4%B8%96+%2B&Unknown=1&Action=x",
    )
    .unwrap();
    assert_eq!(
        decoded,
        map([
            ("MessageBody", Value::from("世 +")),
            ("DelaySeconds", Value::Integer(-5))
        ])
    );
    let cases = [
        (
            "SendMessage",
            "DelaySeconds=five",
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "SendMessage",
            "DelaySeconds=",
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "SendMessage",
            "DelaySeconds=99999999999",
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "SendMessage",
            "MessageAttribute.1.Name=x&MessageAttribute.1.Value.BinaryValue=abc",
            "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
        ),
    ];
    for (operation, form, message) in cases {
        assert_eq!(
            decode(sqs(), operation, form),
            Err(DecodeError::Type(message.to_owned())),
            "{form}"
        );
    }
}

#[test]
fn the_size_of_the_request_bounds_the_work() {
    let many = (0..10_000)
        .map(|index| format!("TagKey.{}=x", 1_000_000_000u64 - index))
        .collect::<Vec<_>>()
        .join("&");
    let decoded = decode(sqs(), "UntagQueue", &many).unwrap();
    assert_eq!(decoded.get("TagKeys").unwrap().as_list().unwrap().len(), 10_000);
    assert!(matches!(
        decode(sqs(), "UntagQueue", &format!("{many}&a=b")),
        Err(DecodeError::Limit(_))
    ));
    assert!(matches!(
        decode(sqs(), "UntagQueue", &"a.".repeat(500_000)),
        Err(DecodeError::Limit(_))
    ));
    let deep: Vec<String> = (0..3_000)
        .map(|index| format!("{}{index}=x", "a.".repeat(20)))
        .collect();
    assert!(matches!(
        decode(sqs(), "UntagQueue", &deep.join("&")),
        Err(DecodeError::Limit(_))
    ));
}

#[test]
fn forms_are_read_leniently_but_must_be_utf8() {
    let form = Form::parse(b"&&a=1&b&=2&a=3&c=x=y&%61%2B=%26&").unwrap();
    let pairs: Vec<(&str, &str)> = form.iter().collect();
    assert_eq!(
        pairs,
        [
            ("a", "1"),
            ("b", ""),
            ("", "2"),
            ("a", "3"),
            ("c", "x=y"),
            ("a+", "&")
        ]
    );
    assert_eq!((form.get("a"), form.get("z")), (Some("1"), None));
    assert!(matches!(Form::parse(b"a=%ff"), Err(DecodeError::Malformed(_))));
    assert!(matches!(Form::parse(b"a=\xff"), Err(DecodeError::Malformed(_))));
    assert_eq!(Form::parse(b"a=b+c%2Bd").unwrap().get("a"), Some("b c+d"));
    assert_eq!(Form::parse(b"a=%zz%4").unwrap().get("a"), Some("%zz%4"));
}

const REQUEST_ID: RequestId = RequestId::from_random_bits(1);

fn xml(model: &'static ServiceModel, operation: &str, output: &Value) -> String {
    String::from_utf8(encode_query_xml(model, operation_of(model, operation), output, REQUEST_ID).to_vec())
        .unwrap()
}

#[test]
fn texts_alone_are_written_as_an_output_that_has_them() {
    let publish = operation_of(sns(), "Publish");
    let members = [
        ("MessageId", "<1>".to_owned()),
        ("SequenceNumber", "2".to_owned()),
    ];
    let output = map([
        ("MessageId", Value::from("<1>")),
        ("SequenceNumber", Value::from("2")),
    ]);
    assert_eq!(
        encode_query_texts(sns(), publish, &members, REQUEST_ID),
        xml(sns(), "Publish", &output).as_bytes()
    );
}

#[test]
fn text_is_escaped_so_that_it_comes_back() {
    let body = xml(
        sqs(),
        "CreateQueue",
        &map([("QueueUrl", Value::from("<&>\"'\r\n\t\u{1}\u{ffff}é😀"))]),
    );
    assert!(
        body.contains("<QueueUrl>&lt;&amp;&gt;&quot;'&#xD;\n\t\u{fffd}\u{fffd}é😀</QueueUrl>"),
        "{body}"
    );
}

#[test]
fn structures_lists_and_maps_nest_as_the_model_says() {
    let expires = Timestamp::from_milliseconds(1_700_000_000_123);
    let credentials = map([("AccessKeyId", Value::from("A")), ("Expiration", expires.into())]);
    let body = xml(sts(), "GetSessionToken", &map([("Credentials", credentials)]));
    assert!(
        body.contains("<AccessKeyId>A</AccessKeyId><Expiration>2023-11-14T22:13:20.123Z</Expiration>"),
        "{body}"
    );

    const WRAPPED: &str = r#"{
    "metadata":{"serviceId":"T","apiVersion":"1","endpointPrefix":"t","signingName":"t","protocols":["query"],"xmlNamespace":"urn:a&b"},
    "operations":{"Get":{"method":"POST","uri":"/","output":"Out","resultWrapper":"GetResult"}},
    "shapes":{"Out":{"type":"structure","members":{"Names":{"shape":"Names"},"Tags":{"shape":"Tags"},"Flag":{"shape":"Flag"}}},
    "Names":{"type":"list","member":{"shape":"Name"}},"Name":{"type":"string"},"Flag":{"type":"boolean"},
    "Tags":{"type":"map","key":{"shape":"Name"},"value":{"shape":"Names"}}}}"#;
    let model: &'static ServiceModel = Box::leak(Box::new(ServiceModel::parse("t", WRAPPED).unwrap()));
    let tags = map([("k", texts(&["v"]))]);
    let body = xml(
        model,
        "Get",
        &map([
            ("Names", texts(&["a", "b"])),
            ("Tags", tags),
            ("Flag", Value::Bool(true)),
        ]),
    );
    let expected = "<GetResponse xmlns=\"urn:a&amp;b\"><GetResult><Names><member>a</member><member>b</member></Names>\
                    <Tags><entry><key>k</key><value><member>v</member></value></entry></Tags><Flag>true</Flag></GetResult>";
    assert!(body.contains(expected), "{body}");
}

#[test]
fn errors_carry_their_further_members() {
    let error = ServiceError::common(503, "Throttling", "Slow down").with_member("RetryAfterSeconds", 5i64);
    let body = encode_query_error(None, &error, REQUEST_ID);
    assert_eq!(
        body,
        "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Receiver</Type><Code>Throttling</Code>\
         <Message>Slow down</Message><RetryAfterSeconds>5</RetryAfterSeconds><Detail/></Error>\
         <RequestId>00000000-0000-4000-8000-000000000001</RequestId></ErrorResponse>"
    );
}
