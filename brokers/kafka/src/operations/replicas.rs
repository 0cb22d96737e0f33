//! What is about leaders and replicas, of which there is one for everything: ElectLeaders, AlterPartitionReassignments and
//! ListPartitionReassignments; and where they are kept: DescribeLogDirs and AlterReplicaLogDirs.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_partition_reassignments::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse, ReassignablePartition,
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use ninefold_kafka_protocol::messages::alter_replica_log_dirs::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult, AlterReplicaLogDirsRequest,
    AlterReplicaLogDirsResponse,
};
use ninefold_kafka_protocol::messages::describe_log_dirs::{
    DescribeLogDirsPartition, DescribeLogDirsRequest, DescribeLogDirsResponse, DescribeLogDirsResult,
    DescribeLogDirsTopic,
};
use ninefold_kafka_protocol::messages::elect_leaders::{
    ElectLeadersRequest, ElectLeadersResponse, PartitionResult, ReplicaElectionResult,
};
use ninefold_kafka_protocol::messages::list_partition_reassignments::ListPartitionReassignmentsResponse;

use crate::cluster::{Cluster, NODE};
use crate::security::{CLUSTER_REFUSED, Operation, Resource};
use crate::session::Caller;
use crate::topics::Topic;

/// Elections of the preferred leader and of any.
const ELECTION_TYPES: [i8; 2] = [0, 1];
/// Since this version an answer to ElectLeaders has an error of its own.
const ELECTION_ERROR_SINCE: i16 = 1;
/// Since this version an answer to DescribeLogDirs has an error of its own.
const LOG_DIRS_ERROR_SINCE: i16 = 3;
/// How large the disk is, is not told.
const UNKNOWN_BYTES: i64 = -1;
/// What the one directory is called.
const LOG_DIR: &str = "streams";

/// ElectLeaders: the leader is elected already.
pub(crate) fn elect_leaders(
    cluster: &Cluster,
    caller: &Caller,
    request: ElectLeadersRequest,
    version: i16,
) -> ElectLeadersResponse {
    let refused = |code: ErrorCode| ElectLeadersResponse {
        error_code: if version >= ELECTION_ERROR_SINCE {
            code.code()
        } else {
            0
        },
        ..ElectLeadersResponse::default()
    };
    if !cluster.allows(caller, Operation::Alter, Resource::CLUSTER) {
        return refused(ErrorCode::ClusterAuthorizationFailed);
    }
    if !ELECTION_TYPES.contains(&request.election_type) {
        return refused(ErrorCode::InvalidRequest);
    }
    // Of all partitions only those are told of that had to have one.
    let topics = request
        .topic_partitions
        .unwrap_or_default()
        .into_iter()
        .map(|topic| {
            let found = cluster.topics.get(&topic.topic);
            let results = topic.partitions.iter().map(|partition| {
                let exists = found
                    .as_ref()
                    .is_some_and(|topic| topic.partition(*partition).is_ok());
                let (code, message) = if exists {
                    (
                        ErrorCode::ElectionNotNeeded,
                        "Leader election not needed for topic partition.",
                    )
                } else {
                    (
                        ErrorCode::UnknownTopicOrPartition,
                        "This server does not host this topic-partition.",
                    )
                };
                PartitionResult {
                    partition_id: *partition,
                    error_code: code.code(),
                    error_message: Some(message.into()),
                }
            });
            ReplicaElectionResult {
                partition_result: results.collect(),
                topic: topic.topic,
            }
        });
    ElectLeadersResponse {
        replica_election_results: topics.collect(),
        ..ElectLeadersResponse::default()
    }
}

/// AlterPartitionReassignments: every partition stays where it is.
pub(crate) fn reassign(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterPartitionReassignmentsRequest,
) -> AlterPartitionReassignmentsResponse {
    if !cluster.allows(caller, Operation::Alter, Resource::CLUSTER) {
        return AlterPartitionReassignmentsResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: Some(CLUSTER_REFUSED.into()),
            ..AlterPartitionReassignmentsResponse::default()
        };
    }
    let responses = request.topics.into_iter().map(|topic| {
        let found = cluster.topics.get(&topic.name);
        let partitions = topic.partitions.iter().map(|partition| {
            let refusal = reassignment_refusal(found.as_ref(), partition);
            ReassignablePartitionResponse {
                partition_index: partition.partition_index,
                error_code: refusal.map_or(0, |(code, _)| code.code()),
                error_message: refusal.map(|(_, message)| message.into()),
            }
        });
        ReassignableTopicResponse {
            partitions: partitions.collect(),
            name: topic.name,
        }
    });
    AlterPartitionReassignmentsResponse {
        responses: responses.collect(),
        ..AlterPartitionReassignmentsResponse::default()
    }
}

fn reassignment_refusal(
    topic: Option<&Topic>,
    partition: &ReassignablePartition,
) -> Option<(ErrorCode, &'static str)> {
    let exists = topic.is_some_and(|topic| topic.partition(partition.partition_index).is_ok());
    match &partition.replicas {
        _ if !exists => Some((
            ErrorCode::UnknownTopicOrPartition,
            "This server does not host this topic-partition.",
        )),
        None => Some((
            ErrorCode::NoReassignmentInProgress,
            "No partition reassignment is in progress.",
        )),
        Some(replicas) if *replicas == [NODE] => None,
        Some(_) => Some((
            ErrorCode::InvalidReplicaAssignment,
            "There is one node, which every partition is on.",
        )),
    }
}

/// ListPartitionReassignments: there are none.
pub(crate) fn reassignments(cluster: &Cluster, caller: &Caller) -> ListPartitionReassignmentsResponse {
    if !cluster.allows(caller, Operation::Describe, Resource::CLUSTER) {
        return ListPartitionReassignmentsResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: Some(CLUSTER_REFUSED.into()),
            ..ListPartitionReassignmentsResponse::default()
        };
    }
    ListPartitionReassignmentsResponse::default()
}

/// DescribeLogDirs.
pub(crate) fn log_dirs(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeLogDirsRequest,
    version: i16,
) -> DescribeLogDirsResponse {
    if !cluster.allows(caller, Operation::Describe, Resource::CLUSTER) {
        let code = ErrorCode::ClusterAuthorizationFailed.code();
        return DescribeLogDirsResponse {
            error_code: if version >= LOG_DIRS_ERROR_SINCE { code } else { 0 },
            ..DescribeLogDirsResponse::default()
        };
    }
    let topics: Vec<DescribeLogDirsTopic> = match request.topics {
        None => cluster
            .topics
            .all()
            .iter()
            .map(|topic| sizes(topic, 0..topic.partition_count()))
            .collect(),
        Some(topics) => topics
            .into_iter()
            .filter_map(|wanted| Some(sizes(&cluster.topics.get(&wanted.topic)?, wanted.partitions)))
            .collect(),
    };
    DescribeLogDirsResponse {
        results: vec![DescribeLogDirsResult {
            log_dir: LOG_DIR.into(),
            topics,
            total_bytes: UNKNOWN_BYTES,
            usable_bytes: UNKNOWN_BYTES,
            ..DescribeLogDirsResult::default()
        }],
        ..DescribeLogDirsResponse::default()
    }
}

fn sizes(topic: &Topic, indexes: impl IntoIterator<Item = i32>) -> DescribeLogDirsTopic {
    let partitions = indexes.into_iter().filter_map(|index| {
        let partition = topic.partition(index).ok()?;
        Some(DescribeLogDirsPartition {
            partition_index: index,
            partition_size: i64::try_from(partition.bytes()).unwrap_or(i64::MAX),
            offset_lag: 0,
            is_future_key: false,
        })
    });
    DescribeLogDirsTopic {
        partitions: partitions.collect(),
        name: topic.name(),
    }
}

/// AlterReplicaLogDirs: there is one directory.
pub(crate) fn move_replicas(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterReplicaLogDirsRequest,
) -> AlterReplicaLogDirsResponse {
    let may = cluster.allows(caller, Operation::Alter, Resource::CLUSTER);
    let mut results = Vec::new();
    for dir in request.dirs {
        for topic in dir.topics {
            let found = cluster.topics.get(&topic.name);
            let code = |index: i32| {
                let exists = found.as_ref().is_some_and(|topic| topic.partition(index).is_ok());
                match (may, exists) {
                    (false, _) => ErrorCode::ClusterAuthorizationFailed,
                    (true, _) if dir.path != ByteString::from_static(LOG_DIR) => ErrorCode::LogDirNotFound,
                    (true, false) => ErrorCode::UnknownTopicOrPartition,
                    (true, true) => ErrorCode::None,
                }
            };
            let partitions = topic
                .partitions
                .iter()
                .map(|index| AlterReplicaLogDirPartitionResult {
                    partition_index: *index,
                    error_code: code(*index).code(),
                });
            results.push(AlterReplicaLogDirTopicResult {
                partitions: partitions.collect(),
                topic_name: topic.name,
            });
        }
    }
    AlterReplicaLogDirsResponse {
        results,
        ..AlterReplicaLogDirsResponse::default()
    }
}
