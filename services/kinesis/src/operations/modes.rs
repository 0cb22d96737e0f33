//! What a stream takes: UpdateStreamMode, UpdateStreamWarmThroughput, UpdateMaxRecordSize, UpdateStreamRecordDistributionStrategy.
//!
//! Source: [UpdateStreamMode](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::door::can_reshard;
use crate::errors;
use crate::limits::MODE_CHANGES;
use crate::operations::account;
use crate::operations::{channels, queues};
use crate::record::{Distribution, Mode, of_last_day};
use crate::stream::StreamView;

/// `StreamModeDetails`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ModeDetails {
    pub(crate) stream_mode: Mode,
}

/// `WarmThroughputObject`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct WarmThroughput {
    #[serde(rename = "TargetMiBps")]
    target: u32,
    #[serde(rename = "CurrentMiBps")]
    current: u32,
}

impl WarmThroughput {
    /// What an on-demand stream takes: a mebibyte a second for every open shard.
    pub(crate) fn of(view: &StreamView) -> Option<Self> {
        let target = view.settings.warm_mib_per_second?;
        (view.settings.mode == Mode::OnDemand).then(|| WarmThroughput {
            target,
            current: u32::try_from(view.open().len()).unwrap_or(u32::MAX),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStreamModeInput {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_mode_details: ModeDetails,
    #[serde(rename = "WarmThroughputMiBps")]
    warm_throughput: Option<u32>,
}

pub(crate) async fn update_mode(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateStreamModeInput,
) -> Result<(), ServiceError> {
    let view = door.stream(context, None, Some(&input.stream_arn), "kinesis:UpdateStreamMode")?;
    can_reshard(&view)?;
    let mode = input.stream_mode_details.stream_mode;
    let warm = input.warm_throughput;
    if mode == Mode::Provisioned && warm.is_some() {
        return Err(errors::invalid_argument(
            "WarmThroughputMiBps is only valid when the stream mode is being updated to ON_DEMAND.",
        ));
    }
    if let Some(warm) = warm {
        account::require_commitment(door, context)?;
        account::shards_for(warm)?;
    }
    if mode == view.settings.mode && warm.is_none() {
        return Ok(());
    }
    let turn = door.update_turn(&view.arn)?;
    if mode == Mode::Provisioned {
        channels::check_has_none(door, &view)?;
        queues::check_has_none(door, &view)?;
    }
    let now_milliseconds = door.now_milliseconds();
    let is_limited = door.is_throttled(&view);
    door.change_settings(&view.arn, |settings| {
        let mut changes = of_last_day(&settings.mode_changes, now_milliseconds);
        if is_limited && changes.len() >= MODE_CHANGES {
            return Err(errors::limit_exceeded(format!(
                "The mode of stream {} under account {} cannot be changed more than {MODE_CHANGES} times in 24 hours.",
                view.arn.name, view.arn.account
            )));
        }
        changes.push(now_milliseconds);
        let kept = changes.len().min(MODE_CHANGES);
        settings.mode_changes = changes.split_off(changes.len() - kept);
        settings.mode = mode;
        settings.warm_mib_per_second = warm;
        if mode == Mode::Provisioned {
            settings.distribution = Distribution::UserPartitionKey;
        }
        Ok(())
    })
    .await?;
    match warm {
        Some(warm) => warm_up(door, &view, warm, turn).await,
        None => Ok(()),
    }
}

/// Gives a stream as many shards as take so much.
async fn warm_up(
    door: &KinesisDoor,
    view: &StreamView,
    warm: u32,
    turn: crate::door::UpdateTurn,
) -> Result<(), ServiceError> {
    door.scale(&view.arn, account::shards_for(warm)?, turn).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStreamWarmThroughputInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    #[serde(rename = "WarmThroughputMiBps")]
    warm_throughput: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStreamWarmThroughputOutput {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_name: String,
    warm_throughput: WarmThroughput,
}

pub(crate) async fn update_warm_throughput(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateStreamWarmThroughputInput,
) -> Result<UpdateStreamWarmThroughputOutput, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:UpdateStreamWarmThroughput")?;
    can_reshard(&view)?;
    if view.settings.mode == Mode::Provisioned {
        return Err(errors::is_provisioned(&view.arn, "Warm throughput"));
    }
    account::require_commitment(door, context)?;
    let warm = input.warm_throughput;
    account::shards_for(warm)?;
    let turn = door.update_turn(&view.arn)?;
    door.change_settings(&view.arn, |settings| {
        settings.warm_mib_per_second = Some(warm);
        Ok(())
    })
    .await?;
    let current = u32::try_from(view.open().len()).unwrap_or(u32::MAX);
    warm_up(door, &view, warm, turn).await?;
    Ok(UpdateStreamWarmThroughputOutput {
        stream_arn: view.arn.to_string(),
        stream_name: view.arn.name.clone(),
        warm_throughput: WarmThroughput {
            target: warm,
            current,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateMaxRecordSizeInput {
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    #[serde(rename = "MaxRecordSizeInKiB")]
    largest_record_kib: u32,
}

pub(crate) async fn update_largest_record(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateMaxRecordSizeInput,
) -> Result<(), ServiceError> {
    let arn = input.stream_arn.as_deref();
    let view = door.stream(context, None, arn, "kinesis:UpdateMaxRecordSize")?;
    door.change_settings(&view.arn, |settings| {
        settings.largest_record_kib = input.largest_record_kib;
        Ok(())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateDistributionInput {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    record_distribution_strategy: Distribution,
}

pub(crate) async fn update_distribution(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateDistributionInput,
) -> Result<(), ServiceError> {
    let action = "kinesis:UpdateStreamRecordDistributionStrategy";
    let view = door.stream(context, None, Some(&input.stream_arn), action)?;
    let strategy = input.record_distribution_strategy;
    door.change_settings(&view.arn, |settings| {
        if settings.mode == Mode::Provisioned && strategy == Distribution::Auto {
            return Err(errors::is_provisioned(
                &view.arn,
                "The RecordDistributionStrategy AUTO",
            ));
        }
        settings.distribution = strategy;
        Ok(())
    })
    .await
}
