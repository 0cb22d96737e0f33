//! IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod.
//!
//! Source: [IncreaseStreamRetentionPeriod](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::Deserialize;

use crate::KinesisDoor;
use crate::door::can_reshard;
use crate::errors;
use crate::limits::{RETENTION_HOURS_LEAST, RETENTION_HOURS_MOST};
use crate::operations::streams::log_settings;
use crate::stream::StreamView;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RetentionInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    retention_period_hours: i64,
}

fn check_range(hours: i64) -> Result<u32, ServiceError> {
    if hours < RETENTION_HOURS_LEAST {
        return Err(errors::invalid_argument(format!(
            "Minimum allowed retention period is {RETENTION_HOURS_LEAST} hours. Requested retention period ({hours} hours) \
             is too short."
        )));
    }
    match u32::try_from(hours) {
        Ok(hours) if i64::from(hours) <= RETENTION_HOURS_MOST => Ok(hours),
        _ => Err(errors::invalid_argument(format!(
            "Maximum allowed retention period is {RETENTION_HOURS_MOST} hours. Requested retention period ({hours} hours) \
             is too long."
        ))),
    }
}

pub(crate) async fn increase(
    door: &KinesisDoor,
    context: &CallContext,
    input: RetentionInput,
) -> Result<(), ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:IncreaseStreamRetentionPeriod")?;
    can_reshard(&view)?;
    let hours = check_range(input.retention_period_hours)?;
    let current = view.settings.retention_hours;
    if hours < current {
        return Err(errors::invalid_argument(format!(
            "Requested retention period ({hours} hours) for stream {} can not be shorter than existing retention period \
             ({current} hours). Use DecreaseRetentionPeriod API.",
            view.arn.name
        )));
    }
    // What was too old already stays so.
    if let Some(horizon) = view.horizon_milliseconds(door.now_milliseconds()) {
        door.trim(&view, horizon).await?;
    }
    set(door, &view, hours).await
}

pub(crate) async fn decrease(
    door: &KinesisDoor,
    context: &CallContext,
    input: RetentionInput,
) -> Result<(), ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:DecreaseStreamRetentionPeriod")?;
    can_reshard(&view)?;
    let hours = check_range(input.retention_period_hours)?;
    let current = view.settings.retention_hours;
    if hours > current {
        return Err(errors::invalid_argument(format!(
            "Requested retention period ({hours} hours) for stream {} can not be longer than existing retention period \
             ({current} hours). Use IncreaseRetentionPeriod API.",
            view.arn.name
        )));
    }
    set(door, &view, hours).await
}

async fn set(door: &KinesisDoor, view: &StreamView, hours: u32) -> Result<(), ServiceError> {
    // The log keeps at least what readers are given.
    let configured = door
        .streams()
        .configure(&view.arn.key(), &log_settings(hours))
        .await;
    configured.map_err(|error| errors::from_streams(error, &view.arn))?;
    door.change_settings(&view.arn, |settings| {
        settings.retention_hours = hours;
        Ok(())
    })
    .await
}
