//! What is told of channels.

use ninefold_model::Timestamp;
use serde::Serialize;

use super::Channel;
use crate::arn::{ChannelArn, StreamArn};
use crate::operations::source_stream::{StreamIdentifier, whole_seconds};
use crate::record::{ChannelRecord, ChannelState, DeadLetterDestination, Destination, Logging, RecordFormat};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChannelOutput {
    channel_description: ChannelDescription,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChannelDescription {
    channel_name: String,
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
    channel_id: String,
    channel_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_status_reason: Option<String>,
    channel_creation_timestamp: Timestamp,
    #[serde(rename = "ServiceExecutionRoleARN")]
    service_execution_role_arn: String,
    stream_configuration_list: [StreamDescription; 1],
    s3_destination_configuration: DestinationDescription,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_configuration: Option<EncryptionDescription>,
    logging_configuration: LoggingDescription,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamDescription {
    #[serde(flatten)]
    stream: StreamIdentifier,
    record_configuration: RecordDescription,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecordDescription {
    record_format_type: RecordFormat,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DestinationDescription {
    data_freshness_in_seconds: u32,
    dead_letter_queue_s3_configuration: DeadLetterDestination,
    storage_configuration: Destination,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptionDescription {
    encryption_type: &'static str,
    key_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingDescription {
    cloud_watch_logs: Logging,
}

impl ChannelOutput {
    /// What a channel is, in a status that may be over soon.
    pub(super) fn of(
        arn: &ChannelArn,
        stream: &StreamArn,
        record: &ChannelRecord,
        status: &'static str,
    ) -> Self {
        let key = record.encryption_key.clone();
        ChannelOutput {
            channel_description: ChannelDescription {
                channel_name: record.name.clone(),
                channel_arn: arn.to_string(),
                channel_id: record.id.to_string(),
                channel_status: status,
                channel_status_reason: reason(record),
                channel_creation_timestamp: whole_seconds(record.created_at_milliseconds),
                service_execution_role_arn: record.role_arn.clone(),
                stream_configuration_list: [StreamDescription {
                    stream: StreamIdentifier::of(stream, record.stream_created_at_milliseconds),
                    record_configuration: RecordDescription {
                        record_format_type: record.format,
                    },
                }],
                s3_destination_configuration: DestinationDescription {
                    data_freshness_in_seconds: record.freshness_seconds,
                    dead_letter_queue_s3_configuration: record.dead_letters.clone(),
                    storage_configuration: record.destination.clone(),
                },
                encryption_configuration: key.map(|key_id| EncryptionDescription {
                    encryption_type: "KMS",
                    key_id,
                }),
                logging_configuration: LoggingDescription {
                    cloud_watch_logs: record.logging.clone(),
                },
            },
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListChannelsOutput {
    pub(super) channel_summaries: Vec<ChannelSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChannelSummary {
    channel_name: String,
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
    channel_id: String,
    channel_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_status_reason: Option<String>,
    channel_creation_timestamp: Timestamp,
    channel_destination_type: &'static str,
    streams: [StreamIdentifier; 1],
}

impl ChannelSummary {
    pub(super) fn of(channel: &Channel) -> Self {
        let record = &channel.record;
        ChannelSummary {
            channel_name: record.name.clone(),
            channel_arn: channel.arn.to_string(),
            channel_id: record.id.to_string(),
            channel_status: record.state.name(),
            channel_status_reason: reason(record),
            channel_creation_timestamp: whole_seconds(record.created_at_milliseconds),
            channel_destination_type: "S3",
            streams: [StreamIdentifier::of(
                &channel.stream,
                record.stream_created_at_milliseconds,
            )],
        }
    }
}

/// The longest reason that the API has room for.
const REASON_CHARACTERS: usize = 2_048;

fn reason(record: &ChannelRecord) -> Option<String> {
    match &record.state {
        ChannelState::Failed { reason } => Some(reason.chars().take(REASON_CHARACTERS).collect()),
        _ => None,
    }
}
