//! DescribeQuorum, UpdateFeatures and ListConfigResources: what there is to say of the cluster as such.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::describe_quorum::{
    DescribeQuorumRequest, DescribeQuorumResponse, Listener, Node, ReplicaState, ResponsePartitionData,
    ResponseTopicData,
};
use ninefold_kafka_protocol::messages::list_config_resources::{
    ConfigResource, ListConfigResourcesRequest, ListConfigResourcesResponse,
};
use ninefold_kafka_protocol::messages::update_features::{
    FeatureUpdateKey, UpdatableFeatureResult, UpdateFeaturesRequest, UpdateFeaturesResponse,
};

use crate::cluster::{Cluster, NODE};
use crate::operations::configs::{BROKER, GROUP, TOPIC};
use crate::security::{CLUSTER_REFUSED, Operation, Resource};
use crate::session::Caller;

/// The one partition that a quorum is about.
const METADATA_TOPIC: &str = "__cluster_metadata";
/// Since this version the nodes of a quorum are described.
const NODES_SINCE: i16 = 2;
/// Since this version updates are answered one by one no more.
const NO_RESULTS_SINCE: i16 = 2;

/// What comes before the refusal of one feature where all are answered together.
const ALL_FAILED: &str = "The update failed for all features since the following feature had an error: ";

/// DescribeQuorum: a quorum of one.
pub(crate) fn describe_quorum(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeQuorumRequest,
    version: i16,
) -> DescribeQuorumResponse {
    if !cluster.allows(caller, Operation::Describe, Resource::CLUSTER) {
        return DescribeQuorumResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: (version >= NODES_SINCE).then(|| CLUSTER_REFUSED.into()),
            ..DescribeQuorumResponse::default()
        };
    }
    let now = cluster.now_milliseconds();
    let voter = ReplicaState {
        replica_id: NODE,
        log_end_offset: 0,
        last_fetch_timestamp: now,
        last_caught_up_timestamp: now,
        ..ReplicaState::default()
    };
    let topics = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|partition| {
            if *topic.topic_name == *METADATA_TOPIC && partition.partition_index == 0 {
                ResponsePartitionData {
                    partition_index: 0,
                    leader_id: NODE,
                    leader_epoch: 0,
                    high_watermark: 0,
                    current_voters: vec![voter.clone()],
                    ..ResponsePartitionData::default()
                }
            } else {
                ResponsePartitionData {
                    partition_index: partition.partition_index,
                    error_code: ErrorCode::UnknownTopicOrPartition.code(),
                    ..ResponsePartitionData::default()
                }
            }
        });
        ResponseTopicData {
            partitions: partitions.collect(),
            topic_name: topic.topic_name,
        }
    });
    let node = || Node {
        node_id: NODE,
        listeners: vec![Listener {
            name: ByteString::from_static("CONTROLLER"),
            host: caller.reached_at.host.as_str().into(),
            port: caller.reached_at.port,
        }],
    };
    DescribeQuorumResponse {
        topics: topics.collect(),
        nodes: if version >= NODES_SINCE {
            vec![node()]
        } else {
            Vec::new()
        },
        ..DescribeQuorumResponse::default()
    }
}

/// UpdateFeatures: what is switched on is what this release has.
pub(crate) fn update(
    cluster: &Cluster,
    caller: &Caller,
    request: UpdateFeaturesRequest,
    version: i16,
) -> UpdateFeaturesResponse {
    if !cluster.allows(caller, Operation::Alter, Resource::CLUSTER) {
        return UpdateFeaturesResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: Some(CLUSTER_REFUSED.into()),
            ..UpdateFeaturesResponse::default()
        };
    }
    let check = |update: &FeatureUpdateKey| cluster.check_feature(&update.feature, update.max_version_level);
    let code = |refusal: &Option<String>| match refusal {
        Some(_) => ErrorCode::InvalidUpdateVersion.code(),
        None => 0,
    };
    if version >= NO_RESULTS_SINCE {
        let refusal = request
            .feature_updates
            .iter()
            .find_map(|update| check(update).err());
        return UpdateFeaturesResponse {
            error_code: code(&refusal),
            error_message: refusal.map(|refusal| format!("{ALL_FAILED}{refusal}").into()),
            ..UpdateFeaturesResponse::default()
        };
    }
    let results = request.feature_updates.iter().map(|update| {
        let refusal = check(update).err();
        UpdatableFeatureResult {
            feature: update.feature.clone(),
            error_code: code(&refusal),
            error_message: refusal.map(ByteString::from),
        }
    });
    UpdateFeaturesResponse {
        results: results.collect(),
        ..UpdateFeaturesResponse::default()
    }
}

/// ListConfigResources: topics, the node, and groups that have a configuration. Version 0 asks for client metrics only, of which there are none.
pub(crate) fn list_config_resources(
    cluster: &Cluster,
    caller: &Caller,
    request: &ListConfigResourcesRequest,
    version: i16,
) -> ListConfigResourcesResponse {
    if !cluster.allows(caller, Operation::DescribeConfigs, Resource::CLUSTER) {
        return ListConfigResourcesResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            ..ListConfigResourcesResponse::default()
        };
    }
    let is_wanted = |kind| request.resource_types.is_empty() || request.resource_types.contains(&kind);
    let mut config_resources = Vec::new();
    if version > 0 && is_wanted(TOPIC) {
        config_resources.extend(cluster.topics.all().iter().map(|topic| ConfigResource {
            resource_name: topic.name(),
            resource_type: TOPIC,
        }));
    }
    if version > 0 && is_wanted(BROKER) {
        config_resources.push(ConfigResource {
            resource_name: NODE.to_string().into(),
            resource_type: BROKER,
        });
    }
    if version > 0 && is_wanted(GROUP) {
        let groups = cluster.group_configs.groups().into_iter();
        config_resources.extend(groups.map(|group| ConfigResource {
            resource_name: group.into(),
            resource_type: GROUP,
        }));
    }
    ListConfigResourcesResponse {
        config_resources,
        ..ListConfigResourcesResponse::default()
    }
}
