//! DescribeCluster, ListClusters and DeleteCluster, of both versions of the API.
//!
//! Source: [Clusters](https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html).

use std::collections::BTreeMap;

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::{ClusterArn, key_prefix};
use crate::door::timestamp;
use crate::errors;
use crate::operations::page::{Page, has_prefix};
use crate::record::{
    BrokerNodeGroupInfo, ClientAuthentication, ClusterKind, ClusterRecord, ClusterState, EncryptionInfo,
    Provisioned, Rebalancing, Serverless, StateInfo, Verbatim,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ClusterInput {
    pub(crate) cluster_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteClusterInput {
    cluster_arn: String,
    current_version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListClustersInput {
    cluster_name_filter: Option<String>,
    cluster_type_filter: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeClusterOutput {
    cluster_info: ClusterInfo,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeClusterV2Output {
    cluster_info: Cluster,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListClustersOutput<T> {
    cluster_info_list: Vec<T>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteClusterOutput {
    cluster_arn: String,
    state: ClusterState,
}

/// What both versions of the API say of any cluster.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Common {
    active_operation_arn: Option<String>,
    cluster_arn: String,
    cluster_name: String,
    creation_time: Timestamp,
    current_version: String,
    state: ClusterState,
    state_info: Option<StateInfo>,
    tags: BTreeMap<String, String>,
}

/// What both say of provisioned ones.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionedInfo {
    broker_node_group_info: BrokerNodeGroupInfo,
    client_authentication: Option<ClientAuthentication>,
    current_broker_software_info: BrokerSoftwareInfo,
    encryption_info: EncryptionInfo,
    enhanced_monitoring: String,
    open_monitoring: Option<Verbatim>,
    logging_info: Option<Verbatim>,
    number_of_broker_nodes: u32,
    storage_mode: Option<String>,
    rebalancing: Option<Rebalancing>,
    customer_action_status: &'static str,
}

/// `ClusterInfo`.
#[derive(Debug, Serialize)]
pub(crate) struct ClusterInfo {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    provisioned: ProvisionedInfo,
}

/// `Cluster`.
#[derive(Debug, Serialize)]
pub(crate) struct Cluster {
    #[serde(flatten)]
    common: Common,
    #[serde(rename = "ClusterType")]
    cluster_type: &'static str,
    #[serde(rename = "Provisioned")]
    provisioned: Option<ProvisionedInfo>,
    #[serde(rename = "Serverless")]
    serverless: Option<Serverless>,
}

/// `BrokerSoftwareInfo`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerSoftwareInfo {
    configuration_arn: Option<String>,
    configuration_revision: Option<i64>,
    kafka_version: String,
}

impl BrokerSoftwareInfo {
    pub(crate) fn of(provisioned: &Provisioned) -> Self {
        let configuration = provisioned.configuration.as_ref();
        BrokerSoftwareInfo {
            configuration_arn: configuration.map(|configuration| configuration.info.arn.clone()),
            configuration_revision: configuration.map(|configuration| configuration.info.revision),
            kafka_version: provisioned.kafka_version.clone(),
        }
    }
}

impl Common {
    fn of(arn: &ClusterArn, record: &ClusterRecord) -> Self {
        let change = record.change.as_ref();
        Common {
            active_operation_arn: change.map(|change| arn.operation(change.operation).to_string()),
            cluster_arn: arn.to_string(),
            cluster_name: arn.name.clone(),
            creation_time: timestamp(record.created_at_millis),
            current_version: record.version.clone(),
            state: record.state,
            state_info: record.state_info.clone(),
            tags: record.tags.clone(),
        }
    }
}

impl ProvisionedInfo {
    fn of(provisioned: &Provisioned) -> Self {
        ProvisionedInfo {
            broker_node_group_info: provisioned.broker_node_group.clone(),
            client_authentication: provisioned.client_authentication.clone(),
            current_broker_software_info: BrokerSoftwareInfo::of(provisioned),
            encryption_info: provisioned.encryption.clone(),
            enhanced_monitoring: provisioned.enhanced_monitoring.clone(),
            open_monitoring: provisioned.open_monitoring.clone(),
            logging_info: provisioned.logging.clone(),
            number_of_broker_nodes: provisioned.number_of_broker_nodes,
            storage_mode: provisioned.storage_mode.clone(),
            rebalancing: provisioned.rebalancing.clone(),
            customer_action_status: "NONE",
        }
    }
}

impl Cluster {
    fn of(arn: &ClusterArn, record: &ClusterRecord) -> Self {
        let (provisioned, serverless) = match &record.kind {
            ClusterKind::Provisioned(provisioned) => (Some(ProvisionedInfo::of(provisioned)), None),
            ClusterKind::Serverless(serverless) => (None, Some(serverless.clone())),
        };
        Cluster {
            common: Common::of(arn, record),
            cluster_type: record.kind.name(),
            provisioned,
            serverless,
        }
    }
}

pub(crate) fn describe(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<DescribeClusterOutput, ServiceError> {
    let (arn, record) = door.cluster(context, &input.cluster_arn, "kafka:DescribeCluster")?;
    let provisioned = only_provisioned(&record)?;
    Ok(DescribeClusterOutput {
        cluster_info: ClusterInfo {
            common: Common::of(&arn, &record),
            provisioned: ProvisionedInfo::of(provisioned),
        },
    })
}

/// What the first version of the API, and changes, are for.
pub(crate) fn only_provisioned(record: &ClusterRecord) -> Result<&Provisioned, ServiceError> {
    record
        .provisioned()
        .ok_or_else(|| errors::bad_request("This operation cannot be performed on serverless clusters."))
}

pub(crate) fn describe_v2(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<DescribeClusterV2Output, ServiceError> {
    let (arn, record) = door.cluster(context, &input.cluster_arn, "kafka:DescribeClusterV2")?;
    Ok(DescribeClusterV2Output {
        cluster_info: Cluster::of(&arn, &record),
    })
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListClustersInput,
) -> Result<ListClustersOutput<ClusterInfo>, ServiceError> {
    context.authorize("kafka:ListClusters", &"*", None)?;
    page(door, context, &input, |arn, record| {
        Some(ClusterInfo {
            common: Common::of(arn, record),
            provisioned: ProvisionedInfo::of(record.provisioned()?),
        })
    })
}

pub(crate) fn list_v2(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListClustersInput,
) -> Result<ListClustersOutput<Cluster>, ServiceError> {
    context.authorize("kafka:ListClustersV2", &"*", None)?;
    let wanted = input.cluster_type_filter.as_deref();
    if wanted.is_some_and(|wanted| !matches!(wanted, "PROVISIONED" | "SERVERLESS")) {
        return Err(errors::invalid(
            "clusterTypeFilter",
            "Specify either PROVISIONED or SERVERLESS.",
        ));
    }
    page(door, context, &input, |arn, record| {
        let is_wanted = wanted.is_none_or(|wanted| wanted == record.kind.name());
        is_wanted.then(|| Cluster::of(arn, record))
    })
}

/// A page of the clusters of the caller's account of which `show` shows something.
fn page<T>(
    door: &KafkaDoor,
    context: &CallContext,
    input: &ListClustersInput,
    show: impl Fn(&ClusterArn, &ClusterRecord) -> Option<T>,
) -> Result<ListClustersOutput<T>, ServiceError> {
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let prefix = key_prefix(context.principal.account, &context.region);
    let clusters = door.clusters.page(prefix.as_bytes());
    let wanted = clusters
        .iter()
        .filter(|(arn, _)| has_prefix(&arn.name, input.cluster_name_filter.as_deref()))
        .filter_map(|(arn, record)| Some((&arn.name, show(arn, record)?)));
    let (found, next_token) = page.of(wanted, |(name, _)| (*name).clone());
    Ok(ListClustersOutput {
        cluster_info_list: found.into_iter().map(|(_, shown)| shown).collect(),
        next_token,
    })
}

pub(crate) async fn delete(
    door: &KafkaDoor,
    context: &CallContext,
    input: DeleteClusterInput,
) -> Result<DeleteClusterOutput, ServiceError> {
    let (arn, _) = door.cluster(context, &input.cluster_arn, "kafka:DeleteCluster")?;
    let changed = door.clusters.change(&arn, |record| {
        let current_version = input.current_version.as_ref();
        if current_version.is_some_and(|version| *version != record.version) {
            return Err(errors::version_is_not_current());
        }
        record.state = ClusterState::Deleting;
        Ok(())
    });
    changed.await?;
    door.clusters.begin(&arn);
    Ok(DeleteClusterOutput {
        cluster_arn: arn.to_string(),
        state: ClusterState::Deleting,
    })
}
