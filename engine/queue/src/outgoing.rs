//! Batches on their way to the store, in the order in which a queue's state made them.

use std::collections::VecDeque;

use ninefold_store::{Batch, Completion, Durability, Store};
use parking_lot::Mutex;

/// A queue's batches are made under its state's lock and submitted outside of it, since a store may complete a batch
/// before it returns, and completions need that lock.
#[derive(Default)]
pub(crate) struct Outgoing {
    waiting: Mutex<VecDeque<(Batch, Durability, Completion)>>,
    submitting: Mutex<()>,
}

impl Outgoing {
    /// Puts a batch in line; to be followed by [`Outgoing::flush`] once the state is unlocked.
    pub(crate) fn push(&self, batch: Batch, durability: Durability, completion: Completion) {
        self.waiting.lock().push_back((batch, durability, completion));
    }

    /// Submits what waits, unless somebody else is doing so: then they will take it along.
    pub(crate) fn flush(&self, store: &dyn Store) {
        while let Some(turn) = self.submitting.try_lock() {
            while let Some((batch, durability, completion)) = self.pop() {
                store.submit(batch, durability, completion);
            }
            drop(turn);
            // Whoever came while we held the turn has left it to us.
            if self.waiting.lock().is_empty() {
                return;
            }
        }
    }

    fn pop(&self) -> Option<(Batch, Durability, Completion)> {
        self.waiting.lock().pop_front()
    }
}
