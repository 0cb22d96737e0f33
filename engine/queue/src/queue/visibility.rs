//! Changing how long messages stay leased.

use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use super::Queue;
use crate::records::{LEASES, MESSAGES, position_key};
use crate::state::State;
use crate::{LeaseError, Position, QueueError, Receipt};

impl Queue {
    /// Gives leased messages a new deadline, counted from now (0: visible at once); answers in the same order.
    ///
    /// The new deadline is stored with the next sync, without waiting for it.
    pub async fn change_visibility(
        self: &Arc<Self>,
        changes: &[(Receipt, u32)],
    ) -> Vec<Result<(), LeaseError>> {
        let answers = {
            let mut state = match self.lock_active() {
                Ok(state) => state,
                Err(_) => {
                    return changes
                        .iter()
                        .map(|_| Err(QueueError::NoSuchQueue.into()))
                        .collect();
                }
            };
            let now = self.clock.now();
            state.lapse(now);
            let mut batch = self.batch();
            let answers: Vec<Result<(), LeaseError>> = changes
                .iter()
                .map(|(receipt, seconds)| {
                    self.change_lease(&mut state, receipt, *seconds, now)?;
                    let record = state.lease_record(receipt.position);
                    batch.put(
                        LEASES,
                        position_key(self.number, receipt.position),
                        record.encode(),
                    );
                    Ok(())
                })
                .collect();
            if !batch.is_empty() {
                self.push_relaxed(batch, "a change of visibility");
            }
            answers
        };
        self.flush();
        self.announce(answers.iter().filter(|answer| answer.is_ok()).count());
        answers
    }

    fn change_lease(
        &self,
        state: &mut State,
        receipt: &Receipt,
        seconds: u32,
        now: Timestamp,
    ) -> Result<(), LeaseError> {
        let in_force = state.lease_in_force(receipt.position, now) == Some(receipt.lease);
        if !in_force {
            return Err(self.why_not_in_force(state, receipt.position)?);
        }
        state.attempts.forget(receipt);
        state.extend(receipt.position, Duration::from_secs(u64::from(seconds)), now)
    }

    pub(super) fn why_not_in_force(
        &self,
        state: &State,
        position: Position,
    ) -> Result<LeaseError, QueueError> {
        let is_there = state.is_tracked(position)
            || state.is_behind(position) && {
                let key = position_key(self.number, position);
                self.store.get(self.partition, MESSAGES, &key)?.is_some()
            };
        Ok(match is_there {
            false => LeaseError::NoSuchMessage,
            true if self.is_fifo() => LeaseError::Expired,
            true => LeaseError::NotInFlight,
        })
    }
}
