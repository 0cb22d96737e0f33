//! Queues as they are described.

use ninefold_model::Timestamp;
use serde::Serialize;

use crate::arn::QueueArn;
use crate::operations::source_stream::StreamIdentifier;
use crate::queue::{Queue, stream_arn};
use crate::record::{QueueRecord, QueueStart};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueOutput {
    queue_description: QueueDescription,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct QueueDescription {
    queue_name: String,
    #[serde(rename = "QueueARN")]
    queue_arn: String,
    queue_status: &'static str,
    queue_creation_timestamp: Timestamp,
    stream_configuration_list: Vec<StreamConfiguration>,
    queue_attributes: Attributes,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamConfiguration {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    starting_position: StartingPosition,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StartingPosition {
    r#type: &'static str,
    timestamp: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    visibility_timeout_seconds: u32,
    dead_letter_configuration: DeadLetterConfiguration,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeadLetterConfiguration {
    target_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_receive_count: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueuesOutput {
    pub(crate) queue_summaries: Vec<QueueSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueSummary {
    queue_name: String,
    #[serde(rename = "QueueARN")]
    queue_arn: String,
    queue_status: &'static str,
    queue_creation_timestamp: Timestamp,
    streams: Vec<StreamIdentifier>,
}

impl QueueOutput {
    pub(super) fn of(queue: &Queue) -> Self {
        let Queue { arn, record, .. } = queue;
        QueueOutput {
            queue_description: QueueDescription {
                queue_name: record.name.clone(),
                queue_arn: arn.to_string(),
                queue_status: status(record),
                queue_creation_timestamp: timestamp(record.created_at_milliseconds),
                stream_configuration_list: vec![StreamConfiguration {
                    stream_arn: stream_arn(arn, record).to_string(),
                    starting_position: StartingPosition {
                        r#type: match record.start {
                            QueueStart::Oldest => "TRIM_HORIZON",
                            QueueStart::At(_) => "AT_TIMESTAMP",
                            QueueStart::Behind(_) => "LATEST",
                        },
                        timestamp: timestamp(record.start_milliseconds),
                    },
                }],
                queue_attributes: Attributes::of(record),
            },
        }
    }
}

impl Attributes {
    fn of(record: &QueueRecord) -> Self {
        Attributes {
            visibility_timeout_seconds: record.visibility_seconds,
            dead_letter_configuration: DeadLetterConfiguration {
                target_type: match record.largest_receive_count {
                    Some(_) => "BUILT_IN",
                    None => "NONE",
                },
                max_receive_count: record.largest_receive_count,
            },
        }
    }
}

impl QueueSummary {
    pub(super) fn of(arn: &QueueArn, record: &QueueRecord) -> Self {
        QueueSummary {
            queue_name: record.name.clone(),
            queue_arn: arn.to_string(),
            queue_status: status(record),
            queue_creation_timestamp: timestamp(record.created_at_milliseconds),
            streams: vec![StreamIdentifier::of(
                &stream_arn(arn, record),
                record.stream_created_at_milliseconds,
            )],
        }
    }
}

fn status(record: &QueueRecord) -> &'static str {
    match record.is_deleting {
        true => "DELETING",
        false => "ACTIVE",
    }
}

fn timestamp(milliseconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
