//! Produce: appends batches. They have their places when this returns, and the answer comes when they are durable.

use std::sync::Arc;

use futures_util::future::join_all;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::produce::{
    PartitionProduceData, PartitionProduceResponse, ProduceRequest, ProduceResponse, TopicProduceData,
    TopicProduceResponse,
};
use ninefold_log::{Append, Partition, TimestampType};
use ninefold_record_batch::Batch;
use ninefold_transactions::Admission;

use crate::cluster::Cluster;
use crate::dispatch::Answered;
use crate::errors;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::{Topic, TopicReference};
use crate::transactions::{Write, Writer};

/// Nobody waits for an answer.
const NO_ACKNOWLEDGEMENT: i16 = 0;
/// Before the answer: that of the leader, or of all replicas, which is the same here.
const ACKNOWLEDGEMENTS: [i16; 2] = [1, -1];

/// A batch, and where it is to be appended.
struct Intended {
    partition: Arc<Partition>,
    batch: Batch,
}

/// The partitions of a topic: their numbers, and what is to be appended to them or was.
struct OfTopic<T> {
    topic: TopicProduceData,
    partitions: Vec<(i32, Result<T, ErrorCode>)>,
}

/// What was appended, and whether its time is the log's.
struct Appending {
    append: Append,
    timestamp_type: TimestampType,
}

/// Produce.
pub(crate) async fn answer(
    cluster: &Arc<Cluster>,
    caller: &Caller,
    request: ProduceRequest,
    version: i16,
) -> Answered {
    let acks = request.acks;
    let is_known = acks == NO_ACKNOWLEDGEMENT || ACKNOWLEDGEMENTS.contains(&acks);
    let topics = request.topic_data.into_iter();
    let intended: Vec<OfTopic<Intended>> = topics
        .map(|topic| {
            if is_known {
                intend(cluster, caller, topic)
            } else {
                refuse(topic, ErrorCode::InvalidRequiredAcks)
            }
        })
        .collect();
    let id = request.transactional_id.as_deref();
    let admitted = admit(cluster, caller, id, &intended, version).await;
    let appended: Vec<OfTopic<Appending>> = intended
        .into_iter()
        .map(|topic| append_topic(topic, admitted.as_ref().err().copied()))
        .collect();
    // Everything has its place: what ends the transaction comes behind it.
    drop(admitted);
    Box::pin(async move {
        let responses = join_all(appended.into_iter().map(finish)).await;
        (acks != NO_ACKNOWLEDGEMENT).then(|| {
            ProduceResponse {
                responses,
                ..ProduceResponse::default()
            }
            .into()
        })
    })
}

fn refuse(mut topic: TopicProduceData, code: ErrorCode) -> OfTopic<Intended> {
    let partitions = std::mem::take(&mut topic.partition_data).into_iter();
    OfTopic {
        partitions: partitions.map(|partition| (partition.index, Err(code))).collect(),
        topic,
    }
}

fn intend(cluster: &Cluster, caller: &Caller, mut topic: TopicProduceData) -> OfTopic<Intended> {
    let found = match cluster.topic_for(
        caller,
        Operation::Write,
        &TopicReference::of(&topic.name, topic.topic_id),
    ) {
        Ok(found) => found,
        Err(code) => return refuse(topic, code),
    };
    // For transactions, which know topics by name.
    topic.name = found.name();
    let sent = std::mem::take(&mut topic.partition_data).into_iter();
    OfTopic {
        partitions: sent
            .map(|partition| (partition.index, intend_one(cluster, &found, partition)))
            .collect(),
        topic,
    }
}

fn intend_one(cluster: &Cluster, topic: &Topic, sent: PartitionProduceData) -> Result<Intended, ErrorCode> {
    let partition = Arc::clone(topic.partition(sent.index)?);
    // One batch: what follows one makes it too long for itself.
    let batch = Batch::parse(sent.records.unwrap_or_default()).map_err(|error| errors::of_batch(&error))?;
    if partition.timestamp_type() == TimestampType::CreateTime {
        check_time(cluster, topic, &batch)?;
    }
    Ok(Intended { partition, batch })
}

/// Whether the times of records are within what the topic allows.
fn check_time(cluster: &Cluster, topic: &Topic, batch: &Batch) -> Result<(), ErrorCode> {
    let (before_milliseconds, after_milliseconds) = topic.timestamp_bounds();
    let now = cluster.now_milliseconds();
    let header = batch.header();
    let is_late = now.saturating_sub(header.base_timestamp) > before_milliseconds;
    let is_early = header.max_timestamp.saturating_sub(now) > after_milliseconds;
    if is_late || is_early {
        return Err(ErrorCode::InvalidTimestamp);
    }
    Ok(())
}

/// Lets the batches in that belong to a transaction, if any do.
async fn admit(
    cluster: &Cluster,
    caller: &Caller,
    transactional_id: Option<&str>,
    intended: &[OfTopic<Intended>],
    version: i16,
) -> Result<Option<Admission>, ErrorCode> {
    let mut writer: Option<Writer> = None;
    let mut partitions = Vec::new();
    for topic in intended {
        for (index, intended) in &topic.partitions {
            let Ok(Intended { batch, .. }) = intended else {
                continue;
            };
            let header = batch.header();
            if header.attributes.is_transactional() {
                writer.get_or_insert(Writer::new(header.producer_id, header.producer_epoch));
                partitions.push((&*topic.topic.name, index.unsigned_abs()));
            }
        }
    }
    let Some(writer) = writer else {
        return Ok(None);
    };
    let id = transactional_id.ok_or(ErrorCode::TransactionalIdAuthorizationFailed)?;
    cluster.check_transactional_id(caller, Operation::Write, id)?;
    let write = Write::Records { version };
    let admitted = cluster.transactions.admit(id, writer, &partitions, write).await;
    admitted.map(Some)
}

/// Appends what is intended for a topic; what belongs to a transaction only if that was let in.
fn append_topic(topic: OfTopic<Intended>, not_admitted: Option<ErrorCode>) -> OfTopic<Appending> {
    let append = |intended: Intended| {
        let is_transactional = intended.batch.header().attributes.is_transactional();
        if let Some(code) = not_admitted.filter(|_| is_transactional) {
            return Err(code);
        }
        let append = intended.partition.append(&intended.batch).map_err(|error| {
            tracing::debug!(partition = ?intended.partition, %error, "a batch was not appended");
            errors::of_append(&error)
        })?;
        Ok(Appending {
            append,
            timestamp_type: intended.partition.timestamp_type(),
        })
    };
    let partitions = topic.partitions.into_iter();
    OfTopic {
        partitions: partitions
            .map(|(index, intended)| (index, intended.and_then(append)))
            .collect(),
        topic: topic.topic,
    }
}

/// Waits until everything of a topic is durable.
async fn finish(topic: OfTopic<Appending>) -> TopicProduceResponse {
    let mut partition_responses = Vec::with_capacity(topic.partitions.len());
    for (index, appending) in topic.partitions {
        let finished = match appending {
            Ok(appending) => finish_one(index, appending).await,
            Err(code) => Err(code),
        };
        partition_responses.push(finished.unwrap_or_else(|code| PartitionProduceResponse {
            index,
            error_code: code.code(),
            base_offset: -1,
            log_append_time_ms: -1,
            log_start_offset: -1,
            ..PartitionProduceResponse::default()
        }));
    }
    TopicProduceResponse {
        name: topic.topic.name,
        topic_id: topic.topic.topic_id,
        partition_responses,
    }
}

async fn finish_one(index: i32, appending: Appending) -> Result<PartitionProduceResponse, ErrorCode> {
    let appended = appending
        .append
        .await
        .map_err(|error| errors::of_append(&error))?;
    Ok(PartitionProduceResponse {
        index,
        base_offset: appended.base_offset,
        log_append_time_ms: match appending.timestamp_type {
            TimestampType::LogAppendTime => appended.appended_at_milliseconds,
            TimestampType::CreateTime => -1,
        },
        log_start_offset: appended.start_offset,
        ..PartitionProduceResponse::default()
    })
}
