//! PutRule, DeleteRule, DescribeRule, EnableRule, DisableRule, ListRules and ListRuleNamesByTarget.

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::{DEFAULT_BUS, RuleArn};
use crate::errors;
use crate::limits::RULES_OF_A_BUS;
use crate::operations::page::{Page, has_prefix};
use crate::operations::tags::{self, Tag};
use crate::record::{RuleRecord, RuleState};
use crate::rule::{Rule, read_pattern, read_schedule};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutRuleInput {
    name: String,
    schedule_expression: Option<String>,
    event_pattern: Option<String>,
    #[serde(default)]
    state: RuleState,
    description: Option<String>,
    role_arn: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    event_bus_name: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutRuleOutput {
    rule_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RuleInput {
    name: String,
    event_bus_name: Option<String>,
    #[serde(default)]
    force: bool,
}

/// A rule in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RuleSummary {
    name: String,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_expression: Option<String>,
    state: RuleState,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<String>,
    event_bus_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeRuleOutput {
    #[serde(flatten)]
    summary: RuleSummary,
    created_by: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRulesInput {
    name_prefix: Option<String>,
    event_bus_name: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRulesOutput {
    rules: Vec<RuleSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRuleNamesByTargetInput {
    target_arn: String,
    event_bus_name: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRuleNamesByTargetOutput {
    rule_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl RuleSummary {
    fn of(rule: &Rule) -> Self {
        let record = &rule.record;
        RuleSummary {
            name: rule.arn.name.clone(),
            arn: rule.arn.to_string(),
            event_pattern: record.event_pattern.clone(),
            schedule_expression: record.schedule.clone(),
            state: record.state,
            description: record.description.clone(),
            role_arn: record.role_arn.clone(),
            managed_by: record.managed_by.clone(),
            event_bus_name: rule.arn.bus.name.clone(),
        }
    }
}

pub(crate) async fn put(
    door: &EventsDoor,
    context: &CallContext,
    input: PutRuleInput,
) -> Result<PutRuleOutput, ServiceError> {
    let (bus, arn) = door.bus_of_rule(
        context,
        input.event_bus_name.as_deref(),
        &input.name,
        "events:PutRule",
    )?;
    check_trigger(&arn, &input)?;
    pass_role(context, input.role_arn.as_deref())?;
    if bus.rule(&arn.name).is_none() && bus.rule_count() >= RULES_OF_A_BUS {
        return Err(errors::limit_exceeded());
    }
    let tags = tags::read(input.tags)?;
    let now = door.now_millis();
    door.change_rule(&arn, |current| {
        refuse_managed(&arn, current, false)?;
        let is_rescheduled = current.is_none_or(|current| {
            current.schedule != input.schedule_expression || !current.state.is_enabled()
        });
        Ok(Change::Put(RuleRecord {
            created_at_millis: current.map_or(now, |current| current.created_at_millis),
            created_by: match current {
                Some(current) => current.created_by.clone(),
                None => context.principal.account.to_string(),
            },
            description: input.description,
            event_pattern: input.event_pattern,
            schedule: input.schedule_expression,
            scheduled_from_millis: match current {
                Some(current) if !is_rescheduled => current.scheduled_from_millis,
                _ => now,
            },
            state: input.state,
            role_arn: input.role_arn,
            managed_by: None,
            // Those of a rule that is there already are changed by TagResource only.
            tags: current.map_or(tags, |current| current.tags.clone()),
            targets: current.map_or_else(Vec::new, |current| current.targets.clone()),
        }))
    })
    .await?;
    Ok(PutRuleOutput {
        rule_arn: arn.to_string(),
    })
}

/// A rule has a pattern, a schedule, or both.
fn check_trigger(arn: &RuleArn, input: &PutRuleInput) -> Result<(), ServiceError> {
    if input.event_pattern.is_none() && input.schedule_expression.is_none() {
        return Err(errors::invalid(
            "Parameter(s) EventPattern or ScheduleExpression must be specified.",
        ));
    }
    if input.schedule_expression.is_some() && arn.bus.name != DEFAULT_BUS {
        return Err(errors::invalid(
            "ScheduleExpression is supported only on the default event bus.",
        ));
    }
    input.event_pattern.as_deref().map(read_pattern).transpose()?;
    input
        .schedule_expression
        .as_deref()
        .map(read_schedule)
        .transpose()?;
    Ok(())
}

/// Whether a caller may let a rule or target act as a role.
pub(crate) fn pass_role(context: &CallContext, role_arn: Option<&str>) -> Result<(), ServiceError> {
    match role_arn {
        Some(role_arn) => context.authorize("iam:PassRole", &role_arn, None),
        None => Ok(()),
    }
}

/// What a service has made for itself isn't changed by others, unless by force.
pub(crate) fn refuse_managed(
    arn: &RuleArn,
    current: Option<&Arc<RuleRecord>>,
    force: bool,
) -> Result<(), ServiceError> {
    match current {
        Some(record) if record.managed_by.is_some() && !force => Err(errors::rule_is_managed(arn)),
        _ => Ok(()),
    }
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: RuleInput,
) -> Result<(), ServiceError> {
    let (_, arn) = door.bus_of_rule(
        context,
        input.event_bus_name.as_deref(),
        &input.name,
        "events:DeleteRule",
    )?;
    door.change_rule(&arn, |current| {
        refuse_managed(&arn, current, input.force)?;
        match current {
            // Deleting what is not there succeeds.
            None => Ok(Change::Keep),
            Some(record) if !record.targets.is_empty() => {
                Err(errors::invalid("Rule can't be deleted since it has targets."))
            }
            Some(_) => Ok(Change::Delete),
        }
    })
    .await?;
    door.schedules.forget(&arn).await.map_err(errors::from_catalog)
}

/// Removes a rule with its targets and what waits for them.
pub(crate) async fn remove_entirely(door: &EventsDoor, rule: &Rule) -> Result<(), ServiceError> {
    door.change_rule(&rule.arn, |_| Ok(Change::Delete)).await?;
    let forgotten = door.schedules.forget(&rule.arn).await;
    forgotten.map_err(errors::from_catalog)?;
    for target in &rule.targets {
        let removed = door.deliveries.remove(&target.key).await;
        removed.map_err(errors::from_delivery)?;
    }
    Ok(())
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: RuleInput,
) -> Result<DescribeRuleOutput, ServiceError> {
    let bus = input.event_bus_name.as_deref();
    let (bus, arn) = door.bus_of_rule(context, bus, &input.name, "events:DescribeRule")?;
    let rule = bus
        .rule(&arn.name)
        .ok_or_else(|| errors::rule_does_not_exist(&arn))?;
    Ok(DescribeRuleOutput {
        summary: RuleSummary::of(&rule),
        created_by: rule.record.created_by.clone(),
    })
}

pub(crate) async fn enable(
    door: &EventsDoor,
    context: &CallContext,
    input: RuleInput,
) -> Result<(), ServiceError> {
    set_state(door, context, &input, "events:EnableRule", RuleState::Enabled).await
}

pub(crate) async fn disable(
    door: &EventsDoor,
    context: &CallContext,
    input: RuleInput,
) -> Result<(), ServiceError> {
    set_state(door, context, &input, "events:DisableRule", RuleState::Disabled).await
}

async fn set_state(
    door: &EventsDoor,
    context: &CallContext,
    input: &RuleInput,
    action: &str,
    state: RuleState,
) -> Result<(), ServiceError> {
    let (_, arn) = door.bus_of_rule(context, input.event_bus_name.as_deref(), &input.name, action)?;
    let now = door.now_millis();
    door.change_rule(&arn, |current| {
        refuse_managed(&arn, current, false)?;
        let current = current.ok_or_else(|| errors::rule_does_not_exist(&arn))?;
        if current.state.is_enabled() == state.is_enabled() {
            return Ok(Change::Keep);
        }
        let mut record = RuleRecord::clone(current);
        record.state = state;
        record.scheduled_from_millis = now;
        Ok(Change::Put(record))
    })
    .await
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListRulesInput,
) -> Result<ListRulesOutput, ServiceError> {
    let bus = door.bus(context, input.event_bus_name.as_deref(), "events:ListRules")?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let rules = bus.rules();
    let wanted = rules
        .iter()
        .filter(|rule| has_prefix(&rule.arn.name, input.name_prefix.as_deref()));
    let (found, next_token) = page.of(wanted, |rule| &rule.arn.name);
    Ok(ListRulesOutput {
        rules: found.iter().map(|rule| RuleSummary::of(rule)).collect(),
        next_token,
    })
}

pub(crate) fn list_names_by_target(
    door: &EventsDoor,
    context: &CallContext,
    input: ListRuleNamesByTargetInput,
) -> Result<ListRuleNamesByTargetOutput, ServiceError> {
    let bus = input.event_bus_name.as_deref();
    let bus = door.bus(context, bus, "events:ListRuleNamesByTarget")?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let rules = bus.rules();
    let wanted = rules.iter().filter(|rule| {
        let mut targets = rule.targets.iter();
        targets.any(|target| target.record.arn == input.target_arn)
    });
    let (found, next_token) = page.of(wanted, |rule| &rule.arn.name);
    Ok(ListRuleNamesByTargetOutput {
        rule_names: found.iter().map(|rule| rule.arn.name.clone()).collect(),
        next_token,
    })
}
