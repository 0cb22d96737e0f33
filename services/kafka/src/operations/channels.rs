//! CreateChannel, DeleteChannel, DescribeChannel, ListChannels and UpdateChannel. Channels bring the records of topics to S3 or Iceberg
//! tables. This server has no object store to bring them to, so there never is one.
//!
//! Source: the service's model, operation `CreateChannel`.

use ninefold_protocol::{CallContext, ServiceError};
use serde::Serialize;

use crate::KafkaDoor;
use crate::errors;
use crate::operations::clusters::ClusterInput;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListChannelsOutput {
    channels: [(); 0],
}

pub(crate) fn create(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<(), ServiceError> {
    door.cluster(context, &input.cluster_arn, "kafka:CreateChannel")?;
    Err(errors::not_here(
        "Channels can't be created: this server has no object store that they could deliver to.",
    ))
}

/// What is done to a channel, which isn't there.
pub(crate) fn change(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
    action: &str,
) -> Result<(), ServiceError> {
    door.cluster(context, &input.cluster_arn, action)?;
    Err(errors::not_found())
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<ListChannelsOutput, ServiceError> {
    door.cluster(context, &input.cluster_arn, "kafka:ListChannels")?;
    Ok(ListChannelsOutput { channels: [] })
}
