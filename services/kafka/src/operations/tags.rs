//! TagResource, UntagResource and ListTagsForResource, of clusters.
//!
//! Source: [Tags](https://docs.aws.amazon.com/msk/1.0/apireference/tags-resourcearn.html).

use std::collections::BTreeMap;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::errors;
use crate::limits::TAGS;

/// Characters of a key.
const KEY_CHARACTERS: usize = 128;
/// Characters of a value.
const VALUE_CHARACTERS: usize = 256;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagInput {
    resource_arn: String,
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagInput {
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourceInput {
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsOutput {
    tags: Tags,
}

type Tags = BTreeMap<String, String>;

/// Adds tags to others, checked.
pub(crate) fn add(tags: &mut Tags, added: Tags) -> Result<(), ServiceError> {
    for (key, value) in &added {
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("Tag key {key} is not valid: keys must not begin with aws:.");
            return Err(errors::invalid("tags", message));
        }
        let characters = (key.chars().count(), value.chars().count());
        if !(1..=KEY_CHARACTERS).contains(&characters.0) || characters.1 > VALUE_CHARACTERS {
            let message = format!(
                "Keys have 1 to {KEY_CHARACTERS} characters, and values no more than {VALUE_CHARACTERS}."
            );
            return Err(errors::invalid("tags", message));
        }
    }
    tags.extend(added);
    match tags.len() <= TAGS {
        true => Ok(()),
        false => Err(errors::invalid(
            "tags",
            format!("A resource can have no more than {TAGS} tags."),
        )),
    }
}

pub(crate) async fn tag(
    door: &KafkaDoor,
    context: &CallContext,
    input: TagInput,
) -> Result<(), ServiceError> {
    let (arn, _) = door.cluster(context, &input.resource_arn, "kafka:TagResource")?;
    let changed = door
        .clusters
        .change(&arn, |record| add(&mut record.tags, input.tags));
    changed.await.map(drop)
}

pub(crate) async fn untag(
    door: &KafkaDoor,
    context: &CallContext,
    input: UntagInput,
) -> Result<(), ServiceError> {
    let (arn, _) = door.cluster(context, &input.resource_arn, "kafka:UntagResource")?;
    let changed = door.clusters.change(&arn, |record| {
        record.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    });
    changed.await.map(drop)
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ResourceInput,
) -> Result<ListTagsOutput, ServiceError> {
    let (_, record) = door.cluster(context, &input.resource_arn, "kafka:ListTagsForResource")?;
    Ok(ListTagsOutput {
        tags: record.tags.clone(),
    })
}
