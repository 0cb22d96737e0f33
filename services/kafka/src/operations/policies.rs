//! PutClusterPolicy, GetClusterPolicy and DeleteClusterPolicy.
//!
//! Source: [Cluster policies](https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-policy.html).

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::clusters::new_version;
use crate::errors;
use crate::limits::POLICY_BYTES;
use crate::operations::clusters::ClusterInput;
use crate::record::ClusterPolicy;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPolicyInput {
    cluster_arn: String,
    current_version: Option<String>,
    policy: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPolicyOutput {
    current_version: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetPolicyOutput {
    current_version: String,
    policy: String,
}

pub(crate) async fn put(
    door: &KafkaDoor,
    context: &CallContext,
    input: PutPolicyInput,
) -> Result<PutPolicyOutput, ServiceError> {
    let (arn, _) = door.cluster(context, &input.cluster_arn, "kafka:PutClusterPolicy")?;
    check(&input.policy)?;
    let policy = ClusterPolicy {
        document: input.policy,
        version: new_version(),
    };
    let output = PutPolicyOutput {
        current_version: policy.version.clone(),
    };
    let changed = door.clusters.change(&arn, |record| {
        let stored = record.policy.as_ref().map(|policy| &policy.version);
        if input
            .current_version
            .as_ref()
            .is_some_and(|version| Some(version) != stored)
        {
            return Err(errors::invalid(
                "currentVersion",
                "The version of the cluster policy isn't current. Check the current version and try again.",
            ));
        }
        record.policy = Some(policy);
        Ok(())
    });
    changed.await?;
    door.clusters.begin(&arn);
    Ok(output)
}

fn check(policy: &str) -> Result<(), ServiceError> {
    if policy.len() > POLICY_BYTES {
        let message = format!("The policy can have no more than {POLICY_BYTES} bytes.");
        return Err(errors::invalid("policy", message));
    }
    match Policy::parse(policy, PolicyKind::Resource) {
        Ok(_) => Ok(()),
        Err(error) => Err(errors::invalid(
            "policy",
            format!("The policy is not valid: {error}"),
        )),
    }
}

pub(crate) fn get(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<GetPolicyOutput, ServiceError> {
    let (_, record) = door.cluster(context, &input.cluster_arn, "kafka:GetClusterPolicy")?;
    let policy = record.policy.as_ref().ok_or_else(errors::not_found)?;
    Ok(GetPolicyOutput {
        current_version: policy.version.clone(),
        policy: policy.document.clone(),
    })
}

pub(crate) async fn delete(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<(), ServiceError> {
    let (arn, _) = door.cluster(context, &input.cluster_arn, "kafka:DeleteClusterPolicy")?;
    let changed = door.clusters.change(&arn, |record| {
        record.policy.take().ok_or_else(errors::not_found)?;
        Ok(())
    });
    changed.await?;
    door.clusters.begin(&arn);
    Ok(())
}
