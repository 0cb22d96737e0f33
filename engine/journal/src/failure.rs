use std::sync::{Arc, OnceLock};

/// The first write or sync that failed. After it nothing is written any more: what of it is there is undecided.
#[derive(Debug, Default)]
pub struct Failure(OnceLock<Arc<str>>);

impl Failure {
    /// Notes a failure, unless there was one before; returns the first one's reason.
    pub fn record(&self, reason: &str) -> Arc<str> {
        tracing::error!(reason, "a write failed: nothing is written from now on");
        Arc::clone(self.0.get_or_init(|| reason.into()))
    }

    /// What failed, if anything has.
    pub fn reason(&self) -> Option<Arc<str>> {
        self.0.get().cloned()
    }
}
