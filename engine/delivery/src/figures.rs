//! What the engine has done, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFigures {
    /// Items taken into a backlog.
    pub accepted: u64,
    /// Items that their targets have taken.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed_attempts: u64,
    /// Items put into dead-letter queues.
    pub dead_lettered: u64,
    /// Items dropped for want of a dead-letter queue.
    pub dropped: u64,
    /// Pushes under way.
    pub under_way: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) accepted: Counter,
    pub(crate) delivered: Counter,
    pub(crate) failed_attempts: Counter,
    pub(crate) dead_lettered: Counter,
    pub(crate) dropped: Counter,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
