//! CreateStream, DeleteStream, ListStreams.
//!
//! Source: [CreateStream](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html).

use ninefold_log::{Settings, TimestampType};
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use ninefold_streams::{Birth, HashRange, NewShard, NewStream};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::door::whole;
use crate::errors::{self, Refusal};
use crate::limits::{ON_DEMAND_SHARDS, ON_DEMAND_STREAMS, STREAM_SHARDS};
use crate::operations::account;
use crate::operations::channels;
use crate::operations::modes::ModeDetails;
use crate::operations::queues;
use crate::operations::shards::check_shard_limit;
use crate::operations::tags;
use crate::record::{Distribution, Mode, StreamSettings, Tags};
use crate::stream::{ATTACHMENT, StreamView};
use crate::token::NamesToken;

/// A batch has the records of one request for one shard.
const BATCH_BYTES: u32 = 12 << 20;
/// Short enough that what is too old is dropped soon, on disk too.
const SEGMENT_BYTES: u64 = 256 << 20;
/// Likewise.
const SEGMENT_MILLISECONDS: u64 = 3_600_000;
/// Streams of one page, unless it is said how many.
const PAGE_STREAMS: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateStreamInput {
    stream_name: String,
    shard_count: Option<u32>,
    stream_mode_details: Option<ModeDetails>,
    tags: Option<Tags>,
    #[serde(rename = "WarmThroughputMiBps")]
    warm_throughput: Option<u32>,
    #[serde(rename = "MaxRecordSizeInKiB")]
    largest_record_kib: Option<u32>,
    record_distribution_strategy: Option<Distribution>,
}

/// How the log keeps records of streams of this door.
pub(crate) fn log_settings(retention_hours: u32) -> Settings {
    Settings {
        retention_milliseconds: Some(u64::from(retention_hours) * 3_600_000),
        batch_bytes: BATCH_BYTES,
        segment_bytes: SEGMENT_BYTES,
        segment_milliseconds: SEGMENT_MILLISECONDS,
        timestamp_type: TimestampType::LogAppendTime,
        ..Settings::default()
    }
}

pub(crate) async fn create(
    door: &KinesisDoor,
    context: &CallContext,
    input: CreateStreamInput,
) -> Result<(), ServiceError> {
    let arn = StreamArn::own(context, &input.stream_name);
    context.authorize("kinesis:CreateStream", &arn, None)?;
    let mode = input
        .stream_mode_details
        .map_or(Mode::Provisioned, |details| details.stream_mode);
    let tags = match input.tags {
        Some(added) => {
            context.authorize("kinesis:AddTagsToStream", &arn, None)?;
            tags::merged(&Tags::default(), added, &arn)?
        }
        None => Tags::default(),
    };
    if door.views.get(&arn)?.is_some() {
        return Err(errors::stream_exists(&arn));
    }
    let settings = StreamSettings {
        mode,
        tags,
        distribution: input
            .record_distribution_strategy
            .unwrap_or(Distribution::UserPartitionKey),
        warm_mib_per_second: input.warm_throughput,
        largest_record_kib: input
            .largest_record_kib
            .unwrap_or(StreamSettings::default().largest_record_kib),
        ..StreamSettings::default()
    };
    let shards = match mode {
        Mode::Provisioned => provisioned_shards(door, context, &arn, &settings, input.shard_count)?,
        Mode::OnDemand => on_demand_shards(door, context, &settings)?,
    };
    make(door, &arn, &settings, shards).await
}

fn provisioned_shards(
    door: &KinesisDoor,
    context: &CallContext,
    arn: &StreamArn,
    settings: &StreamSettings,
    count: Option<u32>,
) -> Result<u32, ServiceError> {
    if settings.distribution == Distribution::Auto {
        return Err(errors::is_provisioned(arn, "The RecordDistributionStrategy AUTO"));
    }
    if settings.warm_mib_per_second.is_some() {
        return Err(errors::is_provisioned(arn, "Warm throughput"));
    }
    let count =
        count.ok_or_else(|| errors::breaks_constraint("null", "shardCount", "Member must not be null"))?;
    if count > STREAM_SHARDS {
        return Err(errors::limit_exceeded(format!(
            "A stream cannot be created with more than {STREAM_SHARDS} shards."
        )));
    }
    check_shard_limit(door, context, count)?;
    Ok(count)
}

fn on_demand_shards(
    door: &KinesisDoor,
    context: &CallContext,
    settings: &StreamSettings,
) -> Result<u32, ServiceError> {
    let views = door.views_of(context.principal.account, &context.region);
    let is_on_demand = |view: &&std::sync::Arc<StreamView>| view.settings.mode == Mode::OnDemand;
    if views.iter().filter(is_on_demand).count() >= ON_DEMAND_STREAMS {
        return Err(errors::limit_exceeded(format!(
            "An account cannot have more than {ON_DEMAND_STREAMS} streams in On-Demand mode in a Region."
        )));
    }
    match settings.warm_mib_per_second {
        Some(warm) => {
            account::require_commitment(door, context)?;
            account::shards_for(warm)
        }
        None => Ok(ON_DEMAND_SHARDS),
    }
}

async fn make(
    door: &KinesisDoor,
    arn: &StreamArn,
    settings: &StreamSettings,
    shards: u32,
) -> Result<(), ServiceError> {
    let attachment =
        serde_json::to_value(settings).map_err(|error| ServiceError::internal(error.to_string()))?;
    let shard = |range| NewShard {
        hash_range: Some(range),
        parents: Vec::new(),
    };
    let new = NewStream {
        birth: Birth::Kinesis,
        shards: HashRange::even(shards).into_iter().map(shard).collect(),
        settings: log_settings(settings.retention_hours),
        attachment: (ATTACHMENT.to_owned(), attachment),
    };
    let (streams, key) = (std::sync::Arc::clone(door.streams()), arn.key());
    let made = whole(async move { streams.create(key, new).await.map_err(Refusal::from) });
    made.await.map(drop).map_err(|refusal| refusal.about(arn))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteStreamInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    #[serde(default)]
    enforce_consumer_deletion: bool,
}

pub(crate) async fn delete(
    door: &KinesisDoor,
    context: &CallContext,
    input: DeleteStreamInput,
) -> Result<(), ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:DeleteStream")?;
    let arn = view.arn.clone();
    if !input.enforce_consumer_deletion && door.consumer_count(&view) > 0 {
        return Err(errors::in_use(format!(
            "Stream {} under account {} has consumers. Deregister them, or set EnforceConsumerDeletion.",
            arn.name, arn.account
        )));
    }
    let turn = door.update_turn(&arn)?;
    channels::check_has_none(door, &view)?;
    queues::check_has_none(door, &view)?;
    let (streams, key) = (std::sync::Arc::clone(door.streams()), arn.key());
    let deleted = whole(async move {
        let _turn = turn;
        streams.delete(&key).await.map_err(Refusal::from)
    });
    deleted.await.map_err(|refusal| refusal.about(&arn))?;
    door.forget_consumers().await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListStreamsInput {
    limit: Option<usize>,
    exclusive_start_stream_name: Option<String>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListStreamsOutput {
    stream_names: Vec<String>,
    has_more_streams: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    stream_summaries: Vec<StreamSummary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamSummary {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_status: &'static str,
    stream_mode_details: ModeDetails,
    stream_creation_timestamp: Timestamp,
}

pub(crate) fn list(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListStreamsInput,
) -> Result<ListStreamsOutput, ServiceError> {
    context.authorize("kinesis:ListStreams", &"*", None)?;
    let namespace = StreamArn::namespace(context.principal.account, &context.region);
    let now_milliseconds = door.now_milliseconds();
    let after = match (&input.next_token, input.exclusive_start_stream_name) {
        (Some(text), None) => Some(NamesToken::open(text, &namespace, &door.sealer, now_milliseconds)?.after),
        (Some(_), Some(_)) => {
            return Err(errors::invalid_argument(
                "NextToken and ExclusiveStartStreamName cannot be provided together.",
            ));
        }
        (None, after) => after,
    };
    let limit = input.limit.unwrap_or(PAGE_STREAMS);
    let mut page = door
        .streams()
        .page(&namespace, after.as_deref(), limit.saturating_add(1));
    let has_more_streams = page.len() > limit;
    page.truncate(limit);
    let mut summaries = Vec::with_capacity(page.len());
    for stream in page {
        let arn = StreamArn::own(context, &stream.key.name);
        let view = door.views.of(&arn, stream)?;
        summaries.push(StreamSummary {
            stream_name: view.arn.name.clone(),
            stream_arn: view.arn.to_string(),
            stream_status: door.status(&view),
            stream_mode_details: ModeDetails {
                stream_mode: view.settings.mode,
            },
            stream_creation_timestamp: created_at(&view),
        });
    }
    let last = summaries.last().filter(|_| has_more_streams);
    let next_token = last.map(|last| {
        let token = NamesToken {
            of: namespace,
            after: last.stream_name.clone(),
            created_at_milliseconds: now_milliseconds,
        };
        token.seal(&door.sealer)
    });
    Ok(ListStreamsOutput {
        stream_names: summaries
            .iter()
            .map(|summary| summary.stream_name.clone())
            .collect(),
        has_more_streams,
        next_token,
        stream_summaries: summaries,
    })
}

/// When a stream was made, to the second, as AWS says it.
pub(crate) fn created_at(view: &StreamView) -> Timestamp {
    let milliseconds = view.stream.record.created_at_milliseconds;
    Timestamp::from_milliseconds(i64::try_from(milliseconds / 1_000 * 1_000).unwrap_or(i64::MAX))
}
