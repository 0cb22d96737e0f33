//! Letting go of old records.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::spawn_blocking;

use crate::LogError;
use crate::log::{Log, Shared};
use crate::partition::{Partition, State};
use crate::segment::Segment;

/// A producer that was not heard of for so long is forgotten (Kafka's `producer.id.expiration.ms`).
const PRODUCER_EXPIRY_MILLISECONDS: i64 = 86_400_000;

impl Log {
    /// Drops the segments whose records are old, too many, or can't be read any more, and forgets producers of old. What waits
    /// in the journal for so long that its segment would be closed, or its records be old, is moved to segments first. Once, it
    /// also removes files that a crash has left. To be called now and then.
    ///
    /// # Errors
    ///
    /// If that can't be made durable.
    pub async fn sweep(&self) -> Result<(), LogError> {
        if self.shared().is_flush_due() {
            self.flush().await?;
        }
        let shared = Arc::clone(self.shared());
        let swept = spawn_blocking(move || {
            shared.remove_leftovers_once();
            shared.sweep()
        });
        swept
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

impl Shared {
    /// Whether the journal has something that segments are closed or dropped for: that is decided for what is in them.
    fn is_flush_due(&self) -> bool {
        let now_milliseconds = self.now_milliseconds();
        let dirty = self.dirty_partitions();
        dirty
            .iter()
            .any(|partition| partition.state().is_flush_due(now_milliseconds))
    }

    fn sweep(&self) -> Result<(), LogError> {
        let now_milliseconds = self.now_milliseconds();
        let _changes = self.segment_changes.lock();
        let mut changed = Vec::new();
        let mut dropped = Vec::new();
        for partition in self.all_partitions() {
            let segments = partition.state().let_go(now_milliseconds);
            if !segments.is_empty() {
                dropped.push((Arc::clone(&partition), segments));
                changed.push(partition);
            }
        }
        self.commit_records(&changed)?;
        for (partition, segments) in dropped {
            self.remove(&partition, &segments);
        }
        Ok(())
    }

    /// Once after the log was opened, as soon as nothing else is at it.
    fn remove_leftovers_once(&self) {
        if !self.may_have_leftovers.load(Ordering::Relaxed) {
            return;
        }
        match self.compactor.while_idle(|| self.remove_leftovers()) {
            Some(Ok(())) => self.may_have_leftovers.store(false, Ordering::Relaxed),
            Some(Err(error)) => tracing::warn!(%error, "what a crash has left of segments stays"),
            None => {}
        }
    }

    pub(crate) fn remove(&self, partition: &Partition, segments: &[Arc<Segment>]) {
        for segment in segments {
            if let Err(error) = self.files.remove(partition.number(), segment) {
                tracing::warn!(%error, ?partition, "files of a dropped segment are left");
            }
        }
    }
}

impl State {
    fn is_flush_due(&self, now_milliseconds: i64) -> bool {
        let due_milliseconds = self.settings.segment_age_milliseconds();
        let due_milliseconds = match self.settings.retention_milliseconds {
            Some(retention) if self.settings.cleanup.deletes() => retention.min(due_milliseconds),
            _ => due_milliseconds,
        };
        let first = self.tail.from(self.flushed.end_offset).next();
        let age = first.map(|batch| now_milliseconds.saturating_sub(batch.appended_at_milliseconds));
        age.is_some_and(|age| u64::try_from(age).is_ok_and(|age| age >= due_milliseconds))
    }

    /// Drops the segments that nobody is to read any more, and returns them.
    fn let_go(&mut self, now_milliseconds: i64) -> Vec<Arc<Segment>> {
        let unheard_since = now_milliseconds - PRODUCER_EXPIRY_MILLISECONDS;
        self.progress.forget(unheard_since, self.start_offset);
        self.flushed.progress.forget(unheard_since, self.start_offset);
        let count = self.superfluous(now_milliseconds);
        if count == 0 {
            return Vec::new();
        }
        let dropped: Vec<_> = self.flushed.segments.drain(..count).collect();
        let end_offset = dropped.last().map_or(0, |segment| segment.end_offset);
        self.start_offset = self.start_offset.max(end_offset);
        // What is not in segments yet has to get there, for what it says of producers and transactions.
        let end_offset = self.start_offset.min(self.flushed.end_offset);
        self.tail.shrink(end_offset, 0);
        dropped
    }

    /// How many segments, from the first on, are to go.
    fn superfluous(&self, now_milliseconds: i64) -> usize {
        let mut bytes: u64 = self.flushed.segments.iter().map(|segment| segment.bytes).sum();
        let mut count = 0;
        for (place, segment) in self.flushed.segments.iter().enumerate() {
            let is_last = place + 1 == self.flushed.segments.len();
            bytes -= segment.bytes;
            let is_unreadable = segment.end_offset <= self.start_offset;
            let is_superfluous = self.settings.cleanup.deletes()
                && (self.is_old(segment, now_milliseconds) || (self.is_beyond_size(bytes) && !is_last));
            if !is_unreadable && !is_superfluous {
                break;
            }
            count = place + 1;
        }
        count
    }

    fn is_old(&self, segment: &Segment, now_milliseconds: i64) -> bool {
        let age = now_milliseconds.saturating_sub(segment.max_timestamp);
        self.settings
            .retention_milliseconds
            .is_some_and(|retention| u64::try_from(age).is_ok_and(|age| age > retention))
    }

    /// Whether what is left would be enough.
    fn is_beyond_size(&self, left_bytes: u64) -> bool {
        self.settings
            .retention_bytes
            .is_some_and(|bytes| left_bytes >= bytes)
    }
}
