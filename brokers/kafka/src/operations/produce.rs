//! Produce: appends batches. They have their places when this returns, and the answer comes when they are durable.

use std::sync::Arc;

use futures_util::future::join_all;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::produce::{
    PartitionProduceData, PartitionProduceResponse, ProduceRequest, ProduceResponse, TopicProduceData,
    TopicProduceResponse,
};
use ninefold_log::{Append, TimestampType};
use ninefold_record_batch::Batch;

use crate::cluster::Cluster;
use crate::dispatch::Answered;
use crate::errors;
use crate::topics::{Topic, TopicReference};

/// Nobody waits for an answer.
const NO_ACKNOWLEDGEMENT: i16 = 0;
/// Before the answer: that of the leader, or of all replicas, which is the same here.
const ACKNOWLEDGEMENTS: [i16; 2] = [1, -1];

/// What became of a partition's records.
type Outcome = Result<Append, ErrorCode>;

/// The outcomes of a topic's partitions.
struct TopicOutcome {
    topic: TopicProduceData,
    partitions: Vec<(i32, TimestampType, Outcome)>,
}

/// Produce.
pub(crate) async fn answer(cluster: &Arc<Cluster>, request: ProduceRequest) -> Answered {
    let acks = request.acks;
    let is_known = acks == NO_ACKNOWLEDGEMENT || ACKNOWLEDGEMENTS.contains(&acks);
    let topics: Vec<TopicOutcome> = request
        .topic_data
        .into_iter()
        .map(|mut topic| {
            let records = std::mem::take(&mut topic.partition_data);
            let partitions = if is_known {
                append_topic(cluster, &topic, records)
            } else {
                let refused = |partition: PartitionProduceData| {
                    (
                        partition.index,
                        TimestampType::CreateTime,
                        Err(ErrorCode::InvalidRequiredAcks),
                    )
                };
                records.into_iter().map(refused).collect()
            };
            TopicOutcome { topic, partitions }
        })
        .collect();
    Box::pin(async move {
        let responses = join_all(topics.into_iter().map(finish)).await;
        (acks != NO_ACKNOWLEDGEMENT).then(|| {
            ProduceResponse {
                responses,
                ..ProduceResponse::default()
            }
            .into()
        })
    })
}

fn append_topic(
    cluster: &Cluster,
    topic: &TopicProduceData,
    records: Vec<PartitionProduceData>,
) -> Vec<(i32, TimestampType, Outcome)> {
    let found = cluster
        .topics
        .find(&TopicReference::of(&topic.name, topic.topic_id));
    let mut outcomes = Vec::with_capacity(records.len());
    for partition in records {
        let outcome = match &found {
            Ok(topic) => append(cluster, topic, &partition),
            Err(code) => Err(*code),
        };
        let timestamp_type = match &found {
            Ok(topic) => topic
                .partition(partition.index)
                .map_or(TimestampType::CreateTime, |partition| {
                    partition.settings().timestamp_type
                }),
            Err(_) => TimestampType::CreateTime,
        };
        outcomes.push((partition.index, timestamp_type, outcome));
    }
    outcomes
}

fn append(cluster: &Cluster, topic: &Topic, sent: &PartitionProduceData) -> Outcome {
    let partition = topic.partition(sent.index)?;
    let records = sent.records.clone().unwrap_or_default();
    // One batch: what follows one makes it too long for itself.
    let batch = Batch::parse(records).map_err(|error| errors::of_batch(&error))?;
    check_time(cluster, topic, &batch)?;
    partition.append(&batch).map_err(|error| {
        let code = errors::of_append(&error);
        tracing::debug!(topic = %topic.name(), partition = sent.index, %error, "a batch was not appended");
        code
    })
}

/// Whether the times of records are within what the topic allows, where they are the producer's.
fn check_time(cluster: &Cluster, topic: &Topic, batch: &Batch) -> Result<(), ErrorCode> {
    let configs = topic.configs();
    let (before_milliseconds, after_milliseconds) = configs.timestamp_bounds();
    let now = cluster.now_milliseconds();
    let header = batch.header();
    let is_log_time = configs.settings().timestamp_type == TimestampType::LogAppendTime;
    let is_late = now.saturating_sub(header.base_timestamp) > before_milliseconds;
    let is_early = header.max_timestamp.saturating_sub(now) > after_milliseconds;
    if !is_log_time && (is_late || is_early) {
        return Err(ErrorCode::InvalidTimestamp);
    }
    Ok(())
}

async fn finish(topic: TopicOutcome) -> TopicProduceResponse {
    let mut partition_responses = Vec::with_capacity(topic.partitions.len());
    for (index, timestamp_type, outcome) in topic.partitions {
        let appended = match outcome {
            Ok(append) => append.await.map_err(|error| errors::of_append(&error)),
            Err(code) => Err(code),
        };
        partition_responses.push(match appended {
            Ok(appended) => PartitionProduceResponse {
                index,
                base_offset: appended.base_offset,
                log_append_time_ms: match timestamp_type {
                    TimestampType::LogAppendTime => appended.appended_at_milliseconds,
                    TimestampType::CreateTime => -1,
                },
                log_start_offset: appended.start_offset,
                ..PartitionProduceResponse::default()
            },
            Err(code) => PartitionProduceResponse {
                index,
                error_code: code.code(),
                base_offset: -1,
                log_append_time_ms: -1,
                log_start_offset: -1,
                ..PartitionProduceResponse::default()
            },
        });
    }
    TopicProduceResponse {
        name: topic.topic.name,
        topic_id: topic.topic.topic_id,
        partition_responses,
    }
}
