//! Tags of streams (AddTagsToStream, RemoveTagsFromStream, ListTagsForStream), and of streams and consumers by their ARNs
//! (TagResource, UntagResource, ListTagsForResource).
//!
//! Source: [AddTagsToStream](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::errors;
use crate::limits::TAGS;
use crate::operations::resource::Resource;
use crate::record::Tags;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddTagsInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemoveTagsInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForStreamInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    exclusive_start_tag_key: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForStreamOutput {
    tags: Vec<Tag>,
    has_more_tags: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForResourceInput {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTagsForResourceOutput {
    tags: Vec<Tag>,
}

/// Whether a character may be in a tag: letters and digits, white space, and `_ . / = + - @ :`.
fn is_allowed(character: char) -> bool {
    character.is_alphanumeric() || character.is_whitespace() || "_./=+-@:".contains(character)
}

/// Tags and what is added to them, if that may be.
pub(crate) fn merged(current: &Tags, added: Tags, stream: &StreamArn) -> Result<Tags, ServiceError> {
    let texts = added.iter().flat_map(|(key, value)| [key, value]);
    if texts
        .flat_map(|text| text.chars())
        .any(|character| !is_allowed(character) && character != '%')
    {
        return Err(errors::invalid_argument(
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.",
        ));
    }
    if added
        .iter()
        .any(|(key, value)| key.contains('%') || value.contains('%'))
    {
        return Err(errors::invalid_argument(format!(
            "Failed to add tags to stream {} under account {} because some tags contained illegal characters. The allowed \
             characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.",
            stream.name, stream.account
        )));
    }
    let mut merged = current.clone();
    merged.extend(added);
    match merged.len() <= TAGS {
        true => Ok(merged),
        false => Err(errors::invalid_argument(format!(
            "Failed to add tags to stream {} under account {} because a given stream cannot have more than {TAGS} tags \
             associated with it.",
            stream.name, stream.account
        ))),
    }
}

fn without(current: &Tags, keys: &[String]) -> Tags {
    let mut left = current.clone();
    left.retain(|key, _| !keys.contains(key));
    left
}

fn tags_of(tags: &Tags) -> impl Iterator<Item = Tag> {
    tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    })
}

pub(crate) async fn add(
    door: &KinesisDoor,
    context: &CallContext,
    input: AddTagsInput,
) -> Result<(), ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:AddTagsToStream")?;
    let change = |current: &Tags| merged(current, input.tags, &view.arn);
    let resource = Resource::Stream(std::sync::Arc::clone(&view));
    resource.change_tags(door, change).await
}

pub(crate) async fn remove(
    door: &KinesisDoor,
    context: &CallContext,
    input: RemoveTagsInput,
) -> Result<(), ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:RemoveTagsFromStream")?;
    let resource = Resource::Stream(view);
    resource
        .change_tags(door, |current| Ok(without(current, &input.tag_keys)))
        .await
}

pub(crate) fn list_for_stream(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListTagsForStreamInput,
) -> Result<ListTagsForStreamOutput, ServiceError> {
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:ListTagsForStream")?;
    let after = input.exclusive_start_tag_key.as_deref();
    let mut left = tags_of(&view.settings.tags).filter(|tag| after.is_none_or(|after| &*tag.key > after));
    let tags = left.by_ref().take(input.limit.unwrap_or(TAGS)).collect();
    Ok(ListTagsForStreamOutput {
        tags,
        has_more_tags: left.next().is_some(),
    })
}

pub(crate) async fn tag(
    door: &KinesisDoor,
    context: &CallContext,
    input: TagResourceInput,
) -> Result<(), ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:TagResource")?;
    let change = |current: &Tags| merged(current, input.tags, resource.stream());
    resource.change_tags(door, change).await
}

pub(crate) async fn untag(
    door: &KinesisDoor,
    context: &CallContext,
    input: UntagResourceInput,
) -> Result<(), ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:UntagResource")?;
    resource
        .change_tags(door, |current| Ok(without(current, &input.tag_keys)))
        .await
}

pub(crate) fn list_for_resource(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, ServiceError> {
    let resource = Resource::find(door, context, &input.resource_arn, "kinesis:ListTagsForResource")?;
    Ok(ListTagsForResourceOutput {
        tags: tags_of(resource.tags()).collect(),
    })
}
