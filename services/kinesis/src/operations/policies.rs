//! PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy.
//!
//! Source: [PutResourcePolicy](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html).

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::errors;
use crate::limits::POLICY_BYTES;
use crate::operations::resource::Resource;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPolicyInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    policy: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPolicyOutput {
    policy: String,
}

fn no_policy(arn: &str) -> ServiceError {
    errors::not_found(format!("No resource policy found for resource ARN {arn}"))
}

pub(crate) async fn put(
    door: &KinesisDoor,
    context: &CallContext,
    input: PutPolicyInput,
) -> Result<(), ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:PutResourcePolicy")?;
    if input.policy.len() > POLICY_BYTES {
        return Err(errors::limit_exceeded(format!(
            "The policy is longer than {POLICY_BYTES} bytes."
        )));
    }
    Policy::parse(&input.policy, PolicyKind::Resource)
        .map_err(|error| errors::invalid_argument(format!("The policy is not valid: {error}")))?;
    resource.set_policy(door, Some(input.policy)).await
}

pub(crate) fn get(
    door: &KinesisDoor,
    context: &CallContext,
    input: ResourceInput,
) -> Result<GetPolicyOutput, ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:GetResourcePolicy")?;
    let policy = resource.policy().ok_or_else(|| no_policy(&input.resource_arn))?;
    Ok(GetPolicyOutput {
        policy: policy.to_owned(),
    })
}

pub(crate) async fn delete(
    door: &KinesisDoor,
    context: &CallContext,
    input: ResourceInput,
) -> Result<(), ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:DeleteResourcePolicy")?;
    match resource.policy() {
        Some(_) => resource.set_policy(door, None).await,
        None => Err(no_policy(&input.resource_arn)),
    }
}
