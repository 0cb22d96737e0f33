//! CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes and SetTopicAttributes.

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_catalog::Change;
use ninefold_delivery::TargetKey;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SnsDoor;
use crate::arn::{FIFO_SUFFIX, TopicArn, is_valid_name};
use crate::attributes::topic;
use crate::errors::{self, Refusal};
use crate::limits::PAGE;
use crate::message::written_time;
use crate::operations::tags::{self, Tag};
use crate::operations::{data_protection, page};
use crate::record::TopicRecord;
use crate::topics::Topic;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateTopicInput {
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    tags: Vec<Tag>,
    data_protection_policy: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TopicOutput {
    topic_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TopicInput {
    pub(crate) topic_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTopicsInput {
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTopicsOutput {
    topics: Vec<TopicOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributesOutput {
    pub(crate) attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetTopicAttributesInput {
    topic_arn: String,
    attribute_name: String,
    #[serde(default)]
    attribute_value: String,
}

pub(crate) async fn create(
    door: &SnsDoor,
    context: &CallContext,
    input: CreateTopicInput,
) -> Result<TopicOutput, ServiceError> {
    let is_fifo = input
        .attributes
        .get("FifoTopic")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    check_name(&input.name, is_fifo)?;
    let arn = TopicArn {
        account: context.principal.account,
        region: context.region.clone(),
        name: input.name,
    };
    context.authorize("sns:CreateTopic", &arn, None)?;
    let tags = tags::read(&input.tags)?;
    if !tags.is_empty() {
        context.authorize("sns:TagResource", &arn, None)?;
    }
    let wanted = TopicRecord {
        created_at_seconds: door.now_seconds(),
        attributes: topic::check_all(&input.attributes, is_fifo)?,
        tags,
        data_protection_policy: match &input.data_protection_policy {
            Some(json) => data_protection::check(json)?,
            None => None,
        },
    };
    let key = arn.key();
    let created = door.topics.records.change(key.as_bytes(), |current| {
        match current {
            None => Ok(Change::Put(wanted)),
            Some(current) => is_same(current, &wanted).map(|()| Change::Keep),
        }
        .map_err(Refusal)
    });
    if let Some(record) = created.await? {
        door.topics.refresh(&arn, &record);
    }
    Ok(TopicOutput {
        topic_arn: arn.to_string(),
    })
}

fn check_name(name: &str, is_fifo: bool) -> Result<(), ServiceError> {
    match (
        is_fifo,
        is_valid_name(name) && name.ends_with(FIFO_SUFFIX) == is_fifo,
    ) {
        (_, true) => Ok(()),
        (true, false) => Err(errors::invalid_parameter(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, \
             numbers, underscores, and hyphens, and must be between 1 and 256 characters long.",
        )),
        (false, false) => Err(errors::invalid_parameter("Topic Name")),
    }
}

/// Whether creating a topic anew asks for what is there already.
fn is_same(current: &TopicRecord, wanted: &TopicRecord) -> Result<(), ServiceError> {
    let differs = |(name, value): (&String, &String)| current.attributes.get(name) != Some(value);
    if wanted.attributes.iter().any(differs) {
        return Err(errors::invalid_for(
            "Attributes",
            "Topic already exists with different attributes",
        ));
    }
    if !wanted.tags.is_empty() && wanted.tags != current.tags {
        return Err(errors::invalid_for(
            "Tags",
            "Topic already exists with different tags",
        ));
    }
    Ok(())
}

pub(crate) async fn delete(
    door: &SnsDoor,
    context: &CallContext,
    input: TopicInput,
) -> Result<(), ServiceError> {
    let arn = TopicArn::read(&input.topic_arn, "TopicArn")?;
    let topic = door.topics.get(&arn);
    let settings = topic.as_ref().map(|topic| topic.settings());
    let policy = settings.as_ref().and_then(|settings| settings.policy());
    context.authorize("sns:DeleteTopic", &arn, policy)?;
    // Deleting what is not there succeeds.
    let Some(topic) = topic else { return Ok(()) };
    if topic.retention_seconds().is_some() {
        return Err(errors::modelled(
            "InvalidStateException",
            "The topic has an active archive policy: deactivate it before the topic is deleted",
        ));
    }
    let deleted = door.topics.records.delete(arn.key().as_bytes()).await;
    deleted.map_err(errors::from_catalog)?;
    door.topics.forget(&arn);
    door.remove_subscriptions(&topic).await?;
    // Of an ordered topic: what waits for its turn.
    let waiting = TargetKey(Bytes::from(arn.key()));
    let removed = door.deliveries.remove(&waiting).await;
    removed.map_err(errors::from_delivery)?;
    door.empty_archive(&topic, ninefold_time::Timestamp::MAX).await
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListTopicsInput,
) -> Result<ListTopicsOutput, ServiceError> {
    let account = context.principal.account;
    let everything = format!("arn:aws:sns:{}:{account}:*", context.region);
    context.authorize("sns:ListTopics", &everything, None)?;
    let after = page::read_token(input.next_token.as_deref())?;
    let prefix = TopicArn::key_prefix(account, &context.region);
    let found = door
        .topics
        .records
        .page(prefix.as_bytes(), after.as_deref(), PAGE + 1);
    let (found, next_token) = page::cut(found, PAGE);
    let arns = found.iter().filter_map(|(key, _)| TopicArn::from_key(key));
    Ok(ListTopicsOutput {
        topics: arns
            .map(|arn| TopicOutput {
                topic_arn: arn.to_string(),
            })
            .collect(),
        next_token,
    })
}

pub(crate) fn get_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: TopicInput,
) -> Result<AttributesOutput, ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:GetTopicAttributes")?;
    Ok(AttributesOutput {
        attributes: attributes_of(door, &topic)?,
    })
}

fn attributes_of(door: &SnsDoor, topic: &Topic) -> Result<BTreeMap<String, String>, ServiceError> {
    let settings = topic.settings();
    let (confirmed, pending) = topic.subscribers.read().counts();
    let mut attributes = settings.record.attributes.clone();
    let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
    set("TopicArn", topic.arn.to_string());
    set("Owner", topic.arn.account.to_string());
    set(
        "EffectiveDeliveryPolicy",
        settings.delivery_policy.effective_json(),
    );
    set("SubscriptionsConfirmed", confirmed.to_string());
    set("SubscriptionsPending", pending.to_string());
    // What is deleted is gone at once.
    set("SubscriptionsDeleted", "0".to_owned());
    let mut default = |name: &str, value: String| {
        attributes.entry(name.to_owned()).or_insert(value);
    };
    default("DisplayName", String::new());
    default("Policy", topic::default_policy(&topic.arn));
    if topic.arn.is_fifo() {
        default("FifoTopic", "true".to_owned());
        default("ContentBasedDeduplication", "false".to_owned());
        default("FifoThroughputScope", "Topic".to_owned());
    }
    if topic.retention_seconds().is_some() {
        let first = door.archives.first(topic.arn.key().as_bytes());
        let first = first.map_err(|error| ServiceError::unavailable(error.to_string()))?;
        let begin = first.map_or(door.now_millis(), |place| place.at.as_millis());
        attributes.insert("BeginningArchiveTime".to_owned(), written_time(begin));
    }
    Ok(attributes)
}

pub(crate) async fn set_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: SetTopicAttributesInput,
) -> Result<(), ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:SetTopicAttributes")?;
    let name = input.attribute_name;
    let value = topic::check(&name, &input.attribute_value, topic.arn.is_fifo())?;
    door.change_topic(&topic, |record| {
        match value.is_empty() {
            true => record.attributes.remove(&name),
            false => record.attributes.insert(name, value),
        };
        Ok(())
    })
    .await
}
