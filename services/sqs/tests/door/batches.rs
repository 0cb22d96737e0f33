//! Batches: an answer for each entry, and what fails a batch as a whole.

use serde_json::{Value, json};

use crate::support::{Sqs, bodies, handle};

const HALF_A_MIB: usize = 524_288;

fn batch(url: &str, entries: &Value) -> Value {
    json!({"QueueUrl": url, "Entries": entries})
}

fn entries(operation: &str, ids: &[&str]) -> Value {
    let entry = |id: &&str| match operation {
        "SendMessageBatch" => json!({"Id": id, "MessageBody": "x"}),
        "DeleteMessageBatch" => json!({"Id": id, "ReceiptHandle": "forged"}),
        _ => json!({"Id": id, "ReceiptHandle": "forged", "VisibilityTimeout": 1}),
    };
    ids.iter().map(entry).collect()
}

#[tokio::test]
async fn what_fails_a_batch_as_a_whole() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let long = "x".repeat(81);
    for operation in [
        "SendMessageBatch",
        "DeleteMessageBatch",
        "ChangeMessageVisibilityBatch",
    ] {
        let eleven: Vec<String> = (0..11).map(|number| number.to_string()).collect();
        let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
        let too_many = "Maximum number of entries per request are 10. You have sent 11.";
        let bad_id = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at \
                      most 80 letters long.";
        let empty = format!("There should be at least one {operation}RequestEntry in the request.");
        for (ids, shape, message) in [
            (&[][..], "EmptyBatchRequest", &*empty),
            (&eleven[..], "TooManyEntriesInBatchRequest", too_many),
            (&["a", "b", "a"][..], "BatchEntryIdsNotDistinct", "Id a repeated."),
            (&[""][..], "InvalidBatchEntryId", bad_id),
            (&[&*long][..], "InvalidBatchEntryId", bad_id),
            (&["a.b"][..], "InvalidBatchEntryId", bad_id),
        ] {
            let input = batch(&url, &entries(operation, ids));
            let refused = sqs.refuse(operation, input).await;
            assert_eq!(refused.parts(), (shape, 400, message), "{operation}");
            assert_eq!(refused.code, format!("AWS.SimpleQueueService.{shape}"));
        }
        let refused = sqs.refuse(operation, json!({"QueueUrl": url})).await;
        assert_eq!(
            refused.parts(),
            ("EmptyBatchRequest", 400, &*empty),
            "{operation}"
        );
    }
    assert_eq!(sqs.counts(&url).await, (0, 0, 0));
}

#[tokio::test]
async fn entries_are_answered_in_order_and_fail_alone() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({"MaximumMessageSize": "1024"})).await;
    let sent = sqs
        .call(
            "SendMessageBatch",
            batch(
                &url,
                &json!([
                    {"Id": "one", "MessageBody": "1"},
                    {"Id": "large", "MessageBody": "x".repeat(1025)},
                    {"Id": "late", "MessageBody": "x", "DelaySeconds": 901},
                    {"Id": "odd", "MessageBody": "\0"},
                    {"Id": "two", "MessageBody": "2"},
                ]),
            ),
        )
        .await;
    let ids = |list: &Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["Id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&sent["Successful"]), ["one", "two"]);
    assert_eq!(ids(&sent["Failed"]), ["large", "late", "odd"]);
    let failed = sent["Failed"].as_array().unwrap();
    let codes: Vec<&str> = failed
        .iter()
        .map(|entry| entry["Code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "InvalidParameterValue",
            "InvalidParameterValue",
            "InvalidMessageContents"
        ]
    );
    assert!(failed.iter().all(|entry| entry["SenderFault"] == true));
    assert_eq!(bodies(&sqs.receive(&url).await), ["1", "2"]);
}

#[tokio::test]
async fn a_batch_is_limited_in_all() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let halves = |more: &str| {
        let half = "x".repeat(HALF_A_MIB);
        batch(
            &url,
            &json!([{"Id": "1", "MessageBody": half}, {"Id": "2", "MessageBody": format!("{half}{more}")}]),
        )
    };
    let sent = sqs.call("SendMessageBatch", halves("")).await;
    assert_eq!(sent["Successful"].as_array().unwrap().len(), 2);
    let refused = sqs.refuse("SendMessageBatch", halves("x")).await;
    assert_eq!(
        refused.parts(),
        (
            "BatchRequestTooLong",
            400,
            "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."
        )
    );
}

#[tokio::test]
async fn messages_are_changed_and_deleted_in_batches() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let ten: Value = (0..10)
        .map(|number| json!({"Id": number.to_string(), "MessageBody": "x"}))
        .collect();
    let sent = sqs.call("SendMessageBatch", batch(&url, &ten)).await;
    assert_eq!(sent.get("Failed"), None);
    let messages = sqs.receive(&url).await;
    let with_handles = |more: Value| -> Value {
        let entry = |(number, message): (usize, &Value)| {
            let mut entry = json!({"Id": number.to_string(), "ReceiptHandle": handle(message)});
            entry
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            entry
        };
        messages.iter().enumerate().map(entry).collect()
    };
    let mut changes = with_handles(json!({"VisibilityTimeout": 0}));
    changes[3]["ReceiptHandle"] = json!("forged");
    changes[4]["VisibilityTimeout"] = json!(43_201);
    let changed = sqs
        .call("ChangeMessageVisibilityBatch", batch(&url, &changes))
        .await;
    assert_eq!(changed["Successful"].as_array().unwrap().len(), 8);
    assert_eq!(changed["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    assert_eq!(changed["Failed"][0]["Id"], "3");
    assert_eq!(changed["Failed"][1]["Code"], "InvalidParameterValue");
    assert_eq!(sqs.counts(&url).await, (8, 2, 0));
    let mut deletions = with_handles(json!({}));
    deletions[0]["ReceiptHandle"] = json!("forged");
    let deleted = sqs.call("DeleteMessageBatch", batch(&url, &deletions)).await;
    assert_eq!(deleted["Successful"].as_array().unwrap().len(), 9);
    assert_eq!(deleted["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    assert_eq!(sqs.counts(&url).await, (1, 0, 0));
}

#[tokio::test]
async fn a_fifo_batch_without_its_ids_fails_as_a_whole() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    for (entry, message) in [
        (
            json!([{"Id": "a", "MessageBody": "x", "MessageDeduplicationId": "d"}]),
            "The request must contain the parameter MessageGroupId.",
        ),
        (
            json!([{"Id": "a", "MessageBody": "x", "MessageGroupId": "g"}]),
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
             explicitly",
        ),
    ] {
        let refused = sqs.refuse("SendMessageBatch", batch(&url, &entry)).await;
        assert_eq!(refused.parts(), ("InvalidParameterValueException", 400, message));
    }
}
