//! What a channel delivers, and when.

use serde_json::{Value, json};

use crate::channel_support::{Delivering, input, text_of};
use crate::support::{ACCOUNT, stream_arn};

const LARGE: usize = 1 << 20;
/// The first hash keys of four shards.
const SHARDS: [u128; 4] = [0, 1 << 126, 2 << 126, 3 << 126];

#[tokio::test]
async fn records_are_delivered_when_the_oldest_is_old_enough() {
    let here = Delivering::new(LARGE).await;
    here.kinesis.put("orders", "key", "before").await;
    let arn = here.channel("STRING", "NONE").await;
    let id = arn.rsplit('/').next().unwrap().to_owned();
    for (number, key) in SHARDS.into_iter().enumerate() {
        here.kinesis
            .put_at("orders", key, &format!("first of {number}"))
            .await;
    }
    here.waits_for(1).await;
    here.kinesis.advance(200);
    here.kinesis.put_at("orders", 0, "second of 0").await;
    here.waits_for(1).await;
    here.kinesis.advance(99);
    here.waits_for(1).await;
    assert!(here.store.objects("archive").is_empty());
    assert_eq!(here.figures().oldest_age_milliseconds, Some(299_000));
    here.kinesis.advance(1);
    here.until("an object is there", || !here.store.objects("archive").is_empty())
        .await;
    let objects = here.store.objects("archive");
    let [(key, object)] = &objects[..] else {
        panic!("not one object: {objects:?}");
    };
    // 300 seconds after 2027-01-15T08:00:00Z.
    let expected = format!("kinesis-channel/archive/{id}/2027/01/15/08/archive-{id}-2027-01-15-08-05-");
    assert!(key.starts_with(&expected), "{key}");
    let expected = [
        "first of 0",
        "second of 0",
        "first of 1",
        "first of 2",
        "first of 3",
    ];
    assert_eq!(text_of(&object.content).lines().collect::<Vec<_>>(), expected);
    here.until("nothing waits", || {
        here.figures().oldest_age_milliseconds.is_none()
    })
    .await;
    let figures = here.figures();
    assert_eq!(
        (&*figures.channel, &*figures.stream, figures.channel_id),
        ("archive", "orders", id)
    );
    assert_eq!((figures.objects, figures.delivered_records), (1, 5));
    assert_eq!(
        (
            figures.failed_attempts,
            figures.dead_letters,
            figures.lost_records
        ),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn enough_records_are_delivered_at_once() {
    let here = Delivering::new(30).await;
    here.channel("STRING", "NONE").await;
    for number in 0..20 {
        // With their partition key, 13 bytes.
        here.kinesis
            .put_at("orders", SHARDS[number % 2], &format!("record {number:02}"))
            .await;
    }
    here.pass_until("six objects are there", || {
        here.store.objects("archive").len() == 6
    })
    .await;
    let objects = here.store.objects("archive");
    let counts: Vec<_> = objects
        .iter()
        .map(|(_, object)| text_of(&object.content).lines().count())
        .collect();
    assert_eq!(
        counts, [3; 6],
        "a record goes into an object that isn't full, and no further"
    );
    let lines = here.store.lines("archive");
    for half in 0..2 {
        let of_shard: Vec<_> = lines
            .iter()
            .filter(|line| line[7..].parse::<usize>().unwrap() % 2 == half)
            .collect();
        assert!(of_shard.is_sorted() && of_shard.len() >= 8, "{of_shard:?}");
    }
    here.kinesis.advance(300);
    here.until("the rest is there", || here.store.lines("archive").len() == 20)
        .await;
}

#[tokio::test]
async fn every_shard_has_its_turn() {
    let here = Delivering::new(30).await;
    here.channel("STRING", "NONE").await;
    here.store.fail(Some(crate::channel_support::unavailable()));
    for number in 0..12 {
        here.kinesis
            .put_at("orders", SHARDS[0], &format!("busy {number:04}"))
            .await;
    }
    here.kinesis.put_at("orders", SHARDS[3], "quiet").await;
    here.store.fail(None);
    here.pass_until("two objects are there", || {
        here.store.objects("archive").len() >= 2
    })
    .await;
    let second = &here.store.objects("archive")[1].1;
    assert!(text_of(&second.content).contains("quiet"), "{second:?}");
}

#[tokio::test]
async fn formats_and_compressions() {
    let here = Delivering::new(LARGE).await;
    for (format, compression, extension, expected) in [
        ("JSON", "NONE", "", "{\"a\": 1}\n[2]\n"),
        ("JSON", "GZIP", ".gz", "{\"a\": 1}\n[2]\n"),
        ("STRING", "ZSTD", ".zst", "{\"a\": 1}\n[2]\n"),
        ("STRING", "GZIP", ".gz", "{\"a\": 1}\n[2]\n"),
        ("BYTE_ARRAY", "NONE", "", "{\"a\": 1}[2]"),
        ("BYTE_ARRAY", "ZSTD", ".zst", "{\"a\": 1}[2]"),
    ] {
        let before = here.store.objects("archive").len();
        let arn = here.channel(format, compression).await;
        here.kinesis.put_at("orders", 0, "{\"a\": 1}").await;
        here.kinesis.put_at("orders", 0, "[2]").await;
        here.kinesis.advance(300);
        here.until("an object is there", || {
            here.store.objects("archive").len() > before
        })
        .await;
        let (key, object) = here.store.objects("archive").pop().unwrap();
        assert_eq!(text_of(&object.content), expected, "{format} {compression}");
        assert!(
            key.ends_with(extension) && key.rsplit('/').next().unwrap().contains('.') != extension.is_empty(),
            "{key}"
        );
        assert_eq!((object.storage_class, object.encryption_key), (None, None));
        here.kinesis
            .call("DeleteChannel", json!({"ChannelARN": arn}))
            .await;
    }
}

#[tokio::test]
async fn objects_are_as_the_channel_says() {
    let here = Delivering::new(LARGE).await;
    let mut all = input("archive", "JSON", "GZIP");
    all["EncryptionConfiguration"] = json!({"EncryptionType": "KMS", "KeyId": "alias/archive"});
    all["LoggingConfiguration"] = json!({"CloudWatchLogs": {"Enabled": true}});
    let destination = &mut all["S3DestinationConfiguration"];
    destination["StorageConfiguration"]["StorageClass"] = json!("GLACIER_IR");
    destination["StorageConfiguration"]["OutputKeyTemplate"] =
        json!("data/stream=!{stream-name}/year=!{yyyy}/!{HH}!{mm}!{extension:.json.gz}");
    destination["DeadLetterQueueS3Configuration"] = json!({"BucketARN": "arn:aws:s3:::letters", "ExpectedBucketOwner": ACCOUNT, "ErrorOutputPrefix": "bad/"});
    let arn = here.create(all).await;
    here.becomes(&arn, "ACTIVE").await;
    let (_, good) = here.kinesis.put_at("orders", 0, "{}").await;
    let (_, bad) = here.kinesis.put_at("orders", 0, "{").await;
    assert_ne!(good, bad);
    here.kinesis.advance(300);
    here.until("both objects are there", || here.figures().dead_letters == 1)
        .await;
    let (key, object) = here.store.objects("archive").pop().unwrap();
    assert!(
        key.starts_with("data/stream=orders/year=2027/0805-") && key.ends_with(".json.gz"),
        "{key}"
    );
    assert_eq!(text_of(&object.content), "{}\n");
    assert_eq!(object.storage_class.as_deref(), Some("GLACIER_IR"));
    assert_eq!(object.encryption_key.as_deref(), Some("alias/archive"));
    let (key, letters) = here.store.objects("letters").pop().unwrap();
    assert!(
        key.starts_with("bad/2027/01/15/08/archive-") && key.ends_with(".json"),
        "{key}"
    );
    assert_eq!(letters.encryption_key.as_deref(), Some("alias/archive"));
    let letter: Value = serde_json::from_slice(&letters.content).unwrap();
    assert_eq!(letter["sequenceNumber"], bad);
    assert_eq!(
        (&letter["errorCode"], &letter["rawData"]),
        (&json!("InvalidJson"), &json!("ew=="))
    );
    let logged = here.logs.0.lock().clone();
    let id = arn.rsplit('/').next().unwrap();
    assert_eq!(logged[0].0, format!("/aws/kinesis/archive/{id}"));
    assert_eq!(
        (&logged[0].1["event"], &logged[0].1["channelARN"]),
        (&json!("DeadLetters"), &json!(arn))
    );
}

#[tokio::test]
async fn what_waits_is_delivered_as_soon_as_that_is_late() {
    let here = Delivering::new(LARGE).await;
    let mut slow = input("archive", "STRING", "NONE");
    slow["S3DestinationConfiguration"]["DataFreshnessInSeconds"] = json!(900);
    let arn = here.create(slow).await;
    here.becomes(&arn, "ACTIVE").await;
    here.kinesis.put("orders", "key", "record").await;
    here.waits_for(1).await;
    here.kinesis.advance(400);
    here.waits_for(1).await;
    assert!(here.store.objects("archive").is_empty());
    let update = json!({"ChannelARN": arn, "S3DestinationConfiguration": {"DataFreshnessInSeconds": 300}});
    here.kinesis.call("UpdateChannel", update).await;
    here.until("the record is there", || {
        here.store.lines("archive") == ["record"]
    })
    .await;
}

#[tokio::test]
async fn parents_come_before_children() {
    let here = Delivering::new(30).await;
    here.channel("STRING", "NONE").await;
    here.store.fail(Some(crate::channel_support::unavailable()));
    for number in 0..8 {
        here.kinesis
            .put_at("orders", SHARDS[0], &format!("{number:03}"))
            .await;
    }
    here.reshape(vec![0], vec![(0, 999), (1_000, SHARDS[1] - 1)])
        .await;
    for number in 8..16 {
        here.kinesis
            .put_at("orders", number % 2 * 2_000, &format!("{number:03}"))
            .await;
    }
    here.reshape(vec![4, 5], vec![(0, SHARDS[1] - 1)]).await;
    for number in 16..24 {
        here.kinesis
            .put_at("orders", number % 2 * 2_000, &format!("{number:03}"))
            .await;
    }
    here.store.fail(None);
    here.pass_until("all are there", || here.store.lines("archive").len() == 24)
        .await;
    let lines = here.store.lines("archive");
    let place = |number: usize| {
        lines
            .iter()
            .position(|line| *line == format!("{number:03}"))
            .unwrap()
    };
    let generation = |numbers: std::ops::Range<usize>| numbers.map(place).collect::<Vec<_>>();
    let (first, second, third) = (generation(0..8), generation(8..16), generation(16..24));
    assert!(first.is_sorted() && third.is_sorted(), "{lines:?}");
    assert!(first.iter().max() < second.iter().min(), "{lines:?}");
    assert!(second.iter().max() < third.iter().min(), "{lines:?}");
}

#[tokio::test]
async fn what_is_delivered_is_not_delivered_again_after_a_restart() {
    let here = Delivering::new(LARGE).await;
    let arn = here.channel("STRING", "NONE").await;
    here.kinesis.put("orders", "key", "first").await;
    here.kinesis.advance(300);
    here.until("the first is there", || here.figures().objects == 1)
        .await;
    here.kinesis.put("orders", "key", "second").await;
    let here = here.restarted().await;
    here.kinesis.put("orders", "key", "third").await;
    here.kinesis.advance(300);
    here.until("the others are there", || here.store.lines("archive").len() == 3)
        .await;
    assert_eq!(here.store.lines("archive"), ["first", "second", "third"]);
    here.kinesis
        .call("DeleteChannel", json!({"ChannelARN": arn}))
        .await;
    here.kinesis.put("orders", "key", "fourth").await;
    here.kinesis.advance(600);
    // The next channel of the stream begins where it begins.
    let stream =
        json!([{"StreamARN": stream_arn("orders"), "RecordConfiguration": {"RecordFormatType": "STRING"}}]);
    let mut next = input("next", "STRING", "NONE");
    next["StreamConfigurationList"] = stream;
    let next = here.create(next).await;
    here.becomes(&next, "ACTIVE").await;
    here.kinesis.put("orders", "key", "fifth").await;
    here.kinesis.advance(300);
    here.until("the fifth is there", || here.store.lines("archive").len() == 4)
        .await;
    assert_eq!(here.store.lines("archive").pop().unwrap(), "fifth");
}
