//! Creating, finding, listing, purging and deleting queues.

use serde_json::json;

use crate::support::{ACCOUNT, OTHER_ACCOUNT, Sqs, arn, bodies};

const NO_SUCH_QUEUE: (&str, u16, &str) = ("QueueDoesNotExist", 400, "The specified queue does not exist.");

#[tokio::test]
async fn a_url_is_the_clients_endpoint_then_account_and_name() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    assert_eq!(url, format!("http://localhost:4566/{ACCOUNT}/orders"));
    let found = sqs.call("GetQueueUrl", json!({"QueueName": "orders"})).await;
    assert_eq!(found, json!({"QueueUrl": url}));
    assert_eq!(sqs.attribute(&url, "QueueArn").await, Some(arn("orders")));
    for other in [
        "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
        "/123456789012/orders",
    ] {
        sqs.send(other, "to the same queue").await;
    }
    assert_eq!(sqs.receive(&url).await.len(), 2);
}

#[tokio::test]
async fn addresses_of_nothing_are_refused() {
    let sqs = Sqs::new().await;
    let missing = format!("http://localhost:4566/{ACCOUNT}/missing");
    let send = |url: &str| json!({"QueueUrl": url, "MessageBody": "x"});
    let refused = sqs.refuse("SendMessage", send(&missing)).await;
    assert_eq!(refused.parts(), NO_SUCH_QUEUE);
    assert_eq!(refused.code, "AWS.SimpleQueueService.NonExistentQueue");
    let refused = sqs.refuse("SendMessage", send("nonsense")).await;
    assert_eq!(refused.shape, "InvalidAddress");
    let refused = sqs.refuse("GetQueueUrl", json!({"QueueName": "missing"})).await;
    assert_eq!(refused.parts(), NO_SUCH_QUEUE);
    let (status, xml) = sqs.query("/", "Action=GetQueueUrl&QueueName=missing").await;
    assert_eq!(status, 400);
    assert!(
        xml.contains("<Message>The specified queue does not exist for this wsdl version.</Message>"),
        "{xml}"
    );
}

#[tokio::test]
async fn creating_again_needs_the_same_attributes() {
    let sqs = Sqs::new().await;
    let url = sqs
        .create("orders", json!({"VisibilityTimeout": "5", "DelaySeconds": "1"}))
        .await;
    assert_eq!(sqs.create("orders", json!({})).await, url);
    assert_eq!(sqs.create("orders", json!({"DelaySeconds": "1"})).await, url);
    assert_eq!(
        sqs.create("orders", json!({"MaximumMessageSize": "1048576"}))
            .await,
        url
    );
    let again = json!({"QueueName": "orders", "Attributes": {"VisibilityTimeout": "6"}});
    let refused = sqs.refuse("CreateQueue", again).await;
    assert_eq!(
        refused.parts(),
        (
            "QueueNameExists",
            400,
            "A queue already exists with the same name and a different value for attribute VisibilityTimeout"
        )
    );
    assert_eq!(refused.code, "QueueAlreadyExists");
}

#[tokio::test]
async fn simultaneous_creations_make_one_queue() {
    let sqs = Sqs::new().await;
    let create = |delay: &str| json!({"QueueName": "orders", "Attributes": {"DelaySeconds": delay}});
    let (one, same, other) = tokio::join!(
        sqs.try_call("CreateQueue", create("1")),
        sqs.try_call("CreateQueue", create("1")),
        sqs.try_call("CreateQueue", create("2")),
    );
    assert_eq!(one.unwrap(), same.unwrap());
    assert_eq!(other.unwrap_err().shape, "QueueNameExists");
}

#[tokio::test]
async fn names_are_checked() {
    let sqs = Sqs::new().await;
    let long = "a".repeat(81);
    for (name, fifo) in [
        ("", false),
        (&*long, false),
        ("white space", false),
        ("dots.in.it", false),
        ("ümlaut", false),
        ("plain.fifo", false),
        ("plain", true),
        (".fifo", true),
    ] {
        let attributes = if fifo {
            json!({"FifoQueue": "true"})
        } else {
            json!({})
        };
        let input = json!({"QueueName": name, "Attributes": attributes});
        let refused = sqs.refuse("CreateQueue", input).await;
        assert_eq!(refused.shape, "InvalidParameterValueException", "{name:?}");
        assert!(
            refused
                .message
                .contains("only include alphanumeric characters, hyphens, or underscores"),
            "{}",
            refused.message
        );
    }
}

#[tokio::test]
async fn a_deleted_queues_name_is_free_after_a_minute() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    sqs.send(&url, "lost").await;
    sqs.call("DeleteQueue", json!({"QueueUrl": url})).await;
    let refused = sqs.refuse("ReceiveMessage", json!({"QueueUrl": url})).await;
    assert_eq!(refused.parts(), NO_SUCH_QUEUE);
    let refused = sqs.refuse("CreateQueue", json!({"QueueName": "orders"})).await;
    assert_eq!(
        refused.parts(),
        (
            "QueueDeletedRecently",
            400,
            "You must wait 60 seconds after deleting a queue before you can create another with the same name."
        )
    );
    sqs.advance(59);
    sqs.refuse("CreateQueue", json!({"QueueName": "orders"})).await;
    sqs.advance(1);
    assert_eq!(sqs.create("orders", json!({})).await, url);
    assert!(sqs.receive(&url).await.is_empty());
}

#[tokio::test]
async fn queues_are_listed_by_prefix_in_pages() {
    let sqs = Sqs::new().await;
    for name in ["b-2", "a", "b-1", "b-3", "c"] {
        sqs.create(name, json!({})).await;
    }
    let url = |name: &str| format!("http://localhost:4566/{ACCOUNT}/{name}");
    let all = sqs.call("ListQueues", json!({})).await;
    let names = ["a", "b-1", "b-2", "b-3", "c"];
    assert_eq!(all, json!({"QueueUrls": names.map(url)}));
    let input = json!({"QueueNamePrefix": "b-", "MaxResults": 2});
    let first = sqs.call("ListQueues", input.clone()).await;
    assert_eq!(first["QueueUrls"], json!([url("b-1"), url("b-2")]));
    let mut input = input;
    input["NextToken"] = first["NextToken"].clone();
    let last = sqs.call("ListQueues", input.clone()).await;
    assert_eq!(last, json!({"QueueUrls": [url("b-3")]}));
    input["NextToken"] = json!("made up");
    let refused = sqs.refuse("ListQueues", input).await;
    assert_eq!(refused.shape, "InvalidParameterValueException");
    let none = sqs.call("ListQueues", json!({"QueueNamePrefix": "d"})).await;
    assert_eq!(none, json!({}));
    for size in [-1, 0, 1001] {
        let refused = sqs.refuse("ListQueues", json!({"MaxResults": size})).await;
        assert!(
            refused
                .message
                .contains("MaxResults must be an integer between 1 and 1000"),
            "{}",
            refused.message
        );
    }
}

#[tokio::test]
async fn a_purge_empties_a_queue_once_a_minute() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    sqs.send(&url, "before").await;
    sqs.call("PurgeQueue", json!({"QueueUrl": url})).await;
    let refused = sqs.refuse("PurgeQueue", json!({"QueueUrl": url})).await;
    assert_eq!(
        refused.parts(),
        (
            "PurgeQueueInProgress",
            403,
            "Only one PurgeQueue operation on orders is allowed every 60 seconds."
        )
    );
    sqs.advance(60);
    sqs.send(&url, "after").await;
    assert_eq!(bodies(&sqs.receive(&url).await), ["after"]);
    sqs.call("PurgeQueue", json!({"QueueUrl": url})).await;
    assert_eq!(sqs.counts(&url).await, (0, 0, 0));
}

#[tokio::test]
async fn accounts_meet_by_policy_alone() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    let send = json!({"QueueUrl": url, "MessageBody": "x"}).to_string();
    let refused = sqs
        .call_as(OTHER_ACCOUNT, "SendMessage", &send)
        .await
        .unwrap_err();
    assert_eq!((refused.code.as_str(), refused.status), ("AccessDenied", 403));
    let grant = json!({
        "QueueUrl": url, "Label": "l", "AWSAccountIds": [OTHER_ACCOUNT],
        "Actions": ["SendMessage", "GetQueueUrl"],
    });
    sqs.call("AddPermission", grant).await;
    sqs.call_as(OTHER_ACCOUNT, "SendMessage", &send).await.unwrap();
    let batch = json!({"QueueUrl": url, "Entries": [{"Id": "a", "MessageBody": "y"}]}).to_string();
    sqs.call_as(OTHER_ACCOUNT, "SendMessageBatch", &batch)
        .await
        .unwrap();
    let find = json!({"QueueName": "orders", "QueueOwnerAWSAccountId": ACCOUNT}).to_string();
    let found = sqs.call_as(OTHER_ACCOUNT, "GetQueueUrl", &find).await.unwrap();
    assert_eq!(found, json!({"QueueUrl": url}));
}

#[tokio::test]
async fn some_operations_are_the_owners_whatever_a_policy_says() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    let grant = json!({"QueueUrl": url, "Label": "l", "AWSAccountIds": [OTHER_ACCOUNT], "Actions": ["*"]});
    sqs.call("AddPermission", grant).await;
    for (operation, input) in [
        ("DeleteQueue", json!({"QueueUrl": url})),
        (
            "SetQueueAttributes",
            json!({"QueueUrl": url, "Attributes": {"DelaySeconds": "1"}}),
        ),
        ("TagQueue", json!({"QueueUrl": url, "Tags": {"a": "b"}})),
        ("UntagQueue", json!({"QueueUrl": url, "TagKeys": ["a"]})),
        ("ListQueueTags", json!({"QueueUrl": url})),
        ("RemovePermission", json!({"QueueUrl": url, "Label": "l"})),
        ("ListMessageMoveTasks", json!({"SourceArn": arn("orders")})),
        ("StartMessageMoveTask", json!({"SourceArn": arn("orders")})),
    ] {
        let refused = sqs
            .call_as(OTHER_ACCOUNT, operation, &input.to_string())
            .await
            .unwrap_err();
        assert_eq!(refused.code, "AccessDenied", "{operation}");
    }
    let receive = json!({"QueueUrl": url}).to_string();
    sqs.call_as(OTHER_ACCOUNT, "ReceiveMessage", &receive)
        .await
        .unwrap();
}

#[tokio::test]
async fn queues_survive_a_restart_with_all_they_are() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({"DelaySeconds": "3"})).await;
    sqs.call("TagQueue", json!({"QueueUrl": url, "Tags": {"team": "a"}}))
        .await;
    let all = json!({"QueueUrl": url, "AttributeNames": ["All"]});
    let before = sqs.call("GetQueueAttributes", all.clone()).await;
    let sqs = sqs.restarted().await;
    assert_eq!(sqs.call("GetQueueAttributes", all).await, before);
    let tags = sqs.call("ListQueueTags", json!({"QueueUrl": url})).await;
    assert_eq!(tags, json!({"Tags": {"team": "a"}}));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    for (operation, input, name) in [
        ("SendMessage", json!({"QueueUrl": url}), "MessageBody"),
        ("SendMessage", json!({"MessageBody": "x"}), "QueueUrl"),
        ("ReceiveMessage", json!({}), "QueueUrl"),
        ("DeleteMessage", json!({"QueueUrl": url}), "ReceiptHandle"),
        ("CreateQueue", json!({}), "QueueName"),
        ("TagQueue", json!({"QueueUrl": url}), "Tags"),
    ] {
        let refused = sqs.refuse(operation, input).await;
        assert_eq!(
            refused.parts(),
            (
                "MissingRequiredParameterException",
                400,
                &*format!("The request must contain the parameter {name}.")
            ),
            "{operation}"
        );
        assert_eq!(refused.code, "MissingParameter");
    }
}

#[tokio::test]
async fn the_path_of_a_query_request_is_the_queues_url() {
    let sqs = Sqs::new().await;
    let url = sqs.create("orders", json!({})).await;
    let path = format!("/{ACCOUNT}/orders");
    let (status, xml) = sqs.query(&path, "Action=SendMessage&MessageBody=hello").await;
    assert_eq!(status, 200, "{xml}");
    assert!(
        xml.contains("<MD5OfMessageBody>5d41402abc4b2a76b9719d911017c592</MD5OfMessageBody>"),
        "{xml}"
    );
    assert_eq!(bodies(&sqs.receive(&url).await), ["hello"]);
    let (status, xml) = sqs.query("/", "Action=SendMessage&MessageBody=hello").await;
    assert_eq!(status, 400);
    assert!(xml.contains("<Code>MissingParameter</Code>"), "{xml}");
}
