//! A transactional id in memory.

use std::sync::Arc;

use ninefold_time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::transaction::{State, Transaction};
use crate::{
    CoordinatorEpoch, Markers, Participant, Participants, Producer, TransactionError, TransactionalId,
    TransactionsConfig,
};

/// A transactional id, and what is on its way with it.
pub(crate) struct Slot {
    pub(crate) id: TransactionalId,
    state: Mutex<SlotState>,
    /// Told when the transaction has changed, and when the last admission is given back.
    pub(crate) changed: Notify,
}

struct SlotState {
    /// As it is in the store.
    transaction: Arc<Transaction>,
    /// Writes under way.
    admissions: usize,
    /// Where markers could not be written yet, if it isn't everywhere.
    unmarked: Option<Participants>,
    /// What failed in a row, of what has to be done with the present state.
    failures: u32,
    /// Nothing is to be done before.
    not_before: Timestamp,
    /// Somebody is doing what has to be done.
    is_attended: bool,
    /// When the timers have it due.
    noted: Option<Timestamp>,
}

/// What has to be done with a transaction although nobody asks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Its time is over.
    TimeOut,
    /// It is decided, and its participants don't know.
    Mark,
    /// It has not been used for long.
    Forget,
}

impl Slot {
    pub(crate) fn new(id: TransactionalId, transaction: Transaction) -> Arc<Self> {
        Arc::new(Slot {
            id,
            state: Mutex::new(SlotState {
                transaction: Arc::new(transaction),
                admissions: 0,
                unmarked: None,
                failures: 0,
                not_before: Timestamp::EPOCH,
                is_attended: false,
                noted: None,
            }),
            changed: Notify::new(),
        })
    }

    /// The transaction as it is in the store.
    pub(crate) fn transaction(&self) -> Arc<Transaction> {
        Arc::clone(&self.state.lock().transaction)
    }

    /// Takes a new state that is in the store.
    pub(crate) fn adopt(&self, transaction: Transaction) {
        let mut state = self.state.lock();
        state.transaction = Arc::new(transaction);
        state.unmarked = None;
        state.failures = 0;
        state.not_before = Timestamp::EPOCH;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Lets a write in if all it writes to takes part.
    pub(crate) fn admit(
        &self,
        producer: Producer,
        participants: &[Participant<'_>],
    ) -> Result<(), TransactionError> {
        let mut state = self.state.lock();
        state.transaction.check_producer(producer)?;
        match &state.transaction.state {
            State::Prepared { .. } => return Err(TransactionError::ConcurrentTransactions),
            State::Ongoing {
                participants: all, ..
            } if participants.iter().all(|participant| all.contains(*participant)) => {}
            State::Empty | State::Ongoing { .. } | State::Completed { .. } => {
                return Err(TransactionError::NotParticipating);
            }
        }
        state.admissions += 1;
        Ok(())
    }

    /// A write is over.
    pub(crate) fn discharge(&self) {
        let mut state = self.state.lock();
        state.admissions -= 1;
        let is_last = state.admissions == 0;
        drop(state);
        if is_last {
            self.changed.notify_waiters();
        }
    }

    /// Waits until no write is under way. None begins while the transaction is prepared.
    pub(crate) async fn quiet(&self) {
        loop {
            let changed = self.changed.notified();
            if self.state.lock().admissions == 0 {
                return;
            }
            changed.await;
        }
    }

    /// Where markers have to be written, and which.
    pub(crate) fn markers(&self, coordinator_epoch: CoordinatorEpoch) -> Option<Markers> {
        let state = self.state.lock();
        let State::Prepared {
            participants,
            outcome,
            version,
            marked,
            ..
        } = &state.transaction.state
        else {
            return None;
        };
        Some(Markers {
            producer: *marked,
            version: *version,
            outcome: *outcome,
            coordinator_epoch,
            participants: state.unmarked.as_ref().unwrap_or(participants).clone(),
        })
    }

    /// Notes where markers could not be written.
    pub(crate) fn set_unmarked(&self, unmarked: Participants) {
        self.state.lock().unmarked = Some(unmarked);
    }

    /// Begins to attend to the transaction, unless somebody does already.
    pub(crate) fn begin_attending(&self) -> bool {
        !std::mem::replace(&mut self.state.lock().is_attended, true)
    }

    /// What has to be done now. If it is nothing, nobody attends any more.
    pub(crate) fn next_duty(&self, config: &TransactionsConfig, now: Timestamp) -> Option<Duty> {
        let mut state = self.state.lock();
        if state.due_at(config) > now {
            state.is_attended = false;
            return None;
        }
        Some(match state.transaction.state {
            State::Ongoing { .. } => Duty::TimeOut,
            State::Prepared { .. } => Duty::Mark,
            State::Empty | State::Completed { .. } => Duty::Forget,
        })
    }

    /// What had to be done has failed, and is to be done again later.
    pub(crate) fn put_off(&self, config: &TransactionsConfig, now: Timestamp) {
        let mut state = self.state.lock();
        state.failures = state.failures.saturating_add(1);
        state.not_before = now + config.backoff(state.failures);
    }

    /// Nobody attends any more.
    pub(crate) fn stop_attending(&self) {
        self.state.lock().is_attended = false;
    }

    /// What the timers have to be told: when it is due, and when they had it due. Nothing if they look at it in time anyway.
    pub(crate) fn note_due(&self, config: &TransactionsConfig) -> Option<(Timestamp, Option<Timestamp>)> {
        let mut state = self.state.lock();
        let due_at = state.due_at(config);
        let noted = state.noted;
        // A later one is noted when the earlier one has come, since most are put off again and again.
        if noted.is_some_and(|noted| noted <= due_at) {
            return None;
        }
        state.noted = Some(due_at);
        Some((due_at, noted))
    }

    /// The timers have it due no more; says when they had it.
    pub(crate) fn take_noted(&self) -> Option<Timestamp> {
        self.state.lock().noted.take()
    }
}

impl SlotState {
    fn due_at(&self, config: &TransactionsConfig) -> Timestamp {
        self.transaction.due_at(config).max(self.not_before)
    }
}
