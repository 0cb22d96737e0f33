use std::future::Future;
use std::pin::Pin;

use crate::Timestamp;

/// A future that resolves once a clock has reached a deadline; dropping it cancels the wait.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The one source of time. Shared as `Arc<dyn Clock>`.
pub trait Clock: Send + Sync {
    /// The current time. Never less than any value this clock returned before.
    fn now(&self) -> Timestamp;

    /// Resolves as soon as [`Clock::now`] is at or after `deadline`; at once if it already is.
    fn sleep_until(&self, deadline: Timestamp) -> Sleep;
}
