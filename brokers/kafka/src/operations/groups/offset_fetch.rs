//! OffsetFetch.

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_groups::{Committer, FetchOffsets, FetchedOffset, MemberId};
use ninefold_kafka_protocol::messages::offset_fetch::{
    OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopics, OffsetFetchResponse,
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use ninefold_kafka_protocol::{ErrorCode, Uuid};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::{Operation, Resource};
use crate::session::Caller;
use crate::topics::TopicReference;

/// Since this version a request is for several groups (KIP-709).
const SEVERAL_SINCE: i16 = 8;
/// Since this version topics are named by id.
const BY_ID_SINCE: i16 = 10;
/// Since this version an answer has an error of its own.
const ERROR_SINCE: i16 = 2;
/// No offset, or no epoch.
const NONE: i64 = -1;
const NO_EPOCH: i32 = -1;

/// OffsetFetch.
pub(crate) fn fetch(
    cluster: &Cluster,
    caller: &Caller,
    request: OffsetFetchRequest,
    version: i16,
) -> OffsetFetchResponse {
    let require_stable = request.require_stable;
    if version >= SEVERAL_SINCE {
        let groups = request.groups.into_iter();
        return OffsetFetchResponse {
            groups: groups
                .map(|group| fetch_group(cluster, caller, group, require_stable, version))
                .collect(),
            ..OffsetFetchResponse::default()
        };
    }
    let topics = request.topics.map(|topics| {
        let topics = topics.into_iter().map(|topic| OffsetFetchRequestTopics {
            name: topic.name,
            topic_id: Uuid::ZERO,
            partition_indexes: topic.partition_indexes,
        });
        topics.collect()
    });
    let group = OffsetFetchRequestGroup {
        group_id: request.group_id,
        member_id: None,
        member_epoch: NO_EPOCH,
        topics,
    };
    single(
        fetch_group(cluster, caller, group, require_stable, version),
        version,
    )
}

/// The answer for the only group of a request.
fn single(group: OffsetFetchResponseGroup, version: i16) -> OffsetFetchResponse {
    let error_code = group.error_code;
    let topics = group.topics.into_iter().map(|topic| OffsetFetchResponseTopic {
        name: topic.name,
        partitions: topic
            .partitions
            .into_iter()
            .map(|partition| OffsetFetchResponsePartition {
                partition_index: partition.partition_index,
                committed_offset: partition.committed_offset,
                committed_leader_epoch: partition.committed_leader_epoch,
                metadata: partition.metadata,
                error_code: if partition.error_code == 0 {
                    error_code
                } else {
                    partition.error_code
                },
            })
            .collect(),
    });
    OffsetFetchResponse {
        topics: topics.collect(),
        error_code: if version >= ERROR_SINCE { error_code } else { 0 },
        ..OffsetFetchResponse::default()
    }
}

fn fetch_group(
    cluster: &Cluster,
    caller: &Caller,
    group: OffsetFetchRequestGroup,
    require_stable: bool,
    version: i16,
) -> OffsetFetchResponseGroup {
    let group_id = group.group_id.clone();
    if let Err(code) = cluster.check_group(caller, Operation::Describe, &group_id) {
        return OffsetFetchResponseGroup {
            group_id,
            topics: group.topics.unwrap_or_default().iter().map(nothing).collect(),
            error_code: code.code(),
        };
    }
    let wanted = group.topics.as_deref();
    let (topics, unknown) = match wanted {
        Some(topics) => {
            let (known, unknown) = known_topics(cluster, caller, topics, version);
            (Some(known), unknown)
        }
        None => (None, Vec::new()),
    };
    let partitions = topics.as_ref().map(|topics| {
        let partitions = topics.iter().flat_map(|topic| {
            let name: Arc<str> = cluster.groups.names.inner(&topic.name);
            let indexes = topic.partition_indexes.iter();
            indexes.map(move |index| (Arc::clone(&name), index.unsigned_abs()))
        });
        partitions.collect()
    });
    let fetched = cluster.groups.engine.fetch(FetchOffsets {
        group: cluster.groups.names.inner(&group_id),
        committer: Committer {
            member: group.member_id.as_deref().map(MemberId::from),
            instance: None,
            epoch: group.member_epoch,
        },
        partitions,
        require_stable,
    });
    match fetched {
        Ok(offsets) => {
            let mut answered = by_topic(cluster, caller, offsets, version);
            answered.extend(unknown);
            OffsetFetchResponseGroup {
                group_id,
                topics: answered,
                error_code: 0,
            }
        }
        Err(error) => OffsetFetchResponseGroup {
            group_id,
            topics: topics.unwrap_or_default().iter().map(nothing).collect(),
            error_code: errors::of_group(&error).code(),
        },
    }
}

/// The topics by name, and what is answered of those that the caller may not see or nobody knows.
fn known_topics(
    cluster: &Cluster,
    caller: &Caller,
    topics: &[OffsetFetchRequestTopics],
    version: i16,
) -> (Vec<OffsetFetchRequestTopics>, Vec<OffsetFetchResponseTopics>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for topic in topics {
        let reference = TopicReference::of(&topic.name, topic.topic_id);
        match cluster.topic_for(caller, Operation::Describe, &reference) {
            Ok(found) => known.push(OffsetFetchRequestTopics {
                name: found.name(),
                ..topic.clone()
            }),
            // What was committed of a topic that is no more is not asked for by id.
            Err(ErrorCode::UnknownTopicOrPartition) if version < BY_ID_SINCE => known.push(topic.clone()),
            Err(code) => {
                let mut answer = nothing(topic);
                for partition in &mut answer.partitions {
                    partition.error_code = code.code();
                }
                unknown.push(answer);
            }
        }
    }
    (known, unknown)
}

fn nothing(topic: &OffsetFetchRequestTopics) -> OffsetFetchResponseTopics {
    let partition = |index: &i32| OffsetFetchResponsePartitions {
        partition_index: *index,
        committed_offset: NONE,
        committed_leader_epoch: NO_EPOCH,
        metadata: Some(ByteString::new()),
        error_code: 0,
    };
    OffsetFetchResponseTopics {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: topic.partition_indexes.iter().map(partition).collect(),
    }
}

fn by_topic(
    cluster: &Cluster,
    caller: &Caller,
    offsets: Vec<FetchedOffset>,
    version: i16,
) -> Vec<OffsetFetchResponseTopics> {
    let mut topics: Vec<OffsetFetchResponseTopics> = Vec::new();
    let mut last: Option<Arc<str>> = None;
    for fetched in offsets {
        if last.as_ref() != Some(&fetched.topic) {
            let Some(name) = cluster.groups.names.outer(&fetched.topic) else {
                continue;
            };
            if !cluster.allows(caller, Operation::Describe, Resource::topic(&name)) {
                continue;
            }
            let topic_id = match cluster.topics.get(&name) {
                Some(topic) if version >= BY_ID_SINCE => topic.id(),
                // Without an id it has no name any more.
                None if version >= BY_ID_SINCE => continue,
                _ => Uuid::ZERO,
            };
            topics.push(OffsetFetchResponseTopics {
                name: if version >= BY_ID_SINCE {
                    ByteString::new()
                } else {
                    name
                },
                topic_id,
                partitions: Vec::new(),
            });
            last = Some(Arc::clone(&fetched.topic));
        }
        if let Some(topic) = topics.last_mut() {
            topic.partitions.push(answer(&fetched));
        }
    }
    topics
}

fn answer(fetched: &FetchedOffset) -> OffsetFetchResponsePartitions {
    let partition_index = i32::try_from(fetched.partition).unwrap_or(i32::MAX);
    let none = OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: NONE,
        committed_leader_epoch: NO_EPOCH,
        metadata: Some(ByteString::new()),
        error_code: 0,
    };
    match &fetched.offset {
        Ok(Some(offset)) => OffsetFetchResponsePartitions {
            committed_offset: offset.offset,
            committed_leader_epoch: offset.leader_epoch.unwrap_or(NO_EPOCH),
            metadata: Some((*offset.metadata).into()),
            ..none
        },
        Ok(None) => none,
        Err(error) => OffsetFetchResponsePartitions {
            error_code: errors::of_group(error).code(),
            ..none
        },
    }
}
