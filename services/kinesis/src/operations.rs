//! The operations, by resource.

pub(crate) mod account;
pub(crate) mod channels;
pub(crate) mod consumers;
pub(crate) mod describe;
pub(crate) mod encryption;
pub(crate) mod modes;
pub(crate) mod monitoring;
pub(crate) mod policies;
pub(crate) mod push;
pub(crate) mod put;
pub(crate) mod queue_records;
pub(crate) mod queues;
pub(crate) mod records;
pub(crate) mod resource;
pub(crate) mod retention;
pub(crate) mod shards;
mod source_stream;
pub(crate) mod streams;
pub(crate) mod subscribe;
pub(crate) mod tags;

use bytes::Bytes;
use ninefold_model::{Map, Value};
use ninefold_protocol::{
    BoxFuture, CallContext, Codec, ServiceError, read_input as read, write_output as write,
};
use serde::Serialize;

use crate::KinesisDoor;
use crate::errors;
use crate::queue::Side;

/// Every operation that works.
pub(crate) const NAMES: &[&str] = &[
    "AcknowledgeDeadLetterQueueRecords",
    "AcknowledgeQueueRecords",
    "AddTagsToStream",
    "CreateChannel",
    "CreateQueue",
    "CreateStream",
    "DecreaseStreamRetentionPeriod",
    "DeleteChannel",
    "DeleteQueue",
    "DeleteResourcePolicy",
    "DeleteStream",
    "DeregisterStreamConsumer",
    "DescribeAccountSettings",
    "DescribeChannel",
    "DescribeLimits",
    "DescribeQueue",
    "DescribeStream",
    "DescribeStreamConsumer",
    "DescribeStreamSummary",
    "DisableEnhancedMonitoring",
    "EnableEnhancedMonitoring",
    "GetRecords",
    "GetResourcePolicy",
    "GetShardIterator",
    "IncreaseStreamRetentionPeriod",
    "ListChannels",
    "ListQueues",
    "ListShards",
    "ListStreamConsumers",
    "ListStreams",
    "ListTagsForResource",
    "ListTagsForStream",
    "MergeShards",
    "PutRecord",
    "PutRecords",
    "PutResourcePolicy",
    "ReceiveDeadLetterQueueRecords",
    "ReceiveQueueRecords",
    "RegisterStreamConsumer",
    "RemoveTagsFromStream",
    "RestoreDeadLetterQueueRecords",
    "SplitShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "SubscribeToShard",
    "TagResource",
    "UntagResource",
    "UpdateAccountSettings",
    "UpdateChannel",
    "UpdateDeadLetterQueueRecordsVisibility",
    "UpdateMaxRecordSize",
    "UpdateQueue",
    "UpdateQueueRecordsVisibility",
    "UpdateShardCount",
    "UpdateStreamMode",
    "UpdateStreamRecordDistributionStrategy",
    "UpdateStreamWarmThroughput",
];

/// Does an operation.
pub(crate) async fn call(
    door: &KinesisDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let nothing = |()| Value::Map(Map::new());
    match name {
        "AddTagsToStream" => tags::add(door, context, read(input)?).await.map(nothing),
        "CreateChannel" => write(&channels::create(door, context, read(input)?).await?),
        "CreateStream" => streams::create(door, context, read(input)?).await.map(nothing),
        "DecreaseStreamRetentionPeriod" => retention::decrease(door, context, read(input)?)
            .await
            .map(nothing),
        "DeleteChannel" => channels::delete(door, context, read(input)?).await.map(nothing),
        "DeleteResourcePolicy" => policies::delete(door, context, read(input)?).await.map(nothing),
        "DeleteStream" => streams::delete(door, context, read(input)?).await.map(nothing),
        "DeregisterStreamConsumer" => consumers::deregister(door, context, read(input)?)
            .await
            .map(nothing),
        "DescribeAccountSettings" => write(&account::describe(door, context)?),
        "DescribeChannel" => write(&channels::describe(door, context, read(input)?)?),
        "DescribeLimits" => write(&describe::limits(door, context)?),
        "DescribeStream" => write(&describe::stream(door, context, read(input)?)?),
        "DescribeStreamConsumer" => write(&consumers::describe(door, context, read(input)?)?),
        "DescribeStreamSummary" => write(&describe::summary(door, context, read(input)?)?),
        "DisableEnhancedMonitoring" => write(&monitoring::disable(door, context, read(input)?).await?),
        "EnableEnhancedMonitoring" => write(&monitoring::enable(door, context, read(input)?).await?),
        "GetRecords" => write(&records::prepare(door, context, read(input)?)?.run(door).await?),
        "GetResourcePolicy" => write(&policies::get(door, context, read(input)?)?),
        "GetShardIterator" => write(&records::get_iterator(door, context, read(input)?).await?),
        "IncreaseStreamRetentionPeriod" => retention::increase(door, context, read(input)?)
            .await
            .map(nothing),
        "ListChannels" => write(&channels::list(door, context, read(input)?)?),
        "ListShards" => write(&shards::list(door, context, read(input)?)?),
        "ListStreamConsumers" => write(&consumers::list(door, context, read(input)?)?),
        "ListStreams" => write(&streams::list(door, context, read(input)?)?),
        "ListTagsForResource" => write(&tags::list_for_resource(door, context, read(input)?)?),
        "ListTagsForStream" => write(&tags::list_for_stream(door, context, read(input)?)?),
        "MergeShards" => shards::merge(door, context, read(input)?).await.map(nothing),
        "PutRecord" => write(&put::prepare(door, context, read(input)?)?.run(door).await?),
        "PutRecords" => write(&put::prepare_many(door, context, read(input)?)?.run(door).await?),
        "PutResourcePolicy" => policies::put(door, context, read(input)?).await.map(nothing),
        "RegisterStreamConsumer" => write(&consumers::register(door, context, read(input)?).await?),
        "RemoveTagsFromStream" => tags::remove(door, context, read(input)?).await.map(nothing),
        "SplitShard" => shards::split(door, context, read(input)?).await.map(nothing),
        "StartStreamEncryption" => encryption::start(door, context, read(input)?).await.map(nothing),
        "StopStreamEncryption" => encryption::stop(door, context, read(input)?).await.map(nothing),
        "TagResource" => tags::tag(door, context, read(input)?).await.map(nothing),
        "UntagResource" => tags::untag(door, context, read(input)?).await.map(nothing),
        "UpdateAccountSettings" => write(&account::update(door, context, read(input)?).await?),
        "UpdateChannel" => write(&channels::update(door, context, read(input)?).await?),
        "UpdateMaxRecordSize" => modes::update_largest_record(door, context, read(input)?)
            .await
            .map(nothing),
        "UpdateShardCount" => write(&shards::update_count(door, context, read(input)?).await?),
        "UpdateStreamMode" => modes::update_mode(door, context, read(input)?).await.map(nothing),
        "UpdateStreamRecordDistributionStrategy" => modes::update_distribution(door, context, read(input)?)
            .await
            .map(nothing),
        "UpdateStreamWarmThroughput" => {
            write(&modes::update_warm_throughput(door, context, read(input)?).await?)
        }
        _ => call_on_queues(door, context, name, input).await,
    }
}

/// Does an operation on queues.
async fn call_on_queues(
    door: &KinesisDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let nothing = |()| Value::Map(Map::new());
    let (records, dead_letters) = (Side::Records, Side::DeadLetters);
    match name {
        "AcknowledgeDeadLetterQueueRecords" => {
            write(&queue_records::acknowledge(door, context, dead_letters, name, read(input)?).await?)
        }
        "AcknowledgeQueueRecords" => {
            write(&queue_records::acknowledge(door, context, records, name, read(input)?).await?)
        }
        "CreateQueue" => write(&queues::create(door, context, read(input)?).await?),
        "DeleteQueue" => queues::delete(door, context, read(input)?).await.map(nothing),
        "DescribeQueue" => write(&queues::describe(door, context, read(input)?)?),
        "ListQueues" => write(&queues::list(door, context, read(input)?)?),
        "ReceiveDeadLetterQueueRecords" => {
            write(&queue_records::receive(door, context, dead_letters, name, read(input)?).await?)
        }
        "ReceiveQueueRecords" => {
            write(&queue_records::receive(door, context, records, name, read(input)?).await?)
        }
        "RestoreDeadLetterQueueRecords" => {
            write(&queue_records::restore(door, context, name, read(input)?).await?)
        }
        "UpdateDeadLetterQueueRecordsVisibility" => {
            write(&queue_records::update_visibility(door, context, dead_letters, name, read(input)?).await?)
        }
        "UpdateQueue" => write(&queues::update(door, context, read(input)?).await?),
        "UpdateQueueRecordsVisibility" => {
            write(&queue_records::update_visibility(door, context, records, name, read(input)?).await?)
        }
        _ => Err(ServiceError::not_implemented(name)),
    }
}

/// Does a hot operation straight from its body, when that is nothing unusual.
pub(crate) fn call_bytes<'a>(
    door: &'a KinesisDoor,
    context: &CallContext,
    name: &'static str,
    body: &Bytes,
    codec: Codec,
) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
    match name {
        "PutRecord" => {
            let input: put::RecordInput<'_> = codec.read(body).ok()?;
            let prepared = input
                .can_be_put_directly()
                .then(|| put::prepare(door, context, input))?;
            Some(Box::pin(async move {
                written(codec, async { prepared?.run(door).await }.await)
            }))
        }
        "PutRecords" => {
            let input: put::PutRecordsInput<'_> = codec.read(body).ok()?;
            let prepared = input
                .can_be_put_directly()
                .then(|| put::prepare_many(door, context, input))?;
            Some(Box::pin(async move {
                written(codec, async { prepared?.run(door).await }.await)
            }))
        }
        "GetRecords" => {
            let input: records::GetRecordsInput<'_> = codec.read(body).ok()?;
            let prepared = input.is_usual().then(|| records::prepare(door, context, input))?;
            Some(Box::pin(async move {
                let outcome = async { prepared?.run(door).await }.await;
                let output = outcome.map_err(errors::in_own_words)?;
                codec.write_about(&output, output.about_bytes())
            }))
        }
        _ => None,
    }
}

fn written<T: Serialize>(codec: Codec, outcome: Result<T, ServiceError>) -> Result<Bytes, ServiceError> {
    codec.write(&outcome.map_err(errors::in_own_words)?)
}
