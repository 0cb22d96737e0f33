//! EnableEnhancedMonitoring and DisableEnhancedMonitoring: which metrics are wanted by shard.
//!
//! Source: [EnableEnhancedMonitoring](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html).

use std::collections::BTreeSet;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::record::Metric;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MonitoringInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    shard_level_metrics: Vec<MetricName>,
}

/// One metric, or all of them.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum MetricName {
    One(Metric),
    All(All),
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum All {
    #[serde(rename = "ALL")]
    All,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MonitoringOutput {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    current_shard_level_metrics: Vec<Metric>,
    desired_shard_level_metrics: Vec<Metric>,
}

impl MonitoringInput {
    fn metrics(&self) -> BTreeSet<Metric> {
        let metrics = self.shard_level_metrics.iter().flat_map(|name| match name {
            MetricName::One(metric) => vec![*metric],
            MetricName::All(All::All) => Metric::ALL.to_vec(),
        });
        metrics.collect()
    }
}

pub(crate) async fn enable(
    door: &KinesisDoor,
    context: &CallContext,
    input: MonitoringInput,
) -> Result<MonitoringOutput, ServiceError> {
    let named = input.metrics();
    let action = "kinesis:EnableEnhancedMonitoring";
    change(door, context, &input, action, |current| current | &named).await
}

pub(crate) async fn disable(
    door: &KinesisDoor,
    context: &CallContext,
    input: MonitoringInput,
) -> Result<MonitoringOutput, ServiceError> {
    let named = input.metrics();
    let action = "kinesis:DisableEnhancedMonitoring";
    change(door, context, &input, action, |current| current - &named).await
}

async fn change(
    door: &KinesisDoor,
    context: &CallContext,
    input: &MonitoringInput,
    action: &str,
    desired: impl FnOnce(&BTreeSet<Metric>) -> BTreeSet<Metric>,
) -> Result<MonitoringOutput, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, action)?;
    let mut changed = (BTreeSet::new(), BTreeSet::new());
    door.change_settings(&view.arn, |settings| {
        let desired = desired(&settings.metrics);
        changed = (std::mem::replace(&mut settings.metrics, desired.clone()), desired);
        Ok(())
    })
    .await?;
    Ok(MonitoringOutput {
        stream_name: view.arn.name.clone(),
        stream_arn: view.arn.to_string(),
        current_shard_level_metrics: changed.0.into_iter().collect(),
        desired_shard_level_metrics: changed.1.into_iter().collect(),
    })
}
