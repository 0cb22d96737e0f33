//! The operations, by resource.

pub(crate) mod brokers;
pub(crate) mod channels;
pub(crate) mod cluster_operations;
pub(crate) mod cluster_updates;
pub(crate) mod clusters;
pub(crate) mod configurations;
pub(crate) mod kafka_versions;
pub(crate) mod new_cluster;
pub(crate) mod page;
pub(crate) mod policies;
pub(crate) mod replicators;
pub(crate) mod scram_secrets;
pub(crate) mod tags;
pub(crate) mod topics;
pub(crate) mod vpc_connections;

use ninefold_model::{Map, Value};
use ninefold_protocol::{CallContext, ServiceError, read_input as read, write_output as write};

use crate::KafkaDoor;
use crate::operations::cluster_updates::{self as updates, update};

/// Every operation that works, or says why it can't here.
pub(crate) const NAMES: &[&str] = &[
    "BatchAssociateScramSecret",
    "BatchDisassociateScramSecret",
    "CreateChannel",
    "CreateCluster",
    "CreateClusterV2",
    "CreateConfiguration",
    "CreateReplicator",
    "CreateTopic",
    "CreateVpcConnection",
    "DeleteChannel",
    "DeleteCluster",
    "DeleteClusterPolicy",
    "DeleteConfiguration",
    "DeleteReplicator",
    "DeleteTopic",
    "DeleteVpcConnection",
    "DescribeChannel",
    "DescribeCluster",
    "DescribeClusterOperation",
    "DescribeClusterOperationV2",
    "DescribeClusterV2",
    "DescribeConfiguration",
    "DescribeConfigurationRevision",
    "DescribeReplicator",
    "DescribeTopic",
    "DescribeTopicPartitions",
    "DescribeVpcConnection",
    "GetBootstrapBrokers",
    "GetClusterPolicy",
    "GetCompatibleKafkaVersions",
    "ListChannels",
    "ListClientVpcConnections",
    "ListClusterOperations",
    "ListClusterOperationsV2",
    "ListClusters",
    "ListClustersV2",
    "ListConfigurationRevisions",
    "ListConfigurations",
    "ListKafkaVersions",
    "ListNodes",
    "ListReplicators",
    "ListScramSecrets",
    "ListTagsForResource",
    "ListTopics",
    "ListVpcConnections",
    "PutClusterPolicy",
    "RebootBroker",
    "RejectClientVpcConnection",
    "TagResource",
    "UntagResource",
    "UpdateBrokerCount",
    "UpdateBrokerStorage",
    "UpdateBrokerType",
    "UpdateChannel",
    "UpdateClusterConfiguration",
    "UpdateClusterKafkaVersion",
    "UpdateConfiguration",
    "UpdateConnectivity",
    "UpdateMonitoring",
    "UpdateRebalancing",
    "UpdateReplicationInfo",
    "UpdateSecurity",
    "UpdateStorage",
    "UpdateTopic",
];

/// Does an operation.
pub(crate) async fn call(
    door: &KafkaDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    match name {
        "BatchAssociateScramSecret" => write(&scram_secrets::associate(door, context, read(input)?).await?),
        "BatchDisassociateScramSecret" => {
            write(&scram_secrets::disassociate(door, context, read(input)?).await?)
        }
        "ListScramSecrets" => write(&scram_secrets::list(door, context, read(input)?)?),
        "CreateCluster" => write(&new_cluster::create(door, context, read(input)?).await?),
        "CreateClusterV2" => write(&new_cluster::create_v2(door, context, read(input)?).await?),
        "DescribeCluster" => write(&clusters::describe(door, context, read(input)?)?),
        "DescribeClusterV2" => write(&clusters::describe_v2(door, context, read(input)?)?),
        "ListClusters" => write(&clusters::list(door, context, read(input)?)?),
        "ListClustersV2" => write(&clusters::list_v2(door, context, read(input)?)?),
        "DeleteCluster" => write(&clusters::delete(door, context, read(input)?).await?),
        "GetBootstrapBrokers" => write(&brokers::bootstrap(door, context, read(input)?)?),
        "ListNodes" => write(&brokers::list_nodes(door, context, read(input)?)?),
        "UpdateBrokerCount" => write(&update::<updates::BrokerCount>(door, context, read(input)?).await?),
        "UpdateBrokerStorage" => write(&update::<updates::BrokerStorage>(door, context, read(input)?).await?),
        "UpdateBrokerType" => write(&update::<updates::BrokerType>(door, context, read(input)?).await?),
        "UpdateClusterConfiguration" => {
            write(&update::<updates::Configuration>(door, context, read(input)?).await?)
        }
        "UpdateClusterKafkaVersion" => {
            write(&update::<updates::KafkaVersion>(door, context, read(input)?).await?)
        }
        "UpdateConnectivity" => write(&update::<updates::Connectivity>(door, context, read(input)?).await?),
        "UpdateMonitoring" => write(&update::<updates::Monitoring>(door, context, read(input)?).await?),
        "UpdateRebalancing" => {
            write(&update::<updates::RebalancingStatus>(door, context, read(input)?).await?)
        }
        "UpdateSecurity" => write(&update::<updates::Security>(door, context, read(input)?).await?),
        "UpdateStorage" => write(&update::<updates::Storage>(door, context, read(input)?).await?),
        "RebootBroker" => write(&update::<updates::Reboot>(door, context, read(input)?).await?),
        "DescribeClusterOperation" => write(&cluster_operations::describe(door, context, read(input)?)?),
        "DescribeClusterOperationV2" => write(&cluster_operations::describe_v2(door, context, read(input)?)?),
        "ListClusterOperations" => write(&cluster_operations::list(door, context, read(input)?)?),
        "ListClusterOperationsV2" => write(&cluster_operations::list_v2(door, context, read(input)?)?),
        "CreateConfiguration" => write(&configurations::create(door, context, read(input)?).await?),
        "UpdateConfiguration" => write(&configurations::update(door, context, read(input)?).await?),
        "DeleteConfiguration" => write(&configurations::delete(door, context, read(input)?).await?),
        "DescribeConfiguration" => write(&configurations::describe(door, context, read(input)?)?),
        "DescribeConfigurationRevision" => {
            write(&configurations::describe_revision(door, context, read(input)?)?)
        }
        "ListConfigurations" => write(&configurations::list(door, context, read(input)?)?),
        "ListConfigurationRevisions" => write(&configurations::list_revisions(door, context, read(input)?)?),
        "PutClusterPolicy" => write(&policies::put(door, context, read(input)?).await?),
        "GetClusterPolicy" => write(&policies::get(door, context, read(input)?)?),
        "DeleteClusterPolicy" => policies::delete(door, context, read(input)?).await.map(nothing),
        "CreateTopic" => write(&topics::create(door, context, read(input)?).await?),
        "UpdateTopic" => write(&topics::update(door, context, read(input)?).await?),
        "DeleteTopic" => write(&topics::delete(door, context, read(input)?).await?),
        "DescribeTopic" => write(&topics::describe(door, context, read(input)?).await?),
        "DescribeTopicPartitions" => write(&topics::partitions(door, context, read(input)?).await?),
        "ListTopics" => write(&topics::list(door, context, read(input)?).await?),
        "TagResource" => tags::tag(door, context, read(input)?).await.map(nothing),
        "UntagResource" => tags::untag(door, context, read(input)?).await.map(nothing),
        "ListTagsForResource" => write(&tags::list(door, context, read(input)?)?),
        "ListKafkaVersions" => write(&kafka_versions::list(context, read(input)?)?),
        "GetCompatibleKafkaVersions" => write(&kafka_versions::compatible(door, context, read(input)?)?),
        _ => call_foreign(door, context, name, input),
    }
}

/// Does an operation on what there can't be on this server.
fn call_foreign(
    door: &KafkaDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let action = format!("kafka:{name}");
    match name {
        "CreateChannel" => channels::create(door, context, read(input)?).map(nothing),
        "DescribeChannel" | "UpdateChannel" | "DeleteChannel" => {
            channels::change(door, context, read(input)?, &action).map(nothing)
        }
        "ListChannels" => write(&channels::list(door, context, read(input)?)?),
        "CreateReplicator" => replicators::create(context).map(nothing),
        "DescribeReplicator" | "UpdateReplicationInfo" | "DeleteReplicator" => {
            replicators::change(context, read(input)?, &action).map(nothing)
        }
        "ListReplicators" => write(&replicators::list(context)?),
        "CreateVpcConnection" => vpc_connections::create(door, context, read(input)?).map(nothing),
        "DescribeVpcConnection" | "DeleteVpcConnection" => {
            vpc_connections::change(context, read(input)?, &action).map(nothing)
        }
        "ListVpcConnections" => write(&vpc_connections::list(context)?),
        "ListClientVpcConnections" => write(&vpc_connections::list_clients(door, context, read(input)?)?),
        "RejectClientVpcConnection" => vpc_connections::reject(door, context, read(input)?).map(nothing),
        _ => Err(ServiceError::not_implemented(name)),
    }
}

fn nothing(_: ()) -> Value {
    Value::Map(Map::new())
}
