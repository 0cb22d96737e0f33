//! A data protection policy as it is written: the shape of its JSON, and no more.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) version: String,
    pub(crate) statement: Vec<StatementDocument>,
    pub(crate) configuration: Option<ConfigurationDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct StatementDocument {
    pub(crate) sid: Option<String>,
    pub(crate) data_direction: Direction,
    pub(crate) principal: Vec<String>,
    pub(crate) data_identifier: Vec<String>,
    pub(crate) operation: OperationDocument,
}

/// Which way a message goes through the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Direction {
    /// It is being published.
    Inbound,
    /// It is being delivered to a subscription.
    Outbound,
}

#[derive(Debug, Deserialize)]
pub(crate) enum OperationDocument {
    Audit(AuditDocument),
    Deidentify(DeidentifyDocument),
    Deny(EmptyDocument),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct AuditDocument {
    pub(crate) sample_rate: String,
    pub(crate) findings_destination: Option<DestinationDocument>,
    pub(crate) no_findings_destination: Option<DestinationDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct DestinationDocument {
    pub(crate) cloud_watch_logs: Option<CloudWatchLogsDocument>,
    pub(crate) firehose: Option<FirehoseDocument>,
    pub(crate) s3: Option<S3Document>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct CloudWatchLogsDocument {
    pub(crate) log_group: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct FirehoseDocument {
    pub(crate) delivery_stream: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct S3Document {
    pub(crate) bucket: String,
}

#[derive(Debug, Deserialize)]
pub(crate) enum DeidentifyDocument {
    MaskConfig(MaskDocument),
    RedactConfig(EmptyDocument),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct MaskDocument {
    pub(crate) mask_with_character: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmptyDocument {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct ConfigurationDocument {
    pub(crate) custom_data_identifier: Vec<CustomIdentifierDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct CustomIdentifierDocument {
    pub(crate) name: String,
    pub(crate) regex: String,
}
