//! What other doors send: many messages to many queues at a time.

use ninefold_protocol::{
    AccountId, Consignment, QueueAttribute, QueueAttributeValue, QueueMessage, QueueName, Region, Untaken,
};
use serde_json::json;

use crate::support::{ACCOUNT, OTHER_ACCOUNT, Sqs, bodies};

fn queue(account: &str, name: &str) -> QueueName {
    QueueName {
        region: Region::parse("eu-central-1").unwrap(),
        account: AccountId::parse(account).unwrap(),
        name: name.to_owned(),
    }
}

fn message(body: &str) -> QueueMessage {
    QueueMessage {
        body: body.to_owned(),
        attributes: Vec::new(),
        group: None,
        deduplication: None,
    }
}

/// What was not taken, by places and code.
fn places(untaken: &[Untaken]) -> Vec<(usize, usize, usize, &str)> {
    let mut places: Vec<_> = untaken
        .iter()
        .map(|untaken| {
            (
                untaken.consignment,
                untaken.queue,
                untaken.message,
                &*untaken.error.code,
            )
        })
        .collect();
    places.sort_unstable();
    places
}

#[tokio::test]
async fn every_queue_gets_what_it_takes_and_the_rest_is_named() {
    let sqs = Sqs::new().await;
    let large = sqs.create("large", json!({})).await;
    let small = sqs.create("small", json!({"MaximumMessageSize": "1024"})).await;
    let ordered = sqs.create_fifo("ordered.fifo").await;
    let long = "x".repeat(2_000);
    let for_all = Consignment {
        queues: vec![
            queue(ACCOUNT, "large"),
            queue(ACCOUNT, "small"),
            queue(ACCOUNT, "ordered.fifo"),
            queue(ACCOUNT, "missing"),
            queue(OTHER_ACCOUNT, "closed"),
        ],
        messages: vec![message("short"), message(&long), message("\u{1}")],
    };
    let in_order = Consignment {
        queues: vec![queue(ACCOUNT, "ordered.fifo")],
        messages: vec![QueueMessage {
            group: Some("group".to_owned()),
            deduplication: Some("once".to_owned()),
            ..message("ordered")
        }],
    };
    let untaken = sqs.send_to_queues(vec![for_all, in_order]).await;
    let (missing, denied) = ("QueueDoesNotExist", "AccessDeniedException");
    let (invalid, too_large) = ("InvalidMessageContents", "InvalidParameterValueException");
    let unordered = "MissingRequiredParameterException";
    let expected = [
        (0, 0, 2, invalid),
        (0, 1, 1, too_large),
        (0, 1, 2, invalid),
        (0, 2, 0, unordered),
        (0, 2, 1, unordered),
        (0, 2, 2, invalid),
        (0, 3, 0, missing),
        (0, 3, 1, missing),
        (0, 3, 2, missing),
        (0, 4, 0, denied),
        (0, 4, 1, denied),
        (0, 4, 2, denied),
    ];
    assert_eq!(places(&untaken), expected);
    let (from_large, from_small) = (sqs.receive(&large).await, sqs.receive(&small).await);
    assert_eq!(bodies(&from_large), ["short", &*long]);
    assert_eq!(bodies(&from_small), ["short"]);
    assert_eq!(bodies(&sqs.receive(&ordered).await), ["ordered"]);
    assert_ne!(from_large[0]["MessageId"], from_small[0]["MessageId"]);
}

#[tokio::test]
async fn a_message_has_its_attributes_and_digests_in_every_queue() {
    let sqs = Sqs::new().await;
    let sent = sqs.create("sent", json!({})).await;
    let input = json!({
        "QueueUrl": sent, "MessageBody": "body",
        "MessageAttributes": {
            "blob": {"DataType": "Binary", "BinaryValue": "AP8="},
            "size": {"DataType": "Number", "StringValue": "3"},
        },
    });
    sqs.call("SendMessage", input).await;
    let urls = [
        sqs.create("one", json!({})).await,
        sqs.create("two", json!({})).await,
    ];
    let attribute = |name: &str, data_type: &str, value| QueueAttribute {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        value,
    };
    let consignment = Consignment {
        queues: vec![queue(ACCOUNT, "one"), queue(ACCOUNT, "two")],
        messages: vec![QueueMessage {
            attributes: vec![
                attribute("size", "Number", QueueAttributeValue::Text("3".to_owned())),
                attribute("blob", "Binary", QueueAttributeValue::Bytes(vec![0, 255])),
            ],
            ..message("body")
        }],
    };
    assert!(sqs.send_to_queues(vec![consignment]).await.is_empty());
    let all = json!({"MessageAttributeNames": ["All"]});
    let expected = &sqs.receive_with(&sent, all.clone()).await[0];
    for url in urls {
        let received = &sqs.receive_with(&url, all.clone()).await[0];
        for member in ["Body", "MD5OfBody", "MessageAttributes", "MD5OfMessageAttributes"] {
            assert_eq!(received[member], expected[member], "{member}");
        }
    }
}
