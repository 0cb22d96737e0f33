//! OffsetCommit and OffsetDelete.

use std::time::Duration;

use bytestring::ByteString;
use ninefold_groups::{
    Committer, DeleteOffsets, GroupError, InstanceId, MemberId, OffsetCommit, PartitionOffset,
};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::offset_commit::{
    OffsetCommitRequest, OffsetCommitRequestTopic, OffsetCommitResponse, OffsetCommitResponsePartition,
    OffsetCommitResponseTopic,
};
use ninefold_kafka_protocol::messages::offset_delete::{
    OffsetDeleteRequest, OffsetDeleteResponse, OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::TopicReference;

/// Since this version a group that is not there is said to be so.
const NO_SUCH_GROUP_SINCE: i16 = 9;

/// Who commits, as requests say it.
pub(crate) fn committer(member: &ByteString, instance: Option<&ByteString>, epoch: i32) -> Committer {
    Committer {
        member: (!member.is_empty()).then(|| MemberId::from(&**member)),
        instance: instance.map(|instance| InstanceId::from(&**instance)),
        epoch,
    }
}

/// OffsetCommit.
pub(crate) async fn commit(
    cluster: &Cluster,
    caller: &Caller,
    request: OffsetCommitRequest,
    version: i16,
) -> OffsetCommitResponse {
    let checked = cluster.check_group(caller, Operation::Read, &request.group_id);
    let mut offsets = Vec::new();
    let mut topics: Vec<OffsetCommitResponseTopic> = Vec::with_capacity(request.topics.len());
    // Where in the answer each offset belongs.
    let mut places = Vec::new();
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for (place, partition) in topic.partitions.iter().enumerate() {
            let known = checked.and_then(|()| known_offset(cluster, caller, &topic, place));
            partitions.push(OffsetCommitResponsePartition {
                partition_index: partition.partition_index,
                error_code: known.as_ref().err().map_or(0, |code| code.code()),
            });
            if let Ok(offset) = known {
                offsets.push(offset);
                places.push((topics.len(), place));
            }
        }
        topics.push(OffsetCommitResponseTopic {
            name: topic.name,
            topic_id: topic.topic_id,
            partitions,
        });
    }
    if checked.is_err() {
        return OffsetCommitResponse {
            topics,
            ..OffsetCommitResponse::default()
        };
    }
    let retention = u64::try_from(request.retention_time_ms)
        .ok()
        .map(Duration::from_millis);
    let committed = cluster.groups.engine.commit(OffsetCommit {
        group: cluster.groups.names.inner(&request.group_id),
        committer: committer(
            &request.member_id,
            request.group_instance_id.as_ref(),
            request.generation_id_or_member_epoch,
        ),
        retention,
        offsets,
    });
    match committed.await {
        Ok(committed) => {
            for ((topic, partition), committed) in places.into_iter().zip(&committed) {
                topics[topic].partitions[partition].error_code = errors::of_group_outcome(committed);
            }
        }
        Err(error) => {
            let code = match &error {
                GroupError::NoSuchGroup if version < NO_SUCH_GROUP_SINCE => ErrorCode::IllegalGeneration,
                error => errors::of_group(error),
            };
            for partition in topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
                partition.error_code = code.code();
            }
        }
    }
    OffsetCommitResponse {
        topics,
        ..OffsetCommitResponse::default()
    }
}

/// An offset of a partition that there is.
fn known_offset(
    cluster: &Cluster,
    caller: &Caller,
    requested: &OffsetCommitRequestTopic,
    place: usize,
) -> Result<PartitionOffset, ErrorCode> {
    let partition = &requested.partitions[place];
    let reference = TopicReference::of(&requested.name, requested.topic_id);
    let topic = cluster.topic_for(caller, Operation::Read, &reference)?;
    topic.partition(partition.partition_index)?;
    Ok(PartitionOffset {
        topic: cluster.groups.names.inner(&topic.stream.key.name),
        partition: partition.partition_index.unsigned_abs(),
        offset: partition.committed_offset,
        leader_epoch: Some(partition.committed_leader_epoch).filter(|epoch| *epoch >= 0),
        metadata: partition.committed_metadata.as_deref().unwrap_or_default().into(),
    })
}

/// OffsetDelete.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    request: OffsetDeleteRequest,
) -> OffsetDeleteResponse {
    if let Err(code) = cluster.check_group(caller, Operation::Delete, &request.group_id) {
        return OffsetDeleteResponse {
            error_code: code.code(),
            ..OffsetDeleteResponse::default()
        };
    }
    let mut partitions = Vec::new();
    let mut topics: Vec<OffsetDeleteResponseTopic> = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let found = cluster.named_topic_for(caller, Operation::Read, &topic.name);
        let check = |index: i32| {
            let found = found.as_ref().map_err(|code| *code);
            found.and_then(|topic| topic.partition(index).map(drop))
        };
        let answers = topic
            .partitions
            .iter()
            .map(|partition| OffsetDeleteResponsePartition {
                partition_index: partition.partition_index,
                error_code: check(partition.partition_index).err().map_or(0, ErrorCode::code),
            });
        let answers: Vec<_> = answers.collect();
        let known = answers.iter().filter(|answer| answer.error_code == 0);
        partitions.extend(known.map(|answer| {
            (
                cluster.groups.names.inner(&topic.name),
                answer.partition_index.unsigned_abs(),
            )
        }));
        topics.push(OffsetDeleteResponseTopic {
            name: topic.name,
            partitions: answers,
        });
    }
    let deleted = cluster.groups.engine.delete_offsets(DeleteOffsets {
        group: cluster.groups.names.inner(&request.group_id),
        partitions,
    });
    let outcomes = match deleted.await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            return OffsetDeleteResponse {
                error_code: errors::of_group(&error).code(),
                ..OffsetDeleteResponse::default()
            };
        }
    };
    let known = topics
        .iter_mut()
        .flat_map(|topic| &mut topic.partitions)
        .filter(|answer| answer.error_code == 0);
    for (answer, outcome) in known.zip(&outcomes) {
        answer.error_code = errors::of_group_outcome(outcome);
    }
    OffsetDeleteResponse {
        topics,
        ..OffsetDeleteResponse::default()
    }
}
