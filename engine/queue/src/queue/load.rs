//! Paging in what is behind the frontier.

use ninefold_store::{ScanLimit, ScanRange};

use super::Queue;
use crate::QueueError;
use crate::records::{MESSAGES, number_key, position_in, position_key};
use crate::state::PageLoaded;

/// The most bytes paged in at once.
const PAGE_BYTES: usize = 4 << 20;
/// The most pages that one load passes over because everything in them is loaded already: as many as hold all the
/// messages that may be in flight.
const PAGE_LIMIT: usize = 256;

impl Queue {
    /// Loads until there are as many visible messages, as far as there is something to load.
    pub(crate) fn load_up_to(&self, wanted: usize) -> Result<(), QueueError> {
        while self.lock().visible() < wanted && self.load()? > 0 {}
        Ok(())
    }

    /// Loads the next messages, when there is something to load; returns how many became visible.
    pub(crate) fn load(&self) -> Result<usize, QueueError> {
        for _ in 0..PAGE_LIMIT {
            match self.load_page()? {
                PageLoaded::Passed => (),
                PageLoaded::Visible(messages) => {
                    self.announce(messages);
                    return Ok(messages);
                }
            }
        }
        Ok(0)
    }

    fn load_page(&self) -> Result<PageLoaded, QueueError> {
        let config = self.config();
        let now = self.clock.now();
        let Some(plan) = self.lock().begin_load(&config, now) else {
            return Ok(PageLoaded::Visible(0));
        };
        let start = position_key(self.number, plan.from).to_vec();
        let range = ScanRange::between(start, number_key(self.number + 1).to_vec());
        let limit = ScanLimit {
            entries: plan.entries,
            bytes: PAGE_BYTES,
        };
        let page = match self.store.scan(self.partition, MESSAGES, range, limit) {
            Ok(page) => page,
            Err(error) => {
                self.lock().abandon_load();
                return Err(error.into());
            }
        };
        let bytes: usize = page.iter().map(|(key, value)| key.len() + value.len()).sum();
        let complete = page.len() < limit.entries && bytes < limit.bytes;
        let page: Option<Vec<_>> = page
            .into_iter()
            .map(|(key, value)| Some((position_in(&key)?, value)))
            .collect();
        match page {
            Some(page) => self.lock().finish_load(plan, page, complete),
            None => {
                self.lock().abandon_load();
                Err(QueueError::Damaged("message key"))
            }
        }
    }
}
