//! Stores that are away, refuse, or can't; streams that let go of records.

use ninefold_streams::StreamKey;
use serde_json::json;

use crate::channel_support::{Delivering, impossible, input, refused, unavailable};
use crate::support::{ACCOUNT, REGION};

const LARGE: usize = 1 << 20;

fn key() -> StreamKey {
    StreamKey::new(format!("{ACCOUNT}/{REGION}"), "orders")
}

#[tokio::test]
async fn a_store_that_is_away_is_asked_again_less_and_less_often() {
    let here = Delivering::new(LARGE).await;
    here.channel("STRING", "NONE").await;
    for (error, record) in [(unavailable(), "first"), (refused(), "second")] {
        here.store.fail(Some(error));
        here.kinesis.put("orders", "key", record).await;
        let before = here.figures().failed_attempts;
        let asked_before = here.store.asked_at_seconds().len();
        here.kinesis.advance(300);
        here.pass_until("it is asked again and again", || {
            here.figures().failed_attempts >= before + 9
        })
        .await;
        let asked = here.store.asked_at_seconds().split_off(asked_before);
        // Twice as long each time, up to a minute, and half of that at least; the first waits for half a second.
        for (times, doubled) in asked.windows(2).zip([1, 2, 4, 8, 16, 32, 60, 60]) {
            assert!(times[1] - times[0] >= doubled / 2, "{asked:?}");
        }
        assert!(!here.store.lines("archive").contains(&record.to_owned()));
        assert!(
            here.figures()
                .oldest_age_milliseconds
                .is_some_and(|age| age > 300_000)
        );
        here.store.fail(None);
        here.pass_until("it is there", || {
            here.store.lines("archive").contains(&record.to_owned())
        })
        .await;
    }
    assert_eq!(here.store.objects("archive").len(), 2);
}

#[tokio::test]
async fn an_object_that_was_put_is_put_again_in_its_own_place() {
    let here = Delivering::new(LARGE).await;
    let mut with_letters = input("archive", "JSON", "NONE");
    with_letters["S3DestinationConfiguration"]["DeadLetterQueueS3Configuration"] =
        json!({"BucketARN": "arn:aws:s3:::letters", "ExpectedBucketOwner": ACCOUNT});
    let arn = here.create(with_letters).await;
    here.becomes(&arn, "ACTIVE").await;
    here.store.fail_puts_into("letters", refused());
    for record in ["1", "{", "2"] {
        here.kinesis.put_at("orders", 0, record).await;
    }
    here.kinesis.advance(300);
    here.pass_until("it has failed five times", || here.figures().failed_attempts >= 5)
        .await;
    here.kinesis.put_at("orders", 0, "3").await;
    here.store.fail(None);
    here.pass_until("the dead letter is there", || here.figures().dead_letters == 1)
        .await;
    assert_eq!(here.store.lines("archive"), ["1", "2", "3"]);
    let objects = (
        here.store.objects("archive").len(),
        here.store.objects("letters").len(),
    );
    assert_eq!(objects, (1, 1));
}

#[tokio::test]
async fn what_can_never_be_put_fails_the_channel() {
    let here = Delivering::new(LARGE).await;
    let mut logged = input("archive", "STRING", "NONE");
    logged["LoggingConfiguration"] =
        json!({"CloudWatchLogs": {"Enabled": true, "LogGroupName": "/deliveries"}});
    let arn = here.create(logged).await;
    here.becomes(&arn, "ACTIVE").await;
    here.store.fail(Some(impossible()));
    here.kinesis.put("orders", "key", "record").await;
    here.kinesis.advance(300);
    let failed = here.becomes(&arn, "FAILED").await;
    let reason = failed["ChannelStatusReason"].as_str().unwrap();
    assert!(reason.contains("InvalidStorageClass"), "{reason}");
    let lines = here.logs.0.lock().clone();
    assert!(
        lines
            .iter()
            .any(|(group, line)| group == "/deliveries" && line["event"] == "ChannelFailed"),
        "{lines:?}"
    );
    let update = json!({"ChannelARN": arn, "S3DestinationConfiguration": {"DataFreshnessInSeconds": 300}});
    let refused = here.kinesis.refuse("UpdateChannel", update).await;
    assert_eq!(refused.code, "ResourceInUseException");
    let here = here.restarted().await;
    here.store.fail(None);
    assert_eq!(here.describe(&arn).await["ChannelStatus"], "FAILED");
    let listed = here.kinesis.call("ListChannels", json!({})).await;
    assert_eq!(listed["ChannelSummaries"][0]["ChannelStatusReason"], reason);
    // It is in nobody's way.
    here.kinesis
        .call("DeleteStream", json!({"StreamName": "orders"}))
        .await;
    here.kinesis
        .call("DeleteChannel", json!({"ChannelARN": arn}))
        .await;
}

#[tokio::test]
async fn a_destination_is_looked_at_first() {
    let here = Delivering::new(LARGE).await;
    let storage = "/S3DestinationConfiguration/StorageConfiguration";
    let letters = json!({"BucketARN": "arn:aws:s3:::missing", "ExpectedBucketOwner": ACCOUNT});
    for (place, value) in [
        (&*format!("{storage}/BucketARN"), json!("arn:aws:s3:::missing")),
        (&*format!("{storage}/ExpectedBucketOwner"), json!("222222222222")),
        (
            "/S3DestinationConfiguration/DeadLetterQueueS3Configuration",
            letters,
        ),
    ] {
        let mut wrong = input("wrong", "STRING", "NONE");
        let (parent, name) = place.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name] = value;
        let arn = here.create(wrong).await;
        let failed = here.becomes(&arn, "FAILED").await;
        let reason = failed["ChannelStatusReason"].as_str().unwrap();
        assert!(reason.contains("can't be delivered to"), "{reason}");
        here.kinesis
            .call("DeleteChannel", json!({"ChannelARN": arn}))
            .await;
    }
    here.store.fail(Some(unavailable()));
    let arn = here.create(input("archive", "STRING", "NONE")).await;
    here.pass_until("it has failed", || here.figures().failed_attempts >= 2)
        .await;
    assert_eq!(here.describe(&arn).await["ChannelStatus"], "CREATING");
    here.store.fail(None);
    here.kinesis.advance(60);
    here.becomes(&arn, "ACTIVE").await;
}

#[tokio::test]
async fn what_the_stream_let_go_of_is_counted() {
    let here = Delivering::new(LARGE).await;
    here.channel("STRING", "NONE").await;
    here.store.fail(Some(unavailable()));
    for number in 0..5 {
        here.kinesis.put_at("orders", 0, &number.to_string()).await;
    }
    let stream = here.kinesis.streams.get(&key()).unwrap();
    stream.partitions[0].delete_before(3).await.unwrap();
    here.store.fail(None);
    here.kinesis.advance(300);
    here.until("the rest is there", || here.figures().lost_records == 3)
        .await;
    assert_eq!(here.store.lines("archive"), ["3", "4"]);
}

#[tokio::test]
async fn a_channel_ends_with_its_stream() {
    let here = Delivering::new(LARGE).await;
    let arn = here.channel("STRING", "NONE").await;
    // As another door does it.
    here.kinesis.streams.delete(&key()).await.unwrap();
    let failed = here.becomes(&arn, "FAILED").await;
    assert_eq!(failed["ChannelStatusReason"], "The source stream was deleted.");
}
