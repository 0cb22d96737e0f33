//! FIFO queues: groups, deduplication, sequence numbers, receive attempts; and groups on standard queues.

use serde_json::{Value, json};

use crate::support::{Sqs, bodies, handle};

async fn send(sqs: &Sqs, url: &str, more: Value) -> Value {
    sqs.call("SendMessage", input(url, &more)).await
}

fn input(url: &str, more: &Value) -> Value {
    let mut input = json!({"QueueUrl": url, "MessageBody": "x"});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn a_fifo_message_needs_a_group_and_a_deduplication_id() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    let refused = sqs
        .refuse(
            "SendMessage",
            input(&url, &json!({"MessageDeduplicationId": "d"})),
        )
        .await;
    assert_eq!(
        refused.parts(),
        (
            "MissingRequiredParameterException",
            400,
            "The request must contain the parameter MessageGroupId."
        )
    );
    let refused = sqs
        .refuse("SendMessage", input(&url, &json!({"MessageGroupId": "g"})))
        .await;
    assert_eq!(
        refused.parts(),
        (
            "InvalidParameterValueException",
            400,
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
             explicitly"
        )
    );
    let long = "x".repeat(129);
    for bad in ["", "white space", "ümlaut", &long] {
        for name in ["MessageGroupId", "MessageDeduplicationId"] {
            let mut ids = json!({"MessageGroupId": "g", "MessageDeduplicationId": "d"});
            ids[name] = json!(bad);
            let refused = sqs.refuse("SendMessage", input(&url, &ids)).await;
            let expected = format!(
                "Value {bad} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and \
                 punctuation characters. 1 to 128 in length."
            );
            assert_eq!(refused.message, expected);
        }
    }
}

#[tokio::test]
async fn duplicates_are_answered_like_the_first() {
    let sqs = Sqs::new().await;
    let url = sqs
        .create(
            "o.fifo",
            json!({"FifoQueue": "true", "ContentBasedDeduplication": "true"}),
        )
        .await;
    let first = send(&sqs, &url, json!({"MessageGroupId": "g"})).await;
    assert_eq!(first["SequenceNumber"].as_str().map(str::len), Some(20));
    let again = send(&sqs, &url, json!({"MessageGroupId": "g"})).await;
    assert_eq!(again, first);
    let messages = sqs.receive_with(&url, json!({"AttributeNames": ["All"]})).await;
    let [message] = messages.try_into().unwrap();
    let attributes = &message["Attributes"];
    // The SHA-256 of `x`.
    let hash = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    assert_eq!(attributes["MessageDeduplicationId"], hash);
    assert_eq!(attributes["MessageGroupId"], "g");
    assert_eq!(attributes["SequenceNumber"], first["SequenceNumber"]);
    sqs.advance(300);
    let late = send(&sqs, &url, json!({"MessageGroupId": "g"})).await;
    assert_ne!(late["MessageId"], first["MessageId"]);
    assert!(late["SequenceNumber"].as_str() > first["SequenceNumber"].as_str());
}

#[tokio::test]
async fn a_group_in_flight_waits() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        sqs.send_in_group(&url, body, group).await;
    }
    let [first] = sqs
        .receive_with(&url, json!({"MaxNumberOfMessages": 1}))
        .await
        .try_into()
        .unwrap();
    assert_eq!(first["Body"], "a1");
    assert_eq!(bodies(&sqs.receive(&url).await), ["b1"]);
    let delete = json!({"QueueUrl": url, "ReceiptHandle": handle(&first)});
    sqs.call("DeleteMessage", delete).await;
    assert_eq!(bodies(&sqs.receive(&url).await), ["a2"]);
}

#[tokio::test]
async fn a_repeated_attempt_gets_the_same_handles() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    for body in ["1", "2", "3"] {
        sqs.send_in_group(&url, body, "g").await;
    }
    let attempt = json!({"ReceiveRequestAttemptId": "attempt-1", "MaxNumberOfMessages": 2});
    let first = sqs.receive_with(&url, attempt.clone()).await;
    assert_eq!(bodies(&first), ["1", "2"]);
    assert_eq!(sqs.receive_with(&url, attempt).await, first);
    let refused = sqs
        .refuse(
            "ReceiveMessage",
            json!({"QueueUrl": url, "ReceiveRequestAttemptId": "white space"}),
        )
        .await;
    assert!(refused.message.contains("ReceiveRequestAttemptId"));
    let standard = sqs.create("q", json!({})).await;
    let refused = sqs
        .refuse(
            "ReceiveMessage",
            json!({"QueueUrl": standard, "ReceiveRequestAttemptId": "a"}),
        )
        .await;
    assert_eq!(refused.shape, "InvalidParameterValueException");
}

#[tokio::test]
async fn an_expired_handle_is_refused() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    sqs.send_in_group(&url, "x", "g").await;
    let [message] = sqs.receive(&url).await.try_into().unwrap();
    sqs.advance(30);
    let expected = format!(
        "Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
        handle(&message)
    );
    let input = json!({"QueueUrl": url, "ReceiptHandle": handle(&message), "VisibilityTimeout": 1});
    for operation in ["DeleteMessage", "ChangeMessageVisibility"] {
        let refused = sqs.refuse(operation, input.clone()).await;
        assert_eq!(
            refused.parts(),
            ("InvalidParameterValueException", 400, &*expected),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn what_a_queues_type_excludes() {
    let sqs = Sqs::new().await;
    let fifo = sqs.create_fifo("o.fifo").await;
    let ids = json!({"MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 2});
    let refused = sqs.refuse("SendMessage", input(&fifo, &ids)).await;
    assert_eq!(
        refused.message,
        "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for \
         this queue type."
    );
    let standard = sqs.create("q", json!({})).await;
    let refused = sqs
        .refuse(
            "SendMessage",
            input(&standard, &json!({"MessageDeduplicationId": "d"})),
        )
        .await;
    assert_eq!(
        refused.message,
        "Value d for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not \
         valid for this queue type."
    );
    let sent = send(&sqs, &standard, json!({"MessageGroupId": "tenant"})).await;
    assert_eq!(sent.get("SequenceNumber"), None);
    let messages = sqs
        .receive_with(&standard, json!({"AttributeNames": ["All"]}))
        .await;
    assert_eq!(messages[0]["Attributes"]["MessageGroupId"], "tenant");
    assert_eq!(messages[0]["Attributes"].get("SequenceNumber"), None);
}
