//! The write-ahead log: every commit round is written here, and synced, before it is acknowledged.
//!
//! The log is a directory of [segments](segment). A round stands in one segment; a segment holds consecutive rounds from its
//! beginning on, and behind them whatever an earlier use left. Which rounds count follows from their numbers alone
//! ([`recovery`]). Once all rounds of a segment are in the tables it is used again.

pub(super) mod block;
pub(super) mod recovery;
pub(super) mod round;
pub(super) mod segment;

use std::io;
use std::sync::Arc;

use block::Blocks;
use round::{Marker, StoreId};
use segment::Segment;

use super::medium::Medium;
use crate::Operation;

/// A buffer that one large round has made longer than this is not kept. Rounds under load are shorter: memory that is given
/// back and taken anew with every round costs more than writing to it.
const BUFFER_BYTES: usize = 8 << 20;
/// Segments in use before the tables have to take over: every start begins a new one.
const SEGMENTS_IN_USE: usize = 4;

/// The end of the log, where rounds are appended.
pub(super) struct Log {
    store: StoreId,
    medium: Arc<dyn Medium>,
    segment: Segment,
    offset: u64,
    /// Earlier segments whose rounds are not in the tables.
    earlier: Vec<Segment>,
    earlier_bytes: u64,
    /// The round that is written. The room for it is kept, but not that for a round of unusual size.
    blocks: Blocks,
}

impl Log {
    /// Appends to a segment that has no round of this log's yet; `earlier` holds the rounds before, in so many bytes.
    pub(super) fn new(
        store: StoreId,
        medium: Arc<dyn Medium>,
        segment: Segment,
        earlier: Vec<Segment>,
        earlier_bytes: u64,
    ) -> Self {
        Log {
            store,
            medium,
            segment,
            offset: 0,
            earlier,
            earlier_bytes,
            blocks: Blocks::default(),
        }
    }

    /// Writes a round, and syncs it and all before it if `sync`.
    pub(super) fn append(&mut self, marker: Marker, operations: &[Operation], sync: bool) -> io::Result<()> {
        let store = self.store;
        self.blocks.fill(round::encoded_bytes(operations), |buffer| {
            round::encode(buffer, store, marker, operations);
        });
        let blocks = self.blocks.as_slice();
        let end = self.offset + blocks.len() as u64;
        self.segment.allocate(end)?;
        self.medium.write(&self.segment.file, blocks, self.offset)?;
        if sync {
            self.sync()?;
        }
        self.offset = end;
        if self.blocks.capacity() > BUFFER_BYTES {
            self.blocks = Blocks::default();
        }
        Ok(())
    }

    /// Syncs what was appended.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.medium.sync(&self.segment.file)
    }

    /// Bytes of rounds that are not in the tables.
    pub(super) fn bytes(&self) -> u64 {
        self.earlier_bytes + self.offset
    }

    /// Whether there are as many segments in use as there may be.
    pub(super) fn is_scattered(&self) -> bool {
        self.earlier.len() >= SEGMENTS_IN_USE
    }

    /// Goes on in another segment; returns those that hold everything appended so far, which the caller has
    /// synced before.
    pub(super) fn rotate(&mut self, next: Segment) -> Vec<Segment> {
        let mut used = std::mem::take(&mut self.earlier);
        used.push(std::mem::replace(&mut self.segment, next));
        self.offset = 0;
        self.earlier_bytes = 0;
        used
    }
}
