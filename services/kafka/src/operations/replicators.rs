//! CreateReplicator, DeleteReplicator, DescribeReplicator, ListReplicators and UpdateReplicationInfo. Replicators copy topics between
//! clusters in networks of AWS. Nothing here could run one, so there never is one: Kafka's MirrorMaker does the same with any clusters.
//!
//! Source: [MSK Replicator](https://docs.aws.amazon.com/msk/latest/developerguide/msk-replicator.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicatorInput {
    replicator_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListReplicatorsOutput {
    replicators: [(); 0],
}

pub(crate) fn create(context: &CallContext) -> Result<(), ServiceError> {
    context.authorize("kafka:CreateReplicator", &"*", None)?;
    Err(errors::not_here(
        "Replicators can't be created: this server doesn't copy topics between clusters. Kafka's MirrorMaker does, with any cluster.",
    ))
}

/// What is done to a replicator, which isn't there.
pub(crate) fn change(
    context: &CallContext,
    input: ReplicatorInput,
    action: &str,
) -> Result<(), ServiceError> {
    context.authorize(action, &input.replicator_arn, None)?;
    Err(errors::not_found())
}

pub(crate) fn list(context: &CallContext) -> Result<ListReplicatorsOutput, ServiceError> {
    context.authorize("kafka:ListReplicators", &"*", None)?;
    Ok(ListReplicatorsOutput { replicators: [] })
}
