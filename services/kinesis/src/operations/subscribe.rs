//! SubscribeToShard.

use std::sync::Arc;

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::Deserialize;

use crate::KinesisDoor;
use crate::errors;
use crate::operations::consumers::parse_consumer_arn;
use crate::position::{Position, PositionKind};
use crate::shard_id::ShardId;
use crate::subscription::Subscription;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SubscribeInput {
    #[serde(rename = "ConsumerARN")]
    consumer_arn: String,
    shard_id: String,
    starting_position: StartingPosition,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartingPosition {
    r#type: PositionKind,
    sequence_number: Option<String>,
    timestamp: Option<Timestamp>,
}

pub(crate) async fn subscribe(
    door: &KinesisDoor,
    context: &CallContext,
    input: SubscribeInput,
) -> Result<Subscription, ServiceError> {
    let arn = parse_consumer_arn(&input.consumer_arn)?;
    let consumer = door.consumer(context, &arn, "kinesis:SubscribeToShard")?;
    let view = consumer.view;
    let text = &input.shard_id;
    let id = ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &view.arn))?;
    let now_milliseconds = door.now_milliseconds();
    let shard = view.listed(now_milliseconds).find(|shard| shard.id == id);
    let shard = shard.ok_or_else(|| errors::shard_does_not_exist(id, &view.arn))?;
    let position = Position {
        operation: "SubscribeToShard",
        kind: input.starting_position.r#type,
        sequence_number: input.starting_position.sequence_number.as_deref(),
        timestamp: input.starting_position.timestamp,
    };
    let offset = position.offset(&view, shard, now_milliseconds).await?;
    if input.dry_run {
        return Err(errors::dry_run());
    }
    Subscription::begin(door, arn, Arc::clone(&view), id, offset)
}
