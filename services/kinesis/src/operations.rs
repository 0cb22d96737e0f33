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
pub(crate) mod records;
pub(crate) mod resource;
pub(crate) mod retention;
pub(crate) mod shards;
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

/// Every operation that works, and those on channels, which are refused with a reason.
pub(crate) const NAMES: &[&str] = &[
    "AddTagsToStream",
    "CreateChannel",
    "CreateStream",
    "DecreaseStreamRetentionPeriod",
    "DeleteChannel",
    "DeleteResourcePolicy",
    "DeleteStream",
    "DeregisterStreamConsumer",
    "DescribeAccountSettings",
    "DescribeChannel",
    "DescribeLimits",
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
    "ListShards",
    "ListStreamConsumers",
    "ListStreams",
    "ListTagsForResource",
    "ListTagsForStream",
    "MergeShards",
    "PutRecord",
    "PutRecords",
    "PutResourcePolicy",
    "RegisterStreamConsumer",
    "RemoveTagsFromStream",
    "SplitShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "SubscribeToShard",
    "TagResource",
    "UntagResource",
    "UpdateAccountSettings",
    "UpdateChannel",
    "UpdateMaxRecordSize",
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
        "CreateStream" => streams::create(door, context, read(input)?).await.map(nothing),
        "DecreaseStreamRetentionPeriod" => retention::decrease(door, context, read(input)?)
            .await
            .map(nothing),
        "DeleteResourcePolicy" => policies::delete(door, context, read(input)?).await.map(nothing),
        "DeleteStream" => streams::delete(door, context, read(input)?).await.map(nothing),
        "DeregisterStreamConsumer" => consumers::deregister(door, context, read(input)?)
            .await
            .map(nothing),
        "DescribeAccountSettings" => write(&account::describe(door, context)?),
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
        "CreateChannel" | "DeleteChannel" | "DescribeChannel" | "ListChannels" | "UpdateChannel" => {
            Err(channels::refuse(context, name))
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
                written(codec, async { prepared?.run(door).await }.await)
            }))
        }
        _ => None,
    }
}

fn written<T: Serialize>(codec: Codec, outcome: Result<T, ServiceError>) -> Result<Bytes, ServiceError> {
    codec.write(&outcome.map_err(errors::in_own_words)?)
}
