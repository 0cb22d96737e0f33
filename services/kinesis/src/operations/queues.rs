//! Queues on streams: CreateQueue, DescribeQueue, ListQueues, UpdateQueue, DeleteQueue.
//!
//! Source: [CreateQueue](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateQueue.html).

mod description;

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::Deserialize;
use uuid::Uuid;

use crate::KinesisDoor;
use crate::arn::{QueueArn, StreamArn};
use crate::errors;
use crate::limits::{PAGE_QUEUES, PAGE_RECORDS, RECEIVES, VISIBILITY_SECONDS};
use crate::operations::source_stream::StreamFilter;
use crate::operations::{consumers, tags};
use crate::queue::Queue;
use crate::record::{Mode, QueueRecord, QueueStart, Tags};
use crate::stream::StreamView;
use crate::token::NamesToken;

use description::{ListQueuesOutput, QueueOutput, QueueSummary};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateQueueInput {
    queue_name: String,
    stream_configuration_list: Vec<StreamConfiguration>,
    queue_attributes: Option<Attributes>,
    tags: Option<Tags>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamConfiguration {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    starting_position: Option<StartingPosition>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartingPosition {
    r#type: PositionKind,
    timestamp: Option<Timestamp>,
}

/// `QueueStartingPositionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PositionKind {
    TrimHorizon,
    Latest,
    AtTimestamp,
}

/// `QueueAttributes`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    visibility_timeout_seconds: Option<u32>,
    dead_letter_configuration: Option<DeadLetterConfiguration>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeadLetterConfiguration {
    target_type: TargetType,
    max_receive_count: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TargetType {
    BuiltIn,
    None,
}

impl Attributes {
    /// Changes what is given; the rest stays.
    fn apply(self, record: &mut QueueRecord) -> Result<(), ServiceError> {
        if let Some(seconds) = self.visibility_timeout_seconds {
            record.visibility_seconds = seconds;
        }
        if let Some(configuration) = self.dead_letter_configuration {
            record.largest_receive_count = match configuration.target_type {
                TargetType::None => None,
                TargetType::BuiltIn => Some(configuration.max_receive_count.ok_or_else(|| {
                    errors::invalid("MaxReceiveCount is required when TargetType is BUILT_IN.")
                })?),
            };
        }
        Ok(())
    }
}

/// What can't be done to a stream that queues are on.
pub(crate) fn check_has_none(door: &KinesisDoor, view: &StreamView) -> Result<(), ServiceError> {
    match door.queues.count_of_stream(view.stream.record.id) {
        0 => Ok(()),
        count => Err(errors::in_use(format!(
            "Stream {} under account {} has {count} queues. Delete them with DeleteQueue first.",
            view.arn.name, view.arn.account
        ))),
    }
}

pub(crate) async fn create(
    door: &KinesisDoor,
    context: &CallContext,
    input: CreateQueueInput,
) -> Result<QueueOutput, ServiceError> {
    let (account, region) = (context.principal.account, &context.region);
    let arn = QueueArn {
        account,
        region: region.clone(),
        id: Uuid::new_v4(),
    };
    context.authorize(
        "kinesis:CreateQueue",
        &format!("arn:aws:kinesis:{region}:{account}:queue/*"),
        None,
    )?;
    let [configuration] = &input.stream_configuration_list[..] else {
        return Err(errors::invalid(
            "StreamConfigurationList must contain exactly one entry.",
        ));
    };
    let view = stream_of(door, context, &configuration.stream_arn)?;
    let mut record = new_record(door, &input.queue_name, &view, configuration.starting_position)?;
    input.queue_attributes.unwrap_or_default().apply(&mut record)?;
    if let Some(added) = input.tags {
        context.authorize("kinesis:TagResource", &arn, None)?;
        record.tags = tags::merged(&Tags::default(), added, &view.arn)?;
    }
    let check = || {
        let queues = door.queues.of_account(account, region, None);
        if queues.iter().any(|(_, other)| other.name == input.queue_name) {
            return Err(errors::in_use(format!(
                "Queue {} under account {account} already exists.",
                input.queue_name
            )));
        }
        consumers::check_limit(door, context, &view)
    };
    door.queues.create(&arn, record, check).await?;
    // A stream that was deleted meanwhile takes its queues with it.
    let queue = door.queue_now(&arn)?;
    Ok(QueueOutput::of(&queue))
}

/// The stream that a queue is to be on.
fn stream_of(
    door: &KinesisDoor,
    context: &CallContext,
    arn: &str,
) -> Result<std::sync::Arc<StreamView>, ServiceError> {
    let arn = KinesisDoor::arn_of(context, None, Some(arn))?;
    let view = door.stream_at(context, &arn, "kinesis:AssociateStreamsWithQueue")?;
    if (arn.account, &arn.region) != (context.principal.account, &context.region) {
        return Err(errors::invalid(
            "A queue must be in the account and Region of its stream.",
        ));
    }
    match view.settings.mode {
        Mode::OnDemand => Ok(view),
        Mode::Provisioned => Err(errors::invalid(format!(
            "Queues are only supported on streams in On-Demand mode. Stream {} under account {} is in Provisioned mode.",
            arn.name, arn.account
        ))),
    }
}

fn new_record(
    door: &KinesisDoor,
    name: &str,
    view: &StreamView,
    position: Option<StartingPosition>,
) -> Result<QueueRecord, ServiceError> {
    let now_milliseconds = door.now_milliseconds();
    let (start, start_milliseconds) = start_of(view, position, now_milliseconds)?;
    Ok(QueueRecord {
        name: name.to_owned(),
        stream: view.stream.record.id,
        stream_name: view.arn.name.clone(),
        stream_created_at_milliseconds: view.stream.record.created_at_milliseconds,
        created_at_milliseconds: now_milliseconds,
        is_deleting: false,
        start,
        start_milliseconds,
        visibility_seconds: VISIBILITY_SECONDS,
        largest_receive_count: Some(RECEIVES),
        tags: Tags::default(),
        policy: None,
    })
}

/// Where a queue begins, and which time that is about.
fn start_of(
    view: &StreamView,
    position: Option<StartingPosition>,
    now_milliseconds: u64,
) -> Result<(QueueStart, u64), ServiceError> {
    let kind = position.map_or(PositionKind::Latest, |position| position.r#type);
    let timestamp = position.and_then(|position| position.timestamp);
    let horizon = view.horizon_milliseconds(now_milliseconds).unwrap_or(0);
    let oldest = horizon.max(view.stream.record.created_at_milliseconds);
    match (kind, timestamp) {
        (PositionKind::TrimHorizon, None) => Ok((QueueStart::Oldest, oldest)),
        (PositionKind::Latest, None) => {
            let end_of = |shard: &crate::stream::Shard| shard.is_open().then(|| shard.partition.end_offset());
            let offsets = view.shards.iter().map(end_of).collect();
            Ok((QueueStart::Behind(offsets), now_milliseconds))
        }
        (PositionKind::AtTimestamp, Some(timestamp)) => {
            let milliseconds = timestamp.milliseconds();
            let since_epoch = u64::try_from(milliseconds).unwrap_or(0);
            match since_epoch > now_milliseconds {
                true => Err(errors::invalid(
                    "The Timestamp of a StartingPosition cannot be in the future.",
                )),
                false => Ok((QueueStart::At(milliseconds), since_epoch.max(oldest))),
            }
        }
        (PositionKind::AtTimestamp, None) => Err(errors::invalid(
            "Timestamp is required when the Type of StartingPosition is AT_TIMESTAMP.",
        )),
        (_, Some(_)) => Err(errors::invalid(
            "Timestamp can only be given when the Type of StartingPosition is AT_TIMESTAMP.",
        )),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueInput {
    #[serde(rename = "QueueARN")]
    queue_arn: String,
}

pub(crate) fn describe(
    door: &KinesisDoor,
    context: &CallContext,
    input: QueueInput,
) -> Result<QueueOutput, ServiceError> {
    let queue = door.queue_named(context, &input.queue_arn, "kinesis:DescribeQueue")?;
    Ok(QueueOutput::of(&queue))
}

pub(crate) async fn delete(
    door: &KinesisDoor,
    context: &CallContext,
    input: QueueInput,
) -> Result<(), ServiceError> {
    let queue = door.queue_named(context, &input.queue_arn, "kinesis:DeleteQueue")?;
    door.queues.delete(&queue.arn).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateQueueInput {
    #[serde(rename = "QueueARN")]
    queue_arn: String,
    queue_attributes: Attributes,
}

pub(crate) async fn update(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateQueueInput,
) -> Result<QueueOutput, ServiceError> {
    let queue = door.queue_named(context, &input.queue_arn, "kinesis:UpdateQueue")?;
    let changed = door
        .queues
        .change(&queue.arn, |record| input.queue_attributes.apply(record));
    let queue = Queue {
        record: changed.await?,
        ..queue
    };
    Ok(QueueOutput::of(&queue))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueuesInput {
    max_results: Option<usize>,
    next_token: Option<String>,
    stream_filter: Option<Vec<StreamFilter>>,
}

pub(crate) fn list(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListQueuesInput,
) -> Result<ListQueuesOutput, ServiceError> {
    context.authorize("kinesis:ListQueues", &"*", None)?;
    let (account, region) = (context.principal.account, &context.region);
    let of = format!("{}/queues", StreamArn::namespace(account, region));
    let now_milliseconds = door.now_milliseconds();
    let token = input.next_token.as_deref();
    let token = token.map(|text| NamesToken::open(text, &of, &door.sealer, now_milliseconds));
    let after = token.transpose()?.map(|token| token.after);
    let queues = door.queues.of_account(account, region, after.as_deref());
    let filters = input.stream_filter.unwrap_or_default();
    let mut left = queues.into_iter().filter(|(arn, record)| {
        let stream = crate::queue::stream_arn(arn, record);
        filters.is_empty()
            || filters
                .iter()
                .any(|filter| filter.takes(&stream, record.stream_created_at_milliseconds))
    });
    let limit = input.max_results.unwrap_or(PAGE_QUEUES).min(PAGE_RECORDS);
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let last = page.last().filter(|_| left.next().is_some());
    let next_token = last.map(|(arn, _)| {
        let token = NamesToken {
            of,
            after: arn.id.to_string(),
            created_at_milliseconds: now_milliseconds,
        };
        token.seal(&door.sealer)
    });
    Ok(ListQueuesOutput {
        queue_summaries: page
            .iter()
            .map(|(arn, record)| QueueSummary::of(arn, record))
            .collect(),
        next_token,
    })
}
