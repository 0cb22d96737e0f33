//! Archives of ordered topics, and subscriptions that want a part of one again.
//!
//! While a subscription replays, it gets nothing else. What is published meanwhile is in the archive too, so the replay goes on
//! with it; then, with no message of the topic under way, the subscription takes part again.

use std::sync::Arc;
use std::time::Duration;

use ninefold_archive::Place;
use ninefold_delivery::{DeduplicationScope, Delivery, Item, MessageId, Ordering};
use ninefold_protocol::ServiceError;
use ninefold_time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::SnsDoor;
use crate::attributes::archive::read_archive;
use crate::delivery::Payload;
use crate::errors;
use crate::record::SubscriptionRecord;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// Messages replayed at a time.
const PAGE_MESSAGES: usize = 100;
/// How long to wait when a replay can't go on.
const TROUBLE_DELAY: Duration = Duration::from_secs(5);

/// How far a subscription's replay is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replay {
    /// What comes next: time in milliseconds, sequence.
    next: (u64, u64),
    /// Where the part that was asked for ends, in milliseconds.
    until: Option<u64>,
    /// When the replay began: what was published since then is replayed behind that part.
    began_at: u64,
    pub(crate) is_done: bool,
}

impl Replay {
    pub(crate) fn new(policy: crate::attributes::archive::ReplayPolicy, now: Timestamp) -> Self {
        Replay {
            next: (policy.start.as_millis(), 0),
            until: policy.end.map(Timestamp::as_millis),
            began_at: now.as_millis(),
            is_done: false,
        }
    }

    /// `ReplayStatus`.
    pub(crate) fn status(&self) -> &'static str {
        match self.is_done {
            true => "Completed",
            false => "In progress",
        }
    }

    fn next_place(&self) -> Place {
        Place {
            at: Timestamp::from_millis(self.next.0),
            sequence: self.next.1,
        }
    }

    fn end(&self) -> Option<Place> {
        self.until.map(|until| Place::at(Timestamp::from_millis(until)))
    }

    /// The part that was asked for has ended: what was published since the replay began is left.
    fn go_on_with_the_present(&mut self) -> bool {
        let was_limited = self.until.take().is_some();
        if was_limited {
            self.next = self.next.max((self.began_at, 0));
        }
        was_limited
    }
}

impl SnsDoor {
    /// Keeps a message whose turn it is, if its topic has an archive.
    pub(crate) async fn archive(&self, topic: &Topic, delivery: &Delivery) -> Result<(), ServiceError> {
        if topic.retention_seconds().is_none() {
            return Ok(());
        }
        let place = Place {
            at: delivery.accepted_at,
            sequence: delivery.sequence,
        };
        let series = topic.arn.key();
        let kept = self
            .archives
            .append(series.as_bytes(), place, &delivery.payload)
            .await;
        kept.map_err(|error| {
            tracing::error!(%error, "a message could not be archived");
            ServiceError::unavailable("The message could not be archived.")
        })
    }

    /// Replays to a subscription until it has everything. One task a subscription.
    pub(crate) fn start_replay(&self, topic: Arc<Topic>, subscriber: &Subscriber) {
        // Without it the server is stopping, and goes on at its next start.
        let Some(door) = self.me.upgrade() else {
            return;
        };
        let arn = subscriber.arn.clone();
        tokio::spawn(async move {
            loop {
                let subscriber = topic.subscribers.read().get(arn.id);
                let Some(subscriber) = subscriber.filter(|subscriber| subscriber.is_replaying()) else {
                    return;
                };
                if let Err(error) = door.replay_page(&topic, &subscriber).await {
                    tracing::warn!(subscription = %arn, %error, "a replay could not go on");
                    let until = door.clock.now() + TROUBLE_DELAY;
                    door.clock.sleep_until(until).await;
                }
            }
        });
    }

    async fn replay_page(&self, topic: &Topic, subscriber: &Subscriber) -> Result<(), ServiceError> {
        let Some(replay) = &subscriber.record.replay else {
            return Ok(());
        };
        if self.replay_from(topic, subscriber, replay).await? {
            return Ok(());
        }
        // Nothing of the topic is on its way to subscribers now, and nothing sets out.
        let _turn = topic.setting_out.write().await;
        if replay.end().is_none() && self.replay_from(topic, subscriber, replay).await? {
            return Ok(());
        }
        self.change_replay(topic, subscriber, |replay| {
            if !replay.go_on_with_the_present() {
                replay.is_done = true;
            }
        })
        .await
    }

    /// Leaves a page for the subscriber; says whether there was one.
    async fn replay_from(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        replay: &Replay,
    ) -> Result<bool, ServiceError> {
        let series = topic.arn.key();
        let page = self
            .archives
            .page(
                series.as_bytes(),
                replay.next_place(),
                replay.end(),
                PAGE_MESSAGES,
            )
            .map_err(|error| ServiceError::unavailable(error.to_string()))?;
        let Some(last) = page.last().map(|entry| entry.place) else {
            return Ok(false);
        };
        let mut items = Vec::new();
        for entry in &page {
            let payload = Payload::decode(&entry.payload).map_err(ServiceError::internal)?;
            let mut message = payload.into_message();
            message.sequence = Some(entry.place.sequence);
            if subscriber.wants(&message) {
                let payload = Payload::for_protocol(&message, subscriber.record.protocol);
                items.push(Item {
                    id: MessageId(message.id.as_u128()),
                    payload: payload.encode(),
                    group: message.group.as_deref().map(Into::into),
                    // It may have been there not long ago.
                    deduplication: Some(
                        format!("{:032x}", crate::identifiers::random_uuid())
                            .as_str()
                            .into(),
                    ),
                });
            }
        }
        if !items.is_empty() {
            let ordering = Ordering::Grouped(DeduplicationScope::MessageGroup);
            let accepted = self
                .deliveries
                .accept(&subscriber.target(), ordering, items)
                .await;
            accepted.map_err(errors::from_delivery)?;
        }
        self.change_replay(topic, subscriber, |replay| {
            replay.next = (last.at.as_millis(), last.sequence.saturating_add(1));
        })
        .await?;
        Ok(true)
    }

    async fn change_replay(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        change: impl FnOnce(&mut Replay),
    ) -> Result<(), ServiceError> {
        let began_at = subscriber.record.replay.as_ref().map(|replay| replay.began_at);
        self.change_subscription(topic, &subscriber.arn, |record: &mut SubscriptionRecord| {
            match &mut record.replay {
                // Another one may have been asked for meanwhile.
                Some(replay) if Some(replay.began_at) == began_at => change(replay),
                _ => (),
            }
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Goes on with replays that a restart has interrupted.
    pub(crate) fn resume_replays(&self) {
        for topic in self.topics.all() {
            let replaying: Vec<Arc<Subscriber>> = topic
                .subscribers
                .read()
                .all()
                .filter(|subscriber| subscriber.is_replaying())
                .cloned()
                .collect();
            for subscriber in replaying {
                self.start_replay(Arc::clone(&topic), &subscriber);
            }
        }
    }

    /// Removes what is older than archives keep; all of it where there is no archive any more.
    pub(crate) async fn expire_archives(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        for topic in self.topics.all().into_iter().filter(|topic| topic.arn.is_fifo()) {
            let before = match topic.retention_seconds() {
                Some(seconds) => now - Duration::from_secs(seconds),
                None => Timestamp::MAX,
            };
            self.empty_archive(&topic, before).await?;
        }
        Ok(())
    }

    pub(crate) async fn empty_archive(&self, topic: &Topic, before: Timestamp) -> Result<(), ServiceError> {
        let series = topic.arn.key();
        let removed = self.archives.remove_before(series.as_bytes(), before).await;
        removed.map_err(|error| ServiceError::unavailable(error.to_string()))
    }
}

impl Topic {
    /// How long the topic's archive keeps messages, if it has one.
    pub(crate) fn retention_seconds(&self) -> Option<u64> {
        let settings = self.settings();
        // It was checked when it was set.
        read_archive(settings.record.attribute("ArchivePolicy")?).ok()?
    }
}
