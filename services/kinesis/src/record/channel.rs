//! What is kept of a channel, and of how far it is.

use ninefold_catalog::{Record, Table};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Tags;
use crate::channel::Positions;

/// The table of channels, by account, region and name.
pub(crate) const CHANNELS: Table = Table::new(76, "kinesis.channels");
/// How far channels are, by their ids.
pub(crate) const CHANNEL_POSITIONS: Table = Table::new(77, "kinesis.channel-positions");

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChannelRecord {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) created_at_milliseconds: u64,
    pub(crate) state: ChannelState,
    pub(crate) role_arn: String,
    /// The stream that it is of, and not one of the same name before or after.
    pub(crate) stream: Uuid,
    pub(crate) stream_name: String,
    pub(crate) stream_created_at_milliseconds: u64,
    pub(crate) format: RecordFormat,
    pub(crate) freshness_seconds: u32,
    pub(crate) destination: Destination,
    pub(crate) dead_letters: DeadLetterDestination,
    /// The key of KMS that objects are to be encrypted with.
    pub(crate) encryption_key: Option<String>,
    pub(crate) logging: Logging,
    pub(crate) tags: Tags,
    pub(crate) policy: Option<String>,
}

impl Record for ChannelRecord {
    const FORMAT: u8 = 1;
}

/// What a channel is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChannelState {
    /// The destination hasn't been looked at yet.
    Creating,
    /// What comes into the stream is delivered.
    Active,
    /// Nothing is delivered any more, for this reason.
    Failed { reason: String },
}

impl ChannelState {
    /// `ChannelStatus`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            ChannelState::Creating => "CREATING",
            ChannelState::Active => "ACTIVE",
            ChannelState::Failed { .. } => "FAILED",
        }
    }
}

/// `RecordFormatType`, as far as a bucket takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RecordFormat {
    /// A JSON text, one a line.
    Json,
    /// UTF-8, one a line.
    String,
    /// Whatever it is, one after the other.
    ByteArray,
}

/// `CompressionType`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// What the names of files compressed in this way end with.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Compression::None => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        }
    }
}

/// `StorageClass`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum StorageClass {
    Standard,
    IntelligentTiering,
    GlacierIr,
}

impl StorageClass {
    /// What a store is told; nothing for what every store has.
    pub(crate) fn told(self) -> Option<String> {
        match self {
            StorageClass::Standard => None,
            StorageClass::IntelligentTiering => Some("INTELLIGENT_TIERING".to_owned()),
            StorageClass::GlacierIr => Some("GLACIER_IR".to_owned()),
        }
    }
}

/// Where objects are put, and how. Shaped as the API has it, since it comes and goes like this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Destination {
    #[serde(rename = "BucketARN")]
    pub(crate) bucket_arn: String,
    pub(crate) expected_bucket_owner: String,
    pub(crate) output_key_template: String,
    pub(crate) storage_class: StorageClass,
    pub(crate) compression_type: Compression,
}

/// Where dead letters are put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeadLetterDestination {
    #[serde(rename = "BucketARN")]
    pub(crate) bucket_arn: String,
    pub(crate) expected_bucket_owner: String,
    pub(crate) error_output_prefix: String,
}

/// `CloudWatchLogs`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Logging {
    pub(crate) enabled: bool,
    pub(crate) log_group_name: String,
    pub(crate) log_stream_name: String,
}

/// How far a channel is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PositionsRecord {
    pub(crate) positions: Positions,
}

impl Record for PositionsRecord {
    const FORMAT: u8 = 1;
}
