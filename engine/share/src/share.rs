//! One partition, as one group shares it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use ninefold_log::Partition;
use ninefold_queue::{Disposition, Glimpse, Queue, Strictness};
use ninefold_time::{Clock, Timestamp};
use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use crate::feeder::{decode_cursor, encode_cursor, offset_of};
use crate::holdings::Holdings;
use crate::watch::{Watchers, Watching};
use crate::{Exhausted, Orphans, Settings, ShareError};

/// One partition, as one group shares it. See the [crate](crate).
pub struct Share {
    queue: Arc<Queue>,
    /// Where the group wants them.
    dead_letters: Option<Arc<Queue>>,
    partition: Arc<Partition>,
    clock: Arc<dyn Clock>,
    settings: RwLock<Settings>,
    /// The queue's mark, or behind it where there was nothing to refer to.
    cursor: Mutex<i64>,
    /// References are made one call after the other.
    feeding: tokio::sync::Mutex<()>,
    holdings: Mutex<Holdings>,
    /// Whether a record may have been delivered for the last time without having been decided on.
    may_hold_exhausted: AtomicBool,
    /// Nothing before this offset is delivered, though the log may have it.
    floor: AtomicI64,
    watchers: Watchers,
    dead_letter_watchers: Watchers,
}

/// How far a share is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The first record that is not finished, or where the next one will be: Kafka's share-partition start offset.
    pub start_offset: i64,
    /// Behind the last record that was referred to.
    pub next_offset: i64,
    /// Records acquired and not decided on.
    pub in_flight: u64,
    /// Offsets that are not finished, acquired ones among them, up to the end of the log (KIP-1226).
    pub lag: u64,
}

impl Share {
    /// The share behind which a queue is.
    pub(crate) fn new(
        (queue, dead_letters): (Arc<Queue>, Option<Arc<Queue>>),
        partition: Arc<Partition>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Arc<Self>, ShareError> {
        let cursor = decode_cursor(&queue.mark().unwrap_or_else(|| queue.attachment()))?;
        Ok(Arc::new(Share {
            queue,
            dead_letters,
            partition,
            clock,
            settings: RwLock::new(settings),
            cursor: Mutex::new(cursor),
            feeding: tokio::sync::Mutex::default(),
            holdings: Mutex::default(),
            // A start doesn't know.
            may_hold_exhausted: AtomicBool::new(true),
            floor: AtomicI64::new(0),
            watchers: Watchers::default(),
            dead_letter_watchers: Watchers::default(),
        }))
    }

    /// The partition.
    pub fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    /// What the group has decided.
    pub fn settings(&self) -> Settings {
        *self.settings.read()
    }

    /// Goes by these settings from now on.
    pub fn configure(&self, settings: Settings) {
        *self.settings.write() = settings;
        // There may be a lower limit now.
        self.note_exhausted();
        self.wake();
    }

    /// Gives `notify` a permit whenever there may be something to acquire.
    pub fn watch<'a>(&'a self, notify: &Arc<Notify>) -> Watching<'a> {
        self.watchers.watch(notify, Some(self.partition.watch(notify)))
    }

    /// When the next lease ends.
    pub fn next_event(&self) -> Option<Timestamp> {
        self.queue.next_event()
    }

    /// Records acquired and not decided on, dead letters aside.
    pub fn in_flight(&self) -> u64 {
        self.queue.counts().in_flight
    }

    /// How far the share is.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn describe(&self) -> Result<Description, ShareError> {
        self.sweep().await?;
        let first = self.queue.browse(1)?;
        let (cursor, end_offset) = (self.cursor(), self.partition.end_offset());
        let counts = self.queue.counts();
        let behind_cursor = u64::try_from(end_offset - cursor).unwrap_or(0);
        Ok(Description {
            start_offset: first.first().map_or(cursor, |first| offset_of(first.id)),
            next_offset: cursor,
            in_flight: counts.in_flight,
            lag: counts.visible + counts.in_flight + behind_cursor,
        })
    }

    /// Goes on at another offset, whatever was finished; durable when it returns. What is acquired is nobody's any more.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn reset(&self, offset: i64) -> Result<(), ShareError> {
        let _turn = self.feeding.lock().await;
        self.queue.purge_marked(encode_cursor(offset)).await?;
        self.set_cursor(offset);
        self.holdings.lock().clear();
        self.wake();
        Ok(())
    }

    /// Nothing before an offset is delivered any more, whether or not the log still has it; for good, as far as this share is open.
    pub fn let_go_before(&self, offset: i64) {
        self.floor.fetch_max(offset, Ordering::AcqRel);
    }

    /// Rejects or sets aside what was delivered too often, and finishes what the log has let go. To be called now and then.
    ///
    /// # Errors
    ///
    /// If the share is gone or the store fails.
    pub async fn sweep(&self) -> Result<(), ShareError> {
        self.skip_let_go();
        self.set_exhausted_aside().await?;
        self.delete_dead_letters_let_go().await?;
        let start_offset = self.start_offset();
        let has_let_go = self
            .queue
            .browse(1)?
            .first()
            .is_some_and(|first| offset_of(first.id) < start_offset);
        let may_reject = !self.sets_aside() && self.may_hold_exhausted.load(Ordering::Acquire);
        if !has_let_go && !may_reject {
            return Ok(());
        }
        if may_reject {
            self.may_hold_exhausted.store(false, Ordering::Release);
        }
        let limit = self.rejection_limit();
        let found = self.queue.browse(self.references())?;
        let (finished, left): (Vec<Glimpse>, Vec<Glimpse>) = found.into_iter().partition(|glimpse| {
            // Who has acquired a record may decide on it as long as the lease goes.
            !glimpse.is_leased && (offset_of(glimpse.id) < start_offset || glimpse.receipt.lease >= limit)
        });
        if left.iter().any(|glimpse| glimpse.receipt.lease >= limit) {
            self.note_exhausted();
        }
        if finished.is_empty() {
            return Ok(());
        }
        delete(&self.queue, &finished).await?;
        let mut holdings = self.holdings.lock();
        for glimpse in &finished {
            holdings.forget(offset_of(glimpse.id), glimpse.receipt);
        }
        Ok(())
    }

    /// Lets go of leases that were taken before the server started.
    pub(crate) async fn adopt(&self) -> Result<(), ShareError> {
        if self.settings().orphans == Orphans::Keep {
            return Ok(());
        }
        let found = self.queue.browse(self.references())?;
        let leased = found.iter().filter(|glimpse| glimpse.is_leased);
        let released: Vec<_> = leased
            .map(|glimpse| (glimpse.receipt, self.release_of(glimpse.receipt)))
            .collect();
        let disposing = self.queue.begin_to_dispose(&released, Strictness::Each)?;
        disposing.finish().await?;
        Ok(())
    }

    /// What becomes of a record that is released: none is delivered more often than the limit says.
    pub(crate) fn release_of(&self, receipt: ninefold_queue::Receipt) -> Disposition {
        if receipt.lease >= self.rejection_limit() {
            Disposition::Delete
        } else {
            Disposition::Release
        }
    }

    /// What the log has let go needn't be passed one by one.
    fn skip_let_go(&self) {
        let mut cursor = self.cursor.lock();
        *cursor = (*cursor).max(self.start_offset());
    }

    /// The first record that may still be delivered.
    pub(crate) fn start_offset(&self) -> i64 {
        self.partition
            .start_offset()
            .max(self.floor.load(Ordering::Acquire))
    }

    /// Whether what was delivered too often becomes a dead letter.
    pub(crate) fn sets_aside(&self) -> bool {
        self.dead_letters.is_some() && self.settings().exhausted == Exhausted::SetAside
    }

    /// What was delivered so often is rejected.
    fn rejection_limit(&self) -> u32 {
        match self.sets_aside() {
            true => u32::MAX,
            false => self.settings().delivery_limit,
        }
    }

    /// How many records are referred to.
    pub(crate) fn references(&self) -> usize {
        let counts = self.queue.counts();
        (counts.visible + counts.in_flight + counts.delayed) as usize
    }

    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn holdings(&self) -> &Mutex<Holdings> {
        &self.holdings
    }

    pub(crate) fn dead_letters(&self) -> Option<&Arc<Queue>> {
        self.dead_letters.as_ref()
    }

    pub(crate) fn dead_letter_watchers(&self) -> &Watchers {
        &self.dead_letter_watchers
    }

    /// Wakes all who wait: something may be there to be acquired, or to be set aside.
    pub(crate) fn wake(&self) {
        self.watchers.wake();
        self.dead_letter_watchers.wake();
    }

    pub(crate) fn feeding(&self) -> &tokio::sync::Mutex<()> {
        &self.feeding
    }

    pub(crate) fn cursor(&self) -> i64 {
        *self.cursor.lock()
    }

    pub(crate) fn set_cursor(&self, offset: i64) {
        *self.cursor.lock() = offset;
    }

    /// Whether a record may have been delivered for the last time; it is as if none had from now on.
    pub(crate) fn take_exhausted(&self) -> bool {
        self.may_hold_exhausted.swap(false, Ordering::AcqRel)
    }

    /// Notes that a record was delivered for the last time.
    pub(crate) fn note_exhausted(&self) {
        self.may_hold_exhausted.store(true, Ordering::Release);
    }
}

/// Deletes references, whoever holds them.
pub(crate) async fn delete(queue: &Arc<Queue>, references: &[Glimpse]) -> Result<(), ShareError> {
    let receipts: Vec<_> = references.iter().map(|glimpse| glimpse.receipt).collect();
    for answer in queue.delete(&receipts).await {
        answer.map_err(|error| match error {
            ninefold_queue::DeleteError::Queue(error) => ShareError::from(error),
            // Standard queues take any receipt.
            ninefold_queue::DeleteError::Expired => ShareError::NoSuchShare,
        })?;
    }
    Ok(())
}
