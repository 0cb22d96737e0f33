//! DeleteRecords, OffsetForLeaderEpoch and DescribeProducers: what there is to say of a partition's records.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::delete_records::{
    DeleteRecordsPartition, DeleteRecordsPartitionResult, DeleteRecordsRequest, DeleteRecordsResponse,
    DeleteRecordsTopicResult,
};
use ninefold_kafka_protocol::messages::describe_producers::{
    DescribeProducersRequest, DescribeProducersResponse, PartitionResponse, ProducerState, TopicResponse,
};
use ninefold_kafka_protocol::messages::offset_for_leader_epoch::{
    EpochEndOffset, OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, OffsetForLeaderPartition,
    OffsetForLeaderTopicResult,
};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::Topic;

/// Everything there is.
const HIGH_WATERMARK: i64 = -1;

/// DeleteRecords.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    request: DeleteRecordsRequest,
) -> DeleteRecordsResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        let known = cluster.named_topic_for(caller, Operation::Delete, &topic.name);
        for partition in &topic.partitions {
            let deleted = match &known {
                Ok(topic) => delete_before(topic, partition).await,
                Err(code) => Err(*code),
            };
            partitions.push(DeleteRecordsPartitionResult {
                partition_index: partition.partition_index,
                low_watermark: deleted.unwrap_or(-1),
                error_code: deleted.err().map_or(0, ErrorCode::code),
            });
        }
        topics.push(DeleteRecordsTopicResult {
            name: topic.name,
            partitions,
        });
    }
    DeleteRecordsResponse {
        topics,
        ..DeleteRecordsResponse::default()
    }
}

async fn delete_before(topic: &Topic, wanted: &DeleteRecordsPartition) -> Result<i64, ErrorCode> {
    let partition = topic.partition(wanted.partition_index)?;
    if !partition.settings().cleanup.deletes() {
        return Err(ErrorCode::PolicyViolation);
    }
    let offset = match wanted.offset {
        HIGH_WATERMARK => partition.end_offset(),
        offset => offset,
    };
    let deleted = partition.delete_before(offset).await;
    deleted.map_err(|error| errors::of_log(&error))
}

/// OffsetForLeaderEpoch: there has been one epoch only.
pub(crate) fn offset_for_leader_epoch(
    cluster: &Cluster,
    caller: &Caller,
    request: OffsetForLeaderEpochRequest,
) -> OffsetForLeaderEpochResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let known = cluster.named_topic_for(caller, Operation::Describe, &topic.topic);
        let partitions = topic.partitions.iter().map(|wanted| {
            let end_offset = match &known {
                Ok(topic) => epoch_end(topic, wanted),
                Err(code) => Err(*code),
            };
            EpochEndOffset {
                error_code: end_offset.err().map_or(0, ErrorCode::code),
                partition: wanted.partition,
                leader_epoch: if end_offset.is_ok_and(|offset| offset >= 0) {
                    0
                } else {
                    -1
                },
                end_offset: end_offset.unwrap_or(-1),
            }
        });
        topics.push(OffsetForLeaderTopicResult {
            partitions: partitions.collect(),
            topic: topic.topic,
        });
    }
    OffsetForLeaderEpochResponse {
        topics,
        ..OffsetForLeaderEpochResponse::default()
    }
}

fn epoch_end(topic: &Topic, wanted: &OffsetForLeaderPartition) -> Result<i64, ErrorCode> {
    let partition = topic.partition(wanted.partition)?;
    if wanted.current_leader_epoch > 0 {
        return Err(ErrorCode::UnknownLeaderEpoch);
    }
    Ok(if wanted.leader_epoch == 0 {
        partition.end_offset()
    } else {
        -1
    })
}

/// DescribeProducers (KIP-664).
pub(crate) fn describe_producers(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeProducersRequest,
) -> DescribeProducersResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let known = cluster.named_topic_for(caller, Operation::Read, &topic.name);
        let partitions = topic.partition_indexes.iter().map(|index| {
            let found = match &known {
                Ok(topic) => active_producers(topic, *index),
                Err(code) => Err(*code),
            };
            PartitionResponse {
                partition_index: *index,
                error_code: found.as_ref().err().map_or(0, |code| code.code()),
                error_message: None,
                active_producers: found.unwrap_or_default(),
            }
        });
        topics.push(TopicResponse {
            partitions: partitions.collect(),
            name: topic.name,
        });
    }
    DescribeProducersResponse {
        topics,
        ..DescribeProducersResponse::default()
    }
}

fn active_producers(topic: &Topic, index: i32) -> Result<Vec<ProducerState>, ErrorCode> {
    let producers = topic.partition(index)?.producers();
    let state = |producer: ninefold_log::ProducerSummary| ProducerState {
        producer_id: producer.producer_id,
        producer_epoch: i32::from(producer.producer_epoch),
        last_sequence: producer.last_sequence,
        last_timestamp: producer.last_timestamp_milliseconds,
        coordinator_epoch: producer.coordinator_epoch,
        current_txn_start_offset: producer.transaction_start_offset.unwrap_or(-1),
    };
    Ok(producers.into_iter().map(state).collect())
}
