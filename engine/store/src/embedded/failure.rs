use std::sync::{Arc, OnceLock};

use crate::{StoreError, StoreState};

/// The first write or sync that failed. After it nothing is written any more.
#[derive(Debug, Default)]
pub(super) struct Failure(OnceLock<Arc<str>>);

impl Failure {
    /// Notes a failure, unless there was one before; returns what batches are answered with from now on.
    pub(super) fn record(&self, reason: &str) -> StoreError {
        tracing::error!(reason, "a write to the store failed: it is read-only from now on");
        let reason = self.0.get_or_init(|| reason.into()).clone();
        StoreError::ReadOnly { reason }
    }

    /// An error if there was a failure.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.0.get() {
            Some(reason) => Err(StoreError::ReadOnly {
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }

    pub(super) fn state(&self) -> StoreState {
        match self.0.get() {
            Some(reason) => StoreState::ReadOnly {
                reason: reason.clone(),
            },
            None => StoreState::Healthy,
        }
    }
}
