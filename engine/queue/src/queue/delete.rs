//! Deleting.

use std::sync::Arc;

use ninefold_time::Timestamp;

use super::{Queue, settled};
use crate::records::{MESSAGES, MessageRecord, position_key};
use crate::state::{Removal, State};
use crate::{DeleteError, QueueError, Receipt};

impl Queue {
    /// Deletes leased messages, as one durable commit; answers in the same order.
    ///
    /// Deleting what is gone already succeeds. A standard queue takes any receipt of a message that it ever gave out.
    pub async fn delete(self: &Arc<Self>, receipts: &[Receipt]) -> Vec<Result<(), DeleteError>> {
        let (answers, outcome) = {
            let mut state = match self.lock_active() {
                Ok(state) => state,
                Err(_) => {
                    return receipts
                        .iter()
                        .map(|_| Err(QueueError::NoSuchQueue.into()))
                        .collect();
                }
            };
            let now = self.clock.now();
            let mut removals = Vec::with_capacity(receipts.len());
            let answers: Vec<Result<(), DeleteError>> = receipts
                .iter()
                .map(|receipt| {
                    removals.extend(self.take_out(&mut state, receipt, now)?);
                    Ok(())
                })
                .collect();
            let removed = removals.len();
            let outcome = self.push_removals(&state, removals);
            drop(state);
            if self.is_fifo() {
                // A message group may have become free.
                self.announce(removed);
            }
            (answers, outcome)
        };
        self.flush();
        // Also when nothing was taken out: another call may be removing the message, and is not durable yet.
        match settled(outcome).await {
            Ok(()) => answers,
            Err(error) => answers
                .into_iter()
                .map(|answer| answer.and_then(|()| Err(QueueError::from(error.clone()).into())))
                .collect(),
        }
    }

    /// Takes a message out of the state; nothing when it is gone already.
    fn take_out(
        &self,
        state: &mut State,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Option<Removal>, DeleteError> {
        let position = receipt.position;
        if state.is_tracked(position) {
            if self.is_fifo() && state.lease_in_force(position, now) != Some(receipt.lease) {
                return Err(DeleteError::Expired);
            }
            return Ok(if state.is_moving(position) {
                None
            } else {
                state.remove(position)
            });
        }
        if !state.is_behind(position) {
            return Ok(None);
        }
        // Its lease was lost with a crash, or the message never existed.
        let key = position_key(self.number, position);
        let Some(stored) = self
            .store
            .get(self.partition, MESSAGES, &key)
            .map_err(QueueError::from)?
        else {
            return Ok(None);
        };
        let message = MessageRecord::decode(stored)?;
        state.remove_behind(position, message.group.as_ref());
        Ok(Some(Removal {
            position,
            sent_at: message.sent_at,
            received: true,
        }))
    }
}
