//! What other doors push to a queue: each is answered for by itself.

use ninefold_protocol::Push;
use serde_json::json;

use crate::support::{Sqs, bodies};

const ARN: &str = "arn:aws:sqs:eu-central-1:123456789012:pushed";

fn push(body: &str) -> Push<'_> {
    Push {
        body,
        ..Push::default()
    }
}

#[tokio::test]
async fn a_queue_gets_what_it_takes_and_the_rest_is_named() {
    let sqs = Sqs::new().await;
    let url = sqs.create("pushed", json!({})).await;
    let traced = Push {
        trace_header: Some("Root=1"),
        ..push("traced")
    };
    let outcomes = sqs.push(ARN, &[push("first"), push("\u{1}"), traced]).await;
    let invalid = Err("InvalidMessageContents".to_owned());
    assert_eq!(outcomes, [Ok(()), invalid, Ok(())]);
    let all = json!({"MessageSystemAttributeNames": ["AWSTraceHeader"]});
    let received = sqs.receive_with(&url, all).await;
    assert_eq!(bodies(&received), ["first", "traced"]);
    assert_eq!(received[1]["Attributes"]["AWSTraceHeader"], "Root=1");
}

#[tokio::test]
async fn an_ordered_queue_gets_groups_only() {
    let sqs = Sqs::new().await;
    let attributes = json!({"FifoQueue": "true", "ContentBasedDeduplication": "true"});
    let url = sqs.create("pushed.fifo", attributes).await;
    let grouped = Push {
        group: Some("group"),
        ..push("grouped")
    };
    let outcomes = sqs
        .push(&format!("{ARN}.fifo"), &[push("ungrouped"), grouped])
        .await;
    let ungrouped = Err("MissingRequiredParameterException".to_owned());
    assert_eq!(outcomes, [ungrouped, Ok(())]);
    assert_eq!(bodies(&sqs.receive(&url).await), ["grouped"]);
}

#[tokio::test]
async fn nothing_is_taken_when_the_commit_fails_or_there_is_no_queue() {
    let sqs = Sqs::new().await;
    let missing = Err("QueueDoesNotExist".to_owned());
    assert_eq!(sqs.push(ARN, &[push("lost")]).await, [missing]);
    let url = sqs.create("pushed", json!({})).await;
    sqs.fail_next_commit();
    let outcomes = sqs.push(ARN, &[push("one"), push("two")]).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert!(sqs.receive(&url).await.is_empty());
}
