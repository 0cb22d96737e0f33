//! The backlog of one target, and the task that pushes what is in it.

use std::sync::Arc;
use std::time::Duration;

use ninefold_queue::{
    NewMessage, Queue, QueueConfig, QueueError, QueueKind, Receipt, ReceiveRequest, Received, Sent,
};
use ninefold_time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedSemaphorePermit};

use crate::engine::Shared;
use crate::pace::{Admission, End, Pace};
use crate::{
    Answer, Attempt, Burial, Courier, Delivery, DeliveryError, Ending, FailureKind, Item, Ordering, Outcome,
    TargetKey, Terms, Then,
};

/// Items taken from the queue at one time.
const TAKEN_TOGETHER: usize = 32;
/// How long the task looks for an item before it considers whether there are any.
const WAIT: Duration = Duration::from_secs(60);
/// A lease outlasts its push by this, in which what follows from the push is stored. After a crash, items that were under way
/// wait for the end of their leases, so it can't be much.
const LEASE_MARGIN_SECONDS: u64 = 5;
/// How long to wait before an item is buried when that didn't work.
const BURIAL_DELAY: Duration = Duration::from_secs(60);
/// How long to wait when the queue can't be read.
const TROUBLE_DELAY: Duration = Duration::from_secs(1);
/// As many items that have been tried may wait for their next attempt; further ones wait for their first until then.
const TRIED_ITEMS: u32 = 20_000;
/// The longest time between two attempts, which the queue engine sets.
const LONGEST_DELAY: Duration = Duration::from_secs(43_000);

/// What waits for one target.
pub struct Backlog {
    target: TargetKey,
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    pace: Mutex<Pace>,
    /// Told when a push has ended.
    ended: Notify,
    /// Items that have come to their end and are to be removed.
    finished: Mutex<Finished>,
    is_driven: Mutex<bool>,
}

/// Items that are to be removed, while those before them are being removed.
#[derive(Default)]
struct Finished {
    receipts: Vec<Receipt>,
    is_under_way: bool,
}

impl Backlog {
    pub(crate) fn new(target: TargetKey, queue: Arc<Queue>, shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Backlog {
            pace: Mutex::new(Pace::new(Arc::clone(&shared.shared_rates), shared.clock.now())),
            target,
            queue,
            shared,
            ended: Notify::new(),
            finished: Mutex::default(),
            is_driven: Mutex::new(false),
        })
    }

    /// What the queue behind a backlog is. Nothing is ever dropped by it: the engine decides when an item ends.
    pub(crate) fn queue_config(ordering: Ordering) -> QueueConfig {
        QueueConfig {
            kind: match ordering {
                Ordering::Unordered => QueueKind::Standard,
                Ordering::Grouped(deduplication_scope) => QueueKind::Fifo { deduplication_scope },
            },
            delay_seconds: 0,
            visibility_timeout_seconds: 60,
            retention_seconds: u32::MAX,
            in_flight_limit: TRIED_ITEMS,
            dead_letter: None,
        }
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Whether another deduplication was asked for than there is. Whether there is an order at all never changes.
    pub(crate) fn is_ordered_otherwise(&self, ordering: Ordering) -> bool {
        let wanted = Self::queue_config(ordering).kind;
        let is_grouped = matches!(ordering, Ordering::Grouped(_));
        is_grouped && self.is_grouped() && self.queue.config().kind != wanted
    }

    /// How many items have not come to an end.
    pub fn items(&self) -> u64 {
        let counts = self.queue.counts();
        counts.visible + counts.in_flight + counts.delayed
    }

    /// How many items are under way, or wait for another attempt.
    pub fn items_tried(&self) -> u64 {
        self.queue.counts().in_flight
    }

    /// How many pushes are under way.
    pub fn under_way(&self) -> u32 {
        self.pace.lock().under_way()
    }

    fn is_grouped(&self) -> bool {
        !matches!(self.queue.config().kind, QueueKind::Standard)
    }

    pub(crate) async fn accept(self: &Arc<Self>, items: Vec<Item>) -> Result<Vec<Sent>, DeliveryError> {
        let is_grouped = self.is_grouped();
        let messages = items.into_iter().map(|item| NewMessage {
            deduplication: is_grouped.then(|| {
                let own = || format!("{:032x}", item.id.0).as_str().into();
                item.deduplication.unwrap_or_else(own)
            }),
            id: item.id,
            payload: item.payload,
            group: item.group,
            delay_seconds: None,
        });
        let sent = self.queue.send(messages.collect()).await?;
        self.drive();
        Ok(sent)
    }

    /// Sees to it that what is in the backlog is pushed.
    pub(crate) fn drive(self: &Arc<Self>) {
        let Some(courier) = self.shared.courier.get().cloned() else {
            return;
        };
        let mut is_driven = self.is_driven.lock();
        if !*is_driven && self.items() > 0 {
            *is_driven = true;
            tokio::spawn(Arc::clone(self).push_all(courier));
        }
    }

    async fn push_all(self: Arc<Self>, courier: Arc<dyn Courier>) {
        while !self.is_done() {
            let Some(terms) = courier.terms(&self.target) else {
                // Whoever removes the target removes the backlog too, or does so at the next start.
                *self.is_driven.lock() = false;
                return;
            };
            match self.push_some(&courier, Arc::new(terms)).await {
                Ok(()) => (),
                Err(QueueError::NoSuchQueue) => return,
                // So many are waiting to be tried again; one of them will be first.
                Err(QueueError::InFlightLimit) => self.pause(WAIT).await,
                Err(error) => {
                    tracing::warn!(target = ?self.target, %error, "a backlog could not be read");
                    self.pause(TROUBLE_DELAY).await;
                }
            }
        }
    }

    /// Whether there is nothing left to push; then the task has ended.
    fn is_done(&self) -> bool {
        let mut is_driven = self.is_driven.lock();
        *is_driven = self.items() > 0;
        !*is_driven
    }

    /// Waits until a push has ended, or so long.
    async fn pause(&self, longest: Duration) {
        let until = self.shared.clock.now() + longest;
        tokio::select! {
            () = self.ended.notified() => (),
            () = self.shared.clock.sleep_until(until) => (),
        }
    }

    async fn push_some(
        self: &Arc<Self>,
        courier: &Arc<dyn Courier>,
        terms: Arc<Terms>,
    ) -> Result<(), QueueError> {
        let room = self.wait_for_room(&terms).await;
        // Of all targets together. Taken before the items are, so that what waits is on disk and not in memory.
        let mut permit = Some(self.permit().await);
        let lease_seconds = terms.timeout.as_secs() + LEASE_MARGIN_SECONDS;
        let request = ReceiveRequest {
            // Of one group several would be given at one time, and pushed at one time.
            maximum_messages: if self.is_grouped() {
                1
            } else {
                room.min(TAKEN_TOGETHER)
            },
            visibility_timeout_seconds: Some(u32::try_from(lease_seconds).unwrap_or(u32::MAX)),
            wait: Duration::ZERO,
            attempt: None,
        };
        let mut received = self.queue.receive(request.clone()).await?;
        if received.is_empty() {
            // Not while holding room that others could use.
            permit = None;
            let wait = ReceiveRequest {
                maximum_messages: 1,
                wait: WAIT,
                ..request
            };
            received = self.queue.receive(wait).await?;
        }
        for received in received {
            let permit = match permit.take() {
                Some(permit) => permit,
                None => self.permit().await,
            };
            let is_down = self.pace.lock().is_down(self.shared.clock.now());
            let courier = Arc::clone(courier);
            if is_down {
                let spent = Spent::new(self, &terms, permit);
                tokio::spawn(spent.run(courier, received));
            } else {
                let push = Push::begin(self, &terms, permit);
                tokio::spawn(push.run(courier, received));
            }
        }
        Ok(())
    }

    /// Removes an item that has come to its end. Whoever comes while others are being removed leaves that to them, so that many are
    /// removed together; what isn't when the process ends comes again.
    async fn remove(&self, receipt: Receipt) {
        if self.is_grouped() {
            // Its group waits for it.
            return self.remove_all(&[receipt]).await;
        }
        let mut receipts = {
            let mut finished = self.finished.lock();
            finished.receipts.push(receipt);
            if finished.is_under_way {
                return;
            }
            finished.is_under_way = true;
            std::mem::take(&mut finished.receipts)
        };
        while !receipts.is_empty() {
            self.remove_all(&receipts).await;
            let mut finished = self.finished.lock();
            receipts = std::mem::take(&mut finished.receipts);
            finished.is_under_way = !receipts.is_empty();
        }
    }

    async fn remove_all(&self, receipts: &[Receipt]) {
        for error in self
            .queue
            .delete(receipts)
            .await
            .into_iter()
            .filter_map(Result::err)
        {
            // It will come again: at least once is what is promised.
            tracing::warn!(target = ?self.target, %error, "a finished item could not be removed");
        }
        // The task may be waiting for something to do, or for nothing to be left.
        self.ended.notify_one();
    }

    /// What a courier is told of an item.
    fn delivery(&self, received: Received) -> (Delivery, Receipt) {
        let delivery = Delivery {
            target: self.target.clone(),
            id: received.id,
            payload: received.payload,
            sequence: received.sequence,
            group: received.group,
            accepted_at: received.sent_at,
            attempt: received.receive_count,
        };
        (delivery, received.receipt)
    }

    async fn permit(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.shared.room).acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }

    /// Waits until items may be taken from the queue, and says how many.
    async fn wait_for_room(&self, terms: &Terms) -> usize {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // From here on no end is missed.
            ended.as_mut().enable();
            let now = self.shared.clock.now();
            let admission = self.pace.lock().admit(terms, now);
            match admission {
                Admission::Begin(count) => return count,
                // They are not pushed.
                Admission::Down => return TAKEN_TOGETHER,
                Admission::NotBefore(time) => tokio::select! {
                    () = ended => (),
                    () = self.shared.clock.sleep_until(time) => (),
                },
                Admission::Full => ended.await,
            }
        }
    }
}

/// One push under way. However it ends, also by a panic of the courier, its room becomes free.
struct Push {
    backlog: Arc<Backlog>,
    terms: Arc<Terms>,
    began_at: Timestamp,
    end: End,
    permit: Option<OwnedSemaphorePermit>,
}

impl Push {
    fn begin(backlog: &Arc<Backlog>, terms: &Arc<Terms>, permit: OwnedSemaphorePermit) -> Self {
        backlog.pace.lock().began(terms);
        Push {
            began_at: backlog.shared.clock.now(),
            backlog: Arc::clone(backlog),
            terms: Arc::clone(terms),
            end: End::Failed,
            permit: Some(permit),
        }
    }

    async fn run(self, courier: Arc<dyn Courier>, received: Received) {
        let backlog = Arc::clone(&self.backlog);
        let (terms, began_at) = (Arc::clone(&self.terms), self.began_at);
        let (delivery, receipt) = backlog.delivery(received);
        let outcome = self.attempt(&*courier, &delivery).await;
        let settling = Settling {
            backlog: &backlog,
            courier: &*courier,
            terms: &terms,
            delivery: &delivery,
            receipt,
            began_at,
        };
        settling.settle(outcome).await;
    }

    /// Pushes the item, unless it has come to its end already. The room becomes free as soon as the target has answered.
    async fn attempt(mut self, courier: &dyn Courier, delivery: &Delivery) -> Result<Outcome, Ending> {
        let clock = &self.backlog.shared.clock;
        if let Some(ending) = has_ended(delivery, &self.terms, self.began_at) {
            self.end = End::NotAsked;
            return Err(ending);
        }
        let deadline = self.began_at + self.terms.timeout;
        let outcome = tokio::select! {
            outcome = courier.push(delivery) => outcome,
            () = clock.sleep_until(deadline) => Outcome::Failed(
                FailureKind::Transient,
                Answer { code: None, text: format!("no answer within {:?}", self.terms.timeout) },
            ),
        };
        self.end = match &outcome {
            Outcome::Delivered(_) => End::Answered,
            Outcome::Failed(kind, _) => (*kind).into(),
        };
        Ok(outcome)
    }
}

impl Drop for Push {
    fn drop(&mut self) {
        let now = self.backlog.shared.clock.now();
        let took = now.duration_since(self.began_at);
        self.backlog.pace.lock().ended(self.end, took, &self.terms, now);
        drop(self.permit.take());
        self.backlog.ended.notify_one();
    }
}

/// An item that spends an attempt on a target that is down, without its being asked.
struct Spent {
    backlog: Arc<Backlog>,
    terms: Arc<Terms>,
    began_at: Timestamp,
    permit: OwnedSemaphorePermit,
}

impl Spent {
    fn new(backlog: &Arc<Backlog>, terms: &Arc<Terms>, permit: OwnedSemaphorePermit) -> Self {
        Spent {
            began_at: backlog.shared.clock.now(),
            backlog: Arc::clone(backlog),
            terms: Arc::clone(terms),
            permit,
        }
    }

    async fn run(self, courier: Arc<dyn Courier>, received: Received) {
        let (delivery, receipt) = self.backlog.delivery(received);
        let outcome = match has_ended(&delivery, &self.terms, self.began_at) {
            Some(ending) => Err(ending),
            None => {
                let text = "it was not asked: it has failed time and again".to_owned();
                Ok(Outcome::Failed(
                    FailureKind::Transient,
                    Answer { code: None, text },
                ))
            }
        };
        let settling = Settling {
            backlog: &self.backlog,
            courier: &*courier,
            terms: &self.terms,
            delivery: &delivery,
            receipt,
            began_at: self.began_at,
        };
        settling.settle(outcome).await;
        drop(self.permit);
    }
}

/// Whether an item has come to its end before this attempt.
fn has_ended(delivery: &Delivery, terms: &Terms, now: Timestamp) -> Option<Ending> {
    if delivery.accepted_at + terms.maximum_age <= now {
        return Some(Ending::Expired);
    }
    (delivery.attempt > terms.retry.attempts()).then(|| {
        let text = "it was tried as often as it may be".to_owned();
        Ending::Exhausted(Answer { code: None, text })
    })
}

/// What follows from an attempt.
struct Settling<'a> {
    backlog: &'a Arc<Backlog>,
    courier: &'a dyn Courier,
    terms: &'a Terms,
    delivery: &'a Delivery,
    receipt: Receipt,
    began_at: Timestamp,
}

impl Settling<'_> {
    async fn settle(&self, outcome: Result<Outcome, Ending>) {
        let counters = &self.backlog.shared.counters;
        let took = self.backlog.shared.clock.now().duration_since(self.began_at);
        let (answer, then) = match outcome {
            Ok(Outcome::Delivered(answer)) => {
                counters.delivered.add(1);
                (answer, self.finish(Then::Delivered).await)
            }
            Ok(Outcome::Failed(kind, answer)) => {
                counters.failed_attempts.add(1);
                let then = match self.next_attempt(kind) {
                    Some(delay) => self.retry_in(delay).await,
                    None => self.bury(ending(kind, answer.clone())).await,
                };
                (answer, then)
            }
            Err(ending) => {
                let answer = match &ending {
                    Ending::Refused(answer) | Ending::Exhausted(answer) => answer.clone(),
                    Ending::Expired => Answer {
                        code: None,
                        text: "it became too old".to_owned(),
                    },
                };
                (answer, self.bury(ending).await)
            }
        };
        self.backlog.shared.history.note(Attempt {
            id: self.delivery.id,
            target: self.delivery.target.clone(),
            number: self.delivery.attempt,
            at: self.began_at,
            took,
            answer,
            then,
        });
    }

    /// How long to wait before the next attempt, if there is to be one.
    fn next_attempt(&self, kind: FailureKind) -> Option<Duration> {
        let at_least = match kind {
            FailureKind::Permanent => return None,
            FailureKind::Transient => Duration::ZERO,
            FailureKind::Postponed(delay) => delay,
        };
        let delay = self
            .terms
            .retry
            .delay_after(self.delivery.attempt, fastrand::f64())?
            .max(at_least);
        let tried_again_at = self.backlog.shared.clock.now() + delay;
        (tried_again_at < self.delivery.accepted_at + self.terms.maximum_age).then_some(delay)
    }

    async fn retry_in(&self, delay: Duration) -> Then {
        // The queue engine counts in seconds: rather a little later than too early.
        let seconds = delay.min(LONGEST_DELAY).as_millis().div_ceil(1_000);
        let seconds = u32::try_from(seconds).expect("the longest delay has few enough seconds");
        let changed = self
            .backlog
            .queue
            .change_visibility(&[(self.receipt, seconds)])
            .await;
        for error in changed.into_iter().filter_map(Result::err) {
            // Then the item comes back when its lease ends.
            tracing::warn!(target = ?self.delivery.target, %error, "the time of a retry could not be set");
        }
        let at = self.backlog.shared.clock.now() + Duration::from_secs(u64::from(seconds));
        Then::RetryAt(at.as_millis())
    }

    async fn bury(&self, ending: Ending) -> Then {
        let counters = &self.backlog.shared.counters;
        match self.courier.bury(self.delivery, &ending).await {
            Ok(Burial::Buried) => {
                counters.dead_lettered.add(1);
                self.finish(Then::DeadLettered).await
            }
            Ok(Burial::Dropped) => {
                counters.dropped.add(1);
                self.finish(Then::Dropped).await
            }
            Err(reason) => {
                tracing::warn!(target = ?self.delivery.target, reason, "an item could not be dead-lettered");
                self.retry_in(BURIAL_DELAY).await
            }
        }
    }

    /// Removes the item, which has come to its end.
    async fn finish(&self, then: Then) -> Then {
        self.backlog.remove(self.receipt).await;
        then
    }
}

fn ending(kind: FailureKind, answer: Answer) -> Ending {
    match kind {
        FailureKind::Permanent => Ending::Refused(answer),
        FailureKind::Transient | FailureKind::Postponed(_) => Ending::Exhausted(answer),
    }
}
