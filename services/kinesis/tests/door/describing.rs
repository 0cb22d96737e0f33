//! Summaries and limits.

use serde_json::json;

use crate::support::{BEGINNING, Kinesis, stream_arn};

#[tokio::test]
async fn a_summary_says_what_there_is() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    kinesis.register("orders", "billing").await;
    assert_eq!(
        kinesis.summary("orders").await,
        json!({
            "StreamName": "orders", "StreamARN": stream_arn("orders"), "StreamStatus": "ACTIVE",
            "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "RetentionPeriodHours": 24,
            "StreamCreationTimestamp": BEGINNING, "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "EncryptionType": "NONE", "OpenShardCount": 2, "ConsumerCount": 1, "MaxRecordSizeInKiB": 1_024,
            "ChannelCount": 0, "RecordDistributionStrategy": "USER_PARTITION_KEY", "QueueCount": 0,
        })
    );
}

#[tokio::test]
async fn limits_count_what_there_is() {
    let kinesis = Kinesis::new().await;
    kinesis.create("a", 2).await;
    kinesis.create("b", 3).await;
    kinesis.create_on_demand("c").await;
    let limits = kinesis.call("DescribeLimits", json!({})).await;
    assert_eq!(
        (&limits["OpenShardCount"], &limits["OnDemandStreamCount"]),
        (&json!(5), &json!(1))
    );
}
