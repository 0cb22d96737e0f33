//! Permissions write the queue's policy.

use serde_json::{Value, json};

use crate::support::{OTHER_ACCOUNT, Sqs, arn};

fn grant(url: &str, label: &str, accounts: &[&str], actions: &[&str]) -> Value {
    json!({"QueueUrl": url, "Label": label, "AWSAccountIds": accounts, "Actions": actions})
}

async fn policy(sqs: &Sqs, url: &str) -> Option<Value> {
    let text = sqs.attribute(url, "Policy").await?;
    Some(serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn permissions_come_and_go_by_label() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let root = |account: &str| format!("arn:aws:iam::{account}:root");
    sqs.call(
        "AddPermission",
        grant(&url, "one", &[OTHER_ACCOUNT], &["ReceiveMessage"]),
    )
    .await;
    assert_eq!(
        policy(&sqs, &url).await,
        Some(json!({
            "Version": "2008-10-17",
            "Id": format!("{}/SQSDefaultPolicy", arn("q")),
            "Statement": [{
                "Sid": "one",
                "Effect": "Allow",
                "Principal": {"AWS": root(OTHER_ACCOUNT)},
                "Action": "SQS:ReceiveMessage",
                "Resource": arn("q"),
            }],
        }))
    );
    let two = grant(
        &url,
        "two",
        &[OTHER_ACCOUNT, "222222222222"],
        &["SendMessage", "*"],
    );
    sqs.call("AddPermission", two).await;
    let statement = policy(&sqs, &url).await.unwrap()["Statement"][1].clone();
    assert_eq!(
        statement["Principal"]["AWS"],
        json!([root(OTHER_ACCOUNT), root("222222222222")])
    );
    assert_eq!(statement["Action"], json!(["SQS:SendMessage", "SQS:*"]));
    let refused = sqs
        .refuse("AddPermission", grant(&url, "one", &["222222222222"], &["*"]))
        .await;
    assert_eq!(
        refused.message,
        "Value one for parameter Label is invalid. Reason: Already exists."
    );
    for label in ["one", "two"] {
        sqs.call("RemovePermission", json!({"QueueUrl": url, "Label": label}))
            .await;
    }
    assert_eq!(policy(&sqs, &url).await, None);
    let refused = sqs
        .refuse("RemovePermission", json!({"QueueUrl": url, "Label": "one"}))
        .await;
    assert_eq!(
        refused.message,
        "Value one for parameter Label is invalid. Reason: can't find label."
    );
}

#[tokio::test]
async fn permissions_are_checked() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let long = "x".repeat(81);
    let eight = [
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
    ];
    let refused = sqs
        .refuse("AddPermission", grant(&url, "l", &[OTHER_ACCOUNT], &eight))
        .await;
    assert_eq!(
        refused.parts(),
        ("OverLimit", 403, "8 Actions were found, maximum allowed is 7.")
    );
    sqs.call(
        "AddPermission",
        grant(&url, "enough", &[OTHER_ACCOUNT], &eight[1..]),
    )
    .await;
    for (input, message) in [
        (
            grant(&url, "l", &[OTHER_ACCOUNT], &["Nonsense"]),
            "Value SQS:Nonsense for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for \
             a list of valid actions.",
        ),
        (
            grant(&url, "l", &[OTHER_ACCOUNT], &["CreateQueue"]),
            "Value SQS:CreateQueue",
        ),
        (
            grant(&url, "l", &["12345"], &["*"]),
            "Value [12345] for parameter PrincipalId is invalid. Reason: Unable to verify.",
        ),
        (
            grant(&url, "", &[OTHER_ACCOUNT], &["*"]),
            "parameter Label is invalid",
        ),
        (
            grant(&url, &long, &[OTHER_ACCOUNT], &["*"]),
            "parameter Label is invalid",
        ),
        (
            grant(&url, "a b", &[OTHER_ACCOUNT], &["*"]),
            "parameter Label is invalid",
        ),
    ] {
        let refused = sqs.refuse("AddPermission", input).await;
        assert_eq!(refused.shape, "InvalidParameterValueException");
        assert!(refused.message.contains(message), "{}", refused.message);
    }
    for (input, name) in [
        (grant(&url, "l", &[], &["*"]), "AWSAccountIds"),
        (grant(&url, "l", &[OTHER_ACCOUNT], &[]), "Actions"),
    ] {
        let refused = sqs.refuse("AddPermission", input).await;
        assert_eq!(
            refused.message,
            format!("The request must contain the parameter {name}.")
        );
    }
}
