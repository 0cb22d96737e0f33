//! A partition: where it is, and what it knows of itself.

use std::fmt;
use std::sync::Arc;

use ninefold_record_batch::TimestampType;
use ninefold_store::{Durability, commit};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use crate::LogError;
use crate::log::Shared;
use crate::progress::{ProducerSummary, Progress};
use crate::record::{self, PartitionRecord};
use crate::segment::Segment;
use crate::settings::Settings;
use crate::tail::Tail;
use crate::watch::{Watchers, Watching};

/// The name of a partition: given by the log, never given again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionNumber(u64);

impl PartitionNumber {
    /// A number that was kept somewhere.
    pub const fn new(number: u64) -> Self {
        PartitionNumber(number)
    }

    /// To be kept somewhere.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for PartitionNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PartitionNumber({})", self.0)
    }
}

/// One ordered sequence of records. Offsets are consecutive when they are given; compaction leaves gaps.
pub struct Partition {
    pub(crate) number: PartitionNumber,
    pub(crate) shared: Arc<Shared>,
    state: Mutex<State>,
    watchers: Watchers,
}

pub(crate) struct State {
    pub(crate) settings: Arc<Settings>,
    /// What is before can't be read any more.
    pub(crate) start_offset: i64,
    /// The next one to be given.
    pub(crate) next_offset: i64,
    /// Everything before it is durable, and can be read: Kafka's high watermark.
    pub(crate) durable_offset: i64,
    pub(crate) is_sealed: bool,
    pub(crate) is_deleted: bool,
    /// Up to `next_offset`.
    pub(crate) progress: Progress,
    pub(crate) flushed: Flushed,
    pub(crate) tail: Tail,
    /// Whether the flusher knows that there is something for it here.
    pub(crate) is_dirty: bool,
}

/// What is in segments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flushed {
    /// Everything before it is.
    pub(crate) end_offset: i64,
    /// Up to there.
    pub(crate) progress: Progress,
    /// In order; the last one may get longer.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Everything before it is compacted.
    pub(crate) compacted_offset: i64,
}

impl Partition {
    /// A new one.
    pub(crate) fn new(number: PartitionNumber, shared: Arc<Shared>, settings: Arc<Settings>) -> Self {
        Partition {
            number,
            shared,
            state: Mutex::new(State {
                settings,
                start_offset: 0,
                next_offset: 0,
                durable_offset: 0,
                is_sealed: false,
                is_deleted: false,
                progress: Progress::default(),
                flushed: Flushed::default(),
                tail: Tail::default(),
                is_dirty: false,
            }),
            watchers: Watchers::default(),
        }
    }

    /// One that a record speaks of, as far as it is in segments.
    pub(crate) fn of(
        number: PartitionNumber,
        shared: Arc<Shared>,
        settings: Arc<Settings>,
        record: PartitionRecord,
    ) -> Self {
        let mut partition = Partition::new(number, shared, settings);
        let end_offset = record.flushed_end_offset;
        let state = partition.state.get_mut();
        state.start_offset = record.start_offset;
        state.next_offset = end_offset;
        state.durable_offset = end_offset;
        state.is_sealed = record.is_sealed;
        state.progress = record.progress.clone();
        state.flushed = Flushed {
            end_offset,
            progress: record.progress,
            segments: record.segments.into_iter().map(Arc::new).collect(),
            compacted_offset: record.compacted_offset,
        };
        partition
    }

    /// Its name.
    pub fn number(&self) -> PartitionNumber {
        self.number
    }

    /// The first offset that can be read.
    pub fn start_offset(&self) -> i64 {
        self.state.lock().start_offset
    }

    /// Behind the last offset that can be read: everything before it is durable.
    pub fn end_offset(&self) -> i64 {
        self.state.lock().durable_offset
    }

    /// Behind the last offset that readers of finished transactions may see.
    pub fn last_stable_offset(&self) -> i64 {
        self.state.lock().last_stable_offset()
    }

    /// What its owner decided.
    pub fn settings(&self) -> Settings {
        Settings::clone(&self.state.lock().settings)
    }

    /// Whose time is a record's: one of its settings, asked for with every batch.
    pub fn timestamp_type(&self) -> TimestampType {
        self.state.lock().settings.timestamp_type
    }

    /// Whether it takes nothing any more.
    pub fn is_sealed(&self) -> bool {
        self.state.lock().is_sealed
    }

    /// Bytes of batches that can be read, about.
    pub fn bytes(&self) -> u64 {
        let state = self.state.lock();
        let flushed: u64 = state.flushed.segments.iter().map(|segment| segment.bytes).sum();
        let unflushed = state.tail.from(state.flushed.end_offset);
        flushed + unflushed.map(|batch| batch.bytes.len() as u64).sum::<u64>()
    }

    /// The producers it remembers.
    pub fn producers(&self) -> Vec<ProducerSummary> {
        self.state.lock().progress.producers()
    }

    /// Gives `notify` a permit whenever there is something new to read, as long as the returned guard lives.
    pub fn watch(&self, notify: &Arc<Notify>) -> Watching<'_> {
        self.watchers.watch(notify)
    }

    /// Keeps records as these settings say from now on.
    ///
    /// # Errors
    ///
    /// If that can't be made durable, or the partition is gone.
    pub async fn configure(&self, settings: Settings) -> Result<(), LogError> {
        self.change(|state| {
            state.settings = Arc::new(settings);
            Ok(())
        })
        .await
    }

    /// Takes nothing any more; returns the offset behind the last one, durable by then.
    ///
    /// # Errors
    ///
    /// As [`Partition::configure`].
    pub async fn seal(&self) -> Result<i64, LogError> {
        let mut end_offset = 0;
        self.change(|state| {
            state.is_sealed = true;
            end_offset = state.next_offset;
            Ok(())
        })
        .await?;
        let notify = Arc::new(Notify::new());
        let _watching = self.watch(&notify);
        while self.end_offset() < end_offset {
            self.shared.check()?;
            notify.notified().await;
        }
        Ok(end_offset)
    }

    /// Takes batches again.
    ///
    /// # Errors
    ///
    /// As [`Partition::configure`].
    pub async fn unseal(&self) -> Result<(), LogError> {
        self.change(|state| {
            state.is_sealed = false;
            Ok(())
        })
        .await
    }

    /// Makes everything before `offset` unreadable; returns the first offset that can be read from now on. What was unreadable
    /// stays so.
    ///
    /// # Errors
    ///
    /// If there is no such offset yet, and as [`Partition::configure`].
    pub async fn delete_before(&self, offset: i64) -> Result<i64, LogError> {
        let mut start_offset = 0;
        self.change(|state| {
            if !(0..=state.durable_offset).contains(&offset) {
                return Err(LogError::OutOfRange {
                    offset,
                    start_offset: state.start_offset,
                    end_offset: state.durable_offset,
                });
            }
            state.start_offset = state.start_offset.max(offset);
            start_offset = state.start_offset;
            Ok(())
        })
        .await?;
        Ok(start_offset)
    }

    /// Changes what the store's record says, and waits until that is durable.
    async fn change(&self, change: impl FnOnce(&mut State) -> Result<(), LogError>) -> Result<(), LogError> {
        let committed = {
            let mut state = self.state.lock();
            if state.is_deleted {
                return Err(LogError::Deleted);
            }
            change(&mut state)?;
            // Under the lock: records are kept in the order in which they were made.
            let batch = record::put(self.number, &state);
            commit(&*self.shared.store, batch, Durability::Durable)
        };
        committed.await.map_err(LogError::from)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Tells those who watch that there is something new.
    pub(crate) fn wake_readers(&self) {
        self.watchers.wake();
    }
}

impl State {
    /// Everything before an offset is durable.
    pub(crate) fn note_durable(&mut self, offset: i64) {
        self.durable_offset = offset;
        self.progress.settle(offset);
    }

    /// Goes on where records can be read, if the journal has lost those before: without syncs, the end of the machine takes
    /// them, and not what the store knows of them.
    pub(crate) fn skip_lost(&mut self) {
        if self.next_offset < self.start_offset {
            self.tail = Tail::default();
            self.next_offset = self.start_offset;
            self.note_durable(self.start_offset);
            self.flushed.end_offset = self.start_offset;
            self.flushed.progress = self.progress.clone();
        }
    }

    pub(crate) fn last_stable_offset(&self) -> i64 {
        let first_unstable = self.progress.first_unstable_offset();
        first_unstable.map_or(self.durable_offset, |offset| offset.min(self.durable_offset))
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Partition").field(&self.number.0).finish()
    }
}
