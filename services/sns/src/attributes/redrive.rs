//! Redrive policies: the queue for what can't be delivered.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use crate::destination::QueueArn;
use crate::errors;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: Option<String>,
}

/// Reads and checks the attribute `RedrivePolicy`.
pub(crate) fn read(json: &str) -> Result<QueueArn, ServiceError> {
    let policy: RedrivePolicy = serde_json::from_str(json)
        .map_err(|_| errors::invalid_parameter("RedrivePolicy: failed to parse JSON."))?;
    let arn = policy
        .dead_letter_target_arn
        .ok_or_else(|| errors::invalid_parameter("RedrivePolicy: deadLetterTargetArn is required"))?;
    QueueArn::parse(&arn)
        .ok_or_else(|| errors::invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn"))
}
