//! Subscriptions: a consumer gets a shard's records as they come.
//!
//! Source: [SubscribeToShard](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::unfold;
use ninefold_protocol::{Codec, Event, EventStream, ServiceError};
use ninefold_time::{Clock, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::Notify;

use crate::KinesisDoor;
use crate::arn::ConsumerArn;
use crate::errors;
use crate::limits::{KEEP_ALIVE, PAGE_RECORDS, READ_BYTES, SUBSCRIPTION, SUBSCRIPTION_HOLD};
use crate::operations::records::{ChildShard, RecordOutput, outputs};
use crate::reading::{Reading, Wanted};
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView, StreamViews};

/// What a subscriber hears.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubscriptionEvent {
    records: Vec<RecordOutput>,
    /// Where to subscribe again; none once the shard has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_sequence_number: Option<String>,
    millis_behind_latest: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_shards: Option<Vec<ChildShard>>,
}

/// A consumer's subscription to a shard: a stream of events, for five minutes at most.
pub struct Subscription {
    views: Arc<StreamViews>,
    clock: Arc<dyn Clock>,
    view: Arc<StreamView>,
    shard: ShardId,
    offset: i64,
    ends_at: Timestamp,
    /// When the subscriber heard something last.
    heard_at: Option<Timestamp>,
    /// With AWS's limits, a shard gives each consumer so much a second: nothing more comes before.
    paced_until: Option<Timestamp>,
    is_throttled: bool,
    is_over: bool,
    /// Given up when it is dropped.
    slot: Held,
}

/// Who is subscribed to what.
#[derive(Default)]
pub(crate) struct Subscriptions(Mutex<HashMap<(ConsumerArn, ShardId), Arc<Slot>>>);

/// The one subscription that a consumer has to a shard.
struct Slot {
    began_at: Timestamp,
    is_taken: AtomicBool,
    /// Whether it was taken because there is no such consumer any more.
    is_orphan: AtomicBool,
    taken: Arc<Notify>,
}

struct Held {
    subscriptions: Arc<Subscriptions>,
    key: (ConsumerArn, ShardId),
    slot: Arc<Slot>,
}

impl Subscriptions {
    /// Takes the place of a consumer's subscription to a shard, unless that is too young.
    fn take(self: &Arc<Self>, key: (ConsumerArn, ShardId), now: Timestamp) -> Result<Held, ServiceError> {
        let mut slots = self.0.lock();
        if let Some(other) = slots.get(&key) {
            if now.duration_since(other.began_at) < SUBSCRIPTION_HOLD {
                return Err(errors::another_subscription(&key.0, key.1));
            }
            other.end();
        }
        let slot = Arc::new(Slot {
            began_at: now,
            is_taken: AtomicBool::new(false),
            is_orphan: AtomicBool::new(false),
            taken: Arc::default(),
        });
        slots.insert(key.clone(), Arc::clone(&slot));
        Ok(Held {
            subscriptions: Arc::clone(self),
            key,
            slot,
        })
    }

    /// Ends the subscriptions of a consumer that is gone.
    pub(crate) fn end_all_of(&self, consumer: &ConsumerArn) {
        self.0.lock().retain(|(subscriber, _), slot| {
            let is_gone = subscriber == consumer;
            if is_gone {
                slot.is_orphan.store(true, Ordering::Release);
                slot.end();
            }
            !is_gone
        });
    }
}

impl Slot {
    fn end(&self) {
        self.is_taken.store(true, Ordering::Release);
        self.taken.notify_one();
    }

    fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::Acquire)
    }
}

impl Held {
    /// Why it is taken.
    fn error(&self) -> ServiceError {
        let (consumer, shard) = &self.key;
        match self.slot.is_orphan.load(Ordering::Acquire) {
            true => errors::consumer_not_found(&consumer.name, &consumer.stream),
            false => errors::another_subscription(consumer, *shard),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut slots = self.subscriptions.0.lock();
        if slots
            .get(&self.key)
            .is_some_and(|slot| Arc::ptr_eq(slot, &self.slot))
        {
            slots.remove(&self.key);
        }
    }
}

impl Subscription {
    pub(crate) fn begin(
        door: &KinesisDoor,
        consumer: ConsumerArn,
        view: Arc<StreamView>,
        shard: ShardId,
        offset: i64,
    ) -> Result<Self, ServiceError> {
        let now = door.clock.now();
        Ok(Subscription {
            slot: door.subscriptions.take((consumer, shard), now)?,
            is_throttled: door.is_throttled(&view),
            views: Arc::clone(&door.views),
            clock: Arc::clone(&door.clock),
            view,
            shard,
            offset,
            ends_at: now + SUBSCRIPTION,
            heard_at: None,
            paced_until: None,
            is_over: false,
        })
    }

    /// It as what goes to the client.
    pub(crate) fn into_events(self, codec: Codec) -> EventStream {
        let events = unfold(self, |mut subscription| async move {
            let next = subscription.next().await?;
            Some((next, subscription))
        });
        Box::pin(events.map(move |event| Event::new("SubscribeToShardEvent", codec, &event?)))
    }

    /// The next event: when there are records, when the shard has ended, and every few seconds. None when the subscription is over.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the subscription, the stream is gone, or records can't be read; then nothing more comes.
    pub async fn next(&mut self) -> Option<Result<SubscriptionEvent, ServiceError>> {
        if self.is_over {
            return None;
        }
        let next = self.wait_for_event().await;
        if !matches!(next, Some(Ok(_))) {
            self.is_over = true;
        }
        next
    }

    async fn wait_for_event(&mut self) -> Option<Result<SubscriptionEvent, ServiceError>> {
        let notify = Arc::new(Notify::new());
        loop {
            let clock = Arc::clone(&self.clock);
            let now = clock.now();
            if self.slot.slot.is_taken() {
                return Some(Err(self.slot.error()));
            }
            if now >= self.ends_at {
                return None;
            }
            // As it is now: it may have been closed meanwhile.
            let view = match self.views.get(&self.view.arn) {
                Ok(Some(view)) if view.stream.record.id == self.view.stream.record.id => view,
                Ok(_) => return Some(Err(errors::stream_not_found(&self.view.arn))),
                Err(error) => return Some(Err(error)),
            };
            self.view = Arc::clone(&view);
            let Some(shard) = view.shard(self.shard) else {
                return Some(Err(errors::shard_does_not_exist(self.shard, &view.arn)));
            };
            if let Some(paced_until) = self.paced_until.filter(|paced_until| now < *paced_until) {
                tokio::select! {
                    () = self.slot.slot.taken.notified() => {}
                    () = clock.sleep_until(paced_until.min(self.ends_at)) => {}
                }
                continue;
            }
            let mut changes = self.views.streams.changes();
            let watching = shard.partition.watch(&notify);
            match self.read(shard, now).await {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
            let wakes_at = self
                .heard_at
                .map_or(now, |heard_at| heard_at + KEEP_ALIVE)
                .min(self.ends_at);
            tokio::select! {
                () = notify.notified() => {}
                () = self.slot.slot.taken.notified() => {}
                _ = changes.changed() => {}
                () = clock.sleep_until(wakes_at) => {}
            }
            drop(watching);
        }
    }

    /// What there is to hear now, if anything.
    async fn read(
        &mut self,
        shard: &Shard,
        now: Timestamp,
    ) -> Result<Option<SubscriptionEvent>, ServiceError> {
        let now_milliseconds = now.as_millis();
        let reading = shard
            .read(&Wanted {
                from_offset: self.offset,
                records: PAGE_RECORDS,
                bytes: READ_BYTES as usize,
                horizon_milliseconds: self.view.horizon_milliseconds(now_milliseconds),
            })
            .await?;
        let has_ended = reading.is_at_tip && !shard.is_open();
        let is_due = self.heard_at.is_none_or(|heard_at| now >= heard_at + KEEP_ALIVE);
        self.offset = reading.next_offset;
        if reading.records.is_empty() && !has_ended && !is_due {
            return Ok(None);
        }
        self.heard_at = Some(now);
        self.is_over = has_ended;
        if self.is_throttled {
            self.paced_until = Some(now + Duration::from_millis(reading.bytes as u64 * 1_000 / READ_BYTES));
        }
        Ok(Some(self.event(reading, shard, has_ended, now_milliseconds)))
    }

    fn event(
        &self,
        reading: Reading,
        shard: &Shard,
        has_ended: bool,
        now_milliseconds: u64,
    ) -> SubscriptionEvent {
        let milliseconds = reading.records.last().map(|record| record.timestamp);
        let last = match self.offset {
            0 => shard.starting_sequence_number(),
            next => {
                let now = i64::try_from(now_milliseconds).unwrap_or(i64::MAX);
                shard.sequence_number(next - 1, milliseconds.unwrap_or(now))
            }
        };
        SubscriptionEvent {
            continuation_sequence_number: (!has_ended).then(|| last.to_string()),
            millis_behind_latest: reading.milliseconds_behind(now_milliseconds),
            child_shards: has_ended.then(|| ChildShard::of(&self.view, shard.id)),
            records: outputs(reading, shard),
        }
    }
}
