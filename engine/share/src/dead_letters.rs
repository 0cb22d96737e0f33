//! Records that were delivered as often as they may be: set aside as dead letters, which can be acquired, decided on and restored.

use std::sync::Arc;
use std::time::Duration;

use ninefold_queue::{Disposition, Glimpse, LeaseError, Queue, Receipt, Strictness};
use ninefold_time::Timestamp;
use tokio::sync::Notify;

use crate::acquire::{Acquired, Lease};
use crate::feeder::offset_of;
use crate::share::delete;
use crate::watch::Watching;
use crate::{Share, ShareError, Verdict};

/// Dead letters looked at for one sweep.
const DELETED_AT_ONCE: usize = 1_000;

impl Share {
    /// Makes dead letters of what was delivered as often as it may be and is held by nobody, where the group wants that.
    pub(crate) async fn set_exhausted_aside(&self) -> Result<(), ShareError> {
        let Some(dead_letters) = self.dead_letters().filter(|_| self.sets_aside()) else {
            return Ok(());
        };
        if !self.take_exhausted() {
            return Ok(());
        }
        let limit = self.settings().delivery_limit;
        let exhausted = match self.queue().move_exhausted(limit, dead_letters).await {
            Ok(exhausted) => exhausted,
            Err(error) => {
                self.note_exhausted();
                return Err(error.into());
            }
        };
        if exhausted.has_leased {
            self.note_exhausted();
        }
        if !exhausted.moved.is_empty() {
            self.holdings().lock().forget_all(&exhausted.moved);
            self.dead_letter_watchers().wake();
        }
        Ok(())
    }

    /// Acquires dead letters for so long, if there are any now: as many records and bytes at most, except that one batch is always
    /// given. Who holds them is only known by their receipts.
    ///
    /// # Errors
    ///
    /// As [`Share::acquire`].
    pub async fn acquire_dead_letters(
        &self,
        max_records: usize,
        max_bytes: usize,
        lease: Duration,
    ) -> Result<Acquired, ShareError> {
        self.set_exhausted_aside().await?;
        let Some(dead_letters) = self.dead_letters() else {
            return Ok(Acquired::default());
        };
        loop {
            let leased = dead_letters.lease(max_records, lease)?;
            if leased.is_empty() {
                return Ok(Acquired::default());
            }
            let leases: Vec<Lease> = leased.iter().map(Lease::of).collect();
            let leases = self.keep_delivered(dead_letters, leases)?;
            // Otherwise the log has let go of all of them, which has made room for others.
            if !leases.is_empty() {
                return self.read_leased(dead_letters, &leases, max_bytes).await;
            }
        }
    }

    /// In order, those that may still be delivered; the others are deleted.
    fn keep_delivered(
        &self,
        dead_letters: &Arc<Queue>,
        leases: Vec<Lease>,
    ) -> Result<Vec<Lease>, ShareError> {
        let start_offset = self.start_offset();
        let (mut kept, let_go): (Vec<Lease>, Vec<Lease>) =
            leases.into_iter().partition(|lease| lease.offset >= start_offset);
        if !let_go.is_empty() {
            let deletions: Vec<_> = let_go
                .iter()
                .map(|lease| (lease.receipt, Disposition::Delete))
                .collect();
            // Nobody waits for it: what a crash brings back is deleted again.
            drop(dead_letters.begin_to_dispose(&deletions, Strictness::Each)?);
        }
        kept.sort_unstable_by_key(|lease| lease.offset);
        Ok(kept)
    }

    /// Deletes dead letters that the log has let go of, as far as they are the oldest.
    pub(crate) async fn delete_dead_letters_let_go(&self) -> Result<(), ShareError> {
        let Some(dead_letters) = self.dead_letters() else {
            return Ok(());
        };
        let start_offset = self.start_offset();
        let is_let_go = |glimpse: &Glimpse| offset_of(glimpse.id) < start_offset;
        if !dead_letters.browse(1)?.first().is_some_and(is_let_go) {
            return Ok(());
        }
        let mut found = dead_letters.browse(DELETED_AT_ONCE)?;
        found.retain(|glimpse| is_let_go(glimpse) && !glimpse.is_leased);
        delete(dead_letters, &found).await
    }

    /// As [`Share::decide_by_receipt`], about dead letters.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn decide_on_dead_letters(
        &self,
        verdicts: &[(Receipt, Verdict)],
    ) -> Result<Vec<Result<(), LeaseError>>, ShareError> {
        let dead_letters = self.dead_letters().ok_or(ShareError::NoSuchShare)?;
        let dispositions: Vec<_> = verdicts
            .iter()
            .map(|(receipt, verdict)| (*receipt, self.disposition(*receipt, *verdict)))
            .collect();
        let disposing = dead_letters.begin_to_dispose(&dispositions, Strictness::Each)?;
        self.dead_letter_watchers().wake();
        Ok(disposing.finish().await?)
    }

    /// Lets dead letters be acquired again as if they had not been delivered yet, each by itself; answers in the same order. Durable
    /// when it returns.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn restore(&self, receipts: &[Receipt]) -> Result<Vec<Result<(), LeaseError>>, ShareError> {
        let dead_letters = self.dead_letters().ok_or(ShareError::NoSuchShare)?;
        let restored = dead_letters.move_leased(receipts, self.queue()).await?;
        self.wake();
        Ok(restored)
    }

    /// Gives `notify` a permit whenever there may be a dead letter to acquire.
    pub fn watch_dead_letters<'a>(&'a self, notify: &Arc<Notify>) -> Watching<'a> {
        self.dead_letter_watchers().watch(notify, None)
    }

    /// When the next lease ends, of a dead letter or of what may become one.
    pub fn next_dead_letter_event(&self) -> Option<Timestamp> {
        let dead_letters = self.dead_letters().and_then(|queue| queue.next_event());
        dead_letters.into_iter().chain(self.next_event()).min()
    }

    /// How many dead letters there are that can be acquired, and how many are held.
    pub fn count_dead_letters(&self) -> (u64, u64) {
        let counts = self
            .dead_letters()
            .map(|queue| queue.counts())
            .unwrap_or_default();
        (counts.visible, counts.in_flight)
    }
}
