//! What happens although nobody asks: markers, timeouts, and forgetting.

use std::collections::HashMap;
use std::sync::Arc;

use ninefold_store::{Durability, StoreError};
use ninefold_time::Timestamp;
use tokio::task::JoinSet;

use crate::slot::{Duty, Slot};
use crate::transition::{Step, complete, time_out};
use crate::{TransactionError, Transactions};

/// So many transactions are attended to at one time.
const ATTENDED: usize = 1_000;

/// Why something has to be done again later.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0} partitions and groups could not be reached")]
    Unmarked(usize),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transactions {
    /// Looks after everything that has to happen by itself: writes markers, aborts what takes too long, forgets what isn't used.
    /// Never returns; to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        let mut attending = JoinSet::new();
        let mut attended = HashMap::new();
        loop {
            let has_room = attending.len() < ATTENDED;
            if has_room && let Some(slot) = self.timers.take_due(self.clock.now()) {
                if slot.begin_attending() {
                    let task = attending.spawn(Arc::clone(&self).attend(Arc::clone(&slot)));
                    attended.insert(task.id(), slot);
                }
                continue;
            }
            let next = self.timers.next().filter(|_| has_room);
            tokio::select! {
                Some(ended) = attending.join_next_with_id() => match ended {
                    Ok((id, ())) => drop(attended.remove(&id)),
                    Err(error) => {
                        if let Some(slot) = attended.remove(&error.id()) {
                            tracing::error!(transaction = %slot.id, %error, "attending to a transaction failed");
                            slot.put_off(&self.config, self.clock.now());
                            slot.stop_attending();
                            self.timers.note(&slot, &self.config);
                        }
                    }
                },
                () = self.clock.sleep_until(next.unwrap_or(Timestamp::MAX)) => (),
                () = self.timers.earlier.notified() => (),
            }
        }
    }

    /// Does what has to be done with a transaction now.
    async fn attend(self: Arc<Self>, slot: Arc<Slot>) {
        while let Some(duty) = slot.next_duty(&self.config, self.clock.now()) {
            let outcome = match duty {
                Duty::TimeOut => self.time_out(&slot).await,
                Duty::Mark => self.mark(&slot).await,
                Duty::Forget => match self.forget(&slot).await {
                    Ok(true) => return,
                    Ok(false) => Ok(()),
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = outcome {
                tracing::warn!(transaction = %slot.id, ?duty, %error, "a transaction has to be attended to again");
                slot.put_off(&self.config, self.clock.now());
            }
        }
        self.timers.note(&slot, &self.config);
    }

    async fn time_out(self: &Arc<Self>, slot: &Slot) -> Result<(), Failure> {
        let timed_out = self.change(&slot.id, |current, _| {
            let now = self.clock.now();
            let due = current.filter(|current| current.due_at(&self.config) <= now);
            Ok(match due.and_then(|current| time_out(current, now)) {
                Some(aborted) => Step::Change(aborted, ()),
                None => Step::Keep(()),
            })
        });
        Ok(timed_out.await?)
    }

    /// Tells the participants of a transaction what was decided, and when all know it, completes the transaction.
    async fn mark(self: &Arc<Self>, slot: &Slot) -> Result<(), Failure> {
        slot.quiet().await;
        let Some(markers) = slot.markers(self.coordinator_epoch()) else {
            return Ok(());
        };
        if !markers.participants.is_empty() {
            let unmarked = self.writer.write_markers(markers).await;
            let count = unmarked.len();
            slot.set_unmarked(unmarked);
            if count > 0 {
                return Err(Failure::Unmarked(count));
            }
        }
        let turn = self.turn(&slot.id).await;
        if !self.has(slot) {
            return Ok(());
        }
        let Some(completed) = complete(&slot.transaction(), self.clock.now()) else {
            return Ok(());
        };
        // If it is lost in a crash, the markers are written once more, which does no harm: whatever the next transaction writes is
        // written after that has been stored as ongoing, and this before it.
        let committed = self.commit(turn, &slot.id, Some(completed), Durability::Relaxed);
        Ok(committed.await?)
    }

    /// Forgets a transactional id that is not used any more. Says whether it is gone.
    async fn forget(self: &Arc<Self>, slot: &Slot) -> Result<bool, Failure> {
        let turn = self.turn(&slot.id).await;
        // It may have been used while this was waiting for its turn.
        if !slot.transaction().is_forgotten(&self.config, self.clock.now()) {
            return Ok(false);
        }
        self.commit(turn, &slot.id, None, Durability::Durable).await?;
        Ok(true)
    }
}
