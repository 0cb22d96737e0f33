//! The end of a partition, in memory: what is not in segments yet, and the latest of what is, for those who read along.

use std::collections::VecDeque;

use bytes::Bytes;
use ninefold_record_batch::Header;

/// Consecutive batches.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    batches: VecDeque<TailBatch>,
    bytes: usize,
}

/// A batch in memory, with its offset in place.
#[derive(Debug, Clone)]
pub(crate) struct TailBatch {
    pub(crate) header: Header,
    pub(crate) bytes: Bytes,
    /// When that was, or when it was taken back from the journal.
    pub(crate) appended_at_milliseconds: i64,
}

impl Tail {
    pub(crate) fn push(&mut self, batch: TailBatch) {
        if let Some(last) = self.batches.back() {
            assert_eq!(
                last.header.next_offset(),
                batch.header.base_offset,
                "offsets are consecutive"
            );
        }
        self.bytes += batch.bytes.len();
        self.batches.push_back(batch);
    }

    /// How much there is.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The first offset in memory.
    pub(crate) fn start_offset(&self) -> Option<i64> {
        self.batches.front().map(|batch| batch.header.base_offset)
    }

    /// The batches from the one on that holds `offset` or is the first behind it.
    pub(crate) fn from(&self, offset: i64) -> impl Iterator<Item = &TailBatch> {
        let place = self
            .batches
            .partition_point(|batch| batch.header.next_offset() <= offset);
        self.batches.range(place..)
    }

    /// Removes the oldest batches, all before `offset`, until at most so many bytes are left.
    pub(crate) fn shrink(&mut self, offset: i64, keep_bytes: usize) {
        while self.bytes > keep_bytes
            && let Some(first) = self.batches.front()
            && first.header.next_offset() <= offset
        {
            self.bytes -= first.bytes.len();
            self.batches.pop_front();
        }
        if self.batches.is_empty() {
            self.batches.shrink_to(0);
        }
    }
}
