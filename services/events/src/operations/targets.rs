//! PutTargets, RemoveTargets and ListTargetsByRule.
//!
//! Source: [PutTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html).

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, Push, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::RuleArn;
use crate::destination::Destination;
use crate::errors;
use crate::limits::TARGETS_OF_A_RULE;
use crate::operations::page::Page;
use crate::operations::rules::{pass_role, refuse_managed};
use crate::record::{RuleRecord, TargetRecord};
use crate::target::Target;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutTargetsInput {
    rule: String,
    event_bus_name: Option<String>,
    targets: Vec<TargetRecord>,
}

/// What could not be put or removed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FailedTargetsOutput {
    failed_entry_count: usize,
    failed_entries: Vec<FailedTarget>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailedTarget {
    target_id: String,
    error_code: String,
    error_message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemoveTargetsInput {
    rule: String,
    event_bus_name: Option<String>,
    ids: Vec<String>,
    #[serde(default)]
    force: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTargetsByRuleInput {
    rule: String,
    event_bus_name: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTargetsByRuleOutput {
    targets: Vec<TargetRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl FailedTargetsOutput {
    fn of(failed: Vec<FailedTarget>) -> Self {
        FailedTargetsOutput {
            failed_entry_count: failed.len(),
            failed_entries: failed,
        }
    }
}

pub(crate) async fn put(
    door: &EventsDoor,
    context: &CallContext,
    input: PutTargetsInput,
) -> Result<FailedTargetsOutput, ServiceError> {
    let (_, arn) = door.bus_of_rule(
        context,
        input.event_bus_name.as_deref(),
        &input.rule,
        "events:PutTargets",
    )?;
    for target in &input.targets {
        check(door, context, &arn, target)?;
    }
    door.change_rule(&arn, |current| {
        refuse_managed(&arn, current, false)?;
        let current = current.ok_or_else(|| errors::rule_does_not_exist(&arn))?;
        let mut record = RuleRecord::clone(current);
        for target in input.targets {
            match record.targets.iter_mut().find(|known| known.id == target.id) {
                Some(known) => *known = target,
                None => record.targets.push(target),
            }
        }
        match record.targets.len() <= TARGETS_OF_A_RULE {
            true => Ok(Change::Put(record)),
            false => Err(errors::limit_exceeded()),
        }
    })
    .await?;
    Ok(FailedTargetsOutput::of(Vec::new()))
}

/// Checks a target by itself, and by what its door says of it.
fn check(
    door: &EventsDoor,
    context: &CallContext,
    rule: &RuleArn,
    record: &TargetRecord,
) -> Result<(), ServiceError> {
    pass_role(context, record.role_arn.as_deref())?;
    let target = Target::read(rule, None, record.clone())?;
    match &target.destination {
        Destination::Resource(resource) => {
            let is_fifo = record.arn.ends_with(".fifo");
            if resource.service == "sqs" && is_fifo && target.group().is_none() {
                return Err(errors::invalid(format!(
                    "Parameter(s) SqsParameters must be specified for target: {}.",
                    record.id
                )));
            }
            let push = Push {
                group: target.group(),
                ..Push::default()
            };
            door.dispatcher
                .check_push(&resource.service, &resource.arn, &push)
                .map_err(|reason| errors::invalid_because(&record.arn, reason))
        }
        Destination::Archive => Err(errors::invalid_because(
            &record.arn,
            "Provided Arn is not in correct format.",
        )),
        Destination::Api(destination) => {
            let is_of_rule = destination.account == rule.bus.account && destination.region == rule.bus.region;
            match is_of_rule {
                true => Ok(()),
                false => Err(errors::invalid_because(
                    &record.arn,
                    "An API destination must be one of the rule's account and Region.",
                )),
            }
        }
        Destination::Bus(_) | Destination::LogGroup(_) => Ok(()),
    }
}

pub(crate) async fn remove(
    door: &EventsDoor,
    context: &CallContext,
    input: RemoveTargetsInput,
) -> Result<FailedTargetsOutput, ServiceError> {
    let bus = input.event_bus_name.as_deref();
    let (bus, arn) = door.bus_of_rule(context, bus, &input.rule, "events:RemoveTargets")?;
    let rule = bus
        .rule(&arn.name)
        .ok_or_else(|| errors::rule_does_not_exist(&arn))?;
    door.change_rule(&arn, |current| {
        refuse_managed(&arn, current, input.force)?;
        let current = current.ok_or_else(|| errors::rule_does_not_exist(&arn))?;
        let mut record = RuleRecord::clone(current);
        record.targets.retain(|target| !input.ids.contains(&target.id));
        Ok(Change::Put(record))
    })
    .await?;
    let mut failed = Vec::new();
    for id in &input.ids {
        match rule.targets.iter().find(|target| target.name.id == *id) {
            Some(target) => {
                let removed = door.deliveries.remove(&target.key).await;
                removed.map_err(errors::from_delivery)?;
            }
            None => failed.push(FailedTarget {
                target_id: id.clone(),
                error_code: "ResourceNotFoundException".to_owned(),
                error_message: format!("Rule {} does not have a target with the Id {id}.", arn.name),
            }),
        }
    }
    Ok(FailedTargetsOutput::of(failed))
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListTargetsByRuleInput,
) -> Result<ListTargetsByRuleOutput, ServiceError> {
    let bus = input.event_bus_name.as_deref();
    let (bus, arn) = door.bus_of_rule(context, bus, &input.rule, "events:ListTargetsByRule")?;
    let rule = bus
        .rule(&arn.name)
        .ok_or_else(|| errors::rule_does_not_exist(&arn))?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let mut targets = rule.record.targets.clone();
    targets.sort_by(|one, other| one.id.cmp(&other.id));
    let (targets, next_token) = page.of(targets, |target| &target.id);
    Ok(ListTargetsByRuleOutput { targets, next_token })
}
