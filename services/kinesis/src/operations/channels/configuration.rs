//! What a channel is made with, checked.

use ninefold_protocol::ServiceError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use crate::channel::{DEFAULT_TEMPLATE, KeyTemplate, Names, is_path};
use crate::errors;
use crate::limits::{FRESHNESS_SECONDS_LEAST, FRESHNESS_SECONDS_MOST};
use crate::operations::tags;
use crate::record::{
    ChannelRecord, ChannelState, Compression, DeadLetterDestination, Destination, Logging, RecordFormat,
    StorageClass, Tags,
};
use crate::stream::StreamView;

const LOG_STREAM: &str = "DestinationDelivery";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateChannelInput {
    channel_name: String,
    #[serde(rename = "ServiceExecutionRoleARN")]
    pub(super) service_execution_role_arn: String,
    stream_configuration_list: Vec<StreamConfiguration>,
    s3_destination_configuration: Option<DestinationConfiguration>,
    s3_tables_destination_configuration: Option<IgnoredAny>,
    encryption_configuration: Option<EncryptionConfiguration>,
    pub(super) tags: Option<Tags>,
    logging_configuration: Option<LoggingConfiguration>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StreamConfiguration {
    #[serde(rename = "StreamARN")]
    pub(super) stream_arn: String,
    record_configuration: RecordConfiguration,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordConfiguration {
    record_format_type: String,
    #[serde(rename = "GSRSchemaARN")]
    schema_arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DestinationConfiguration {
    data_freshness_in_seconds: Option<i64>,
    #[serde(rename = "DeadLetterQueueS3Configuration")]
    dead_letters: Option<DeadLetterConfiguration>,
    storage_configuration: StorageConfiguration,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StorageConfiguration {
    #[serde(rename = "BucketARN")]
    bucket_arn: String,
    expected_bucket_owner: String,
    output_key_template: Option<String>,
    storage_class: Option<StorageClass>,
    compression_type: Compression,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeadLetterConfiguration {
    #[serde(rename = "BucketARN")]
    bucket_arn: String,
    expected_bucket_owner: String,
    error_output_prefix: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptionConfiguration {
    key_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LoggingConfiguration {
    cloud_watch_logs: CloudWatchLogs,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CloudWatchLogs {
    enabled: bool,
    log_group_name: Option<String>,
    log_stream_name: Option<String>,
}

impl LoggingConfiguration {
    /// What is logged where, by what is so far.
    pub(super) fn over(self, current: &Logging) -> Logging {
        let logs = self.cloud_watch_logs;
        Logging {
            enabled: logs.enabled,
            log_group_name: logs
                .log_group_name
                .unwrap_or_else(|| current.log_group_name.clone()),
            log_stream_name: logs
                .log_stream_name
                .unwrap_or_else(|| current.log_stream_name.clone()),
        }
    }
}

impl CreateChannelInput {
    /// The one stream.
    pub(super) fn source(&self) -> Result<&StreamConfiguration, ServiceError> {
        match &self.stream_configuration_list[..] {
            [source] => Ok(source),
            _ => Err(errors::invalid_argument(
                "StreamConfigurationList must have exactly one stream.",
            )),
        }
    }

    /// The channel that is to be made of a stream.
    pub(super) fn record(
        self,
        view: &StreamView,
        now_milliseconds: u64,
    ) -> Result<ChannelRecord, ServiceError> {
        let format = self.source()?.record_configuration.format()?;
        let destination = self.destination()?;
        let id = Uuid::new_v4();
        let names = Names {
            channel: &self.channel_name,
            channel_id: id,
            stream: &view.arn.name,
        };
        let storage = destination.storage_configuration.checked(names)?;
        let dead_letters = match &destination.dead_letters {
            Some(dead_letters) => dead_letters.checked(names)?,
            None => DeadLetterDestination {
                bucket_arn: storage.bucket_arn.clone(),
                expected_bucket_owner: storage.expected_bucket_owner.clone(),
                error_output_prefix: error_prefix(names),
            },
        };
        let logging = Logging {
            enabled: false,
            log_group_name: format!("/aws/kinesis/{}/{id}", self.channel_name),
            log_stream_name: LOG_STREAM.to_owned(),
        };
        let key = self.encryption_configuration.as_ref();
        Ok(ChannelRecord {
            id,
            created_at_milliseconds: now_milliseconds,
            state: ChannelState::Creating,
            stream: view.stream.record.id,
            stream_name: view.arn.name.clone(),
            stream_created_at_milliseconds: view.stream.record.created_at_milliseconds,
            format,
            freshness_seconds: freshness(destination.data_freshness_in_seconds)?,
            destination: storage,
            dead_letters,
            encryption_key: key.map(EncryptionConfiguration::key).transpose()?,
            tags: match self.tags {
                Some(added) => tags::merged(&Tags::default(), added, &view.arn)?,
                None => Tags::default(),
            },
            policy: None,
            logging: match self.logging_configuration {
                Some(configuration) => configuration.over(&logging),
                None => logging,
            },
            name: self.channel_name,
            role_arn: self.service_execution_role_arn,
        })
    }

    fn destination(&self) -> Result<&DestinationConfiguration, ServiceError> {
        match (
            &self.s3_destination_configuration,
            &self.s3_tables_destination_configuration,
        ) {
            (Some(destination), None) => Ok(destination),
            (None, Some(_)) => Err(errors::invalid_argument(
                "S3TablesDestinationConfiguration is not available: this server has no table store. Use \
                 S3DestinationConfiguration.",
            )),
            _ => Err(errors::invalid_argument(
                "Either S3DestinationConfiguration or S3TablesDestinationConfiguration must be provided, but not both.",
            )),
        }
    }
}

impl RecordConfiguration {
    fn format(&self) -> Result<RecordFormat, ServiceError> {
        if self.schema_arn.is_some() {
            return Err(errors::invalid_argument(
                "GSRSchemaARN is not available: this server has no schema registry.",
            ));
        }
        match &*self.record_format_type {
            "JSON" => Ok(RecordFormat::Json),
            "STRING" => Ok(RecordFormat::String),
            "BYTE_ARRAY" => Ok(RecordFormat::ByteArray),
            other => Err(errors::invalid_argument(format!(
                "RecordFormatType {other} is not supported for general purpose Amazon S3 destinations."
            ))),
        }
    }
}

impl StorageConfiguration {
    fn checked(&self, names: Names<'_>) -> Result<Destination, ServiceError> {
        let template = self.output_key_template.as_deref().unwrap_or(DEFAULT_TEMPLATE);
        KeyTemplate::parse(template, self.compression_type, names)
            .map_err(|error| errors::invalid_argument(format!("OutputKeyTemplate is not valid: {error}.")))?;
        Ok(Destination {
            bucket_arn: self.bucket_arn.clone(),
            expected_bucket_owner: self.expected_bucket_owner.clone(),
            output_key_template: template.to_owned(),
            storage_class: self.storage_class.unwrap_or(StorageClass::Standard),
            compression_type: self.compression_type,
        })
    }
}

impl DeadLetterConfiguration {
    fn checked(&self, names: Names<'_>) -> Result<DeadLetterDestination, ServiceError> {
        let prefix = self
            .error_output_prefix
            .clone()
            .unwrap_or_else(|| error_prefix(names));
        if !is_path(&prefix) {
            return Err(errors::invalid_argument(
                "ErrorOutputPrefix is not valid: it must not begin with a slash, nor have an empty segment or one of periods \
                 only, nor consecutive periods.",
            ));
        }
        Ok(DeadLetterDestination {
            bucket_arn: self.bucket_arn.clone(),
            expected_bucket_owner: self.expected_bucket_owner.clone(),
            error_output_prefix: prefix,
        })
    }
}

impl EncryptionConfiguration {
    fn key(&self) -> Result<String, ServiceError> {
        let is_own_key = self.key_id.rsplit(':').next() != Some("alias/aws/kinesis");
        let is_sendable = self.key_id.bytes().all(|byte| byte.is_ascii_graphic());
        match is_own_key && is_sendable {
            true => Ok(self.key_id.clone()),
            false => Err(errors::invalid_argument(format!(
                "KeyId {} is not that of a customer managed key.",
                self.key_id
            ))),
        }
    }
}

/// `DataFreshnessInSeconds`
pub(super) fn freshness(seconds: Option<i64>) -> Result<u32, ServiceError> {
    let Some(given) = seconds else {
        return Ok(FRESHNESS_SECONDS_LEAST);
    };
    let allowed = FRESHNESS_SECONDS_LEAST..=FRESHNESS_SECONDS_MOST;
    let seconds = u32::try_from(given)
        .ok()
        .filter(|seconds| allowed.contains(seconds));
    seconds.ok_or_else(|| {
        errors::invalid_argument(format!(
            "DataFreshnessInSeconds {given} is not from {FRESHNESS_SECONDS_LEAST} to {FRESHNESS_SECONDS_MOST}."
        ))
    })
}

/// Where dead letters are, unless it is said where.
fn error_prefix(names: Names<'_>) -> String {
    format!("kinesis-channel/errors/{}/{}/", names.channel, names.channel_id)
}
