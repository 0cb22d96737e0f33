//! Changing how long messages stay leased.

use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use super::Queue;
use crate::records::{LEASES, position_key};
use crate::state::State;
use crate::{LeaseError, QueueError, Receipt};

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
            let expired = self.is_fifo() && state.is_tracked(receipt.position);
            return Err(if expired {
                LeaseError::Expired
            } else {
                LeaseError::NotInFlight
            });
        }
        state.attempts.forget(receipt);
        state.extend(receipt.position, Duration::from_secs(u64::from(seconds)), now)
    }
}
