//! Disposing of leases: many at a time, each in its own way, and only of those in force.

use std::sync::Arc;
use std::time::Duration;

use ninefold_store::Batch;
use ninefold_time::Timestamp;

use super::{Outcome, Queue, settled};
use crate::records::{LEASES, position_key};
use crate::state::{Removal, State};
use crate::{LeaseError, QueueError, Receipt};

/// What becomes of a lease, and of its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The message is deleted.
    Delete,
    /// The message is visible again.
    Release,
    /// The message is visible again, and counts as not received: whoever leased it has not given it to anybody.
    Undo,
    /// The lease ends so long from now.
    Extend(Duration),
}

/// Whether what can be done is, where something else can't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// All of it, or nothing.
    Whole,
    /// Each by itself.
    Each,
}

/// Leases that were disposed of; it goes on when this is dropped.
#[must_use = "deletions are durable once the commit has come to its end"]
pub struct Disposing {
    answers: Vec<Result<(), LeaseError>>,
    /// Where messages are deleted.
    outcome: Option<Outcome>,
}

impl Disposing {
    /// What became of each, unless the store fails.
    pub fn answers(&self) -> &[Result<(), LeaseError>] {
        &self.answers
    }

    /// Waits for the commit, if messages are deleted; answers in the order of the receipts. What becomes of a lease otherwise
    /// is stored with the next sync, without waiting for it.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn finish(self) -> Result<Vec<Result<(), LeaseError>>, QueueError> {
        if let Some(outcome) = self.outcome {
            settled(outcome).await?;
        }
        Ok(self.answers)
    }
}

impl Queue {
    /// Disposes of leases, as one commit. Unlike [`Queue::delete`] it takes only leases in force, whatever the kind of queue.
    ///
    /// # Errors
    ///
    /// If the queue is gone.
    pub fn begin_to_dispose(
        self: &Arc<Self>,
        dispositions: &[(Receipt, Disposition)],
        strictness: Strictness,
    ) -> Result<Disposing, QueueError> {
        let (disposing, lapsed) = {
            let mut state = self.lock_active()?;
            let now = self.clock.now();
            let lapsed = state.lapse(now);
            let mut answers = dispositions
                .iter()
                .map(|(receipt, _)| self.check_lease(&state, receipt, now))
                .collect::<Result<Vec<_>, QueueError>>()?;
            let outcome = if strictness == Strictness::Whole && answers.iter().any(Result::is_err) {
                None
            } else {
                self.dispose(&mut state, dispositions, &mut answers, now)
            };
            (Disposing { answers, outcome }, lapsed)
        };
        self.flush();
        // Also for what was deleted: a message group may have become free.
        let disposed = disposing.answers.iter().filter(|answer| answer.is_ok()).count();
        self.announce(lapsed + disposed);
        Ok(disposing)
    }

    pub(super) fn check_lease(
        &self,
        state: &State,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Result<(), LeaseError>, QueueError> {
        if state.lease_in_force(receipt.position, now) == Some(receipt.lease) {
            return Ok(Ok(()));
        }
        self.why_not_in_force(state, receipt.position).map(Err)
    }

    fn dispose(
        self: &Arc<Self>,
        state: &mut State,
        dispositions: &[(Receipt, Disposition)],
        answers: &mut [Result<(), LeaseError>],
        now: Timestamp,
    ) -> Option<Outcome> {
        let mut batch = self.batch();
        let mut removals = Vec::new();
        for ((receipt, disposition), answer) in dispositions.iter().zip(answers) {
            if answer.is_ok() {
                *answer = self
                    .apply(state, receipt, *disposition, now, &mut batch)
                    .map(|removal| removals.extend(removal));
            }
        }
        if removals.is_empty() {
            if !batch.is_empty() {
                self.push_relaxed(batch, "a change of leases");
            }
            return None;
        }
        self.put_tally(&mut batch, state);
        Some(self.push_removals_with(batch, removals))
    }

    fn apply(
        &self,
        state: &mut State,
        receipt: &Receipt,
        disposition: Disposition,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Result<Option<Removal>, LeaseError> {
        let position = receipt.position;
        state.attempts.forget(receipt);
        match disposition {
            Disposition::Delete => return Ok(state.remove(position)),
            Disposition::Release => state.extend(position, Duration::ZERO, now)?,
            Disposition::Undo => state.undo_lease(position)?,
            Disposition::Extend(lease) => state.extend(position, lease, now)?,
        }
        let record = state.lease_record(position);
        let key = position_key(self.number, position);
        if record.receive_count == 0 {
            batch.delete(LEASES, key);
        } else {
            batch.put(LEASES, key, record.encode());
        }
        Ok(None)
    }
}
