//! TagResource, UntagResource and ListTagsForResource.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::errors;
use crate::limits::TAGS;
use crate::topics::Topic;

/// Characters of a tag's key.
const KEY_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=128;
/// Characters of a tag's value.
const VALUE_CHARACTERS: usize = 256;
/// What keys and values may have besides letters, digits and spaces.
const SPECIAL_CHARACTERS: &str = "_.:/=+-@";

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResourceInput {
    resource_arn: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResourceInput {
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForResourceInput {
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForResourceOutput {
    tags: Vec<Tag>,
}

/// Tags by their keys, checked.
pub(crate) fn read(tags: &[Tag]) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut read = BTreeMap::new();
    for tag in tags {
        check_tag(tag)?;
        if read.insert(tag.key.clone(), tag.value.clone()).is_some() {
            return Err(errors::invalid_parameter("Duplicated keys are not allowed."));
        }
    }
    check_count(&read)?;
    Ok(read)
}

fn check_tag(tag: &Tag) -> Result<(), ServiceError> {
    let allowed = |character: char| {
        character.is_alphanumeric() || character.is_whitespace() || SPECIAL_CHARACTERS.contains(character)
    };
    let is_valid = KEY_CHARACTERS.contains(&tag.key.chars().count())
        && tag.value.chars().count() <= VALUE_CHARACTERS
        && tag.key.chars().chain(tag.value.chars()).all(allowed)
        && !tag.key.to_ascii_lowercase().starts_with("aws:");
    match is_valid {
        true => Ok(()),
        false => Err(errors::invalid_parameter("Tags")),
    }
}

fn check_count(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    match tags.len() <= TAGS {
        true => Ok(()),
        false => Err(errors::modelled(
            "TagLimitExceededException",
            "Could not complete request: tag quota of per resource exceeded",
        )),
    }
}

/// The topic that tags are about: the only resource that has any.
fn tagged(
    door: &SnsDoor,
    context: &CallContext,
    resource_arn: &str,
    action: &str,
) -> Result<Arc<Topic>, ServiceError> {
    let arn = TopicArn::read(resource_arn, "ResourceArn")?;
    context.authorize(action, &arn, None)?;
    door.topics.get(&arn).ok_or_else(errors::resource_does_not_exist)
}

pub(crate) async fn tag(
    door: &SnsDoor,
    context: &CallContext,
    input: TagResourceInput,
) -> Result<(), ServiceError> {
    let topic = tagged(door, context, &input.resource_arn, "sns:TagResource")?;
    let tags = read(&input.tags)?;
    door.change_topic(&topic, |record| {
        record.tags.extend(tags);
        check_count(&record.tags)
    })
    .await
}

pub(crate) async fn untag(
    door: &SnsDoor,
    context: &CallContext,
    input: UntagResourceInput,
) -> Result<(), ServiceError> {
    let topic = tagged(door, context, &input.resource_arn, "sns:UntagResource")?;
    door.change_topic(&topic, |record| {
        record.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, ServiceError> {
    let topic = tagged(door, context, &input.resource_arn, "sns:ListTagsForResource")?;
    let settings = topic.settings();
    let tags = settings.record.tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    Ok(ListTagsForResourceOutput { tags: tags.collect() })
}
