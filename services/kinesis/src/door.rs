//! The door itself: what it holds, and which operation is which.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::{Catalog, CatalogError, Store, Table};
use ninefold_model::{Operation, ServiceModel, Value};
use ninefold_protocol::{
    AccountId, BoxFuture, CallContext, Codec, Door, EventStream, LogGroups, PushTarget, Region, ServiceError,
    read_input,
};
use ninefold_share::Shares;
use ninefold_streams::{Birth, Stream, Streams, StreamsError};
use ninefold_time::Clock;
use parking_lot::Mutex;

use crate::arn::StreamArn;
use crate::channel::{ChannelDelivery, ChannelFigures, Channels};
use crate::errors::{self, Refusal};
use crate::operations::{self, subscribe};
use crate::queue::Queues;
use crate::record::{
    ACCOUNTS, AccountRecord, CHANNEL_POSITIONS, CHANNELS, CONSUMERS, ConsumerRecord, QUEUES, StreamSettings,
};
use crate::seal::{SECRETS, Sealer};
use crate::stream::{ATTACHMENT, StreamView, StreamViews, read_settings};
use crate::subscription::{Subscription, Subscriptions};
use crate::throttle::{CallRates, Throttling};

/// What a stream's policy can let other accounts do.
///
/// Source: [Sharing a stream](https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html).
const SHARED_ACTIONS: &[&str] = &[
    "kinesis:DescribeStreamConsumer",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:SubscribeToShard",
];

/// Amazon Kinesis Data Streams.
pub struct KinesisDoor {
    pub(crate) views: Arc<StreamViews>,
    pub(crate) consumers: Catalog<ConsumerRecord>,
    pub(crate) accounts: Catalog<AccountRecord>,
    pub(crate) sealer: Sealer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) subscriptions: Arc<Subscriptions>,
    pub(crate) channels: Channels,
    pub(crate) queues: Queues,
    throttling: Throttling,
    rates: CallRates,
    /// Streams whose shards are being changed.
    updating: Arc<Mutex<HashSet<StreamArn>>>,
}

/// What the door is made of.
pub struct KinesisParts {
    /// Where consumers, settings of accounts and the secret of iterators are kept.
    pub store: Arc<dyn Store>,
    /// The streams and their records.
    pub streams: Arc<Streams>,
    /// What queues have delivered of the streams' records.
    pub shares: Arc<Shares>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// Whether AWS's limits of throughput hold for streams that don't say so themselves.
    pub throttling: Throttling,
    /// Where channels deliver to; none: there can be no channels.
    pub channel_delivery: Option<ChannelDelivery>,
    /// Where channels log what they say in log groups.
    pub log_groups: Option<Arc<dyn LogGroups>>,
}

impl KinesisDoor {
    /// The operations that work.
    pub const OPERATIONS: &'static [&'static str] = operations::NAMES;
    /// The tables that the door keeps in the store.
    pub const TABLES: &'static [Table] = &[CONSUMERS, ACCOUNTS, SECRETS, QUEUES, CHANNELS, CHANNEL_POSITIONS];

    /// Opens the door.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub async fn open(parts: KinesisParts) -> Result<Arc<Self>, CatalogError> {
        let views = Arc::new(StreamViews::new(parts.streams));
        let channels = Channels::open(
            &parts.store,
            parts.channel_delivery,
            parts.log_groups,
            Arc::clone(&parts.clock),
            Arc::clone(&views),
        )?;
        Ok(Arc::new(KinesisDoor {
            views,
            channels,
            queues: Queues::open(Arc::clone(&parts.store), parts.shares)?,
            consumers: Catalog::open(Arc::clone(&parts.store), CONSUMERS)?,
            accounts: Catalog::open(Arc::clone(&parts.store), ACCOUNTS)?,
            sealer: Sealer::open(parts.store).await?,
            clock: parts.clock,
            subscriptions: Arc::default(),
            throttling: parts.throttling,
            rates: CallRates::default(),
            updating: Arc::default(),
        }))
    }

    pub(crate) fn now_milliseconds(&self) -> u64 {
        self.clock.now().as_millis()
    }

    /// The streams and their records.
    pub(crate) fn streams(&self) -> &Arc<Streams> {
        &self.views.streams
    }

    /// The ARN of the stream that a caller means.
    pub(crate) fn arn_of(
        context: &CallContext,
        name: Option<&str>,
        arn: Option<&str>,
    ) -> Result<StreamArn, ServiceError> {
        let Some(text) = arn else {
            let name = name.ok_or_else(errors::no_stream_named)?;
            return Ok(StreamArn::own(context, name));
        };
        let arn = StreamArn::parse(text)
            .ok_or_else(|| errors::invalid_argument(format!("{text} is not the ARN of a stream.")))?;
        match name {
            Some(name) if name != arn.name => Err(errors::invalid_argument(format!(
                "StreamName {name} is not the name of the stream in StreamARN {text}."
            ))),
            _ => Ok(arn),
        }
    }

    /// The stream that a caller means, if they may do this to it.
    pub(crate) fn stream(
        &self,
        context: &CallContext,
        name: Option<&str>,
        arn: Option<&str>,
        action: &str,
    ) -> Result<Arc<StreamView>, ServiceError> {
        let arn = Self::arn_of(context, name, arn)?;
        self.stream_at(context, &arn, action)
    }

    /// The stream of an ARN, if the caller may do this to it.
    pub(crate) fn stream_at(
        &self,
        context: &CallContext,
        arn: &StreamArn,
        action: &str,
    ) -> Result<Arc<StreamView>, ServiceError> {
        let view = self.views.get(arn)?;
        let policy = view
            .as_ref()
            .and_then(|view| view.settings.policy.as_deref())
            .filter(|_| arn.account == context.principal.account || SHARED_ACTIONS.contains(&action));
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, arn, policy)?;
        view.ok_or_else(|| errors::stream_not_found(arn))
    }

    /// Whether AWS's limits of throughput hold for a stream.
    pub(crate) fn is_throttled(&self, view: &StreamView) -> bool {
        view.settings.throttling().unwrap_or(self.throttling) == Throttling::Aws
    }

    /// Whether AWS's limits of calls hold.
    pub(crate) fn limits_calls(&self) -> bool {
        self.throttling == Throttling::Aws
    }

    /// Whether somebody changes a stream's shards.
    pub(crate) fn is_updating(&self, arn: &StreamArn) -> bool {
        self.updating.lock().contains(arn)
    }

    /// The turn to change a stream's shards, if nobody else has it.
    pub(crate) fn update_turn(&self, arn: &StreamArn) -> Result<UpdateTurn, ServiceError> {
        match self.updating.lock().insert(arn.clone()) {
            true => Ok(UpdateTurn {
                updating: Arc::clone(&self.updating),
                arn: arn.clone(),
            }),
            false => Err(errors::stream_is_updating(arn)),
        }
    }

    /// Changes what the door knows of a stream, by what it knows so far.
    pub(crate) async fn change_settings(
        &self,
        arn: &StreamArn,
        change: impl FnOnce(&mut StreamSettings) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let attach = |stream: &Stream| {
            let mut settings = read_settings(stream)?;
            change(&mut settings)?;
            let attachment = serde_json::to_value(&settings);
            attachment.map_err(|error| Refusal::from(ServiceError::internal(error.to_string())))
        };
        let attached = self.streams().attach(&arn.key(), ATTACHMENT, attach).await;
        attached.map(drop).map_err(|refusal| refusal.about(arn))
    }

    /// The open shards of an account's provisioned streams in a region.
    pub(crate) fn open_shards(&self, account: AccountId, region: &Region) -> u32 {
        let views = self.views_of(account, region).into_iter();
        let counts = views.map(|view| view.open().len());
        u32::try_from(counts.sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// All streams of an account in a region.
    pub(crate) fn views_of(&self, account: AccountId, region: &Region) -> Vec<Arc<StreamView>> {
        let namespace = StreamArn::namespace(account, region);
        let streams = self.streams().page(&namespace, None, usize::MAX);
        let views = streams.into_iter().filter_map(|stream| {
            let arn = StreamArn::from_key(&stream.key)?;
            self.views.of(&arn, stream).ok()
        });
        views.collect()
    }

    /// SubscribeToShard: begins a subscription, of a decoded and validated input.
    ///
    /// # Errors
    ///
    /// What the operation is refused with, before any event.
    pub async fn subscribe(
        &self,
        context: &CallContext,
        input: &Value,
    ) -> Result<Subscription, ServiceError> {
        let begun = match read_input(input) {
            Ok(input) => subscribe::subscribe(self, context, input).await,
            Err(error) => Err(error),
        };
        begun.map_err(errors::in_own_words)
    }

    /// Looks after what has to happen by itself. Never returns; to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        tokio::join!(self.look_after_streams(), self.channels.run());
    }

    /// What channels have done since the start.
    pub fn channel_figures(&self) -> Vec<ChannelFigures> {
        self.channels.figures()
    }
}

/// While it lives, a stream is being changed.
pub(crate) struct UpdateTurn {
    updating: Arc<Mutex<HashSet<StreamArn>>>,
    arn: StreamArn,
}

impl Drop for UpdateTurn {
    fn drop(&mut self) {
        self.updating.lock().remove(&self.arn);
    }
}

/// Whether the shards of a stream may be split and merged.
pub(crate) fn can_reshard(view: &StreamView) -> Result<(), ServiceError> {
    match view.stream.record.birth {
        Birth::Kinesis => Ok(()),
        Birth::Kafka => Err(errors::is_topic(&view.arn)),
    }
}

/// Does something to its end, also when whoever waits for it goes away: half of it would leave a stream that takes no records.
pub(crate) async fn whole<T: Send + 'static, E: From<StreamsError> + Send + 'static>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is being shut down.
            Err(_) => Err(E::from(StreamsError::NotFound)),
        },
    }
}

impl Door for KinesisDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::kinesis()
    }

    fn operations(&self) -> &'static [&'static str] {
        Self::OPERATIONS
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move {
            let is_admitted = !self.limits_calls()
                || self
                    .rates
                    .admit(&context, operation.name, self.now_milliseconds());
            if !is_admitted {
                let message = format!("Rate exceeded for account {}.", context.principal.account);
                return Err(errors::limit_exceeded(message));
            }
            let answer = operations::call(self, &context, operation.name, &input).await;
            answer.map_err(errors::in_own_words)
        })
    }

    fn call_bytes<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        operations::call_bytes(self, context, operation.name, body, Codec::Json)
    }

    fn call_cbor<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        operations::call_bytes(self, context, operation.name, body, Codec::Cbor)
    }

    fn call_streaming(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<EventStream, ServiceError>> {
        Box::pin(async move {
            match operation.name {
                "SubscribeToShard" => {
                    let subscription = self.subscribe(&context, &input).await?;
                    Ok(subscription.into_events(context.protocol.codec()))
                }
                name => Err(ServiceError::not_implemented(name)),
            }
        })
    }

    fn push_target(&self) -> Option<&dyn PushTarget> {
        Some(self)
    }

    fn reject(
        &self,
        operation: &'static Operation,
        violations: &[ninefold_model::Violation],
    ) -> Result<(), ServiceError> {
        let _ = operation;
        Err(errors::invalid(ninefold_model::describe(violations)))
    }
}
