//! A rule and its targets.

use std::collections::BTreeMap;

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleRecord {
    pub(crate) created_at_millis: u64,
    /// The account that made it.
    pub(crate) created_by: String,
    pub(crate) description: Option<String>,
    /// As it was given.
    pub(crate) event_pattern: Option<String>,
    /// As it was given: `rate(…)` or `cron(…)`.
    pub(crate) schedule: Option<String>,
    /// What rates count from: when the schedule was set or the rule was enabled.
    pub(crate) scheduled_from_millis: u64,
    pub(crate) state: RuleState,
    pub(crate) role_arn: Option<String>,
    /// The service that made the rule for itself, as archives have one.
    pub(crate) managed_by: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) targets: Vec<TargetRecord>,
}

impl Record for RuleRecord {
    const FORMAT: u8 = 1;
}

/// Whether a rule takes events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RuleState {
    #[default]
    #[serde(rename = "ENABLED")]
    Enabled,
    #[serde(rename = "DISABLED")]
    Disabled,
    /// As enabled: there is no trail of management events here.
    #[serde(rename = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")]
    EnabledWithManagementEvents,
}

impl RuleState {
    pub(crate) fn is_enabled(self) -> bool {
        self != RuleState::Disabled
    }
}

/// A target, as the API has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TargetRecord {
    pub(crate) id: String,
    pub(crate) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_transformer: Option<InputTransformerRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sqs_parameters: Option<SqsParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kinesis_parameters: Option<KinesisParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_parameters: Option<HttpParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dead_letter_config: Option<super::DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_policy: Option<RetryPolicyRecord>,
    /// What is for kinds of targets that only tell their door more: kept and returned.
    #[serde(flatten)]
    pub(crate) others: BTreeMap<String, serde_json::Value>,
}

/// `InputTransformer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InputTransformerRecord {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) input_paths_map: BTreeMap<String, String>,
    pub(crate) input_template: String,
}

/// `SqsParameters`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SqsParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_group_id: Option<String>,
}

/// `KinesisParameters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KinesisParameters {
    pub(crate) partition_key_path: String,
}

/// `HttpParameters`: what a target adds to the request of an API destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HttpParameters {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) path_parameter_values: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) header_parameters: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) query_string_parameters: BTreeMap<String, String>,
}

/// `RetryPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RetryPolicyRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maximum_retry_attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maximum_event_age_in_seconds: Option<u64>,
}
