//! Messages that go to queues of this server at once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use ninefold_delivery::Answer;
use ninefold_notification::Envelope;
use ninefold_protocol::{Consignment, QueueMessage, Region, ServiceError, Untaken};

use super::Share;
use crate::SnsDoor;
use crate::delivery::Payload;
use crate::delivery::queue::{message_with, raw_message};
use crate::destination::QueueArn;
use crate::feedback::{Status, may_want_queue_successes};
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// Subscribers that messages are brought to at a time, which bounds what they take in memory.
const BROUGHT_TOGETHER: usize = 1_000;

/// What goes to the queues of one region.
#[derive(Default)]
struct Load<'a> {
    consignments: Vec<Consignment>,
    /// Of each consignment, who gets it: one for each of its queues.
    recipients: Vec<Vec<&'a Share>>,
    /// The consignments of who gets the same: those who want the same messages as they were published, in queues of one
    /// kind.
    shared: HashMap<(bool, Arc<[usize]>), usize>,
}

/// Messages in the envelope, made once for all who get them.
struct Envelopes<'a> {
    door: &'a SnsDoor,
    topic: &'a Topic,
    payloads: &'a [Payload],
    made: Vec<OnceCell<Result<Envelope, String>>>,
}

/// A share, and which of its messages the queue did not take.
type Left<'a> = (&'a Share, Vec<usize>);

impl SnsDoor {
    /// Brings messages to queues; what they don't take is left in backlogs.
    pub(super) async fn bring_to_queues(
        &self,
        topic: &Topic,
        payloads: &[Payload],
        shares: &[Share],
    ) -> Result<(), ServiceError> {
        let mut outcome = Ok(());
        for together in shares.chunks(BROUGHT_TOGETHER) {
            let left = self.send_at_once(topic, payloads, together).await;
            let left = left.into_iter().map(|(share, places)| async move {
                let payloads = places.iter().map(|place| &payloads[*place]);
                self.leave_in_backlog(topic, &share.subscriber, payloads).await
            });
            // Whoever can't be helped now must not keep the others from their messages.
            outcome = join_all(left).await.into_iter().fold(outcome, Result::and);
        }
        outcome
    }

    async fn send_at_once<'a>(
        &self,
        topic: &Topic,
        payloads: &[Payload],
        shares: &'a [Share],
    ) -> Vec<Left<'a>> {
        let (loads, mut left) = self.load(topic, payloads, shares);
        let sent = loads.into_iter().map(|(region, load)| async move {
            let untaken = self.send_to_queues(&topic.arn, &region, load.consignments).await;
            self.report(topic, payloads, &load.recipients, &untaken);
            left_of(&load.recipients, &untaken)
        });
        left.extend(join_all(sent).await.into_iter().flatten());
        left
    }

    /// Puts together what goes to the queues of each region. What can't be made for a queue is left: the reason is found again
    /// when it is pushed, and recorded.
    fn load<'a>(
        &self,
        topic: &Topic,
        payloads: &[Payload],
        shares: &'a [Share],
    ) -> (HashMap<Region, Load<'a>>, Vec<Left<'a>>) {
        let envelopes = Envelopes::new(self, topic, payloads);
        let mut loads: HashMap<Region, Load<'a>> = HashMap::new();
        let mut left = Vec::new();
        for share in shares {
            let Some(queue) = share.subscriber.destination.queue() else {
                continue;
            };
            let load = loads.entry(queue.region.clone()).or_default();
            if load.add(share, queue, &envelopes).is_err() {
                left.push((share, share.messages.to_vec()));
            }
        }
        (loads, left)
    }

    /// Tells a topic that asks for it what queues have taken.
    fn report(&self, topic: &Topic, payloads: &[Payload], recipients: &[Vec<&Share>], untaken: &[Untaken]) {
        if !may_want_queue_successes(topic) {
            return;
        }
        let places = untaken.iter();
        let places = places.map(|untaken| (untaken.consignment, untaken.queue, untaken.message));
        let untaken: HashSet<(usize, usize, usize)> = places.collect();
        for (consignment, shares) in recipients.iter().enumerate() {
            for (queue, share) in shares.iter().enumerate() {
                for (message, place) in share.messages.iter().enumerate() {
                    if !untaken.contains(&(consignment, queue, message)) {
                        let status = Status::Success(&Answer::default());
                        self.give_feedback(topic, &share.subscriber, &payloads[*place], 1, &status);
                    }
                }
            }
        }
    }
}

/// What is to be left in the backlogs of whom.
fn left_of<'a>(recipients: &[Vec<&'a Share>], untaken: &[Untaken]) -> Vec<Left<'a>> {
    let mut left: BTreeMap<(usize, usize), Left<'a>> = BTreeMap::new();
    for untaken in untaken {
        let share = recipients[untaken.consignment][untaken.queue];
        let (_, places) = left
            .entry((untaken.consignment, untaken.queue))
            .or_insert_with(|| (share, Vec::new()));
        places.push(share.messages[untaken.message]);
    }
    left.into_values()
        .map(|(share, mut places)| {
            places.sort_unstable();
            (share, places)
        })
        .collect()
}

impl<'a> Load<'a> {
    fn add(&mut self, share: &'a Share, queue: &QueueArn, envelopes: &Envelopes<'_>) -> Result<(), String> {
        if !share.subscriber.is_raw {
            let messages = share.messages.iter();
            let messages = messages.map(|place| envelopes.message(&share.subscriber, queue, *place));
            self.begin_consignment(messages.collect::<Result<_, _>>()?);
            self.add_recipient(self.consignments.len() - 1, share, queue);
            return Ok(());
        }
        let key = (queue.is_fifo(), Arc::clone(&share.messages));
        let consignment = match self.shared.get(&key) {
            Some(consignment) => *consignment,
            None => {
                let messages = share.messages.iter();
                let messages = messages.map(|place| envelopes.raw(queue, *place));
                self.begin_consignment(messages.collect::<Result<_, _>>()?);
                self.shared.insert(key, self.consignments.len() - 1);
                self.consignments.len() - 1
            }
        };
        self.add_recipient(consignment, share, queue);
        Ok(())
    }

    fn begin_consignment(&mut self, messages: Vec<QueueMessage>) {
        let queues = Vec::new();
        self.consignments.push(Consignment { queues, messages });
        self.recipients.push(Vec::new());
    }

    fn add_recipient(&mut self, consignment: usize, share: &'a Share, queue: &QueueArn) {
        self.consignments[consignment].queues.push(queue.name());
        self.recipients[consignment].push(share);
    }
}

impl<'a> Envelopes<'a> {
    fn new(door: &'a SnsDoor, topic: &'a Topic, payloads: &'a [Payload]) -> Self {
        Envelopes {
            door,
            topic,
            payloads,
            made: payloads.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// A message as it was published.
    fn raw(&self, queue: &QueueArn, place: usize) -> Result<QueueMessage, String> {
        raw_message(&self.topic.arn, queue, &self.payloads[place])
    }

    /// A message in the envelope for a subscriber.
    fn message(
        &self,
        subscriber: &Subscriber,
        queue: &QueueArn,
        place: usize,
    ) -> Result<QueueMessage, String> {
        let (door, payload) = (self.door, &self.payloads[place]);
        let envelope = self.made[place].get_or_init(|| {
            let is_signed = door.transports.signs_queue_messages;
            door.notification_envelope(self.topic, payload, is_signed)
        });
        let envelope = envelope.as_ref().map_err(Clone::clone)?;
        let text = envelope.for_subscription(&door.unsubscribe_url(subscriber));
        Ok(message_with(&self.topic.arn, queue, payload, text))
    }
}
