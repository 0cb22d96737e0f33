//! What other services push to a stream.

use ninefold_protocol::{Door, Push};

use crate::support::{ACCOUNT, Kinesis, OTHER_ACCOUNT, context, stream_arn};

#[tokio::test]
async fn pushes_become_records() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let target = kinesis.door.push_target().unwrap();
    let push = |body: &'static str, partition_key| Push {
        body,
        partition_key,
        ..Push::default()
    };
    let arn = stream_arn("orders");
    assert_eq!(target.check(&arn, &push("", None)), Ok(()));
    assert!(
        target
            .check(
                "arn:aws:kinesis:eu-central-1:123456789012:queue/x",
                &push("", None)
            )
            .is_err()
    );
    let pushes = [push("one", Some("key")), push("two", None)];
    let outcomes = target.push(context(ACCOUNT), &arn, &pushes).await;
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    let read = kinesis.get(&kinesis.oldest("orders", 0).await).await;
    assert_eq!(crate::support::data_of(&read), ["one", "two"]);
    assert_eq!(read["Records"][0]["PartitionKey"], "key");
    assert_eq!(read["Records"][1]["PartitionKey"].as_str().unwrap().len(), 36);
    let denied = target.push(context(OTHER_ACCOUNT), &arn, &pushes).await;
    assert!(denied.iter().all(Result::is_err));
    let unknown = target
        .push(context(ACCOUNT), &stream_arn("unknown"), &pushes)
        .await;
    assert!(unknown.iter().all(Result::is_err));
}
