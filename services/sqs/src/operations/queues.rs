//! CreateQueue, DeleteQueue, GetQueueUrl, ListQueues and ListDeadLetterSourceQueues.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_protocol::{AccountId, CallContext, ServiceError};
use ninefold_queue::{Queue, QueueKey};
use serde::{Deserialize, Serialize};

use crate::SqsDoor;
use crate::address::{QueueAddress, is_valid_name};
use crate::attributes;
use crate::door::Target;
use crate::errors;
use crate::operations::attributes::check_dead_letter_target;
use crate::operations::tags;
use crate::page::{Page, PageRequest};
use crate::record::QueueRecord;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateQueueInput {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default, rename = "tags")]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteQueueInput {
    queue_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetQueueUrlInput {
    queue_name: String,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    owner: Option<String>,
}

/// What both CreateQueue and GetQueueUrl answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueUrlOutput {
    queue_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueuesInput {
    #[serde(default)]
    queue_name_prefix: String,
    #[serde(flatten)]
    page: PageRequest,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueuesOutput {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListDeadLetterSourceQueuesInput {
    queue_url: String,
    #[serde(flatten)]
    page: PageRequest,
}

#[derive(Debug, Serialize)]
pub(crate) struct ListDeadLetterSourceQueuesOutput {
    #[serde(rename = "queueUrls")]
    queue_urls: Vec<String>,
    #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(crate) async fn create(
    door: &SqsDoor,
    context: &CallContext,
    input: CreateQueueInput,
) -> Result<QueueUrlOutput, ServiceError> {
    let is_fifo = attributes::asks_for_fifo(&input.attributes);
    check_new_name(&input.queue_name, is_fifo)?;
    let address = QueueAddress {
        account: context.principal.account,
        region: context.region.clone(),
        name: input.queue_name,
    };
    context.authorize("sqs:CreateQueue", &address.arn(), None)?;
    if !input.tags.is_empty() {
        context.authorize("sqs:TagQueue", &address.arn(), None)?;
        tags::check(&input.tags, &address.name)?;
    }
    let wanted = attributes::check(&input.attributes, is_fifo)?;
    let output = QueueUrlOutput {
        queue_url: address.url(&context.endpoint),
    };
    let _turn = door.changes.lock().await;
    if let Some(queue) = door.engine.queue(&address.key()) {
        let settings = door.settings.of(&queue)?;
        return match attributes::first_difference(&settings.record.attributes, &wanted) {
            Some(name) => Err(errors::queue_name_exists(name)),
            None => Ok(output),
        };
    }
    if door.cool_downs.was_deleted(&address.key(), door.clock.now()) {
        return Err(errors::queue_deleted_recently());
    }
    check_dead_letter_target(door, &address, &wanted)?;
    let attributes = attributes::merge(&BTreeMap::new(), wanted)?;
    let config = attributes::engine_config(&attributes);
    let record = QueueRecord::new(door.now_seconds(), attributes, input.tags);
    let created = door.engine.create(address.key(), config, record.encode()).await;
    created.map(|_| output).map_err(errors::from_queue)
}

fn check_new_name(name: &str, is_fifo: bool) -> Result<(), ServiceError> {
    let ends_as_fifo = name.ends_with(".fifo");
    match (is_fifo, is_valid_name(name) && ends_as_fifo == is_fifo) {
        (_, true) => Ok(()),
        (true, false) => Err(errors::invalid_parameter(
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end \
             with .fifo suffix and be 1 to 80 in length.",
        )),
        (false, false) => Err(errors::invalid_parameter(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        )),
    }
}

pub(crate) async fn delete(
    door: &SqsDoor,
    context: &CallContext,
    input: DeleteQueueInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:DeleteQueue")?;
    let key = target.address.key();
    door.engine.delete(&key).await.map_err(errors::from_queue)?;
    door.settings.forget(target.queue.number());
    door.cool_downs.deleted(key, door.clock.now());
    Ok(())
}

pub(crate) fn get_url(
    door: &SqsDoor,
    context: &CallContext,
    input: GetQueueUrlInput,
) -> Result<QueueUrlOutput, ServiceError> {
    let account = match &input.owner {
        None => context.principal.account,
        Some(owner) => AccountId::parse(owner).map_err(|_| errors::queue_does_not_exist())?,
    };
    let address = QueueAddress {
        account,
        region: context.region.clone(),
        name: input.queue_name,
    };
    let target = door.target_at(context, address, "sqs:GetQueueUrl")?;
    Ok(QueueUrlOutput {
        queue_url: target.address.url(&context.endpoint),
    })
}

pub(crate) fn list(
    door: &SqsDoor,
    context: &CallContext,
    input: ListQueuesInput,
) -> Result<ListQueuesOutput, ServiceError> {
    let account = context.principal.account;
    let everything = format!("arn:aws:sqs:{}:{account}:", context.region);
    context.authorize("sqs:ListQueues", &everything, None)?;
    let page = Page::check(&input.page)?;
    let all = QueueAddress::key_prefix(account, &context.region);
    let wanted = format!("{all}{}", input.queue_name_prefix);
    let after = page
        .after
        .as_ref()
        .map(|name| QueueKey(format!("{all}{name}").into()));
    let queues = door
        .engine
        .queues(wanted.as_bytes(), after.as_ref(), page.limit + 1);
    let (addresses, next_token) = page.of(queues.iter().map(|queue| address_of(queue)));
    Ok(ListQueuesOutput {
        queue_urls: addresses
            .iter()
            .map(|address| address.url(&context.endpoint))
            .collect(),
        next_token,
    })
}

pub(crate) fn list_dead_letter_sources(
    door: &SqsDoor,
    context: &CallContext,
    input: ListDeadLetterSourceQueuesInput,
) -> Result<ListDeadLetterSourceQueuesOutput, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:ListDeadLetterSourceQueues")?;
    let page = Page::check(&input.page)?;
    let sources = dead_letter_sources(door, &target);
    let addresses = sources.iter().map(|queue| address_of(queue));
    let after = addresses.filter(|address| page.after.as_ref().is_none_or(|after| address.name > *after));
    let (addresses, next_token) = page.of(after);
    Ok(ListDeadLetterSourceQueuesOutput {
        queue_urls: addresses
            .iter()
            .map(|address| address.url(&context.endpoint))
            .collect(),
        next_token,
    })
}

/// The queues whose dead letters go to this one: of the same account and region, in the order of their names.
pub(crate) fn dead_letter_sources(door: &SqsDoor, target: &Target) -> Vec<Arc<Queue>> {
    let prefix = QueueAddress::key_prefix(target.address.account, &target.address.region);
    let mut queues = door.engine.queues(prefix.as_bytes(), None, usize::MAX);
    queues.retain(|queue| {
        let config = queue.config();
        let policy = config.dead_letter.as_ref();
        policy.is_some_and(|policy| policy.queue == *target.queue.key())
    });
    queues
}

/// The address that the door made a queue's key of.
pub(crate) fn address_of(queue: &Queue) -> QueueAddress {
    QueueAddress::from_key(queue.key()).expect("the door made every key of an address")
}
