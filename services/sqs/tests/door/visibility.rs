//! Visibility timeouts and receipt handles.

use serde_json::{Value, json};

use crate::support::{Sqs, handle};

async fn received(sqs: &Sqs, url: &str) -> Value {
    sqs.send(url, "x").await;
    let [message] = sqs.receive(url).await.try_into().unwrap();
    message
}

fn change(url: &str, handle: &str, seconds: i64) -> Value {
    json!({"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": seconds})
}

#[tokio::test]
async fn a_timeout_is_changed_from_now_on() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let handle = handle(&received(&sqs, &url).await);
    sqs.advance(20);
    sqs.call("ChangeMessageVisibility", change(&url, &handle, 20))
        .await;
    sqs.advance(19);
    assert_eq!(sqs.counts(&url).await, (0, 1, 0));
    sqs.call("ChangeMessageVisibility", change(&url, &handle, 0))
        .await;
    assert_eq!(sqs.counts(&url).await, (1, 0, 0));
    let refused = sqs
        .refuse("ChangeMessageVisibility", change(&url, &handle, 10))
        .await;
    assert_eq!(
        (refused.shape.as_str(), refused.status, refused.code.as_str()),
        (
            "MessageNotInflight",
            400,
            "AWS.SimpleQueueService.MessageNotInflight"
        )
    );
}

#[tokio::test]
async fn timeouts_are_bounded() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let handle = handle(&received(&sqs, &url).await);
    for seconds in [-1, 43_201] {
        let refused = sqs
            .refuse("ChangeMessageVisibility", change(&url, &handle, seconds))
            .await;
        let expected = format!(
            "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer \
             between 0 and 43200."
        );
        assert_eq!(refused.message, expected);
    }
    sqs.advance(10);
    let refused = sqs
        .refuse("ChangeMessageVisibility", change(&url, &handle, 43_200))
        .await;
    assert_eq!(
        refused.message,
        "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is \
         beyond the limit [43200 seconds]."
    );
}

#[tokio::test]
async fn handles_that_nobody_gave_out_are_refused() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let other = sqs.create("other", json!({})).await;
    let elsewhere = handle(&received(&sqs, &other).await);
    let long = "x".repeat(2_000);
    for bad in ["nonsense", "", "bm90IGEgaGFuZGxl", "äöü", &long, &elsewhere] {
        for operation in ["DeleteMessage", "ChangeMessageVisibility"] {
            let refused = sqs.refuse(operation, change(&url, bad, 1)).await;
            let expected = format!("The input receipt handle \"{bad}\" is not a valid receipt handle.");
            assert_eq!(
                refused.parts(),
                ("ReceiptHandleIsInvalid", 404, &*expected),
                "{operation}"
            );
        }
    }
}
