//! DescribeStream, DescribeStreamSummary and DescribeLimits.
//!
//! Source: [DescribeStreamSummary](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html).

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::errors;
use crate::limits::{ON_DEMAND_STREAMS, SHARDS};
use crate::operations::modes::{ModeDetails, WarmThroughput};
use crate::operations::shards::ShardOutput;
use crate::operations::streams::created_at;
use crate::record::{Distribution, Metric, Mode};
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};

/// Shards of one page, unless it is said how many.
const PAGE_SHARDS: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeStreamInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    limit: Option<usize>,
    exclusive_start_shard_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeStreamOutput {
    stream_description: StreamDescription,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamDescription {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_status: &'static str,
    stream_mode_details: ModeDetails,
    shards: Vec<ShardOutput>,
    has_more_shards: bool,
    retention_period_hours: u32,
    stream_creation_timestamp: Timestamp,
    enhanced_monitoring: [EnhancedMetrics; 1],
    encryption_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnhancedMetrics {
    shard_level_metrics: Vec<Metric>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeStreamSummaryInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeStreamSummaryOutput {
    stream_description_summary: StreamDescriptionSummary,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamDescriptionSummary {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_status: &'static str,
    stream_mode_details: ModeDetails,
    retention_period_hours: u32,
    stream_creation_timestamp: Timestamp,
    enhanced_monitoring: [EnhancedMetrics; 1],
    encryption_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    open_shard_count: usize,
    consumer_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    warm_throughput: Option<WarmThroughput>,
    #[serde(rename = "MaxRecordSizeInKiB")]
    largest_record_kib: u32,
    channel_count: usize,
    record_distribution_strategy: Distribution,
    queue_count: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeLimitsOutput {
    shard_limit: u32,
    open_shard_count: usize,
    on_demand_stream_count: usize,
    on_demand_stream_count_limit: usize,
    channel_count: usize,
    channel_count_limit: usize,
}

impl KinesisDoor {
    /// `StreamStatus`. Streams are made and deleted before the call that does so is answered.
    pub(crate) fn status(&self, view: &StreamView) -> &'static str {
        match self.is_updating(&view.arn) {
            true => "UPDATING",
            false => "ACTIVE",
        }
    }
}

fn enhanced_monitoring(view: &StreamView) -> [EnhancedMetrics; 1] {
    [EnhancedMetrics {
        shard_level_metrics: view.settings.metrics.iter().copied().collect(),
    }]
}

fn encryption_type(view: &StreamView) -> &'static str {
    match view.settings.encryption_key {
        Some(_) => "KMS",
        None => "NONE",
    }
}

pub(crate) fn stream(
    door: &KinesisDoor,
    context: &CallContext,
    input: DescribeStreamInput,
) -> Result<DescribeStreamOutput, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:DescribeStream")?;
    let after = input.exclusive_start_shard_id.as_deref();
    let after = after.map(|text| ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &view.arn)));
    let after = after.transpose()?;
    let mut left = view
        .listed(door.now_milliseconds())
        .filter(|shard| after.is_none_or(|after| shard.id > after));
    let page: Vec<&Shard> = left.by_ref().take(input.limit.unwrap_or(PAGE_SHARDS)).collect();
    Ok(DescribeStreamOutput {
        stream_description: StreamDescription {
            stream_name: view.arn.name.clone(),
            stream_arn: view.arn.to_string(),
            stream_status: door.status(&view),
            stream_mode_details: ModeDetails {
                stream_mode: view.settings.mode,
            },
            has_more_shards: left.next().is_some(),
            shards: page.into_iter().map(ShardOutput::of).collect(),
            retention_period_hours: view.settings.retention_hours,
            stream_creation_timestamp: created_at(&view),
            enhanced_monitoring: enhanced_monitoring(&view),
            encryption_type: encryption_type(&view),
            key_id: view.settings.encryption_key.clone(),
        },
    })
}

pub(crate) fn summary(
    door: &KinesisDoor,
    context: &CallContext,
    input: DescribeStreamSummaryInput,
) -> Result<DescribeStreamSummaryOutput, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:DescribeStreamSummary")?;
    Ok(DescribeStreamSummaryOutput {
        stream_description_summary: StreamDescriptionSummary {
            stream_name: view.arn.name.clone(),
            stream_arn: view.arn.to_string(),
            stream_status: door.status(&view),
            stream_mode_details: ModeDetails {
                stream_mode: view.settings.mode,
            },
            retention_period_hours: view.settings.retention_hours,
            stream_creation_timestamp: created_at(&view),
            enhanced_monitoring: enhanced_monitoring(&view),
            encryption_type: encryption_type(&view),
            key_id: view.settings.encryption_key.clone(),
            open_shard_count: view.open().len(),
            consumer_count: door.consumer_count(&view),
            warm_throughput: WarmThroughput::of(&view),
            largest_record_kib: view.settings.largest_record_kib,
            channel_count: door.channels.of_stream(view.stream.record.id).len(),
            record_distribution_strategy: view.settings.distribution,
            queue_count: door.queues.count_of_stream(view.stream.record.id),
        },
    })
}

pub(crate) fn limits(
    door: &KinesisDoor,
    context: &CallContext,
) -> Result<DescribeLimitsOutput, ServiceError> {
    context.authorize("kinesis:DescribeLimits", &"*", None)?;
    let views = door.views_of(context.principal.account, &context.region);
    let (on_demand, provisioned): (Vec<_>, Vec<_>) = views
        .iter()
        .partition(|view| view.settings.mode == Mode::OnDemand);
    Ok(DescribeLimitsOutput {
        shard_limit: SHARDS,
        open_shard_count: provisioned.iter().map(|view| view.open().len()).sum(),
        on_demand_stream_count: on_demand.len(),
        on_demand_stream_count_limit: ON_DEMAND_STREAMS,
        channel_count: door.channels_of(context.principal.account, &context.region).len(),
        channel_count_limit: match door.channels.can_deliver() {
            true => ON_DEMAND_STREAMS,
            false => 0,
        },
    })
}
