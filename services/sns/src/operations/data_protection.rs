//! PutDataProtectionPolicy and GetDataProtectionPolicy.

use ninefold_data_protection::DataProtectionPolicy;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SnsDoor;
use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPolicyInput {
    resource_arn: String,
    data_protection_policy: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPolicyInput {
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPolicyOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    data_protection_policy: Option<String>,
}

/// Checks a policy; nothing and `{}` are no policy.
pub(crate) fn check(json: &str) -> Result<Option<String>, ServiceError> {
    let trimmed = json.trim();
    if trimmed.is_empty() || trimmed == "{}" {
        return Ok(None);
    }
    match DataProtectionPolicy::parse(json) {
        Ok(_) => Ok(Some(json.to_owned())),
        Err(error) => Err(errors::invalid_for("DataProtectionPolicy", error)),
    }
}

pub(crate) async fn put(
    door: &SnsDoor,
    context: &CallContext,
    input: PutPolicyInput,
) -> Result<(), ServiceError> {
    let topic = door.topic(context, &input.resource_arn, "sns:PutDataProtectionPolicy")?;
    if topic.arn.is_fifo() {
        return Err(errors::invalid_for(
            "ResourceArn",
            "FIFO topics have no data protection policy",
        ));
    }
    let policy = check(&input.data_protection_policy)?;
    door.change_topic(&topic, |record| {
        record.data_protection_policy = policy;
        Ok(())
    })
    .await
}

pub(crate) fn get(
    door: &SnsDoor,
    context: &CallContext,
    input: GetPolicyInput,
) -> Result<GetPolicyOutput, ServiceError> {
    let topic = door.topic(context, &input.resource_arn, "sns:GetDataProtectionPolicy")?;
    Ok(GetPolicyOutput {
        data_protection_policy: topic.settings().record.data_protection_policy.clone(),
    })
}
