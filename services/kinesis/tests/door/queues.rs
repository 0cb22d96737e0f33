//! Queues: made, described, listed, changed, deleted.

use serde_json::{Value, json};

use crate::support::{BEGINNING, Kinesis, OTHER_ACCOUNT, message, stream_arn};

/// Makes a queue that begins with the oldest record, on an on-demand stream; its ARN.
pub(crate) async fn queue(kinesis: &Kinesis, stream: &str, name: &str, attributes: Value) -> String {
    let input = json!({
        "QueueName": name, "QueueAttributes": attributes,
        "StreamConfigurationList": [
            {"StreamARN": stream_arn(stream), "StartingPosition": {"Type": "TRIM_HORIZON"}}
        ],
    });
    let created = kinesis.call("CreateQueue", input).await;
    created["QueueDescription"]["QueueARN"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn on_stream(name: &str, stream: &str) -> Value {
    json!({"QueueName": name, "StreamConfigurationList": [{"StreamARN": stream_arn(stream)}]})
}

#[tokio::test]
async fn a_queue_is_described_as_it_was_made_and_changed() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    kinesis.advance(60);
    let created = kinesis.call("CreateQueue", on_stream("billing", "orders")).await;
    let arn = created["QueueDescription"]["QueueARN"].as_str().unwrap();
    let id = arn
        .strip_prefix("arn:aws:kinesis:eu-central-1:123456789012:queue/")
        .unwrap();
    assert!(!id.contains("billing"));
    let expected = json!({
        "QueueName": "billing", "QueueARN": arn, "QueueStatus": "ACTIVE",
        "QueueCreationTimestamp": BEGINNING + 60,
        "StreamConfigurationList": [{
            "StreamARN": stream_arn("orders"),
            "StartingPosition": {"Type": "LATEST", "Timestamp": BEGINNING + 60},
        }],
        "QueueAttributes": {
            "VisibilityTimeoutSeconds": 30,
            "DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 6},
        },
    });
    assert_eq!(created["QueueDescription"], expected);
    let named = json!({"QueueARN": arn});
    let kinesis = kinesis.restarted().await;
    assert_eq!(
        kinesis.call("DescribeQueue", named.clone()).await["QueueDescription"],
        expected
    );
    let update = |attributes: Value| json!({"QueueARN": arn, "QueueAttributes": attributes});
    let off = json!({"DeadLetterConfiguration": {"TargetType": "NONE"}});
    kinesis.call("UpdateQueue", update(off)).await;
    let longer = json!({"VisibilityTimeoutSeconds": 43_200});
    let updated = kinesis.call("UpdateQueue", update(longer)).await;
    let attributes = json!({
        "VisibilityTimeoutSeconds": 43_200, "DeadLetterConfiguration": {"TargetType": "NONE"},
    });
    assert_eq!(updated["QueueDescription"]["QueueAttributes"], attributes);
    assert_eq!(kinesis.summary("orders").await["QueueCount"], 1);
    kinesis.call("DeleteQueue", named.clone()).await;
    assert_eq!(kinesis.summary("orders").await["QueueCount"], 0);
    for (operation, input) in [
        ("DescribeQueue", named.clone()),
        ("DeleteQueue", named.clone()),
        ("UpdateQueue", update(json!({}))),
        ("ReceiveQueueRecords", named),
    ] {
        let refusal = kinesis.refuse(operation, input).await;
        assert_eq!(
            message(refusal, "ResourceNotFoundException"),
            format!("Queue {arn} not found.")
        );
    }
}

#[tokio::test]
async fn what_makes_no_queue_is_refused() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    kinesis.create("provisioned", 1).await;
    kinesis.call("CreateQueue", on_stream("billing", "orders")).await;
    let again = kinesis
        .refuse("CreateQueue", on_stream("billing", "orders"))
        .await;
    message(again, "ResourceInUseException");
    let missing = kinesis.refuse("CreateQueue", on_stream("other", "missing")).await;
    message(missing, "ResourceNotFoundException");
    let with = |further: Value| {
        let mut input = on_stream("other", "orders");
        for (name, value) in further.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let starting = |position: Value| {
        with(
            json!({"StreamConfigurationList": [{"StreamARN": stream_arn("orders"), "StartingPosition": position}]}),
        )
    };
    let one = json!({"StreamARN": stream_arn("orders")});
    for input in [
        on_stream("other", "provisioned"),
        with(json!({"StreamConfigurationList": [one, one]})),
        with(json!({"QueueAttributes": {"DeadLetterConfiguration": {"TargetType": "BUILT_IN"}}})),
        with(json!({"QueueAttributes": {"VisibilityTimeoutSeconds": 43_201}})),
        with(json!({"QueueName": "no spaces"})),
        starting(json!({"Type": "AT_TIMESTAMP"})),
        starting(json!({"Type": "AT_TIMESTAMP", "Timestamp": BEGINNING + 1})),
        starting(json!({"Type": "LATEST", "Timestamp": BEGINNING})),
    ] {
        message(kinesis.refuse("CreateQueue", input).await, "ValidationException");
    }
}

#[tokio::test]
async fn queues_are_listed_page_by_page_and_by_stream() {
    let kinesis = Kinesis::new().await;
    for stream in ["orders", "returns"] {
        kinesis.create_on_demand(stream).await;
        for number in 0..3 {
            queue(&kinesis, stream, &format!("{stream}-{number}"), json!({})).await;
        }
    }
    let mut names = Vec::new();
    let mut input = json!({"MaxResults": 4});
    loop {
        let page = kinesis.call("ListQueues", input.clone()).await;
        let summaries = page["QueueSummaries"].as_array().unwrap();
        assert!(summaries.len() <= 4);
        names.extend(summaries.iter().map(|summary| summary["QueueName"].clone()));
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    names.sort_unstable_by_key(|name| name.as_str().unwrap().to_owned());
    assert_eq!(
        names,
        [
            "orders-0",
            "orders-1",
            "orders-2",
            "returns-0",
            "returns-1",
            "returns-2"
        ]
    );
    let filtered = |created: u64| json!({"StreamFilter": [{"StreamARN": stream_arn("returns"), "StreamCreationTimestamp": created}]});
    let page = kinesis.call("ListQueues", filtered(BEGINNING)).await;
    let summaries = page["QueueSummaries"].as_array().unwrap();
    assert_eq!(summaries.len(), 3);
    assert_eq!(
        summaries[0]["Streams"],
        json!([{"StreamARN": stream_arn("returns"), "StreamCreationTimestamp": BEGINNING}])
    );
    let page = kinesis.call("ListQueues", filtered(BEGINNING - 1)).await;
    assert_eq!(page["QueueSummaries"], json!([]));
    let wrong = kinesis.refuse("ListQueues", json!({"NextToken": "AAAA"})).await;
    message(wrong, "InvalidArgumentException");
}

#[tokio::test]
async fn queues_and_consumers_share_a_limit() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    for number in 0..10 {
        kinesis.register("orders", &format!("consumer-{number}")).await;
        queue(&kinesis, "orders", &format!("queue-{number}"), json!({})).await;
    }
    let consumer = json!({"StreamARN": stream_arn("orders"), "ConsumerName": "one-more"});
    for (operation, input) in [
        ("CreateQueue", on_stream("one-more", "orders")),
        ("RegisterStreamConsumer", consumer),
    ] {
        message(kinesis.refuse(operation, input).await, "LimitExceededException");
    }
}

#[tokio::test]
async fn a_stream_with_queues_stays_as_it_is() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let arn = queue(&kinesis, "orders", "billing", json!({})).await;
    let delete = json!({"StreamName": "orders", "EnforceConsumerDeletion": true});
    let provisioned = json!({
        "StreamARN": stream_arn("orders"), "StreamModeDetails": {"StreamMode": "PROVISIONED"},
    });
    for (operation, input) in [
        ("DeleteStream", delete.clone()),
        ("UpdateStreamMode", provisioned),
    ] {
        message(kinesis.refuse(operation, input).await, "ResourceInUseException");
    }
    kinesis.call("DeleteQueue", json!({"QueueARN": arn})).await;
    kinesis.call("DeleteStream", delete).await;
}

#[tokio::test]
async fn a_queue_has_tags_and_a_policy() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let mut input = on_stream("billing", "orders");
    input["Tags"] = json!({"team": "money"});
    let created = kinesis.call("CreateQueue", input).await;
    let arn = created["QueueDescription"]["QueueARN"].as_str().unwrap();
    kinesis
        .call(
            "TagResource",
            json!({"ResourceARN": arn, "Tags": {"stage": "test"}}),
        )
        .await;
    kinesis
        .call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["team"]}))
        .await;
    let resource = json!({"ResourceARN": arn});
    let tags = kinesis.call("ListTagsForResource", resource.clone()).await;
    assert_eq!(tags["Tags"], json!([{"Key": "stage", "Value": "test"}]));

    let named = json!({"QueueARN": arn});
    let denied = kinesis
        .call_as(OTHER_ACCOUNT, "DescribeQueue", named.clone())
        .await;
    message(denied.unwrap_err(), "AccessDeniedException");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT},
            "Action": ["kinesis:DescribeQueue"], "Resource": arn,
        }],
    });
    let policy = policy.to_string();
    kinesis
        .call("PutResourcePolicy", json!({"ResourceARN": arn, "Policy": policy}))
        .await;
    assert_eq!(
        kinesis.call("GetResourcePolicy", resource.clone()).await["Policy"],
        policy
    );
    kinesis
        .call_as(OTHER_ACCOUNT, "DescribeQueue", named.clone())
        .await
        .unwrap();
    let denied = kinesis
        .call_as(OTHER_ACCOUNT, "ReceiveQueueRecords", named.clone())
        .await;
    message(denied.unwrap_err(), "AccessDeniedException");
    kinesis.call("DeleteResourcePolicy", resource).await;
    let denied = kinesis.call_as(OTHER_ACCOUNT, "DescribeQueue", named).await;
    message(denied.unwrap_err(), "AccessDeniedException");
}
