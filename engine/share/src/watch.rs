//! Waiting until there may be something to acquire.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Who waits for records that come back.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Mutex<Vec<Arc<Notify>>>);

/// While it lives, its [`Notify`] gets a permit whenever there may be something to acquire: the log has got longer, or records
/// were released. Not when leases end: that is at [`Share::next_event`](crate::Share::next_event).
#[must_use = "dropping it ends the watching"]
#[derive(Debug)]
pub struct Watching<'a> {
    watchers: &'a Watchers,
    notify: Arc<Notify>,
    _log: Option<ninefold_log::Watching<'a>>,
}

impl Watchers {
    pub(crate) fn watch<'a>(
        &'a self,
        notify: &Arc<Notify>,
        log: Option<ninefold_log::Watching<'a>>,
    ) -> Watching<'a> {
        self.0.lock().push(Arc::clone(notify));
        Watching {
            watchers: self,
            notify: Arc::clone(notify),
            _log: log,
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
        let place = watching
            .iter()
            .position(|notify| Arc::ptr_eq(notify, &self.notify));
        if let Some(place) = place {
            watching.swap_remove(place);
        }
    }
}
