//! CreateVpcConnection, DeleteVpcConnection, DescribeVpcConnection, ListVpcConnections, ListClientVpcConnections and
//! RejectClientVpcConnection. They are about private networks of AWS, so there never is one.
//!
//! Source: [Multi-VPC private connectivity](https://docs.aws.amazon.com/msk/latest/developerguide/aws-access-mult-vpc.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::errors;
use crate::operations::clusters::ClusterInput;

/// Why they are refused.
pub(crate) const NO_VPC_CONNECTIONS: &str =
    "VPC connections do not exist on this server: who reaches its address reaches its clusters.";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateVpcConnectionInput {
    target_cluster_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VpcConnectionInput {
    arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListVpcConnectionsOutput {
    vpc_connections: [(); 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListClientVpcConnectionsOutput {
    client_vpc_connections: [(); 0],
}

pub(crate) fn create(
    door: &KafkaDoor,
    context: &CallContext,
    input: CreateVpcConnectionInput,
) -> Result<(), ServiceError> {
    door.cluster(context, &input.target_cluster_arn, "kafka:CreateVpcConnection")?;
    Err(errors::not_here(NO_VPC_CONNECTIONS))
}

/// What is done to a connection, which isn't there.
pub(crate) fn change(
    context: &CallContext,
    input: VpcConnectionInput,
    action: &str,
) -> Result<(), ServiceError> {
    context.authorize(action, &input.arn, None)?;
    Err(errors::not_found())
}

pub(crate) fn list(context: &CallContext) -> Result<ListVpcConnectionsOutput, ServiceError> {
    context.authorize("kafka:ListVpcConnections", &"*", None)?;
    Ok(ListVpcConnectionsOutput { vpc_connections: [] })
}

pub(crate) fn list_clients(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<ListClientVpcConnectionsOutput, ServiceError> {
    door.cluster(context, &input.cluster_arn, "kafka:ListClientVpcConnections")?;
    Ok(ListClientVpcConnectionsOutput {
        client_vpc_connections: [],
    })
}

pub(crate) fn reject(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<(), ServiceError> {
    door.cluster(context, &input.cluster_arn, "kafka:RejectClientVpcConnection")?;
    Err(errors::not_here(NO_VPC_CONNECTIONS))
}
