//! Channels, which bring a stream's records to an object store: CreateChannel, DescribeChannel, ListChannels, UpdateChannel and
//! DeleteChannel.
//!
//! Source: [CreateChannel](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateChannel.html),
//! [Streaming tables and Amazon S3 delivery](https://docs.aws.amazon.com/streams/latest/dev/data-delivery.html).

mod configuration;
mod description;

use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::Change;
use ninefold_protocol::{AccountId, CallContext, Region, ServiceError};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::KinesisDoor;
use crate::arn::{ChannelArn, StreamArn};
use crate::channel::channel_arn;
use crate::errors::{self, Refusal};
use crate::limits::PAGE_CHANNELS;
use crate::operations::source_stream::StreamFilter;
use crate::record::{ChannelRecord, ChannelState, Mode};
use crate::stream::StreamView;
use crate::token::NamesToken;
use configuration::CreateChannelInput;
use description::{ChannelOutput, ChannelSummary, ListChannelsOutput};

pub(crate) use configuration::LoggingConfiguration;

/// A channel that there is.
pub(crate) struct Channel {
    pub(crate) arn: ChannelArn,
    pub(crate) key: Bytes,
    pub(crate) record: Arc<ChannelRecord>,
    /// The stream that it reads.
    pub(crate) stream: StreamArn,
}

/// What the keys of an account's channels in a region begin with. Nothing in a name is a line break.
fn prefix(account: AccountId, region: &Region) -> String {
    format!("{}\n", StreamArn::namespace(account, region))
}

impl KinesisDoor {
    /// The channels of an account in a region, in the order of their names.
    pub(crate) fn channels_of(&self, account: AccountId, region: &Region) -> Vec<Channel> {
        let prefix = prefix(account, region);
        let records = self.channels.catalog().page(prefix.as_bytes(), None, usize::MAX);
        let channels = records.into_iter().filter_map(|(key, record)| {
            Some(Channel {
                arn: channel_arn(&key, &record)?,
                stream: StreamArn {
                    account,
                    region: region.clone(),
                    name: record.stream_name.clone(),
                },
                key,
                record,
            })
        });
        channels.collect()
    }

    /// The channel of an ARN, if the caller may do this to it.
    pub(crate) fn channel(
        &self,
        context: &CallContext,
        arn: &ChannelArn,
        action: &str,
    ) -> Result<Channel, ServiceError> {
        let channels = self.channels_of(arn.account, &arn.region);
        let channel = channels.into_iter().find(|channel| channel.arn == *arn);
        let policy = channel
            .as_ref()
            .and_then(|channel| channel.record.policy.as_deref());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, arn, policy)?;
        channel.ok_or_else(|| errors::channel_not_found(arn))
    }

    /// Changes a channel's record; says what it is then.
    pub(crate) async fn change_channel(
        &self,
        channel: &Channel,
        change: impl FnOnce(&mut ChannelRecord) -> Result<(), ServiceError>,
    ) -> Result<Arc<ChannelRecord>, ServiceError> {
        let gone = || errors::channel_not_found(&channel.arn);
        let changed = self.channels.catalog().change(&channel.key, |current| {
            let current = current.filter(|current| current.id == channel.record.id);
            let mut record = ChannelRecord::clone(current.ok_or_else(gone)?);
            change(&mut record)?;
            Ok::<_, Refusal>(Change::Put(record))
        });
        let changed = changed.await.map_err(|refusal| refusal.about(&channel.stream))?;
        self.channels.tell();
        changed.ok_or_else(gone)
    }
}

/// Channels need an object store: without one there are none. Those that were made when there was one can still be looked at and
/// deleted.
fn check_delivery(door: &KinesisDoor, operation: &str) -> Result<(), ServiceError> {
    match door.channels.can_deliver() || !door.channels.catalog().is_empty() {
        true => Ok(()),
        false => Err(not_available(operation)),
    }
}

fn not_available(operation: &str) -> ServiceError {
    errors::invalid(format!(
        "{operation} is not available: channels bring records to an object store, and this server has none configured."
    ))
}

/// What can't be done to a stream that channels deliver from.
pub(crate) fn check_has_none(door: &KinesisDoor, view: &StreamView) -> Result<(), ServiceError> {
    let channels = door.channels.of_stream(view.stream.record.id);
    let working = channels
        .iter()
        .find(|record| !matches!(record.state, ChannelState::Failed { .. }));
    match working {
        None => Ok(()),
        Some(record) => Err(errors::in_use(format!(
            "Stream {} under account {} has an active channel, {}. Delete it first.",
            view.arn.name, view.arn.account, record.name
        ))),
    }
}

pub(crate) async fn create(
    door: &KinesisDoor,
    context: &CallContext,
    input: CreateChannelInput,
) -> Result<ChannelOutput, ServiceError> {
    let source = input.source()?;
    let arn = KinesisDoor::arn_of(context, None, Some(&source.stream_arn))?;
    context.authorize("kinesis:AssociateStreamsWithChannel", &arn, None)?;
    let view = door.stream_at(context, &arn, "kinesis:CreateChannel")?;
    context.authorize("iam:PassRole", &input.service_execution_role_arn, None)?;
    if input.tags.is_some() {
        context.authorize("kinesis:TagResource", &arn, None)?;
    }
    if !door.channels.can_deliver() {
        return Err(not_available("CreateChannel"));
    }
    let is_own = arn.account == context.principal.account && arn.region == context.region;
    if !is_own {
        return Err(errors::invalid_argument(
            "A channel and its stream must be in the same account and Region.",
        ));
    }
    if view.settings.mode != Mode::OnDemand {
        return Err(errors::is_provisioned(&arn, "A channel"));
    }
    let record = input.record(&view, door.now_milliseconds())?;
    // While it is held, nobody deletes the stream, changes its mode, or makes another channel of it.
    let _turn = door.update_turn(&arn)?;
    if !door.channels.of_stream(record.stream).is_empty() {
        return Err(errors::limit_exceeded(format!(
            "Stream {} under account {} cannot have more than one channel to a general purpose Amazon S3 bucket.",
            arn.name, arn.account
        )));
    }
    let key = prefix(arn.account, &arn.region) + &record.name;
    let kept = door
        .channels
        .catalog()
        .change(key.as_bytes(), |current| match current {
            Some(_) => Err(Refusal::from(errors::in_use(format!(
                "Channel {} under account {} already exists.",
                record.name, arn.account
            )))),
            None => Ok(Change::Put(record.clone())),
        });
    kept.await.map_err(|refusal| refusal.about(&arn))?;
    door.channels.tell();
    let channel = channel_arn(key.as_bytes(), &record);
    let channel = channel.ok_or_else(|| ServiceError::internal("The channel has no name."))?;
    Ok(ChannelOutput::of(&channel, &arn, &record, record.state.name()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChannelInput {
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
}

fn find(
    door: &KinesisDoor,
    context: &CallContext,
    text: &str,
    operation: &'static str,
) -> Result<Channel, ServiceError> {
    let action = format!("kinesis:{operation}");
    let Some(arn) = ChannelArn::parse(text) else {
        context.authorize(&action, &text, None)?;
        check_delivery(door, operation)?;
        return Err(errors::not_found(format!("Channel {text} not found.")));
    };
    let found = door.channel(context, &arn, &action);
    check_delivery(door, operation)?;
    found
}

pub(crate) fn describe(
    door: &KinesisDoor,
    context: &CallContext,
    input: ChannelInput,
) -> Result<ChannelOutput, ServiceError> {
    let channel = find(door, context, &input.channel_arn, "DescribeChannel")?;
    let record = &channel.record;
    Ok(ChannelOutput::of(
        &channel.arn,
        &channel.stream,
        record,
        record.state.name(),
    ))
}

pub(crate) async fn delete(
    door: &KinesisDoor,
    context: &CallContext,
    input: ChannelInput,
) -> Result<(), ServiceError> {
    let channel = find(door, context, &input.channel_arn, "DeleteChannel")?;
    let deleted = door.channels.catalog().change(&channel.key, |current| {
        Ok::<_, Refusal>(match current {
            Some(current) if current.id == channel.record.id => Change::Delete,
            _ => Change::Keep,
        })
    });
    deleted.await.map_err(|refusal| refusal.about(&channel.stream))?;
    door.channels.tell();
    let forgotten = door.channels.forget_positions(channel.record.id).await;
    forgotten.map_err(errors::from_catalog)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateChannelInput {
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
    s3_destination_configuration: Option<FreshnessUpdate>,
    s3_tables_destination_configuration: Option<IgnoredAny>,
    logging_configuration: Option<LoggingConfiguration>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FreshnessUpdate {
    data_freshness_in_seconds: i64,
}

pub(crate) async fn update(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateChannelInput,
) -> Result<ChannelOutput, ServiceError> {
    let channel = find(door, context, &input.channel_arn, "UpdateChannel")?;
    if input.s3_tables_destination_configuration.is_some() {
        return Err(errors::invalid_argument(
            "S3TablesDestinationConfiguration is not for a channel that delivers to a general purpose Amazon S3 bucket.",
        ));
    }
    if input.s3_destination_configuration.is_none() && input.logging_configuration.is_none() {
        return Err(errors::invalid_argument(
            "Either S3DestinationConfiguration or LoggingConfiguration must be provided.",
        ));
    }
    let freshness = input.s3_destination_configuration;
    let freshness = freshness.map(|update| configuration::freshness(Some(update.data_freshness_in_seconds)));
    let freshness_seconds = freshness.transpose()?;
    let changed = door.change_channel(&channel, |record| {
        if record.state != ChannelState::Active {
            return Err(errors::in_use(format!(
                "Channel {} is not ACTIVE, instead in state {}.",
                record.name,
                record.state.name()
            )));
        }
        record.freshness_seconds = freshness_seconds.unwrap_or(record.freshness_seconds);
        if let Some(logging) = input.logging_configuration {
            record.logging = logging.over(&record.logging);
        }
        Ok(())
    });
    let record = changed.await?;
    Ok(ChannelOutput::of(
        &channel.arn,
        &channel.stream,
        &record,
        "UPDATING",
    ))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListChannelsInput {
    stream_filter: Option<Vec<StreamFilter>>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

pub(crate) fn list(
    door: &KinesisDoor,
    context: &CallContext,
    input: ListChannelsInput,
) -> Result<ListChannelsOutput, ServiceError> {
    context.authorize("kinesis:ListChannels", &"*", None)?;
    check_delivery(door, "ListChannels")?;
    let (account, region) = (context.principal.account, &context.region);
    let of = format!("{}/channels", StreamArn::namespace(account, region));
    let now_milliseconds = door.now_milliseconds();
    let token = input.next_token.as_deref();
    let token = token.map(|text| NamesToken::open(text, &of, &door.sealer, now_milliseconds));
    let after = token.transpose()?.map(|token| token.after);
    let is_wanted = |channel: &Channel| {
        let filters = input.stream_filter.as_deref();
        after.as_ref().is_none_or(|after| channel.record.name > *after)
            && filters.is_none_or(|filters| {
                filters.iter().any(|filter| {
                    filter.takes(&channel.stream, channel.record.stream_created_at_milliseconds)
                })
            })
    };
    let limit = input.max_results.unwrap_or(PAGE_CHANNELS).min(PAGE_CHANNELS);
    let mut channels = door.channels_of(account, region);
    channels.retain(is_wanted);
    let has_more = channels.len() > limit;
    channels.truncate(limit);
    let last = channels.last().filter(|_| has_more);
    let next_token = last.map(|last| {
        let token = NamesToken {
            of,
            after: last.record.name.clone(),
            created_at_milliseconds: now_milliseconds,
        };
        token.seal(&door.sealer)
    });
    Ok(ListChannelsOutput {
        channel_summaries: channels.iter().map(ChannelSummary::of).collect(),
        next_token,
    })
}
