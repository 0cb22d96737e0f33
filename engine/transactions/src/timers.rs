//! When to look at which transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::slot::Slot;
use crate::{TransactionalId, TransactionsConfig};

/// Every transactional id once at most, by when it is due.
#[derive(Default)]
pub(crate) struct Timers {
    due: Mutex<BTreeMap<(Timestamp, TransactionalId), Arc<Slot>>>,
    /// Told when something is due earlier than anything before.
    pub(crate) earlier: Notify,
}

impl Timers {
    /// Sees to it that a transaction is looked at when it is due.
    pub(crate) fn note(&self, slot: &Arc<Slot>, config: &TransactionsConfig) {
        // The lock comes first: what a slot says is noted has to be.
        let mut due = self.due.lock();
        let Some((at, noted)) = slot.note_due(config) else {
            return;
        };
        if let Some(noted) = noted {
            due.remove(&(noted, slot.id.clone()));
        }
        let is_earliest = due.first_key_value().is_none_or(|((first, _), _)| at < *first);
        due.insert((at, slot.id.clone()), Arc::clone(slot));
        drop(due);
        if is_earliest {
            self.earlier.notify_one();
        }
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let due = self.due.lock();
        due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes one that is due.
    pub(crate) fn take_due(&self, now: Timestamp) -> Option<Arc<Slot>> {
        let mut due = self.due.lock();
        let first = due.first_entry().filter(|first| first.key().0 <= now)?;
        let slot = first.remove();
        slot.take_noted();
        Some(slot)
    }

    /// A transactional id is no more.
    pub(crate) fn cancel(&self, slot: &Slot) {
        let mut due = self.due.lock();
        if let Some(noted) = slot.take_noted() {
            due.remove(&(noted, slot.id.clone()));
        }
    }
}
