//! ListOffsets: the offset of a time, or of the ends.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::list_offsets::{
    ListOffsetsPartition, ListOffsetsPartitionResponse, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsTopicResponse,
};
use ninefold_log::TimedOffset;

use crate::cluster::Cluster;
use crate::errors;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::Topic;

/// What stands for a time (KIP-79, KIP-734, KIP-405, KIP-1005, KIP-1023).
const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;
const EARLIEST_PENDING_UPLOAD: i64 = -6;
/// Readers of finished transactions.
const READ_COMMITTED: i8 = 1;
/// Before this version an answer says nothing of epochs.
const LEADER_EPOCH_SINCE: i16 = 4;
/// No offset, or no time.
const NONE: i64 = -1;

/// ListOffsets.
pub(crate) async fn answer(
    cluster: &Cluster,
    caller: &Caller,
    request: ListOffsetsRequest,
    version: i16,
) -> ListOffsetsResponse {
    let is_committed = request.isolation_level == READ_COMMITTED;
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        let known = cluster.named_topic_for(caller, Operation::Describe, &topic.name);
        for wanted in &topic.partitions {
            let found = match &known {
                Ok(topic) => find(topic, wanted, is_committed).await,
                Err(code) => Err(*code),
            };
            partitions.push(response(wanted, found, version));
        }
        topics.push(ListOffsetsTopicResponse {
            name: topic.name,
            partitions,
        });
    }
    ListOffsetsResponse {
        topics,
        ..ListOffsetsResponse::default()
    }
}

async fn find(
    topic: &Topic,
    wanted: &ListOffsetsPartition,
    is_committed: bool,
) -> Result<TimedOffset, ErrorCode> {
    let partition = topic.partition(wanted.partition_index)?;
    if wanted.current_leader_epoch > 0 {
        return Err(ErrorCode::UnknownLeaderEpoch);
    }
    let at = |offset| TimedOffset {
        offset,
        timestamp: NONE,
    };
    let end_offset = if is_committed {
        partition.last_stable_offset()
    } else {
        partition.end_offset()
    };
    let nothing = at(NONE);
    let found = match wanted.timestamp {
        LATEST => return Ok(at(end_offset)),
        EARLIEST | EARLIEST_LOCAL => return Ok(at(partition.start_offset())),
        LATEST_TIERED | EARLIEST_PENDING_UPLOAD => return Ok(nothing),
        MAX_TIMESTAMP => partition.latest_time().await,
        timestamp => partition.offset_for_time(timestamp).await,
    };
    let found = found.map_err(|error| errors::of_read(&error))?;
    Ok(found.filter(|found| found.offset < end_offset).unwrap_or(nothing))
}

fn response(
    wanted: &ListOffsetsPartition,
    found: Result<TimedOffset, ErrorCode>,
    version: i16,
) -> ListOffsetsPartitionResponse {
    let partition_index = wanted.partition_index;
    match found {
        Ok(found) => ListOffsetsPartitionResponse {
            partition_index,
            error_code: 0,
            timestamp: found.timestamp,
            offset: found.offset,
            leader_epoch: if found.offset == NONE || version < LEADER_EPOCH_SINCE {
                -1
            } else {
                0
            },
        },
        Err(code) => ListOffsetsPartitionResponse {
            partition_index,
            error_code: code.code(),
            timestamp: NONE,
            offset: NONE,
            leader_epoch: -1,
        },
    }
}
