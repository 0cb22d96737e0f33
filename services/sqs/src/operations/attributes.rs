//! GetQueueAttributes and SetQueueAttributes.

use std::collections::BTreeMap;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::attributes::{
    self, ALL, Attributes, RedriveAllowPolicy, RedrivePolicy, TOLD, invalid_redrive_policy, settable_names,
};
use crate::door::Target;
use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetQueueAttributesInput {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetQueueAttributesOutput {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetQueueAttributesInput {
    queue_url: String,
    attributes: BTreeMap<String, String>,
}

pub(crate) fn get(
    door: &SqsDoor,
    context: &CallContext,
    input: GetQueueAttributesInput,
) -> Result<GetQueueAttributesOutput, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:GetQueueAttributes")?;
    let mut names: Vec<&str> = input.attribute_names.iter().map(String::as_str).collect();
    if let Some(unknown) = names.iter().find(|name| !attributes::is_attribute(name)) {
        return Err(errors::invalid_attribute_name(unknown));
    }
    if names.contains(&ALL) {
        names = TOLD.iter().copied().chain(settable_names()).collect();
    }
    let told = target.told();
    let value = |name: &str| {
        told.get(name)
            .cloned()
            .or_else(|| attributes::value(&target.settings.record.attributes, name))
    };
    Ok(GetQueueAttributesOutput {
        attributes: names
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), value(name)?)))
            .collect(),
    })
}

pub(crate) async fn set(
    door: &SqsDoor,
    context: &CallContext,
    input: SetQueueAttributesInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:SetQueueAttributes")?;
    let changes = attributes::check(&input.attributes, target.settings.is_fifo)?;
    check_dead_letter_target(door, &target.address, &changes)?;
    door.change_record(&target.queue, |settings| {
        let mut record = settings.record.clone();
        record.attributes = attributes::merge(&record.attributes, changes)?;
        record.modified_at_seconds = door.now_seconds();
        Ok(record)
    })
    .await
}

/// Checks that the queue that a redrive policy names takes the dead letters of `source`.
pub(crate) fn check_dead_letter_target(
    door: &SqsDoor,
    source: &QueueAddress,
    changes: &Attributes,
) -> Result<(), ServiceError> {
    let Some(policy) = RedrivePolicy::of(changes) else {
        return Ok(());
    };
    let invalid = |reason| Err(invalid_redrive_policy(&changes["RedrivePolicy"], reason));
    let target = &policy.target;
    if (target.account, &target.region) != (source.account, &source.region) {
        return invalid("Dead letter target must be of the same account and region as the queue.");
    }
    if target.is_fifo() != source.is_fifo() {
        return invalid("Dead letter target must be of the same type as the queue.");
    }
    let Some(queue) = door.engine.queue(&target.key()) else {
        return invalid("Dead letter target does not exist.");
    };
    if !RedriveAllowPolicy::of(&door.settings.of(&queue)?.record.attributes).allows(source) {
        return invalid("Dead letter target does not allow this queue to redrive to it.");
    }
    Ok(())
}

impl Target {
    /// The attributes that the service tells, by name.
    fn told(&self) -> BTreeMap<&'static str, String> {
        let counts = self.queue.counts();
        let record = &self.settings.record;
        BTreeMap::from([
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
            (
                "ApproximateNumberOfMessagesNotVisible",
                counts.in_flight.to_string(),
            ),
            ("CreatedTimestamp", record.created_at_seconds.to_string()),
            ("LastModifiedTimestamp", record.modified_at_seconds.to_string()),
            ("QueueArn", self.address.arn()),
        ])
    }
}
