//! TagQueue, UntagQueue and ListQueueTags.

use std::collections::BTreeMap;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SqsDoor;
use crate::errors;
use crate::limits::TAGS;
use crate::record::QueueSettings;

/// Characters of a tag's key.
const KEY_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=128;
/// Characters of a tag's value.
const VALUE_CHARACTERS: usize = 256;
/// What keys and values must not begin with, in any case.
const RESERVED_PREFIX: &str = "aws:";
/// What keys and values may have besides letters, digits and spaces.
const SPECIAL_CHARACTERS: &str = "_.:/=+-@";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagQueueInput {
    queue_url: String,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagQueueInput {
    queue_url: String,
    tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueueTagsInput {
    queue_url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueueTagsOutput {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
}

pub(crate) async fn tag(
    door: &SqsDoor,
    context: &CallContext,
    input: TagQueueInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:TagQueue")?;
    if input.tags.is_empty() {
        return Err(errors::missing_parameter("Tags"));
    }
    check_each(&input.tags)?;
    let change = |settings: &QueueSettings| {
        let mut record = settings.record.clone();
        record.tags.extend(input.tags);
        check_count(&record.tags, &target.address.name)?;
        Ok(record)
    };
    door.change_record(&target.queue, change).await
}

pub(crate) async fn untag(
    door: &SqsDoor,
    context: &CallContext,
    input: UntagQueueInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:UntagQueue")?;
    if input.tag_keys.is_empty() {
        return Err(invalid_key_length());
    }
    let change = |settings: &QueueSettings| {
        let mut record = settings.record.clone();
        for key in &input.tag_keys {
            record.tags.remove(key);
        }
        Ok(record)
    };
    door.change_record(&target.queue, change).await
}

pub(crate) fn list(
    door: &SqsDoor,
    context: &CallContext,
    input: ListQueueTagsInput,
) -> Result<ListQueueTagsOutput, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:ListQueueTags")?;
    Ok(ListQueueTagsOutput {
        tags: target.settings.record.tags.clone(),
    })
}

/// Checks all the tags that a queue is to have.
pub(crate) fn check(tags: &BTreeMap<String, String>, queue_name: &str) -> Result<(), ServiceError> {
    check_each(tags)?;
    check_count(tags, queue_name)
}

fn check_count(tags: &BTreeMap<String, String>, queue_name: &str) -> Result<(), ServiceError> {
    if tags.len() > TAGS {
        return Err(errors::invalid_parameter(format!(
            "Too many tags added for queue {queue_name}."
        )));
    }
    Ok(())
}

fn check_each(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    for (key, value) in tags {
        if !KEY_CHARACTERS.contains(&key.chars().count()) {
            return Err(invalid_key_length());
        }
        if value.chars().count() > VALUE_CHARACTERS {
            let message = "Tag values must be between 0 and 256 characters in length.";
            return Err(errors::invalid_parameter(message));
        }
        for text in [key, value] {
            check_text(text)?;
        }
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), ServiceError> {
    let head = text.get(..RESERVED_PREFIX.len()).unwrap_or_default();
    if head.eq_ignore_ascii_case(RESERVED_PREFIX) {
        return Err(errors::invalid_parameter(format!(
            "Tag keys and values can't start with {RESERVED_PREFIX}. That prefix is reserved."
        )));
    }
    let allowed = |character: char| {
        character.is_alphanumeric() || character.is_whitespace() || SPECIAL_CHARACTERS.contains(character)
    };
    if !text.chars().all(allowed) {
        return Err(errors::invalid_parameter(format!(
            "Tag keys and values can only include letters, digits, whitespace, and {SPECIAL_CHARACTERS}"
        )));
    }
    Ok(())
}

fn invalid_key_length() -> ServiceError {
    errors::invalid_parameter("Tag keys must be between 1 and 128 characters in length.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(key: &str, value: &str) -> Result<(), String> {
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        check(&tags, "orders").map_err(|error| error.message)
    }

    #[test]
    fn tags_are_checked() {
        let (longest_key, longest_value) = ("ä".repeat(128), "ä".repeat(256));
        for (key, value) in [
            ("team", "payments"),
            ("cost center", ""),
            ("a_.:/=+-@", "Ünïcödé 9"),
            ("xaws:", "aws"),
            (&longest_key, &longest_value),
        ] {
            assert_eq!(outcome(key, value), Ok(()), "{key}={value}");
        }
        let key_length = "Tag keys must be between 1 and 128 characters in length.";
        let value_length = "Tag values must be between 0 and 256 characters in length.";
        let reserved = "Tag keys and values can't start with aws:. That prefix is reserved.";
        let character = "Tag keys and values can only include letters, digits, whitespace, and _.:/=+-@";
        for (key, value, message) in [
            ("", "a", key_length),
            (&*"a".repeat(129), "a", key_length),
            ("a", &*"a".repeat(257), value_length),
            ("aws:a", "a", reserved),
            ("AWS:a", "a", reserved),
            ("a", "aws:a", reserved),
            ("a!", "a", character),
            ("a", "a\u{0}", character),
        ] {
            assert_eq!(outcome(key, value), Err(message.to_owned()), "{key}={value}");
        }
    }

    #[test]
    fn there_are_at_most_50_tags() {
        let mut tags: BTreeMap<_, _> = (0..50)
            .map(|number| (number.to_string(), String::new()))
            .collect();
        assert_eq!(check(&tags, "orders"), Ok(()));
        tags.insert("one more".into(), String::new());
        assert_eq!(
            check(&tags, "orders").unwrap_err().message,
            "Too many tags added for queue orders."
        );
    }
}
