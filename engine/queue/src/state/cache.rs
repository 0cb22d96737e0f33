//! Payloads kept in memory between arrival and receipt, within one budget for the whole server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// How many bytes of messages may be kept in memory.
#[derive(Debug)]
pub(crate) struct CacheBudget {
    free_bytes: AtomicUsize,
}

/// A message's stored bytes, counted against the budget for as long as they are held.
#[derive(Debug)]
pub(crate) struct Cached {
    bytes: Bytes,
    budget: Arc<CacheBudget>,
}

impl CacheBudget {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(CacheBudget {
            free_bytes: AtomicUsize::new(bytes),
        })
    }

    /// Keeps the bytes if the budget allows.
    pub(crate) fn keep(self: &Arc<Self>, bytes: Bytes) -> Option<Cached> {
        let size = bytes.len();
        self.free_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
                free.checked_sub(size)
            })
            .ok()?;
        Some(Cached {
            bytes,
            budget: Arc::clone(self),
        })
    }
}

impl Cached {
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl Drop for Cached {
    fn drop(&mut self) {
        self.budget
            .free_bytes
            .fetch_add(self.bytes.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_given_back() {
        let budget = CacheBudget::new(10);
        let kept = budget.keep(Bytes::from_static(b"12345678"));
        assert!(kept.is_some());
        assert!(budget.keep(Bytes::from_static(b"123")).is_none());
        drop(kept);
        assert!(budget.keep(Bytes::from_static(b"123")).is_some());
    }
}
