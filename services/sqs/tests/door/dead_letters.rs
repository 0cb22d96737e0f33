//! Redrive policies, and moving messages back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Sqs, arn, bodies, redrive_to};

/// A dead-letter queue with one message that was received once too often.
async fn with_a_dead_letter(sqs: &Sqs) -> (String, String) {
    let dead = sqs.create("dead", json!({})).await;
    let source = sqs
        .create("source", json!({"RedrivePolicy": redrive_to("dead", 1)}))
        .await;
    sqs.send(&source, "poison").await;
    sqs.receive_with(&source, json!({"VisibilityTimeout": 0})).await;
    assert!(sqs.receive(&source).await.is_empty());
    settle(|| async { sqs.counts(&dead).await == (1, 0, 0) }).await;
    (source, dead)
}

/// Lets what goes on in the background go on until something is so.
async fn settle<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never came to pass");
}

#[tokio::test]
async fn a_dead_letter_tells_where_it_came_from() {
    let sqs = Sqs::new().await;
    let (_, dead) = with_a_dead_letter(&sqs).await;
    let messages = sqs
        .receive_with(&dead, json!({"MessageSystemAttributeNames": ["All"]}))
        .await;
    assert_eq!(
        messages[0]["Attributes"]["DeadLetterQueueSourceArn"],
        arn("source")
    );
}

#[tokio::test]
async fn redrive_policies_are_kept_and_removed() {
    let sqs = Sqs::new().await;
    sqs.create("dead", json!({})).await;
    let url = sqs.create("q", json!({})).await;
    for count in [json!(5), json!("5")] {
        let policy = json!({"deadLetterTargetArn": arn("dead"), "maxReceiveCount": count});
        sqs.set(&url, json!({"RedrivePolicy": policy.to_string()}))
            .await
            .unwrap();
        let kept = sqs.attribute(&url, "RedrivePolicy").await.unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(kept["deadLetterTargetArn"], arn("dead"));
        assert_eq!(kept["maxReceiveCount"].to_string().trim_matches('"'), "5");
    }
    sqs.set(&url, json!({"RedrivePolicy": ""})).await.unwrap();
    assert_eq!(sqs.attribute(&url, "RedrivePolicy").await, None);
}

#[tokio::test]
async fn redrive_policies_are_checked() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    sqs.create("dead", json!({})).await;
    sqs.create_fifo("dead.fifo").await;
    let to = |target: &str, count: Value| json!({"deadLetterTargetArn": target, "maxReceiveCount": count});
    let elsewhere = "arn:aws:sqs:us-east-1:123456789012:dead";
    let theirs = "arn:aws:sqs:eu-central-1:111111111111:dead";
    for (policy, reason) in [
        (
            json!({"maxReceiveCount": 1}),
            "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
        ),
        (
            json!({"deadLetterTargetArn": arn("dead")}),
            "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
        ),
        (
            json!({}),
            "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
        ),
        (to("dummy", json!(42)), "Invalid value for deadLetterTargetArn."),
        (
            to(&arn("missing"), json!(1)),
            "Dead letter target does not exist.",
        ),
        (
            to(&arn("dead"), json!(0)),
            "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            to(&arn("dead"), json!(1001)),
            "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            to(&arn("dead"), json!("many")),
            "Invalid value for maxReceiveCount: many",
        ),
        (to(elsewhere, json!(1)), ""),
        (to(theirs, json!(1)), ""),
        (to(&arn("dead.fifo"), json!(1)), ""),
    ] {
        let policy = policy.to_string();
        let refused = sqs.set(&url, json!({"RedrivePolicy": policy})).await.unwrap_err();
        assert_eq!(refused.shape, "InvalidParameterValueException", "{policy}");
        let expected = format!("Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}");
        assert!(refused.message.starts_with(&expected), "{}", refused.message);
    }
    let refused = sqs.set(&url, json!({"RedrivePolicy": "{"})).await.unwrap_err();
    assert_eq!(
        refused.message,
        "Value { for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map."
    );
}

#[tokio::test]
async fn a_redrive_allow_policy_decides_who_may_come() {
    let sqs = Sqs::new().await;
    let dead = sqs.create("dead", json!({})).await;
    let friend = sqs.create("friend", json!({})).await;
    let stranger = sqs.create("stranger", json!({})).await;
    let target = json!({"RedrivePolicy": redrive_to("dead", 1)});
    let allow = |policy: Value| json!({"RedriveAllowPolicy": policy.to_string()});
    sqs.set(&dead, allow(json!({"redrivePermission": "denyAll"})))
        .await
        .unwrap();
    let refused = sqs.set(&friend, target.clone()).await.unwrap_err();
    assert_eq!(refused.shape, "InvalidParameterValueException");
    let by_queue = json!({"redrivePermission": "byQueue", "sourceQueueArns": [arn("friend")]});
    sqs.set(&dead, allow(by_queue)).await.unwrap();
    sqs.set(&friend, target.clone()).await.unwrap();
    sqs.set(&stranger, target.clone()).await.unwrap_err();
    sqs.set(&dead, allow(json!({"redrivePermission": "allowAll"})))
        .await
        .unwrap();
    sqs.set(&stranger, target).await.unwrap();
    let eleven: Vec<String> = (0..11).map(|number| arn(&number.to_string())).collect();
    for bad in [
        json!({"redrivePermission": "perhaps"}),
        json!({}),
        json!({"redrivePermission": "byQueue"}),
        json!({"redrivePermission": "byQueue", "sourceQueueArns": []}),
        json!({"redrivePermission": "byQueue", "sourceQueueArns": ["nonsense"]}),
        json!({"redrivePermission": "byQueue", "sourceQueueArns": eleven}),
        json!({"redrivePermission": "denyAll", "sourceQueueArns": [arn("friend")]}),
    ] {
        let refused = sqs.set(&dead, allow(bad.clone())).await.unwrap_err();
        assert_eq!(refused.shape, "InvalidParameterValueException", "{bad}");
        assert!(
            refused.message.contains("RedriveAllowPolicy"),
            "{}",
            refused.message
        );
    }
    sqs.set(&dead, json!({"RedriveAllowPolicy": ""})).await.unwrap();
    assert_eq!(sqs.attribute(&dead, "RedriveAllowPolicy").await, None);
}

#[tokio::test]
async fn the_sources_of_a_dead_letter_queue_are_listed() {
    let sqs = Sqs::new().await;
    let dead = sqs.create("dead", json!({})).await;
    let mut urls = Vec::new();
    for name in ["a", "b", "c"] {
        urls.push(
            sqs.create(name, json!({"RedrivePolicy": redrive_to("dead", 1)}))
                .await,
        );
    }
    let all = sqs
        .call("ListDeadLetterSourceQueues", json!({"QueueUrl": dead}))
        .await;
    assert_eq!(all, json!({"queueUrls": urls}));
    let mut input = json!({"QueueUrl": dead, "MaxResults": 2});
    let first = sqs.call("ListDeadLetterSourceQueues", input.clone()).await;
    assert_eq!(first["queueUrls"], json!(urls[..2]));
    input["NextToken"] = first["NextToken"].clone();
    let last = sqs.call("ListDeadLetterSourceQueues", input).await;
    assert_eq!(last, json!({"queueUrls": urls[2..]}));
    let none = sqs
        .call("ListDeadLetterSourceQueues", json!({"QueueUrl": urls[0]}))
        .await;
    assert_eq!(none, json!({"queueUrls": []}));
}

#[tokio::test]
async fn a_move_task_brings_messages_back() {
    let sqs = Sqs::new().await;
    let (source, dead) = with_a_dead_letter(&sqs).await;
    // Looking at it, as a console does, doesn't keep it from being moved.
    assert_eq!(
        sqs.receive_with(&dead, json!({"VisibilityTimeout": 0}))
            .await
            .len(),
        1
    );
    let started = sqs
        .call("StartMessageMoveTask", json!({"SourceArn": arn("dead")}))
        .await;
    assert!(started["TaskHandle"].is_string());
    let list = || sqs.call("ListMessageMoveTasks", json!({"SourceArn": arn("dead")}));
    settle(|| async { list().await["Results"][0]["Status"] == "COMPLETED" }).await;
    assert_eq!(
        list().await,
        json!({"Results": [{
            "Status": "COMPLETED",
            "SourceArn": arn("dead"),
            "ApproximateNumberOfMessagesMoved": 1,
            "ApproximateNumberOfMessagesToMove": 1,
            "StartedTimestamp": 1_767_225_600_000_u64,
        }]})
    );
    assert_eq!(sqs.counts(&dead).await, (0, 0, 0));
    assert_eq!(bodies(&sqs.receive(&source).await), ["poison"]);
}

#[tokio::test]
async fn a_move_task_is_alone_and_can_be_cancelled() {
    let sqs = Sqs::new().await;
    let (_, dead) = with_a_dead_letter(&sqs).await;
    sqs.send(&dead, "another").await;
    sqs.create("destination", json!({})).await;
    let start = json!({
        "SourceArn": arn("dead"), "DestinationArn": arn("destination"), "MaxNumberOfMessagesPerSecond": 1,
    });
    let started = sqs.call("StartMessageMoveTask", start.clone()).await;
    let refused = sqs.refuse("StartMessageMoveTask", start).await;
    assert_eq!(
        refused.parts(),
        (
            "InvalidParameterValueException",
            400,
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
        )
    );
    let listed = sqs
        .call("ListMessageMoveTasks", json!({"SourceArn": arn("dead")}))
        .await;
    let task = &listed["Results"][0];
    assert_eq!(task["TaskHandle"], started["TaskHandle"]);
    assert_eq!(task["Status"], "RUNNING");
    assert_eq!(task["DestinationArn"], arn("destination"));
    assert_eq!(task["MaxNumberOfMessagesPerSecond"], 1);
    let cancelled = sqs.call("CancelMessageMoveTask", started.clone()).await;
    assert!(cancelled["ApproximateNumberOfMessagesMoved"].is_u64());
    let refused = sqs.refuse("CancelMessageMoveTask", started).await;
    assert_eq!(
        (refused.shape.as_str(), refused.status),
        ("ResourceNotFoundException", 404)
    );
}

#[tokio::test]
async fn move_tasks_are_checked() {
    let sqs = Sqs::new().await;
    with_a_dead_letter(&sqs).await;
    let missing = "arn:aws:sqs:eu-central-1:123456789012:missing";
    let parameter = "InvalidParameterValueException";
    for (operation, input, expected) in [
        (
            "StartMessageMoveTask",
            json!({"SourceArn": missing}),
            (
                "ResourceNotFoundException",
                404,
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            ),
        ),
        (
            "StartMessageMoveTask",
            json!({"SourceArn": arn("dead"), "DestinationArn": missing}),
            (
                "ResourceNotFoundException",
                404,
                "The resource that you specified for the DestinationArn parameter doesn't exist.",
            ),
        ),
        (
            "ListMessageMoveTasks",
            json!({"SourceArn": missing}),
            (
                "ResourceNotFoundException",
                404,
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            ),
        ),
        (
            "StartMessageMoveTask",
            json!({"SourceArn": arn("source")}),
            (
                parameter,
                400,
                "Source queue must be configured as a Dead Letter Queue.",
            ),
        ),
        (
            "CancelMessageMoveTask",
            json!({"TaskHandle": "foobared"}),
            (parameter, 400, "Value for parameter TaskHandle is invalid."),
        ),
        (
            "CancelMessageMoveTask",
            json!({"TaskHandle": STANDARD.encode(
                json!({"taskId": "10000000-0000-4000-8000-000000000000", "sourceArn": arn("dead")}).to_string()
            )}),
            ("ResourceNotFoundException", 404, "Task does not exist."),
        ),
        (
            "CancelMessageMoveTask",
            json!({"TaskHandle": STANDARD.encode(
                json!({"taskId": "10000000-0000-4000-8000-000000000000", "sourceArn": missing}).to_string()
            )}),
            (
                "ResourceNotFoundException",
                404,
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            ),
        ),
    ] {
        let refused = sqs.refuse(operation, input.clone()).await;
        assert_eq!(refused.parts(), expected, "{operation} {input}");
    }
    for rate in [0, 501] {
        let input = json!({"SourceArn": arn("dead"), "MaxNumberOfMessagesPerSecond": rate});
        assert_eq!(sqs.refuse("StartMessageMoveTask", input).await.shape, parameter);
    }
    for maximum in [0, 11] {
        let input = json!({"SourceArn": arn("dead"), "MaxResults": maximum});
        assert_eq!(sqs.refuse("ListMessageMoveTasks", input).await.shape, parameter);
    }
}
