//! TagResource, UntagResource and ListTagsForResource, of rules and of buses.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::{BusArn, RuleArn};
use crate::errors;
use crate::limits::TAGS;
use crate::record::{BusRecord, RuleRecord};

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TagResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UntagResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(rename = "TagKeys")]
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ListTagsForResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForResourceOutput {
    tags: Vec<Tag>,
}

/// What has tags.
enum Tagged {
    Bus(BusArn),
    Rule(RuleArn),
}

type Tags = BTreeMap<String, String>;

/// Tags by their keys, checked.
pub(crate) fn read(tags: Vec<Tag>) -> Result<Tags, ServiceError> {
    let mut read = Tags::new();
    for Tag { key, value } in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::invalid(format!(
                "Tag key {key} is not valid: keys must not begin with aws:."
            )));
        }
        if read.insert(key, value).is_some() {
            return Err(errors::invalid("Duplicate tag keys are not allowed."));
        }
    }
    check_count(&read)?;
    Ok(read)
}

fn check_count(tags: &Tags) -> Result<(), ServiceError> {
    match tags.len() <= TAGS {
        true => Ok(()),
        false => Err(errors::invalid(format!(
            "A resource can have no more than {TAGS} tags."
        ))),
    }
}

impl Tagged {
    fn find(
        door: &EventsDoor,
        context: &CallContext,
        resource_arn: &str,
        action: &str,
    ) -> Result<Self, ServiceError> {
        context.authorize(action, &resource_arn, None)?;
        if let Some(rule) = RuleArn::parse(resource_arn) {
            let found = door.buses.get(&rule.bus).and_then(|bus| bus.rule(&rule.name));
            return match found {
                Some(_) => Ok(Tagged::Rule(rule)),
                None => Err(errors::rule_does_not_exist(&rule)),
            };
        }
        let bus = BusArn::parse(resource_arn).ok_or_else(|| errors::invalid_parameter("ResourceARN"))?;
        match door.buses.get(&bus) {
            Some(_) => Ok(Tagged::Bus(bus)),
            None => Err(errors::bus_does_not_exist(&bus)),
        }
    }

    async fn change(
        &self,
        door: &EventsDoor,
        change: impl FnOnce(&mut Tags) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        match self {
            Tagged::Bus(arn) => {
                door.change_bus(arn, |current| {
                    let mut record: BusRecord = current.map(|record| (**record).clone()).unwrap_or_default();
                    change(&mut record.tags)?;
                    Ok(Change::Put(record))
                })
                .await
            }
            Tagged::Rule(arn) => {
                door.change_rule(arn, |current: Option<&Arc<RuleRecord>>| {
                    let current = current.ok_or_else(|| errors::rule_does_not_exist(arn))?;
                    let mut record = RuleRecord::clone(current);
                    change(&mut record.tags)?;
                    Ok(Change::Put(record))
                })
                .await
            }
        }
    }
}

pub(crate) async fn tag(
    door: &EventsDoor,
    context: &CallContext,
    input: TagResourceInput,
) -> Result<(), ServiceError> {
    let tagged = Tagged::find(door, context, &input.resource_arn, "events:TagResource")?;
    let added = read(input.tags)?;
    tagged
        .change(door, |tags| {
            tags.extend(added);
            check_count(tags)
        })
        .await
}

pub(crate) async fn untag(
    door: &EventsDoor,
    context: &CallContext,
    input: UntagResourceInput,
) -> Result<(), ServiceError> {
    let tagged = Tagged::find(door, context, &input.resource_arn, "events:UntagResource")?;
    tagged
        .change(door, |tags| {
            tags.retain(|key, _| !input.tag_keys.contains(key));
            Ok(())
        })
        .await
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, ServiceError> {
    let tags = match Tagged::find(door, context, &input.resource_arn, "events:ListTagsForResource")? {
        Tagged::Bus(arn) => door.buses.get(&arn).map(|bus| bus.record().tags.clone()),
        Tagged::Rule(arn) => {
            let rule = door.buses.get(&arn.bus).and_then(|bus| bus.rule(&arn.name));
            rule.map(|rule| rule.record.tags.clone())
        }
    };
    let tags = tags.unwrap_or_default().into_iter();
    Ok(ListTagsForResourceOutput {
        tags: tags.map(|(key, value)| Tag { key, value }).collect(),
    })
}
