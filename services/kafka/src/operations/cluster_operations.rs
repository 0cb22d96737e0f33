//! DescribeClusterOperation and ListClusterOperations, of both versions of the API.
//!
//! Source: [Cluster operations](https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-operations.html).

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::{ClusterArn, OperationArn};
use crate::door::timestamp;
use crate::errors;
use crate::operations::page::Page;
use crate::record::{
    ClusterRecord, ErrorInfo, MutableClusterInfo, OperationRecord, OperationState, OperationType,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OperationInput {
    cluster_operation_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOperationsInput {
    cluster_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeOperationOutput<T> {
    cluster_operation_info: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOperationsOutput<T> {
    cluster_operation_info_list: Vec<T>,
    next_token: Option<String>,
}

/// `ClusterOperationInfo`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OperationInfo {
    client_request_id: String,
    cluster_arn: String,
    creation_time: Timestamp,
    end_time: Option<Timestamp>,
    error_info: Option<ErrorInfo>,
    operation_arn: String,
    operation_state: OperationState,
    operation_type: OperationType,
    source_cluster_info: MutableClusterInfo,
    target_cluster_info: MutableClusterInfo,
}

/// `ClusterOperationV2Summary`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OperationSummary {
    cluster_arn: String,
    cluster_type: &'static str,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
    operation_arn: String,
    operation_state: OperationState,
    operation_type: OperationType,
}

/// `ClusterOperationV2`. Only provisioned clusters have operations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OperationV2 {
    #[serde(flatten)]
    summary: OperationSummary,
    error_info: Option<ErrorInfo>,
    provisioned: ProvisionedOperation,
}

/// `ClusterOperationV2Provisioned`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionedOperation {
    source_cluster_info: MutableClusterInfo,
    target_cluster_info: MutableClusterInfo,
}

impl OperationInfo {
    fn of(arn: &ClusterArn, operation: &OperationRecord) -> Self {
        OperationInfo {
            client_request_id: operation.client_request_id.clone(),
            cluster_arn: arn.to_string(),
            creation_time: timestamp(operation.began_at_millis),
            end_time: operation.ended_at_millis.map(timestamp),
            error_info: operation.error.clone(),
            operation_arn: arn.operation(operation.id).to_string(),
            operation_state: operation.state,
            operation_type: operation.kind,
            source_cluster_info: operation.source.clone(),
            target_cluster_info: operation.target.clone(),
        }
    }
}

impl OperationSummary {
    fn of(arn: &ClusterArn, record: &ClusterRecord, operation: &OperationRecord) -> Self {
        OperationSummary {
            cluster_arn: arn.to_string(),
            cluster_type: record.kind.name(),
            start_time: timestamp(operation.began_at_millis),
            end_time: operation.ended_at_millis.map(timestamp),
            operation_arn: arn.operation(operation.id).to_string(),
            operation_state: operation.state,
            operation_type: operation.kind,
        }
    }
}

pub(crate) fn describe(
    door: &KafkaDoor,
    context: &CallContext,
    input: OperationInput,
) -> Result<DescribeOperationOutput<OperationInfo>, ServiceError> {
    found(
        door,
        context,
        &input,
        "kafka:DescribeClusterOperation",
        |arn, _, operation| OperationInfo::of(arn, operation),
    )
}

pub(crate) fn describe_v2(
    door: &KafkaDoor,
    context: &CallContext,
    input: OperationInput,
) -> Result<DescribeOperationOutput<OperationV2>, ServiceError> {
    found(
        door,
        context,
        &input,
        "kafka:DescribeClusterOperationV2",
        |arn, record, operation| OperationV2 {
            summary: OperationSummary::of(arn, record, operation),
            error_info: operation.error.clone(),
            provisioned: ProvisionedOperation {
                source_cluster_info: operation.source.clone(),
                target_cluster_info: operation.target.clone(),
            },
        },
    )
}

fn found<T>(
    door: &KafkaDoor,
    context: &CallContext,
    input: &OperationInput,
    action: &str,
    show: impl Fn(&ClusterArn, &ClusterRecord, &OperationRecord) -> T,
) -> Result<DescribeOperationOutput<T>, ServiceError> {
    let arn = OperationArn::parse(&input.cluster_operation_arn)
        .ok_or_else(|| errors::invalid("clusterOperationArn", "Invalid Cluster Operation ARN."))?;
    context.authorize(action, &arn, None)?;
    let record = door.clusters.get(&arn.cluster).ok_or_else(errors::not_found)?;
    let operation = record.operation(arn.operation).ok_or_else(errors::not_found)?;
    Ok(DescribeOperationOutput {
        cluster_operation_info: show(&arn.cluster, &record, operation),
    })
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListOperationsInput,
) -> Result<ListOperationsOutput<OperationInfo>, ServiceError> {
    page(
        door,
        context,
        &input,
        "kafka:ListClusterOperations",
        |arn, _, operation| OperationInfo::of(arn, operation),
    )
}

pub(crate) fn list_v2(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListOperationsInput,
) -> Result<ListOperationsOutput<OperationSummary>, ServiceError> {
    page(
        door,
        context,
        &input,
        "kafka:ListClusterOperationsV2",
        OperationSummary::of,
    )
}

/// A page of a cluster's operations, the latest first.
fn page<T>(
    door: &KafkaDoor,
    context: &CallContext,
    input: &ListOperationsInput,
    action: &str,
    show: impl Fn(&ClusterArn, &ClusterRecord, &OperationRecord) -> T,
) -> Result<ListOperationsOutput<T>, ServiceError> {
    let (arn, record) = door.cluster(context, &input.cluster_arn, action)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let latest_first = record.operations.iter().rev();
    let (found, next_token) = page.of(latest_first, |operation| {
        format!("{:020}", u64::MAX - operation.number)
    });
    Ok(ListOperationsOutput {
        cluster_operation_info_list: found
            .into_iter()
            .map(|operation| show(&arn, &record, operation))
            .collect(),
        next_token,
    })
}
