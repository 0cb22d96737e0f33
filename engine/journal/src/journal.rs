//! The end of a journal, where rounds are appended.
//!
//! A journal is a directory of [segments](crate::segment). A round stands in one segment; a segment holds consecutive rounds
//! from its beginning on, and behind them whatever an earlier use left. Which rounds count follows from their numbers alone
//! ([`recovery`](crate::recovery)). Once nobody needs the rounds of a segment any more it is used again.

use std::io;
use std::sync::Arc;

use crate::block::Blocks;
use crate::medium::Medium;
use crate::round::{self, Content, HEADER_BYTES, JournalId, Marker};
use crate::segment::Segment;

/// A buffer that one large round has made longer than this is not kept. Rounds under load are shorter: memory that is given
/// back and taken anew with every round costs more than writing to it.
const BUFFER_BYTES: usize = 8 << 20;
/// Segments in use before what they hold has to be taken over elsewhere: every start begins a new one.
const SEGMENTS_IN_USE: usize = 4;

/// The segment that is written, and those before it that are still needed.
pub struct Journal {
    id: JournalId,
    medium: Arc<dyn Medium>,
    segment: Segment,
    offset: u64,
    /// Earlier segments whose rounds are still needed.
    earlier: Vec<Segment>,
    earlier_bytes: u64,
    /// The round that is written. The room for it is kept, but not that for a round of unusual size.
    blocks: Blocks,
}

impl Journal {
    /// Appends to a segment that has no round of this journal's yet; `earlier` holds the rounds before, in so many bytes.
    pub fn new(
        id: JournalId,
        medium: Arc<dyn Medium>,
        segment: Segment,
        earlier: Vec<Segment>,
        earlier_bytes: u64,
    ) -> Self {
        Journal {
            id,
            medium,
            segment,
            offset: 0,
            earlier,
            earlier_bytes,
            blocks: Blocks::default(),
        }
    }

    /// Writes a round, whose entries `write` appends to a buffer, and syncs it and all before it if `sync`.
    ///
    /// # Errors
    ///
    /// As the disk reports them; what of the round is there is undecided then, and no other may follow.
    pub fn append(
        &mut self,
        marker: Marker,
        content: Content,
        sync: bool,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> io::Result<()> {
        let id = self.id;
        self.blocks.fill(HEADER_BYTES + content.bytes, |buffer| {
            round::encode(buffer, id, marker, content, write);
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
    ///
    /// # Errors
    ///
    /// As the disk reports them.
    pub fn sync(&self) -> io::Result<()> {
        self.medium.sync(&self.segment.file)
    }

    /// Bytes of rounds that are still needed.
    pub fn bytes(&self) -> u64 {
        self.earlier_bytes + self.offset
    }

    /// Whether there are as many segments in use as there may be.
    pub fn is_scattered(&self) -> bool {
        self.earlier.len() >= SEGMENTS_IN_USE
    }

    /// Goes on in another segment; returns those that hold everything appended so far, which the caller has
    /// synced before.
    pub fn rotate(&mut self, next: Segment) -> Vec<Segment> {
        let mut used = std::mem::take(&mut self.earlier);
        used.push(std::mem::replace(&mut self.segment, next));
        self.offset = 0;
        self.earlier_bytes = 0;
        used
    }
}
