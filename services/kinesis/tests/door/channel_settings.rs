//! What can be said of channels, and what is told of them.

use ninefold_kinesis::Throttling;
use serde_json::{Value, json};

use crate::channel_support::{Delivering, ROLE, input};
use crate::support::{ACCOUNT, BEGINNING, Kinesis, OTHER_ACCOUNT, REGION, message, stream_arn};

const DEFAULT_TEMPLATE: &str = "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/\
     !{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}";
const LARGE: usize = 1 << 20;

#[tokio::test]
async fn a_channel_is_as_it_was_made() {
    let here = Delivering::new(LARGE).await;
    let arn = here.create(input("archive", "JSON", "GZIP")).await;
    let description = here.becomes(&arn, "ACTIVE").await;
    let id = description["ChannelId"].as_str().unwrap();
    assert_eq!(arn, format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:channel/{id}"));
    let expected = json!({
        "ChannelName": "archive", "ChannelARN": arn, "ChannelId": id, "ChannelStatus": "ACTIVE",
        "ChannelCreationTimestamp": BEGINNING as f64, "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [{
            "StreamARN": stream_arn("orders"), "StreamCreationTimestamp": BEGINNING as f64,
            "RecordConfiguration": {"RecordFormatType": "JSON"},
        }],
        "S3DestinationConfiguration": {
            "DataFreshnessInSeconds": 300,
            "DeadLetterQueueS3Configuration": {
                "BucketARN": "arn:aws:s3:::archive", "ExpectedBucketOwner": ACCOUNT,
                "ErrorOutputPrefix": format!("kinesis-channel/errors/archive/{id}/"),
            },
            "StorageConfiguration": {
                "BucketARN": "arn:aws:s3:::archive", "ExpectedBucketOwner": ACCOUNT, "CompressionType": "GZIP",
                "StorageClass": "STANDARD", "OutputKeyTemplate": DEFAULT_TEMPLATE,
            },
        },
        "LoggingConfiguration": {"CloudWatchLogs": {
            "Enabled": false, "LogGroupName": format!("/aws/kinesis/archive/{id}"),
            "LogStreamName": "DestinationDelivery",
        }},
    });
    assert_eq!(normal(description), normal(expected));
    let summary = here.kinesis.summary("orders").await;
    assert_eq!(summary["ChannelCount"], 1);
    assert_eq!(
        here.kinesis.call("DescribeLimits", json!({})).await["ChannelCount"],
        1
    );
}

/// Whole seconds are the same with and without a fraction.
fn normal(mut value: Value) -> Value {
    match &mut value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().cloned().map(normal).collect(),
        Value::Object(members) => {
            let members = std::mem::take(members).into_iter();
            Value::Object(members.map(|(name, value)| (name, normal(value))).collect())
        }
        _ => value,
    }
}

#[tokio::test]
async fn freshness_and_logging_can_be_changed() {
    let here = Delivering::new(LARGE).await;
    let mut all = input("archive", "STRING", "NONE");
    all["EncryptionConfiguration"] = json!({"EncryptionType": "KMS", "KeyId": "alias/archive"});
    all["LoggingConfiguration"] = json!({"CloudWatchLogs": {"Enabled": true, "LogGroupName": "/deliveries"}});
    all["S3DestinationConfiguration"]["DataFreshnessInSeconds"] = json!(900);
    let arn = here.create(all).await;
    let before = here.becomes(&arn, "ACTIVE").await;
    assert_eq!(
        before["EncryptionConfiguration"],
        json!({"EncryptionType": "KMS", "KeyId": "alias/archive"})
    );
    let update = json!({
        "ChannelARN": arn, "S3DestinationConfiguration": {"DataFreshnessInSeconds": 600},
        "LoggingConfiguration": {"CloudWatchLogs": {"Enabled": false, "LogStreamName": "other"}},
    });
    let updated = here.kinesis.call("UpdateChannel", update).await["ChannelDescription"].clone();
    assert_eq!(updated["ChannelStatus"], "UPDATING");
    let after = here.describe(&arn).await;
    assert_eq!(after["ChannelStatus"], "ACTIVE");
    assert_eq!(after["S3DestinationConfiguration"]["DataFreshnessInSeconds"], 600);
    assert_eq!(
        after["LoggingConfiguration"]["CloudWatchLogs"],
        json!({"Enabled": false, "LogGroupName": "/deliveries", "LogStreamName": "other"})
    );
    for (members, reason) in [
        (json!({}), "Either"),
        (
            json!({"S3DestinationConfiguration": {"DataFreshnessInSeconds": 299}}),
            "299",
        ),
        (
            json!({"S3TablesDestinationConfiguration": {"DataFreshnessInSeconds": 300}}),
            "S3Tables",
        ),
    ] {
        let mut update = members;
        update["ChannelARN"] = json!(arn);
        let refused = here.kinesis.refuse("UpdateChannel", update).await;
        assert!(
            message(refused, "InvalidArgumentException").contains(reason),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn what_can_be_no_channel_is_refused() {
    let here = Delivering::new(LARGE).await;
    here.kinesis.create("provisioned", 1).await;
    let storage = "/S3DestinationConfiguration/StorageConfiguration";
    let source = "/StreamConfigurationList/0";
    let dead_letters = json!({
        "BucketARN": "arn:aws:s3:::archive", "ExpectedBucketOwner": ACCOUNT, "ErrorOutputPrefix": "a/../b",
    });
    let schema = "arn:aws:glue:eu-central-1:123456789012:schema/a/b";
    let table = json!({"DeadLetterQueueS3Configuration": dead_letters, "S3TablesConfigurationList": [{
        "TableBucketARN": "arn:aws:s3tables:eu-central-1:123456789012:bucket/tables", "Namespace": "a", "TableName": "b",
        "CompressionType": "NONE",
    }]});
    let elsewhere = format!("arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/orders");
    for (place, value, code, reason) in [
        (
            &*format!("{source}/StreamARN"),
            json!(stream_arn("gone")),
            "ResourceNotFoundException",
            "not found",
        ),
        (
            &*format!("{source}/StreamARN"),
            json!(stream_arn("provisioned")),
            "InvalidArgumentException",
            "On-Demand",
        ),
        (
            &*format!("{source}/StreamARN"),
            json!(elsewhere),
            "ResourceNotFoundException",
            "not found",
        ),
        (
            &*format!("{source}/RecordConfiguration/RecordFormatType"),
            json!("GSR_JSON"),
            "InvalidArgumentException",
            "GSR_JSON",
        ),
        (
            &*format!("{source}/RecordConfiguration/GSRSchemaARN"),
            json!(schema),
            "InvalidArgumentException",
            "schema registry",
        ),
        (
            "/S3TablesDestinationConfiguration",
            table.clone(),
            "InvalidArgumentException",
            "but not both",
        ),
        (
            "/S3DestinationConfiguration/DataFreshnessInSeconds",
            json!(901),
            "InvalidArgumentException",
            "from 300 to 900",
        ),
        (
            "/S3DestinationConfiguration/DataFreshnessInSeconds",
            json!(-1),
            "InvalidArgumentException",
            "from 300 to 900",
        ),
        (
            "/S3DestinationConfiguration/DeadLetterQueueS3Configuration",
            dead_letters,
            "InvalidArgumentException",
            "ErrorOutputPrefix",
        ),
        (
            &*format!("{storage}/OutputKeyTemplate"),
            json!("a/!{shard-id}"),
            "InvalidArgumentException",
            "!{shard-id}",
        ),
        (
            &*format!("{storage}/BucketARN"),
            json!("archive"),
            "ValidationException",
            "bucketARN",
        ),
        (
            &*format!("{storage}/StorageClass"),
            json!("GLACIER"),
            "ValidationException",
            "storageClass",
        ),
        ("/ChannelName", json!("a b"), "ValidationException", "channelName"),
        (
            "/EncryptionConfiguration",
            json!({"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
            "InvalidArgumentException",
            "customer managed",
        ),
    ] {
        let mut input = input("archive", "JSON", "NONE");
        put_at(&mut input, place, value);
        let refused = message(here.kinesis.refuse("CreateChannel", input).await, code);
        assert!(refused.contains(reason), "{place}: {refused}");
    }
    let mut tables_only = input("archive", "JSON", "NONE");
    put_at(&mut tables_only, "/S3TablesDestinationConfiguration", table);
    tables_only
        .as_object_mut()
        .unwrap()
        .remove("S3DestinationConfiguration");
    let refused = here.kinesis.refuse("CreateChannel", tables_only).await;
    assert!(message(refused, "InvalidArgumentException").contains("no table store"));
    let mut two_streams = input("archive", "JSON", "NONE");
    let streams = two_streams["StreamConfigurationList"].as_array_mut().unwrap();
    streams.push(streams[0].clone());
    let refused = here.kinesis.refuse("CreateChannel", two_streams).await;
    assert!(message(refused, "InvalidArgumentException").contains("exactly one stream"));
    let compressed = input("archive", "JSON", "GZIP");
    let mut without_extension = compressed.clone();
    put_at(
        &mut without_extension,
        &format!("{storage}/OutputKeyTemplate"),
        json!("a"),
    );
    let refused = here.kinesis.refuse("CreateChannel", without_extension).await;
    assert!(message(refused, "InvalidArgumentException").contains("extension"));
}

fn put_at(value: &mut Value, place: &str, new: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = new;
}

#[tokio::test]
async fn a_name_is_taken_once_and_a_stream_has_one_channel() {
    let here = Delivering::new(LARGE).await;
    let arn = here.channel("JSON", "NONE").await;
    let second = here
        .kinesis
        .refuse("CreateChannel", input("second", "JSON", "NONE"))
        .await;
    assert!(message(second, "LimitExceededException").contains("more than one channel"));
    here.kinesis.create_on_demand("returns").await;
    let mut same_name = input("archive", "JSON", "NONE");
    same_name["StreamConfigurationList"][0]["StreamARN"] = json!(stream_arn("returns"));
    let refused = here.kinesis.refuse("CreateChannel", same_name.clone()).await;
    assert!(message(refused, "ResourceInUseException").contains("already exists"));
    here.kinesis
        .call("DeleteChannel", json!({"ChannelARN": arn}))
        .await;
    here.create(same_name).await;
}

#[tokio::test]
async fn a_stream_with_a_channel_stays_as_it_is() {
    let here = Delivering::new(LARGE).await;
    let arn = here.channel("JSON", "NONE").await;
    let provisioned =
        json!({"StreamARN": stream_arn("orders"), "StreamModeDetails": {"StreamMode": "PROVISIONED"}});
    let delete = json!({"StreamName": "orders", "EnforceConsumerDeletion": true});
    for (operation, input) in [
        ("DeleteStream", delete.clone()),
        ("UpdateStreamMode", provisioned),
    ] {
        let refused = here.kinesis.refuse(operation, input).await;
        assert!(
            message(refused, "ResourceInUseException").contains("active channel"),
            "{operation}"
        );
    }
    here.kinesis
        .call("DeleteChannel", json!({"ChannelARN": arn}))
        .await;
    for operation in ["DescribeChannel", "DeleteChannel"] {
        let refused = here.kinesis.refuse(operation, json!({"ChannelARN": arn})).await;
        message(refused, "ResourceNotFoundException");
    }
    here.kinesis.call("DeleteStream", delete).await;
}

#[tokio::test]
async fn channels_are_listed_page_by_page() {
    let here = Delivering::new(LARGE).await;
    for name in ["a", "b", "c"] {
        here.kinesis.create_on_demand(name).await;
        let mut input = input(&format!("of-{name}"), "JSON", "NONE");
        input["StreamConfigurationList"][0]["StreamARN"] = json!(stream_arn(name));
        here.create(input).await;
    }
    let names = |answer: &Value| -> Vec<String> {
        let summaries = answer["ChannelSummaries"].as_array().unwrap().iter();
        summaries
            .map(|summary| summary["ChannelName"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = here.kinesis.call("ListChannels", json!({"MaxResults": 2})).await;
    assert_eq!(names(&first), ["of-a", "of-b"]);
    let summary = &first["ChannelSummaries"][0];
    assert_eq!(summary["ChannelDestinationType"], "S3");
    assert_eq!(summary["Streams"][0]["StreamARN"], stream_arn("a"));
    let more = json!({"MaxResults": 2, "NextToken": first["NextToken"]});
    let second = here.kinesis.call("ListChannels", more.clone()).await;
    assert_eq!(
        (names(&second), &second["NextToken"]),
        (vec!["of-c".to_owned()], &Value::Null)
    );
    let filter = |time: u64| {
        json!({"StreamFilter": [
            {"StreamARN": stream_arn("b"), "StreamCreationTimestamp": time}, {"StreamARN": stream_arn("gone")},
        ]})
    };
    assert_eq!(
        names(&here.kinesis.call("ListChannels", filter(BEGINNING)).await),
        ["of-b"]
    );
    assert!(names(&here.kinesis.call("ListChannels", filter(BEGINNING - 1)).await).is_empty());
    let elsewhere = here
        .kinesis
        .call_as(OTHER_ACCOUNT, "ListChannels", json!({}))
        .await
        .unwrap();
    assert!(names(&elsewhere).is_empty());
    here.kinesis.advance(301);
    let expired = here.kinesis.refuse("ListChannels", more).await;
    message(expired, "ExpiredNextTokenException");
    let invalid = here
        .kinesis
        .refuse("ListChannels", json!({"NextToken": "x"}))
        .await;
    message(invalid, "InvalidArgumentException");
}

#[tokio::test]
async fn channels_have_tags_and_policies() {
    let here = Delivering::new(LARGE).await;
    let mut tagged = input("archive", "JSON", "NONE");
    tagged["Tags"] = json!({"team": "shop"});
    let arn = here.create(tagged).await;
    here.becomes(&arn, "ACTIVE").await;
    let resource = json!({"ResourceARN": arn});
    let tag = json!({"ResourceARN": arn, "Tags": {"cost": "1"}});
    here.kinesis.call("TagResource", tag).await;
    here.kinesis
        .call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["team"]}))
        .await;
    let tags = here.kinesis.call("ListTagsForResource", resource.clone()).await;
    assert_eq!(tags["Tags"], json!([{"Key": "cost", "Value": "1"}]));
    let described = json!({"ChannelARN": arn});
    let refused = here
        .kinesis
        .call_as(OTHER_ACCOUNT, "DescribeChannel", described.clone())
        .await;
    message(refused.unwrap_err(), "AccessDeniedException");
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "kinesis:DescribeChannel", "Resource": arn,
    }]});
    let put = json!({"ResourceARN": arn, "Policy": policy.to_string()});
    here.kinesis.call("PutResourcePolicy", put).await;
    let allowed = here
        .kinesis
        .call_as(OTHER_ACCOUNT, "DescribeChannel", described)
        .await;
    assert_eq!(allowed.unwrap()["ChannelDescription"]["ChannelName"], "archive");
    here.kinesis.call("DeleteResourcePolicy", resource.clone()).await;
    message(
        here.kinesis.refuse("GetResourcePolicy", resource).await,
        "ResourceNotFoundException",
    );
}

#[tokio::test]
async fn nobody_makes_a_channel_of_somebody_elses_stream() {
    let here = Delivering::new(LARGE).await;
    let own = input("archive", "JSON", "NONE");
    let denied = here
        .kinesis
        .call_as(OTHER_ACCOUNT, "CreateChannel", own.clone())
        .await;
    message(denied.unwrap_err(), "AccessDeniedException");
    // The stream's policy doesn't help: it can't allow this.
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Resource": stream_arn("orders"),
        "Action": ["kinesis:CreateChannel", "kinesis:AssociateStreamsWithChannel"],
    }]});
    let put = json!({"ResourceARN": stream_arn("orders"), "Policy": policy.to_string()});
    here.kinesis.call("PutResourcePolicy", put).await;
    let denied = here
        .kinesis
        .call_as(OTHER_ACCOUNT, "CreateChannel", own.clone())
        .await;
    message(denied.unwrap_err(), "AccessDeniedException");
    // A role of another account can't be passed.
    let mut passing = own;
    passing["ServiceExecutionRoleARN"] = json!(format!("arn:aws:iam::{OTHER_ACCOUNT}:role/theirs"));
    message(
        here.kinesis.refuse("CreateChannel", passing).await,
        "AccessDeniedException",
    );
}

#[tokio::test]
async fn settings_survive_a_restart_and_can_be_seen_without_a_store() {
    let here = Delivering::new(LARGE).await;
    let arn = here.channel("JSON", "ZSTD").await;
    let before = here.describe(&arn).await;
    let here = here.restarted().await;
    assert_eq!(here.describe(&arn).await, before);
    let kinesis = here.kinesis.restarted_alone().await;
    let described = kinesis.call("DescribeChannel", json!({"ChannelARN": arn})).await;
    assert_eq!(described["ChannelDescription"], before);
    let refused = kinesis
        .refuse("CreateChannel", input("other", "JSON", "NONE"))
        .await;
    assert!(message(refused, "ValidationException").contains("object store"));
    kinesis.call("DeleteChannel", json!({"ChannelARN": arn})).await;
    let refused = kinesis.refuse("ListChannels", json!({})).await;
    assert!(message(refused, "ValidationException").contains("object store"));
}

#[tokio::test]
async fn calls_are_limited_where_aws_limits_are_wanted() {
    let here = Delivering::with_throttling(LARGE, Throttling::Aws).await;
    for _ in 0..5 {
        here.kinesis.call("ListChannels", json!({})).await;
    }
    let refused = here.kinesis.refuse("ListChannels", json!({})).await;
    message(refused, "LimitExceededException");
    here.kinesis.advance(1);
    here.kinesis.call("ListChannels", json!({})).await;
}

#[tokio::test]
async fn without_a_store_there_are_no_channels() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let arn = format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:channel/00000000-0000-0000-0000-000000000000");
    let channel = json!({"ChannelARN": arn});
    for (operation, input) in [
        ("CreateChannel", input("archive", "JSON", "NONE")),
        ("DescribeChannel", channel.clone()),
        ("UpdateChannel", channel.clone()),
        ("DeleteChannel", channel),
        ("ListChannels", json!({})),
    ] {
        let refused = message(kinesis.refuse(operation, input).await, "ValidationException");
        assert!(
            refused.starts_with(&format!("{operation} is not available")),
            "{refused}"
        );
    }
}
