//! ListShards, SplitShard, MergeShards and UpdateShardCount.
//!
//! Source: [ListShards](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html),
//! [UpdateShardCount](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html).

use std::sync::Arc;

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use ninefold_streams::{HashRange, NewShard, Reshaping};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::door::can_reshard;
use crate::errors;
use crate::limits::{PAGE_RECORDS, SHARD_COUNT_CHANGES, SHARDS, STREAM_SHARDS};
use crate::record::{Mode, of_last_day};
use crate::shard_filter::{ShardFilter, ShardFilterInput};
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};
use crate::token::ShardsToken;

/// Shards of one page, unless it is said how many.
const PAGE_SHARDS: usize = 1_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListShardsInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    next_token: Option<String>,
    exclusive_start_shard_id: Option<String>,
    max_results: Option<usize>,
    stream_creation_timestamp: Option<Timestamp>,
    shard_filter: Option<ShardFilterInput>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListShardsOutput {
    shards: Vec<ShardOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `Shard`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShardOutput {
    shard_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_shard_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjacent_parent_shard_id: Option<String>,
    hash_key_range: HashKeyRange,
    sequence_number_range: SequenceNumberRange,
}

/// `HashKeyRange`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HashKeyRange {
    starting_hash_key: String,
    ending_hash_key: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SequenceNumberRange {
    starting_sequence_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending_sequence_number: Option<String>,
}

impl HashKeyRange {
    pub(crate) fn of(range: HashRange) -> Self {
        HashKeyRange {
            starting_hash_key: range.first.to_string(),
            ending_hash_key: range.last.to_string(),
        }
    }
}

impl ShardOutput {
    pub(crate) fn of(shard: &Shard) -> Self {
        let parent = |place: usize| {
            shard
                .parents
                .get(place)
                .map(|parent| ShardId(*parent).to_string())
        };
        ShardOutput {
            shard_id: shard.id.to_string(),
            parent_shard_id: parent(0),
            adjacent_parent_shard_id: parent(1),
            hash_key_range: HashKeyRange::of(shard.range),
            sequence_number_range: SequenceNumberRange {
                starting_sequence_number: shard.starting_sequence_number().to_string(),
                ending_sequence_number: shard.ending_sequence_number().map(|number| number.to_string()),
            },
        }
    }
}

pub(crate) fn list(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListShardsInput,
) -> Result<ListShardsOutput, ServiceError> {
    let now_milliseconds = door.now_milliseconds();
    let is_named = input.stream_name.is_some() || input.stream_arn.is_some();
    let (view, filter, after) = match (&input.next_token, is_named) {
        (None, false) => {
            return Err(errors::invalid_argument(
                "Either NextToken or StreamName should be provided.",
            ));
        }
        (Some(_), true) => {
            return Err(errors::invalid_argument(
                "NextToken and StreamName cannot be provided together.",
            ));
        }
        (Some(text), false) => go_on(door, context, &input, text, now_milliseconds)?,
        (None, true) => begin(door, context, &input, now_milliseconds)?,
    };
    let limit = input.max_results.unwrap_or(PAGE_SHARDS).min(PAGE_RECORDS);
    let mut left = view
        .listed(now_milliseconds)
        .filter(|shard| after.is_none_or(|after| shard.id > after) && filter.takes(shard))
        .peekable();
    let page: Vec<&Shard> = left.by_ref().take(limit).collect();
    let next_token = left.peek().and_then(|_| page.last()).map(|last| {
        let token = ShardsToken {
            stream: view.arn.clone(),
            stream_id: view.stream.record.id,
            after: last.id,
            filter,
            created_at_milliseconds: now_milliseconds,
        };
        token.seal(&door.sealer)
    });
    Ok(ListShardsOutput {
        shards: page.into_iter().map(ShardOutput::of).collect(),
        next_token,
    })
}

type Listing = (Arc<StreamView>, ShardFilter, Option<ShardId>);

fn begin(
    door: &KinesisDoor,
    context: &CallContext,
    input: &ListShardsInput,
    now_milliseconds: u64,
) -> Result<Listing, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:ListShards")?;
    check_creation(&view, input.stream_creation_timestamp)?;
    let filter = match &input.shard_filter {
        Some(filter) => filter.read(&view, now_milliseconds)?,
        None => ShardFilter::All,
    };
    let after = input.exclusive_start_shard_id.as_deref();
    let after = after.map(|text| ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &view.arn)));
    let after = after.transpose()?;
    Ok((view, filter, after))
}

fn go_on(
    door: &KinesisDoor,
    context: &CallContext,
    input: &ListShardsInput,
    token: &str,
    now_milliseconds: u64,
) -> Result<Listing, ServiceError> {
    let says_more = input.exclusive_start_shard_id.is_some()
        || input.stream_creation_timestamp.is_some()
        || input.shard_filter.is_some();
    if says_more {
        return Err(errors::invalid_argument(
            "NextToken cannot be provided together with ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter.",
        ));
    }
    let token = ShardsToken::open(token, &door.sealer, now_milliseconds)?;
    let view = door.stream_at(context, &token.stream, "kinesis:ListShards")?;
    if view.stream.record.id != token.stream_id {
        return Err(errors::stream_not_found(&token.stream));
    }
    Ok((view, token.filter, Some(token.after)))
}

/// A caller may say which of the streams of a name is meant, by the second in which it was made.
pub(crate) fn check_creation(view: &StreamView, timestamp: Option<Timestamp>) -> Result<(), ServiceError> {
    let Some(timestamp) = timestamp else { return Ok(()) };
    let created_seconds = view.stream.record.created_at_milliseconds / 1_000;
    match u64::try_from(timestamp.milliseconds() / 1_000) == Ok(created_seconds) {
        true => Ok(()),
        false => Err(errors::stream_not_found(&view.arn)),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SplitShardInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    shard_to_split: String,
    new_starting_hash_key: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MergeShardsInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    shard_to_merge: String,
    adjacent_shard_to_merge: String,
}

/// The stream of a shard that is to be split or merged, where that is up to the caller.
fn provisioned(
    door: &KinesisDoor,
    context: &CallContext,
    arn: &StreamArn,
    action: &str,
) -> Result<Arc<StreamView>, ServiceError> {
    let view = door.stream_at(context, arn, action)?;
    can_reshard(&view)?;
    match view.settings.mode {
        Mode::Provisioned => Ok(view),
        Mode::OnDemand => Err(errors::is_on_demand(arn)),
    }
}

/// A shard that takes records.
fn open_shard<'a>(view: &'a StreamView, id: ShardId, doing: &str) -> Result<&'a Shard, ServiceError> {
    let shard = view
        .shard(id)
        .ok_or_else(|| errors::shard_not_found(id, &view.arn))?;
    match shard.is_open() {
        true => Ok(shard),
        false => Err(errors::invalid_argument(format!(
            "Shard {id} in stream {} under account {} has already been merged or split, and thus is not eligible for {doing}.",
            view.arn.name, view.arn.account
        ))),
    }
}

pub(crate) async fn split(
    door: &KinesisDoor,
    context: &CallContext,
    input: SplitShardInput,
) -> Result<(), ServiceError> {
    let arn = KinesisDoor::arn_of(context, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let text = &input.shard_to_split;
    let id = ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &arn))?;
    let view = provisioned(door, context, &arn, "kinesis:SplitShard")?;
    let range = open_shard(&view, id, "splitting")?.range;
    check_shard_limit(door, context, 1)?;
    let key = input.new_starting_hash_key.parse::<u128>().ok();
    let is_within = |key: &u128| *key > range.first.saturating_add(1) && *key < range.last;
    let key = key.filter(is_within).ok_or_else(|| {
        errors::invalid_argument(format!(
            "NewStartingHashKey {} used in SplitShard() on shard {id} in stream {} under account {} is not both greater \
             than one plus the shard's StartingHashKey {} and less than the shard's EndingHashKey {}.",
            input.new_starting_hash_key, arn.name, arn.account, range.first, range.last
        ))
    })?;
    door.reshape(&arn, move |view| {
        open_shard(view, id, "splitting")?;
        let part = |first, last| NewShard {
            hash_range: Some(HashRange { first, last }),
            parents: vec![id.0],
        };
        Ok(Reshaping {
            close: vec![id.0],
            open: vec![part(range.first, key - 1), part(key, range.last)],
        })
    })
    .await
}

pub(crate) async fn merge(
    door: &KinesisDoor,
    context: &CallContext,
    input: MergeShardsInput,
) -> Result<(), ServiceError> {
    let arn = KinesisDoor::arn_of(context, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let read = |text: &str| ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &arn));
    let ids = (
        read(&input.shard_to_merge)?,
        read(&input.adjacent_shard_to_merge)?,
    );
    let view = provisioned(door, context, &arn, "kinesis:MergeShards")?;
    merging(&view, ids)?;
    door.reshape(&arn, move |view| merging(view, ids)).await
}

/// One shard in the place of two, of which the second begins where the first one ends.
fn merging(view: &StreamView, (first, second): (ShardId, ShardId)) -> Result<Reshaping, ServiceError> {
    let ranges = (
        open_shard(view, first, "merging")?.range,
        open_shard(view, second, "merging")?.range,
    );
    if ranges.0.last.checked_add(1) != Some(ranges.1.first) {
        return Err(errors::invalid_argument(format!(
            "Shards {first} and {second} in stream {} under account {} are not an adjacent pair of shards eligible for merging",
            view.arn.name, view.arn.account
        )));
    }
    Ok(Reshaping {
        close: vec![first.0, second.0],
        open: vec![NewShard {
            hash_range: Some(HashRange {
                first: ranges.0.first,
                last: ranges.1.last,
            }),
            parents: vec![first.0, second.0],
        }],
    })
}

/// Whether an account may have so many more open shards.
pub(crate) fn check_shard_limit(
    door: &KinesisDoor,
    context: &CallContext,
    additional: u32,
) -> Result<(), ServiceError> {
    let (account, region) = (context.principal.account, &context.region);
    let open = door.open_shards(account, region);
    if open.saturating_add(additional) <= SHARDS {
        return Ok(());
    }
    Err(errors::limit_exceeded(format!(
        "This request would exceed the shard limit for the account {account} in {region}. Current shard count for the \
         account: {open}. Limit: {SHARDS}. Number of additional shards that would have resulted from this request: \
         {additional}. Refer to the AWS Service Limits page \
         (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request \
         higher limits."
    )))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateShardCountInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    target_shard_count: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateShardCountOutput {
    stream_name: String,
    current_shard_count: u32,
    target_shard_count: u32,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
}

pub(crate) async fn update_count(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateShardCountInput,
) -> Result<UpdateShardCountOutput, ServiceError> {
    let arn = KinesisDoor::arn_of(context, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let view = provisioned(door, context, &arn, "kinesis:UpdateShardCount")?;
    let current = u32::try_from(view.open().len()).unwrap_or(u32::MAX);
    let target = input.target_shard_count;
    check_target(current, target)?;
    check_shard_limit(door, context, target.saturating_sub(current))?;
    let turn = door.update_turn(&arn)?;
    let now_milliseconds = door.now_milliseconds();
    let is_limited = door.is_throttled(&view);
    door.change_settings(&arn, |settings| {
        let mut changes = of_last_day(&settings.shard_count_changes, now_milliseconds);
        if is_limited && changes.len() >= SHARD_COUNT_CHANGES {
            return Err(errors::limit_exceeded(format!(
                "Request would result in exceeding the limit of {SHARD_COUNT_CHANGES} shard count changes in 24 hours of \
                 stream {} under account {}.",
                arn.name, arn.account
            )));
        }
        changes.push(now_milliseconds);
        // The limit is all that they are kept for.
        let kept = changes.len().min(SHARD_COUNT_CHANGES);
        settings.shard_count_changes = changes.split_off(changes.len() - kept);
        Ok(())
    })
    .await?;
    door.scale(&arn, target, turn).await?;
    Ok(UpdateShardCountOutput {
        stream_name: arn.name.clone(),
        current_shard_count: current,
        target_shard_count: target,
        stream_arn: arn.to_string(),
    })
}

/// A stream can be scaled by a factor of two, no further.
fn check_target(current: u32, target: u32) -> Result<(), ServiceError> {
    let counts = format!("Current open shard count: {current}, Target shard count: {target}");
    let refusal = if target > STREAM_SHARDS {
        format!(
            "Target shard count or number of open shards cannot be greater than {STREAM_SHARDS}. {counts}"
        )
    } else if u64::from(target) > 2 * u64::from(current) {
        format!("UpdateShardCount cannot scale up over double your current open shard count. {counts}")
    } else if 2 * u64::from(target) < u64::from(current) {
        format!("UpdateShardCount cannot scale down below half your current open shard count. {counts}")
    } else {
        return Ok(());
    };
    Err(errors::limit_exceeded(refusal))
}
