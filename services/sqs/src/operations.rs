//! The operations, by resource.

pub(crate) mod attributes;
pub(crate) mod consignments;
pub(crate) mod cool_down;
pub(crate) mod delete;
pub(crate) mod move_tasks;
pub(crate) mod permissions;
pub(crate) mod purge;
mod push;
pub(crate) mod queues;
pub(crate) mod receive;
pub(crate) mod send;
pub(crate) mod tags;
pub(crate) mod visibility;

use bytes::Bytes;
use ninefold_model::{Map, Value};
use ninefold_protocol::{BoxFuture, CallContext, ServiceError, read_input as read, write_output as write};

use crate::SqsDoor;

/// Every operation of the API.
pub(crate) const NAMES: &[&str] = &[
    "AddPermission",
    "CancelMessageMoveTask",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "CreateQueue",
    "DeleteMessage",
    "DeleteMessageBatch",
    "DeleteQueue",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "ListQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "RemovePermission",
    "SendMessage",
    "SendMessageBatch",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

/// Does an operation.
pub(crate) async fn call(
    door: &SqsDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let nothing = |()| Value::Map(Map::new());
    match name {
        "AddPermission" => permissions::add(door, context, read(input)?).await.map(nothing),
        "CancelMessageMoveTask" => write(&move_tasks::cancel(door, context, read(input)?).await?),
        "ChangeMessageVisibility" => visibility::change(door, context, read(input)?).await.map(nothing),
        "ChangeMessageVisibilityBatch" => {
            write(&visibility::change_batch(door, context, read(input)?).await?)
        }
        "CreateQueue" => write(&queues::create(door, context, read(input)?).await?),
        "DeleteMessage" => write(&delete::prepare(door, context, read(input)?)?.run().await?),
        "DeleteMessageBatch" => write(&delete::prepare_batch(door, context, read(input)?)?.run().await?),
        "DeleteQueue" => queues::delete(door, context, read(input)?).await.map(nothing),
        "GetQueueAttributes" => write(&attributes::get(door, context, read(input)?)?),
        "GetQueueUrl" => write(&queues::get_url(door, context, read(input)?)?),
        "ListDeadLetterSourceQueues" => {
            write(&queues::list_dead_letter_sources(door, context, read(input)?)?)
        }
        "ListMessageMoveTasks" => write(&move_tasks::list(door, context, read(input)?)?),
        "ListQueueTags" => write(&tags::list(door, context, read(input)?)?),
        "ListQueues" => write(&queues::list(door, context, read(input)?)?),
        "PurgeQueue" => purge::purge(door, context, read(input)?).await.map(nothing),
        "ReceiveMessage" => write(&receive::prepare(door, context, read(input)?)?.run().await?),
        "RemovePermission" => permissions::remove(door, context, read(input)?)
            .await
            .map(nothing),
        "SendMessage" => write(&send::prepare(door, context, read(input)?)?.run().await?),
        "SendMessageBatch" => write(&send::prepare_batch(door, context, read(input)?)?.run().await?),
        "SetQueueAttributes" => attributes::set(door, context, read(input)?).await.map(nothing),
        "StartMessageMoveTask" => write(&move_tasks::start(door, context, read(input)?).await?),
        "TagQueue" => tags::tag(door, context, read(input)?).await.map(nothing),
        "UntagQueue" => tags::untag(door, context, read(input)?).await.map(nothing),
        _ => Err(ServiceError::not_implemented(name)),
    }
}

/// Does a hot operation over JSON, when its body is nothing unusual.
pub(crate) fn call_bytes<'a>(
    door: &'a SqsDoor,
    context: &CallContext,
    name: &'static str,
    body: &Bytes,
) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
    macro_rules! hot {
        ($prepare:path) => {{
            let input = serde_json::from_slice(body).ok()?;
            let prepared = $prepare(door, context, input);
            Some(Box::pin(async move { to_json(&prepared?.run().await?) }))
        }};
    }
    match name {
        "SendMessage" => hot!(send::prepare),
        "SendMessageBatch" => hot!(send::prepare_batch),
        "ReceiveMessage" => hot!(receive::prepare),
        "DeleteMessage" => hot!(delete::prepare),
        "DeleteMessageBatch" => hot!(delete::prepare_batch),
        _ => None,
    }
}

fn to_json<T: serde::Serialize>(output: &T) -> Result<Bytes, ServiceError> {
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, output).map_err(|error| ServiceError::internal(error.to_string()))?;
    Ok(Bytes::from(bytes))
}
