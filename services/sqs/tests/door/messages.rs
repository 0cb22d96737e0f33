//! Messages: sending, receiving, deleting; bodies, attributes, digests and sizes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Sqs, bodies, handle};

const ONE_MIB: usize = 1_048_576;

fn text(value: &str) -> Value {
    json!({"DataType": "String", "StringValue": value})
}

fn with_attributes(url: &str, attributes: &Value) -> Value {
    json!({"QueueUrl": url, "MessageBody": "msg", "MessageAttributes": attributes})
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    assert_eq!(
        sqs.call("ReceiveMessage", json!({"QueueUrl": url})).await,
        json!({})
    );
    let sent = sqs.send(&url, "hello").await;
    let id = sent["MessageId"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(
        sent,
        json!({"MessageId": id, "MD5OfMessageBody": "5d41402abc4b2a76b9719d911017c592"})
    );
    let [message] = sqs.receive(&url).await.try_into().unwrap();
    assert_eq!(
        message,
        json!({
            "MessageId": id, "Body": "hello", "MD5OfBody": "5d41402abc4b2a76b9719d911017c592",
            "ReceiptHandle": handle(&message),
        })
    );
    let delete = json!({"QueueUrl": url, "ReceiptHandle": handle(&message)});
    assert_eq!(sqs.call("DeleteMessage", delete.clone()).await, json!({}));
    assert_eq!(sqs.call("DeleteMessage", delete).await, json!({}));
    assert_eq!(sqs.counts(&url).await, (0, 0, 0));
}

#[tokio::test]
async fn both_ways_through_the_door_are_one() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    // A null and a member in the wrong type make the quick reader give up.
    let odd = json!({"QueueUrl": url, "MessageBody": "hello", "DelaySeconds": null, "Unknown": [1]});
    let sent = sqs.call("SendMessage", odd).await;
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
    let path = "/123456789012/q";
    let form = "Action=SendMessage&MessageBody=hello&MessageAttribute.1.Name=General&MessageAttribute.1.Value.\
                DataType=String&MessageAttribute.1.Value.StringValue=Kenobi&MessageAttribute.2.Name=Hello&\
                MessageAttribute.2.Value.DataType=String&MessageAttribute.2.Value.StringValue=There";
    let (status, xml) = sqs.query(path, form).await;
    assert_eq!(status, 200, "{xml}");
    let attributes = json!({"General": text("Kenobi"), "Hello": text("There")});
    let json = sqs.call("SendMessage", with_attributes(&url, &attributes)).await;
    assert_eq!(json["MD5OfMessageAttributes"], "fca026605781cb4126a1e9044df24232");
    assert!(xml.contains("fca026605781cb4126a1e9044df24232"), "{xml}");
    let (status, xml) = sqs
        .query(
            path,
            "Action=ReceiveMessage&MaxNumberOfMessages=10&AttributeName.1=All&MessageAttributeName.1=All",
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(xml.matches("<Message>").count(), 3, "{xml}");
    assert!(
        xml.contains("<Name>ApproximateReceiveCount</Name><Value>1</Value>"),
        "{xml}"
    );
}

#[tokio::test]
async fn bodies_have_the_characters_of_xml() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    for body in [
        " ",
        "\t\r\n",
        "\" \\ / <&>",
        "Grüße, 世界",
        "\u{1f980}",
        "\u{e000}\u{fffd}",
        "\u{7f}",
    ] {
        sqs.send(&url, body).await;
        assert_eq!(bodies(&sqs.receive(&url).await), [body]);
    }
    for character in ['\0', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        let body = format!("before{character}after");
        let input = json!({"QueueUrl": url, "MessageBody": body});
        let refused = sqs.refuse("SendMessage", input).await;
        assert_eq!(
            (refused.shape.as_str(), refused.status),
            ("InvalidMessageContents", 400),
            "{character:?}"
        );
        assert!(
            refused
                .message
                .ends_with("#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"),
            "{}",
            refused.message
        );
    }
    let refused = sqs
        .refuse("SendMessage", json!({"QueueUrl": url, "MessageBody": ""}))
        .await;
    assert_eq!(
        refused.parts(),
        (
            "MissingRequiredParameterException",
            400,
            "The request must contain the parameter MessageBody."
        )
    );
}

#[tokio::test]
async fn sizes_are_limited_in_bytes_with_attributes() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let send = |url: &str, body: String| json!({"QueueUrl": url, "MessageBody": body});
    sqs.call("SendMessage", send(&url, "x".repeat(ONE_MIB))).await;
    let refused = sqs
        .refuse("SendMessage", send(&url, "x".repeat(ONE_MIB + 1)))
        .await;
    assert_eq!(
        refused.message,
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    );
    let small = sqs.create("small", json!({"MaximumMessageSize": "1024"})).await;
    sqs.call("SendMessage", send(&small, "ü".repeat(512))).await;
    let mut input = send(&small, "x".repeat(1000));
    input["MessageAttributes"] = json!({"name": text(&"v".repeat(14))});
    sqs.call("SendMessage", input.clone()).await;
    input["MessageAttributes"] = json!({"name": text(&"v".repeat(15))});
    let refused = sqs.refuse("SendMessage", input).await;
    assert!(refused.message.contains("shorter than 1024 bytes"));
}

#[tokio::test]
async fn digests_are_those_of_sqs() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    // Both were recorded from the service.
    let attributes = json!({"General": text("Kenobi"), "Hello": text("There"), "Help.Me": text("Me")});
    let sent = sqs.call("SendMessage", with_attributes(&url, &attributes)).await;
    assert_eq!(sent["MD5OfMessageBody"], "6e2baaf3b97dbeef01c0043275f9a0e7");
    assert_eq!(sent["MD5OfMessageAttributes"], "4c360f3fdafd970e05fae2f149d997f5");
    for (names, expected) in [
        (json!(["All"]), Some("4c360f3fdafd970e05fae2f149d997f5")),
        (json!([".*"]), Some("4c360f3fdafd970e05fae2f149d997f5")),
        (json!(["*"]), Some("4c360f3fdafd970e05fae2f149d997f5")),
        (
            json!(["Hello", "General"]),
            Some("fca026605781cb4126a1e9044df24232"),
        ),
        (
            json!(["Hello", "Absent"]),
            Some("a311262e065454b75da111d535b8dacd"),
        ),
        (json!(["Hel.*"]), Some("83fee93c1bcd8b9a5a923ffacdc636c7")),
        (json!(["Absent", "AWS.", "..foo"]), None),
        (json!([]), None),
    ] {
        let more = json!({"MessageAttributeNames": names, "VisibilityTimeout": 0});
        let messages = sqs.receive_with(&url, more).await;
        assert_eq!(
            messages[0]["MD5OfMessageAttributes"].as_str(),
            expected,
            "{names}"
        );
    }
    let binary = json!({"attr1": {
        "DataType": "Binary",
        "BinaryValue": "dHJhY2VwYXJlbnQeMDAtNzc0MDYyZDZjMzcwODFhNWEwYjliNWI4OGUzMDYyN2MtMmQyNDgyMjExZjY0ODlkYS0wMQ==",
    }});
    let other = sqs.create("other", json!({})).await;
    let sent = sqs.call("SendMessage", with_attributes(&other, &binary)).await;
    assert_eq!(sent["MD5OfMessageAttributes"], "8cbe4db156db8a94db8b801b7addb984");
    let messages = sqs
        .receive_with(&other, json!({"MessageAttributeNames": ["All"]}))
        .await;
    assert_eq!(messages[0]["MessageAttributes"], binary);
}

#[tokio::test]
async fn attributes_are_checked() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let long = "n".repeat(257);
    let eleven: Value = (0..11)
        .map(|number| (format!("n{number}"), text("x")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for (attributes, message) in [
        (
            json!({"a": text("")}),
            "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
        ),
        (
            json!({"a": {"DataType": "Number", "StringValue": "seven"}}),
            "Can't cast the value of message (user) attribute 'a' to a number.",
        ),
        (
            json!({"a": {"DataType": "Number", "StringValue": "NaN"}}),
            "Can't cast the value of message (user) attribute 'a' to a number.",
        ),
        (
            json!({"a": {"DataType": "Boolean", "StringValue": "true"}}),
            "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is \
             Binary, Number, and String.",
        ),
        (
            json!({"a": {"DataType": "", "StringValue": "x"}}),
            "The message attribute 'a' must contain non-empty message attribute type.",
        ),
        (
            json!({"a": {"DataType": "String"}}),
            "must contain a non-empty value",
        ),
        (
            json!({"a": {"DataType": "Binary", "StringValue": "x"}}),
            "must contain a non-empty value of type 'Binary'",
        ),
        (json!({"a": text("\0")}), "characters"),
        (json!({"AWS.reserved": text("x")}), "'AWS.reserved'"),
        (json!({"amazon.reserved": text("x")}), "'amazon.reserved'"),
        (json!({".leading": text("x")}), "'.leading'"),
        (json!({"trailing.": text("x")}), "'trailing.'"),
        (json!({"two..dots": text("x")}), "'two..dots'"),
        (json!({"white space": text("x")}), "'white space'"),
        (json!({ long.as_str(): text("x") }), long.as_str()),
        (
            eleven,
            "Number of message attributes [11] exceeds the allowed maximum [10].",
        ),
    ] {
        let refused = sqs
            .refuse("SendMessage", with_attributes(&url, &attributes))
            .await;
        assert_eq!(
            (refused.shape.as_str(), refused.status),
            ("InvalidParameterValueException", 400),
            "{attributes}"
        );
        assert!(
            refused.message.contains(message),
            "{attributes}: {}",
            refused.message
        );
    }
    assert_eq!(sqs.counts(&url).await, (0, 0, 0));
}

#[tokio::test]
async fn system_attributes_are_given_when_asked_for() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    let input = json!({
        "QueueUrl": url, "MessageBody": "x", "MessageSystemAttributes": {"AWSTraceHeader": text(trace)},
    });
    let sent = sqs.call("SendMessage", input).await;
    assert_eq!(
        sent["MD5OfMessageSystemAttributes"].as_str().map(str::len),
        Some(32)
    );
    assert_eq!(sent.get("MD5OfMessageAttributes"), None);
    sqs.advance(2);
    for parameter in ["AttributeNames", "MessageSystemAttributeNames"] {
        let messages = sqs
            .receive_with(&url, json!({parameter: ["All"], "VisibilityTimeout": 0}))
            .await;
        let attributes = &messages[0]["Attributes"];
        assert_eq!(attributes["AWSTraceHeader"], trace);
        assert_eq!(attributes["SentTimestamp"], "1767225600000");
        assert_eq!(attributes["ApproximateFirstReceiveTimestamp"], "1767225602000");
        assert!(attributes["SenderId"].is_string());
        assert_eq!(attributes.as_object().unwrap().len(), 5);
    }
    let messages = sqs
        .receive_with(
            &url,
            json!({"MessageSystemAttributeNames": ["ApproximateReceiveCount"]}),
        )
        .await;
    assert_eq!(messages[0]["Attributes"], json!({"ApproximateReceiveCount": "3"}));
    for system in [
        json!({"SenderId": text("x")}),
        json!({"AWSTraceHeader": {"DataType": "Number", "StringValue": "1"}}),
    ] {
        let input = json!({"QueueUrl": url, "MessageBody": "x", "MessageSystemAttributes": system});
        let refused = sqs.refuse("SendMessage", input).await;
        assert_eq!(refused.shape, "InvalidParameterValueException");
    }
}

#[tokio::test]
async fn numbers_of_a_receive_are_bounded() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    for (name, value, reason) in [
        (
            "MaxNumberOfMessages",
            -1,
            "Must be between 1 and 10, if provided.",
        ),
        ("MaxNumberOfMessages", 0, "Must be between 1 and 10, if provided."),
        (
            "MaxNumberOfMessages",
            11,
            "Must be between 1 and 10, if provided.",
        ),
        ("WaitTimeSeconds", -1, "Must be >= 0 and <= 20, if provided."),
        ("WaitTimeSeconds", 21, "Must be >= 0 and <= 20, if provided."),
        ("VisibilityTimeout", -1, "Must be >= 0 and <= 43200, if provided."),
        (
            "VisibilityTimeout",
            43201,
            "Must be >= 0 and <= 43200, if provided.",
        ),
    ] {
        let refused = sqs
            .refuse("ReceiveMessage", json!({"QueueUrl": url, name: value}))
            .await;
        let expected = format!("Value {value} for parameter {name} is invalid. Reason: {reason}");
        assert_eq!(
            refused.parts(),
            ("InvalidParameterValueException", 400, &*expected)
        );
    }
}

#[tokio::test]
async fn delays_are_bounded_and_kept() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({"DelaySeconds": "60"})).await;
    let send = |seconds: i64| json!({"QueueUrl": url, "MessageBody": "x", "DelaySeconds": seconds});
    for seconds in [-1, 901] {
        let refused = sqs.refuse("SendMessage", send(seconds)).await;
        let expected = format!(
            "Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        );
        assert_eq!(refused.message, expected);
    }
    sqs.call("SendMessage", send(0)).await;
    sqs.call("SendMessage", send(900)).await;
    sqs.send(&url, "as the queue").await;
    assert_eq!(sqs.counts(&url).await, (1, 0, 2));
    sqs.advance(60);
    assert_eq!(sqs.counts(&url).await, (2, 0, 1));
}

#[tokio::test]
async fn a_long_poll_ends_with_a_message_or_its_time() {
    let sqs = Sqs::new().await;
    let url = sqs
        .create("q", json!({"ReceiveMessageWaitTimeSeconds": "20"}))
        .await;
    let poll = sqs.call("ReceiveMessage", json!({"QueueUrl": url}));
    let (answer, _) = tokio::join!(poll, async {
        tokio::task::yield_now().await;
        sqs.send(&url, "wake up").await
    });
    assert_eq!(answer["Messages"][0]["Body"], "wake up");
    let poll = sqs.call("ReceiveMessage", json!({"QueueUrl": url}));
    let (answer, ()) = tokio::join!(poll, async {
        tokio::task::yield_now().await;
        sqs.clock.advance(Duration::from_secs(20));
    });
    assert_eq!(answer, json!({}));
}

#[tokio::test]
async fn messages_survive_a_restart_and_so_do_their_handles() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    sqs.send(&url, "kept").await;
    sqs.send(&url, "received").await;
    let [first] = sqs
        .receive_with(&url, json!({"MaxNumberOfMessages": 1}))
        .await
        .try_into()
        .unwrap();
    let sqs = sqs.restarted().await;
    let delete = json!({"QueueUrl": url, "ReceiptHandle": handle(&first)});
    sqs.call("DeleteMessage", delete).await;
    assert_eq!(sqs.receive(&url).await.len(), 1);
}
