//! Consumers of streams: RegisterStreamConsumer, DeregisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers.
//!
//! Source: [RegisterStreamConsumer](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html).

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::{ConsumerArn, StreamArn};
use crate::errors::{self, Refusal};
use crate::limits::{ADVANTAGE_CONSUMERS, CONSUMERS, PAGE_RECORDS};
use crate::operations::account;
use crate::operations::shards::check_creation;
use crate::operations::tags;
use crate::record::{ConsumerRecord, Mode, Tags};
use crate::stream::StreamView;
use crate::token::NamesToken;

/// Consumers of one page, unless it is said how many.
const PAGE_CONSUMERS: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RegisterInput {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    consumer_name: String,
    tags: Option<Tags>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RegisterOutput {
    consumer: ConsumerOutput,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConsumerOutput {
    consumer_name: String,
    #[serde(rename = "ConsumerARN")]
    consumer_arn: String,
    consumer_status: &'static str,
    consumer_creation_timestamp: Timestamp,
    #[serde(rename = "StreamARN", skip_serializing_if = "Option::is_none")]
    stream_arn: Option<String>,
}

/// A consumer that there is.
pub(crate) struct Consumer {
    pub(crate) arn: ConsumerArn,
    pub(crate) record: Arc<ConsumerRecord>,
    pub(crate) view: Arc<StreamView>,
}

impl ConsumerOutput {
    fn of(stream: &StreamArn, name: &str, record: &ConsumerRecord) -> Self {
        let arn = consumer_arn(stream, name, record);
        let milliseconds = i64::try_from(arn.created_at_seconds * 1_000).unwrap_or(i64::MAX);
        ConsumerOutput {
            consumer_name: name.to_owned(),
            consumer_arn: arn.to_string(),
            consumer_status: "ACTIVE",
            consumer_creation_timestamp: Timestamp::from_milliseconds(milliseconds),
            stream_arn: None,
        }
    }
}

fn consumer_arn(stream: &StreamArn, name: &str, record: &ConsumerRecord) -> ConsumerArn {
    ConsumerArn {
        stream: stream.clone(),
        name: name.to_owned(),
        created_at_seconds: record.created_at_milliseconds / 1_000,
    }
}

/// What the keys of a stream's consumers begin with. Nothing in a name is a line break.
fn prefix(stream: &StreamArn) -> String {
    format!(
        "{}/{}\n",
        StreamArn::namespace(stream.account, &stream.region),
        stream.name
    )
}

/// A consumer's key in the catalog.
pub(crate) fn key(stream: &StreamArn, name: &str) -> String {
    prefix(stream) + name
}

impl KinesisDoor {
    /// The consumers of a stream, in the order of their names.
    fn consumers_of(&self, view: &StreamView, after: Option<&str>) -> Vec<(String, Arc<ConsumerRecord>)> {
        let prefix = prefix(&view.arn);
        let after = after.map(|name| key(&view.arn, name));
        let page = self
            .consumers
            .page(prefix.as_bytes(), after.as_deref().map(str::as_bytes), usize::MAX);
        let consumers = page.into_iter().filter_map(|(key, record)| {
            let name = std::str::from_utf8(&key).ok()?.strip_prefix(&prefix)?.to_owned();
            (record.stream == view.stream.record.id).then_some((name, record))
        });
        consumers.collect()
    }

    pub(crate) fn consumer_count(&self, view: &StreamView) -> usize {
        self.consumers_of(view, None).len()
    }

    /// Forgets consumers of streams that are gone.
    pub(crate) async fn forget_consumers(&self) -> Result<(), ServiceError> {
        let streams = self.streams();
        for (key, record) in self.consumers.page(b"", None, usize::MAX) {
            if streams.by_id(record.stream).is_some() {
                continue;
            }
            let deleted = self.consumers.change(&key, |current| {
                Ok::<_, Refusal>(match current {
                    Some(current) if current.stream == record.stream => Change::Delete,
                    _ => Change::Keep,
                })
            });
            deleted.await.map_err(refused)?;
        }
        Ok(())
    }

    /// The consumer of an ARN, if the caller may do this to it.
    pub(crate) fn consumer(
        &self,
        context: &CallContext,
        arn: &ConsumerArn,
        action: &str,
    ) -> Result<Consumer, ServiceError> {
        let view = self.views.get(&arn.stream)?;
        let record = self.consumers.get(key(&arn.stream, &arn.name).as_bytes());
        let record = record.filter(|record| {
            let is_of_stream = view
                .as_ref()
                .is_some_and(|view| view.stream.record.id == record.stream);
            is_of_stream && record.created_at_milliseconds / 1_000 == arn.created_at_seconds
        });
        let policy = record.as_ref().and_then(|record| record.policy.as_deref());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, arn, policy)?;
        let view = view.ok_or_else(|| errors::stream_not_found(&arn.stream))?;
        let record = record.ok_or_else(|| errors::consumer_not_found(&arn.name, &arn.stream))?;
        Ok(Consumer {
            arn: arn.clone(),
            record,
            view,
        })
    }

    /// Changes a consumer's record.
    pub(crate) async fn change_consumer(
        &self,
        consumer: &Consumer,
        change: impl FnOnce(&mut ConsumerRecord) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let arn = &consumer.arn;
        let key = key(&arn.stream, &arn.name);
        let changed = self.consumers.change(key.as_bytes(), |current| {
            let gone = || errors::consumer_not_found(&arn.name, &arn.stream);
            let mut record = ConsumerRecord::clone(current.ok_or_else(gone)?);
            change(&mut record)?;
            Ok::<_, Refusal>(Change::Put(record))
        });
        changed.await.map(drop).map_err(refused)
    }
}

fn refused(refusal: Refusal) -> ServiceError {
    match refusal {
        Refusal::Refused(error) => error,
        Refusal::Streams(_) => ServiceError::internal("The consumer could not be changed."),
    }
}

/// Whether a stream may have one more consumer; queues count as such.
pub(crate) fn check_limit(
    door: &KinesisDoor,
    context: &CallContext,
    view: &StreamView,
) -> Result<(), ServiceError> {
    let has_advantage = view.settings.mode == Mode::OnDemand && account::has_commitment(door, context);
    let limit = if has_advantage {
        ADVANTAGE_CONSUMERS
    } else {
        CONSUMERS
    };
    let count = door.consumer_count(view) + door.queues.count_of_stream(view.stream.record.id);
    match count < limit {
        true => Ok(()),
        false => Err(errors::limit_exceeded(format!(
            "Stream {} under account {} cannot have more than {limit} consumers, queues included.",
            view.arn.name, view.arn.account
        ))),
    }
}

pub(crate) async fn register(
    door: &KinesisDoor,
    context: &CallContext,
    input: RegisterInput,
) -> Result<RegisterOutput, ServiceError> {
    let action = "kinesis:RegisterStreamConsumer";
    let view = door.stream(context, None, Some(&input.stream_arn), action)?;
    let now_milliseconds = door.now_milliseconds();
    let name = &*input.consumer_name;
    let mut record = ConsumerRecord {
        stream: view.stream.record.id,
        created_at_milliseconds: now_milliseconds,
        tags: Tags::default(),
        policy: None,
    };
    if let Some(added) = input.tags {
        context.authorize(
            "kinesis:TagResource",
            &consumer_arn(&view.arn, name, &record),
            None,
        )?;
        record.tags = tags::merged(&Tags::default(), added, &view.arn)?;
    }
    check_limit(door, context, &view)?;
    let key = key(&view.arn, name);
    let kept = door.consumers.change(key.as_bytes(), |current| {
        let exists = current.is_some_and(|current| current.stream == record.stream);
        match exists {
            true => Err(Refusal::from(errors::in_use(format!(
                "Consumer {name} already exists on stream {} under account {}.",
                view.arn.name, view.arn.account
            )))),
            false => Ok(Change::Put(record.clone())),
        }
    });
    kept.await.map_err(refused)?;
    Ok(RegisterOutput {
        consumer: ConsumerOutput::of(&view.arn, name, &record),
    })
}

/// A consumer, by its ARN or by its stream's and its name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConsumerInput {
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    consumer_name: Option<String>,
    #[serde(rename = "ConsumerARN")]
    consumer_arn: Option<String>,
}

impl ConsumerInput {
    fn find(
        &self,
        door: &KinesisDoor,
        context: &CallContext,
        action: &str,
    ) -> Result<Consumer, ServiceError> {
        if let Some(text) = &self.consumer_arn {
            let arn = parse_consumer_arn(text)?;
            let is_same = self.consumer_name.as_ref().is_none_or(|name| *name == arn.name)
                && self
                    .stream_arn
                    .as_ref()
                    .is_none_or(|stream| *stream == arn.stream.to_string());
            return match is_same {
                true => door.consumer(context, &arn, action),
                false => Err(errors::invalid_argument(
                    "ConsumerARN is not that of the consumer which StreamARN and ConsumerName name.",
                )),
            };
        }
        let (Some(stream), Some(name)) = (&self.stream_arn, &self.consumer_name) else {
            return Err(errors::invalid_argument(
                "Either ConsumerARN, or both StreamARN and ConsumerName, must be provided.",
            ));
        };
        let stream = KinesisDoor::arn_of(context, None, Some(stream))?;
        let record = door.consumers.get(key(&stream, name).as_bytes());
        let created_at_milliseconds = record.map_or(0, |record| record.created_at_milliseconds);
        let arn = ConsumerArn {
            stream,
            name: name.clone(),
            created_at_seconds: created_at_milliseconds / 1_000,
        };
        door.consumer(context, &arn, action)
    }
}

pub(crate) fn parse_consumer_arn(text: &str) -> Result<ConsumerArn, ServiceError> {
    ConsumerArn::parse(text)
        .ok_or_else(|| errors::invalid_argument(format!("{text} is not the ARN of a consumer.")))
}

pub(crate) async fn deregister(
    door: &KinesisDoor,
    context: &CallContext,
    input: ConsumerInput,
) -> Result<(), ServiceError> {
    let consumer = input.find(door, context, "kinesis:DeregisterStreamConsumer")?;
    let key = key(&consumer.arn.stream, &consumer.arn.name);
    let deleted = door.consumers.delete(key.as_bytes()).await;
    deleted.map_err(errors::from_catalog)?;
    door.subscriptions.end_all_of(&consumer.arn);
    Ok(())
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeConsumerOutput {
    consumer_description: ConsumerOutput,
}

pub(crate) fn describe(
    door: &KinesisDoor,
    context: &CallContext,
    input: ConsumerInput,
) -> Result<DescribeConsumerOutput, ServiceError> {
    let Consumer { arn, record, .. } = input.find(door, context, "kinesis:DescribeStreamConsumer")?;
    Ok(DescribeConsumerOutput {
        consumer_description: ConsumerOutput {
            stream_arn: Some(arn.stream.to_string()),
            ..ConsumerOutput::of(&arn.stream, &arn.name, &record)
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListInput {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    next_token: Option<String>,
    max_results: Option<usize>,
    stream_creation_timestamp: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOutput {
    consumers: Vec<ConsumerOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(crate) fn list(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListInput,
) -> Result<ListOutput, ServiceError> {
    let view = door.stream(
        context,
        None,
        Some(&input.stream_arn),
        "kinesis:ListStreamConsumers",
    )?;
    check_creation(&view, input.stream_creation_timestamp)?;
    let now_milliseconds = door.now_milliseconds();
    let of = view.arn.to_string();
    let token = input.next_token.as_deref();
    let token = token.map(|text| NamesToken::open(text, &of, &door.sealer, now_milliseconds));
    let after = token.transpose()?.map(|token| token.after);
    let mut consumers = door.consumers_of(&view, after.as_deref());
    let limit = input.max_results.unwrap_or(PAGE_CONSUMERS).min(PAGE_RECORDS);
    let has_more = consumers.len() > limit;
    consumers.truncate(limit);
    let next_token = consumers.last().filter(|_| has_more).map(|(name, _)| {
        let token = NamesToken {
            of,
            after: name.clone(),
            created_at_milliseconds: now_milliseconds,
        };
        token.seal(&door.sealer)
    });
    Ok(ListOutput {
        consumers: consumers
            .iter()
            .map(|(name, record)| ConsumerOutput::of(&view.arn, name, record))
            .collect(),
        next_token,
    })
}
