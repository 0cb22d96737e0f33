//! Waiting for a partition to get longer.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Who waits. Few at a time: looked through one by one.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Mutex<Vec<Arc<Notify>>>);

/// While it lives, its [`Notify`] gets a permit whenever the partition has something new for readers.
#[must_use = "dropping it ends the watching"]
#[derive(Debug)]
pub struct Watching<'a> {
    watchers: &'a Watchers,
    notify: Arc<Notify>,
}

impl Watchers {
    pub(crate) fn watch(&self, notify: &Arc<Notify>) -> Watching<'_> {
        self.0.lock().push(Arc::clone(notify));
        Watching {
            watchers: self,
            notify: Arc::clone(notify),
        }
    }

    pub(crate) fn wake(&self) {
        for notify in &*self.0.lock() {
            notify.notify_one();
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let mut watching = self.watchers.0.lock();
        if let Some(place) = watching
            .iter()
            .position(|notify| Arc::ptr_eq(notify, &self.notify))
        {
            watching.swap_remove(place);
        }
    }
}
