use ninefold_journal::Failure as First;

use crate::{StoreError, StoreState};

/// The first write or sync that failed. After it nothing is written any more.
#[derive(Debug, Default)]
pub(super) struct Failure(First);

impl Failure {
    /// Notes a failure, unless there was one before; returns what batches are answered with from now on.
    pub(super) fn record(&self, reason: &str) -> StoreError {
        StoreError::ReadOnly {
            reason: self.0.record(reason),
        }
    }

    /// An error if there was a failure.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.0.reason() {
            Some(reason) => Err(StoreError::ReadOnly { reason }),
            None => Ok(()),
        }
    }

    pub(super) fn state(&self) -> StoreState {
        match self.0.reason() {
            Some(reason) => StoreState::ReadOnly { reason },
            None => StoreState::Healthy,
        }
    }
}
