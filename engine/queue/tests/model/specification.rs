//! What a queue is: a list of messages, and a few rules.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ninefold_queue::{DeduplicationScope, LeaseError, MessageId, QueueConfig, QueueKind, Received};
use ninefold_time::Timestamp;

const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(300);
const LONGEST_LEASE: Duration = Duration::from_secs(43_200);

/// A message in the queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) sequence: u64,
    pub(crate) group: Option<String>,
    pub(crate) sent_at: Timestamp,
    /// When it may be received for the first time.
    pub(crate) vests_at: Timestamp,
    pub(crate) receive_count: u32,
    pub(crate) first_received_at: Timestamp,
    taken_at: Timestamp,
    deadline: Timestamp,
}

/// Visible, in flight, delayed.
pub(crate) type Figures = (u64, u64, u64);

/// A queue.
#[derive(Debug)]
pub(crate) struct Specification {
    pub(crate) config: QueueConfig,
    /// In the order of their sending.
    pub(crate) messages: Vec<Message>,
    accepted: BTreeMap<(Option<String>, String), (MessageId, u64, Timestamp)>,
}

impl Specification {
    pub(crate) fn new(config: QueueConfig) -> Self {
        Specification {
            config,
            messages: Vec::new(),
            accepted: BTreeMap::new(),
        }
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.config.kind != QueueKind::Standard
    }

    /// The message that this one repeats.
    pub(crate) fn original(
        &self,
        group: Option<&String>,
        deduplication: &str,
        now: Timestamp,
    ) -> Option<(MessageId, u64)> {
        let (id, sequence, at) = self.accepted.get(&self.scope(group, deduplication))?;
        (now < *at + DEDUPLICATION_WINDOW).then_some((*id, *sequence))
    }

    fn scope(&self, group: Option<&String>, deduplication: &str) -> (Option<String>, String) {
        let by_group = QueueKind::Fifo {
            deduplication_scope: DeduplicationScope::MessageGroup,
        };
        let group = group.filter(|_| self.config.kind == by_group);
        (group.cloned(), deduplication.to_owned())
    }

    pub(crate) fn sent(
        &mut self,
        id: MessageId,
        sequence: u64,
        group: Option<String>,
        deduplication: &str,
        delay_seconds: Option<u32>,
        now: Timestamp,
    ) {
        if self.is_fifo() {
            let scope = self.scope(group.as_ref(), deduplication);
            self.accepted.insert(scope, (id, sequence, now));
        }
        let delay = delay_seconds.unwrap_or(self.config.delay_seconds);
        self.messages.push(Message {
            id,
            sequence,
            group,
            sent_at: now,
            vests_at: now + Duration::from_secs(u64::from(delay)),
            receive_count: 0,
            first_received_at: Timestamp::EPOCH,
            taken_at: Timestamp::EPOCH,
            deadline: Timestamp::EPOCH,
        });
    }

    pub(crate) fn is_outdated(&self, message: &Message, now: Timestamp) -> bool {
        message.sent_at + Duration::from_secs(u64::from(self.config.retention_seconds)) <= now
    }

    pub(crate) fn holds_outdated(&self, now: Timestamp) -> bool {
        self.messages.iter().any(|message| self.is_outdated(message, now))
    }

    /// What a sweep removes: messages that could have been received for as long as messages are kept.
    pub(crate) fn drop_swept(&mut self, now: Timestamp) {
        let kept = Duration::from_secs(u64::from(self.config.retention_seconds));
        self.messages.retain(|message| message.vests_at + kept > now);
    }

    /// What may be received now, in order.
    pub(crate) fn available(&self, now: Timestamp) -> Vec<&Message> {
        let locked: BTreeSet<_> = self
            .messages
            .iter()
            .filter(|message| message.deadline > now)
            .map(|message| &message.group)
            .collect();
        let is_available = |message: &&Message| {
            let is_free = message.deadline <= now && !(self.is_fifo() && locked.contains(&message.group));
            message.vests_at <= now && is_free && !self.is_outdated(message, now)
        };
        self.messages.iter().filter(is_available).collect()
    }

    /// Checks what a receive has given, and takes note of it.
    pub(crate) fn received(
        &mut self,
        received: &[Received],
        visibility_seconds: Option<u32>,
        now: Timestamp,
    ) {
        let seconds = visibility_seconds.unwrap_or(self.config.visibility_timeout_seconds);
        let mut available: Vec<MessageId> = self.available(now).iter().map(|message| message.id).collect();
        for received in received {
            let place = available.iter().position(|id| *id == received.id);
            let place = place.unwrap_or_else(|| panic!("{:?} was not to be received", received.id));
            if self.is_fifo() {
                let earlier = &available[..place];
                let group = received.group.as_deref();
                let overtaken = earlier
                    .iter()
                    .find(|id| self.message(**id).group.as_deref() == group);
                assert_eq!(overtaken, None, "overtaken by {:?}", received.id);
            }
            available.remove(place);
            let message = self
                .messages
                .iter_mut()
                .find(|message| message.id == received.id)
                .unwrap();
            if message.receive_count == 0 {
                message.first_received_at = now;
            }
            message.receive_count += 1;
            message.taken_at = now;
            message.deadline = now + Duration::from_secs(u64::from(seconds));
            assert_eq!(received.receive_count, message.receive_count);
            assert_eq!(received.first_received_at, message.first_received_at);
            assert_eq!(received.sent_at, message.sent_at);
            assert_eq!(received.sequence, message.sequence);
            assert_eq!(received.group.as_deref(), message.group.as_deref());
        }
    }

    fn message(&self, id: MessageId) -> &Message {
        self.messages.iter().find(|message| message.id == id).unwrap()
    }

    pub(crate) fn find(&self, id: MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// Whether deleting with this receipt succeeds; the message is gone then.
    pub(crate) fn delete(&mut self, id: MessageId, lease: u32, now: Timestamp) -> bool {
        let Some(place) = self.messages.iter().position(|message| message.id == id) else {
            return true;
        };
        if self.is_fifo() && !self.messages[place].is_held(lease, now) {
            return false;
        }
        self.messages.remove(place);
        true
    }

    pub(crate) fn change_visibility(
        &mut self,
        id: MessageId,
        lease: u32,
        seconds: u32,
        now: Timestamp,
    ) -> Result<(), LeaseError> {
        let is_fifo = self.is_fifo();
        let message = self.messages.iter_mut().find(|message| message.id == id);
        let message = message.ok_or(LeaseError::NoSuchMessage)?;
        if !message.is_held(lease, now) {
            return Err(if is_fifo {
                LeaseError::Expired
            } else {
                LeaseError::NotInFlight
            });
        }
        let deadline = now + Duration::from_secs(u64::from(seconds));
        if deadline > message.taken_at + LONGEST_LEASE {
            return Err(LeaseError::TotalVisibilityExceeded);
        }
        message.deadline = deadline;
        Ok(())
    }

    pub(crate) fn figures(&self, now: Timestamp) -> Figures {
        let count =
            |is: &dyn Fn(&Message) -> bool| self.messages.iter().filter(|message| is(message)).count() as u64;
        let in_flight = count(&|message| message.deadline > now);
        // Vesting is counted in steps of 100 ms, so that the figures of any number of messages take little memory.
        let step = |time: Timestamp| time.as_millis() / 100;
        let delayed = count(&|message| step(message.vests_at) > step(now));
        (
            self.messages.len() as u64 - in_flight - delayed,
            in_flight,
            delayed,
        )
    }
}

impl Message {
    fn is_held(&self, lease: u32, now: Timestamp) -> bool {
        self.deadline > now && self.receive_count == lease
    }
}
