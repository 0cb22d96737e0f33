//! DescribeShareGroupOffsets, AlterShareGroupOffsets and DeleteShareGroupOffsets: how far share groups are.

use bytestring::ByteString;
use ninefold_groups::{Description, GroupId};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_share_group_offsets as altering;
use ninefold_kafka_protocol::messages::delete_share_group_offsets as deleting;
use ninefold_kafka_protocol::messages::describe_share_group_offsets as describing;
use ninefold_share::StartPosition;

use super::of_share;
use crate::cluster::Cluster;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::Topic;

/// What is said of an offset or a lag that isn't known.
const UNKNOWN: i64 = -1;

/// DescribeShareGroupOffsets.
pub(crate) async fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: describing::DescribeShareGroupOffsetsRequest,
) -> describing::DescribeShareGroupOffsetsResponse {
    let mut groups = Vec::with_capacity(request.groups.len());
    for group in request.groups {
        let topics = describe_group(cluster, caller, &group).await;
        let (topics, error_code) = match topics {
            Ok(topics) => (topics, 0),
            Err(code) => (Vec::new(), code.code()),
        };
        groups.push(describing::DescribeShareGroupOffsetsResponseGroup {
            group_id: group.group_id,
            topics,
            error_code,
            error_message: None,
        });
    }
    describing::DescribeShareGroupOffsetsResponse {
        groups,
        ..describing::DescribeShareGroupOffsetsResponse::default()
    }
}

async fn describe_group(
    cluster: &Cluster,
    caller: &Caller,
    group: &describing::DescribeShareGroupOffsetsRequestGroup,
) -> Result<Vec<describing::DescribeShareGroupOffsetsResponseTopic>, ErrorCode> {
    cluster.check_group(caller, Operation::Describe, &group.group_id)?;
    check_kind(cluster, &group.group_id)?;
    let mut found = Vec::new();
    let Some(topics) = &group.topics else {
        for topic in cluster.topics.all() {
            let name = ByteString::from(&*topic.name());
            let may = cluster
                .named_topic_for(caller, Operation::Describe, &name)
                .is_ok();
            let shared = shared_indices(cluster, &group.group_id, &topic)?;
            if may && !shared.is_empty() {
                found.push(describe_topic(cluster, &group.group_id, name, Ok(topic), &shared).await);
            }
        }
        return Ok(found);
    };
    for wanted in topics {
        let topic = cluster.named_topic_for(caller, Operation::Describe, &wanted.topic_name);
        let name = wanted.topic_name.clone();
        found.push(describe_topic(cluster, &group.group_id, name, topic, &wanted.partitions).await);
    }
    Ok(found)
}

/// The partitions of a topic that a group shares.
fn shared_indices(cluster: &Cluster, group: &str, topic: &Topic) -> Result<Vec<i32>, ErrorCode> {
    let shares = cluster.shares()?;
    let is_shared = |index: &i32| {
        let partition = topic.partition(*index);
        partition.is_ok_and(|partition| shares.contains(&cluster.share_key(group, partition)))
    };
    Ok((0..topic.partition_count()).filter(is_shared).collect())
}

async fn describe_topic(
    cluster: &Cluster,
    group: &str,
    topic_name: ByteString,
    topic: Result<Topic, ErrorCode>,
    indices: &[i32],
) -> describing::DescribeShareGroupOffsetsResponseTopic {
    let mut partitions = Vec::with_capacity(indices.len());
    for index in indices {
        let (start_offset, lag, error_code) = match progress(cluster, group, &topic, *index).await {
            Ok((start_offset, lag)) => (start_offset, lag, 0),
            Err(code) => (UNKNOWN, UNKNOWN, code.code()),
        };
        partitions.push(describing::DescribeShareGroupOffsetsResponsePartition {
            partition_index: *index,
            start_offset,
            lag,
            error_code,
            ..describing::DescribeShareGroupOffsetsResponsePartition::default()
        });
    }
    describing::DescribeShareGroupOffsetsResponseTopic {
        topic_name,
        topic_id: topic.map_or_else(|_| ninefold_kafka_protocol::Uuid::ZERO, |topic| topic.id()),
        partitions,
    }
}

/// Where a group begins in a partition, and how much it has not finished.
async fn progress(
    cluster: &Cluster,
    group: &str,
    topic: &Result<Topic, ErrorCode>,
    index: i32,
) -> Result<(i64, i64), ErrorCode> {
    let partition = topic.as_ref().map_err(|code| *code)?.partition(index)?;
    if !cluster.shares()?.contains(&cluster.share_key(group, partition)) {
        return Ok((UNKNOWN, UNKNOWN));
    }
    let share = cluster.open_share(group, partition, None).await?;
    let description = share.describe().await.map_err(|error| of_share(&error))?;
    let lag = i64::try_from(description.lag).unwrap_or(i64::MAX);
    Ok((description.start_offset, lag))
}

/// AlterShareGroupOffsets.
pub(crate) async fn alter(
    cluster: &Cluster,
    caller: &Caller,
    request: altering::AlterShareGroupOffsetsRequest,
) -> altering::AlterShareGroupOffsetsResponse {
    let checked = cluster
        .check_group(caller, Operation::Read, &request.group_id)
        .and_then(|()| check_empty(cluster, &request.group_id));
    if let Err(code) = checked {
        return altering::AlterShareGroupOffsetsResponse {
            error_code: code.code(),
            ..altering::AlterShareGroupOffsetsResponse::default()
        };
    }
    let mut responses = Vec::with_capacity(request.topics.len());
    for wanted in request.topics {
        let topic = cluster.named_topic_for(caller, Operation::Read, &wanted.topic_name);
        let mut partitions = Vec::with_capacity(wanted.partitions.len());
        for partition in wanted.partitions {
            let (index, offset) = (partition.partition_index, partition.start_offset);
            let outcome = move_to(cluster, &request.group_id, &topic, index, offset).await;
            partitions.push(altering::AlterShareGroupOffsetsResponsePartition {
                partition_index: index,
                error_code: outcome.err().map_or(0, |code| code.code()),
                error_message: None,
            });
        }
        responses.push(altering::AlterShareGroupOffsetsResponseTopic {
            topic_name: wanted.topic_name,
            topic_id: topic.map_or_else(|_| ninefold_kafka_protocol::Uuid::ZERO, |topic| topic.id()),
            partitions,
        });
    }
    altering::AlterShareGroupOffsetsResponse {
        responses,
        ..altering::AlterShareGroupOffsetsResponse::default()
    }
}

async fn move_to(
    cluster: &Cluster,
    group: &str,
    topic: &Result<Topic, ErrorCode>,
    index: i32,
    offset: i64,
) -> Result<(), ErrorCode> {
    let partition = topic.as_ref().map_err(|code| *code)?.partition(index)?;
    if offset < 0 {
        return Err(ErrorCode::InvalidRequest);
    }
    let share = cluster
        .open_share(group, partition, Some(StartPosition::Offset(offset)))
        .await?;
    share.reset(offset).await.map_err(|error| of_share(&error))
}

/// DeleteShareGroupOffsets.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    request: deleting::DeleteShareGroupOffsetsRequest,
) -> deleting::DeleteShareGroupOffsetsResponse {
    let checked = cluster
        .check_group(caller, Operation::Delete, &request.group_id)
        .and_then(|()| check_empty(cluster, &request.group_id));
    if let Err(code) = checked {
        return deleting::DeleteShareGroupOffsetsResponse {
            error_code: code.code(),
            ..deleting::DeleteShareGroupOffsetsResponse::default()
        };
    }
    let mut responses = Vec::with_capacity(request.topics.len());
    for wanted in request.topics {
        let topic = cluster.named_topic_for(caller, Operation::Read, &wanted.topic_name);
        let outcome = forget(cluster, &request.group_id, &topic).await;
        responses.push(deleting::DeleteShareGroupOffsetsResponseTopic {
            topic_name: wanted.topic_name,
            topic_id: topic.map_or_else(|_| ninefold_kafka_protocol::Uuid::ZERO, |topic| topic.id()),
            error_code: outcome.err().map_or(0, |code| code.code()),
            error_message: None,
        });
    }
    deleting::DeleteShareGroupOffsetsResponse {
        responses,
        ..deleting::DeleteShareGroupOffsetsResponse::default()
    }
}

async fn forget(cluster: &Cluster, group: &str, topic: &Result<Topic, ErrorCode>) -> Result<(), ErrorCode> {
    let topic = topic.as_ref().map_err(|code| *code)?;
    for index in 0..topic.partition_count() {
        let key = cluster.share_key(group, topic.partition(index)?);
        let deleted = cluster.shares()?.delete(&key).await;
        deleted.map_err(|error| of_share(&error))?;
    }
    Ok(())
}

/// Whether there is a share group of this name.
fn check_kind(cluster: &Cluster, group: &str) -> Result<bool, ErrorCode> {
    cluster.shares()?;
    let id = cluster.groups.names.inner::<GroupId>(group);
    match cluster.groups.engine.describe(&id) {
        Some(Description::Share(share)) => Ok(share.is_empty),
        _ => Err(ErrorCode::GroupIdNotFound),
    }
}

/// Whether there is a share group of this name without members.
fn check_empty(cluster: &Cluster, group: &str) -> Result<(), ErrorCode> {
    if check_kind(cluster, group)? {
        Ok(())
    } else {
        Err(ErrorCode::NonEmptyGroup)
    }
}
