//! Receiving.

use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use super::Queue;
use crate::records::{LEASES, MESSAGES, MessageRecord, position_key};
use crate::state::Leased;
use crate::{AttemptId, QueueConfig, QueueError, Receipt, ReceiveRequest, Received};

/// How many pages one receive may load in search of something it may lease.
const PAGE_LIMIT: usize = 32;

/// What is to be leased.
struct Wish<'a> {
    maximum_messages: usize,
    visibility: Duration,
    attempt: Option<&'a AttemptId>,
}

impl Queue {
    /// Leases messages; waits as long as asked when there are none.
    ///
    /// # Errors
    ///
    /// If the queue is gone, as many messages as allowed are in flight (standard queues), or the store fails.
    pub async fn receive(self: &Arc<Self>, request: ReceiveRequest) -> Result<Vec<Received>, QueueError> {
        let started_at = self.clock.now();
        let received = self.receive_now(&request, started_at)?;
        if !received.is_empty() || request.wait.is_zero() {
            return Ok(received);
        }
        let give_up_at = started_at + request.wait;
        loop {
            let notified = self.arrivals.notified();
            tokio::pin!(notified);
            // From here on no announcement is missed.
            notified.as_mut().enable();
            let now = self.clock.now();
            let received = self.receive_now(&request, now)?;
            if !received.is_empty() || now >= give_up_at {
                return Ok(received);
            }
            let next_event = self.lock().next_event(&self.config());
            let wake_at = next_event
                .filter(|event| *event > now)
                .unwrap_or(give_up_at)
                .min(give_up_at);
            tokio::select! {
                () = notified => (),
                () = self.clock.sleep_until(wake_at) => (),
            }
        }
    }

    /// Leases up to so many messages for so long, if there are any now. Nothing is waited for, so that whoever keeps a list of
    /// leases can hold it still meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Queue::receive`]: the in-flight limit, however, is no error.
    pub fn lease(
        self: &Arc<Self>,
        maximum_messages: usize,
        lease: Duration,
    ) -> Result<Vec<Received>, QueueError> {
        let wish = Wish {
            maximum_messages,
            visibility: lease,
            attempt: None,
        };
        let leased = match self.lease_and_load(&wish, self.clock.now()) {
            Err(QueueError::InFlightLimit) => return Ok(Vec::new()),
            outcome => outcome?,
        };
        leased.into_iter().map(|leased| self.read(leased)).collect()
    }

    fn receive_now(
        self: &Arc<Self>,
        request: &ReceiveRequest,
        now: Timestamp,
    ) -> Result<Vec<Received>, QueueError> {
        let repeated = self.repeat_attempt(request, now)?;
        let leased = if repeated.is_empty() {
            let wish = Wish {
                maximum_messages: request.maximum_messages,
                visibility: visibility_timeout(request, &self.config()),
                attempt: request.attempt.as_ref(),
            };
            self.lease_and_load(&wish, now)?
        } else {
            repeated
        };
        leased.into_iter().map(|leased| self.read(leased)).collect()
    }

    /// Leases what is loaded, loading more as long as that helps.
    fn lease_and_load(self: &Arc<Self>, wish: &Wish<'_>, now: Timestamp) -> Result<Vec<Leased>, QueueError> {
        // Only now: a lease of no length must not lapse before its message is given.
        let lapsed = self.lock_active()?.lapse(now);
        self.announce(lapsed);
        // First, so that messages of one group are given together.
        self.load_up_to(wish.maximum_messages)?;
        let mut leased = Vec::new();
        for _ in 0..PAGE_LIMIT {
            let wanted = wish.maximum_messages - leased.len();
            let (found, discarded) = match self.lease_loaded(wanted, wish.visibility, now) {
                Err(QueueError::InFlightLimit) if !leased.is_empty() => break,
                outcome => outcome?,
            };
            leased.extend(found);
            self.flush();
            let satisfied = leased.len() >= wish.maximum_messages;
            if satisfied || (self.load()? == 0 && !discarded) {
                break;
            }
        }
        if let (Some(attempt), false) = (wish.attempt, leased.is_empty()) {
            let receipts = leased.iter().map(|leased| self.receipt(leased)).collect();
            self.lock().attempts.insert(attempt.clone(), receipts, now);
        }
        Ok(leased)
    }

    /// Leases what is loaded and puts the lease records in line; says too whether messages were discarded.
    fn lease_loaded(
        self: &Arc<Self>,
        maximum: usize,
        visibility: Duration,
        now: Timestamp,
    ) -> Result<(Vec<Leased>, bool), QueueError> {
        let config = self.config();
        let has_dead_letter_queue = self.dead_letter_queue(&config).is_some();
        let mut state = self.lock_active()?;
        let taken = state.take(maximum, visibility, &config, has_dead_letter_queue, now)?;
        self.store_leases(&taken.leased);
        let discarded = !taken.outdated.is_empty() || !taken.dead.is_empty();
        if !taken.outdated.is_empty() {
            drop(self.push_removals(&state, taken.outdated));
        }
        // In line before anybody else can take messages that come after these.
        self.burials.push(taken.dead);
        drop(state);
        self.bury();
        Ok((taken.leased, discarded))
    }

    /// What an earlier attempt of the same name was given, with its visibility timeout begun anew; nothing when one
    /// of its messages is not in flight any more under the same lease.
    fn repeat_attempt(&self, request: &ReceiveRequest, now: Timestamp) -> Result<Vec<Leased>, QueueError> {
        let Some(attempt) = &request.attempt else {
            return Ok(Vec::new());
        };
        let visibility = visibility_timeout(request, &self.config());
        let mut state = self.lock_active()?;
        let receipts = state.attempts.get(attempt, now).unwrap_or_default().to_vec();
        let in_force = |receipt: &Receipt| state.lease_in_force(receipt.position, now) == Some(receipt.lease);
        if !receipts.iter().all(in_force) {
            return Ok(Vec::new());
        }
        let mut repeated = Vec::with_capacity(receipts.len());
        for Receipt { position, .. } in receipts {
            // Twelve hours after the first receive a lease can't be prolonged; what it holds is answered all the same.
            drop(state.extend(position, visibility, now));
            repeated.push(Leased {
                position,
                record: state.lease_record(position),
                message: None,
            });
        }
        self.store_leases(&repeated);
        drop(state);
        self.flush();
        Ok(repeated)
    }

    fn store_leases(&self, leased: &[Leased]) {
        if leased.is_empty() {
            return;
        }
        let mut batch = self.batch();
        for leased in leased {
            batch.put(
                LEASES,
                position_key(self.number, leased.position),
                leased.record.encode(),
            );
        }
        self.push_relaxed(batch, "a lease");
    }

    fn receipt(&self, leased: &Leased) -> Receipt {
        Receipt {
            queue: self.number,
            position: leased.position,
            lease: leased.record.receive_count,
        }
    }

    fn read(&self, leased: Leased) -> Result<Received, QueueError> {
        let receipt = self.receipt(&leased);
        let stored = match leased.message {
            Some(message) => message,
            None => self
                .store
                .get(
                    self.partition,
                    MESSAGES,
                    &position_key(self.number, leased.position),
                )?
                .ok_or(QueueError::Damaged("leased message"))?,
        };
        let message = MessageRecord::decode(stored)?;
        let receive_count = message.earlier_receives() + leased.record.receive_count;
        Ok(Received {
            id: message.id,
            sequence: leased.position.sequence,
            payload: message.payload,
            receipt,
            receive_count,
            sent_at: message.sent_at,
            first_received_at: leased.record.first_received_at,
            first_received_at_origin: message
                .origin
                .as_ref()
                .and_then(|origin| origin.first_received_at),
            group: message.group,
            deduplication: message.deduplication,
            origin: message.origin.map(|origin| origin.queue),
        })
    }
}

fn visibility_timeout(request: &ReceiveRequest, config: &QueueConfig) -> Duration {
    let seconds = request
        .visibility_timeout_seconds
        .unwrap_or(config.visibility_timeout_seconds);
    Duration::from_secs(u64::from(seconds))
}
