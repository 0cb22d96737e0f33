//! Leave to write on behalf of a transaction.

use std::sync::Arc;

use crate::slot::Slot;

/// Leave to write on behalf of a transaction, to be held until what is written has its place: as long as it is held, no marker of
/// the transaction is. Not longer than that, since the transaction can't be completed before it is dropped.
#[must_use = "what is written without it may come after the transaction has ended"]
pub struct Admission(Arc<Slot>);

impl Admission {
    /// Of a slot that has let somebody in.
    pub(crate) fn of(slot: Arc<Slot>) -> Self {
        Admission(slot)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.0.discharge();
    }
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Admission").field(&self.0.id).finish()
    }
}
