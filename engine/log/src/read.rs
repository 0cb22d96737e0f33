//! Reading from an offset on: from memory where it is there, else from a segment, as bytes for the wire.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::ReadError;
use crate::partition::{Partition, State};
use crate::progress::AbortedTransaction;
use crate::reader::SegmentReader;
use crate::segment::Segment;

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub struct ReadRequest {
    /// The first offset wanted; the batch that holds it is returned as a whole.
    pub from_offset: i64,
    /// So many bytes at most.
    pub max_bytes: usize,
    /// Whether the first batch is returned even if it is longer than that.
    pub at_least_one: bool,
    /// What may be seen.
    pub isolation: Isolation,
}

/// What of transactions may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Everything that is durable.
    Uncommitted,
    /// What comes before any transaction that is under way. What was aborted is there and to be left out by the reader.
    Committed,
}

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// Consecutive whole batches.
    pub chunks: Vec<Chunk>,
    /// Their length together.
    pub bytes: usize,
    /// The first offset of the partition that can be read.
    pub start_offset: i64,
    /// Behind the last one that can be read.
    pub end_offset: i64,
    /// Behind the last one that readers of finished transactions may see.
    pub last_stable_offset: i64,
    /// For readers of finished transactions: whose records to leave out. There may be more than the batches need.
    pub aborted: Vec<AbortedTransaction>,
}

/// Bytes of batches.
#[derive(Debug, Clone)]
pub enum Chunk {
    /// In memory.
    Memory(Bytes),
    /// In a file, from where they can go to a socket directly.
    File {
        /// The file.
        file: Arc<File>,
        /// Where in it.
        position: u64,
        /// How many.
        bytes: usize,
    },
}

impl Chunk {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        match self {
            Chunk::Memory(bytes) => bytes.len(),
            Chunk::File { bytes, .. } => *bytes,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, in memory. Blocks while a file is read.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn load(&self) -> io::Result<Bytes> {
        match self {
            Chunk::Memory(bytes) => Ok(bytes.clone()),
            Chunk::File {
                file,
                position,
                bytes,
            } => {
                let mut buffer = vec![0; *bytes];
                file.read_exact_at(&mut buffer, *position)?;
                Ok(Bytes::from(buffer))
            }
        }
    }
}

/// Where to read.
enum Place {
    /// Nowhere: there is nothing yet.
    Nothing,
    Tail(Vec<Chunk>),
    Segment(Arc<Segment>),
}

/// What a segment has.
enum FromSegment {
    /// The wanted batches, unless even the first one is too long.
    Chunk(Option<Chunk>),
    /// Nothing from the wanted offset on.
    Nothing,
}

impl Partition {
    /// Reads from an offset on. Returns nothing, and no error, at the end; what is returned may end where a segment does.
    ///
    /// # Errors
    ///
    /// If there is no such offset, or its file can't be read.
    pub async fn read(self: &Arc<Self>, request: ReadRequest) -> Result<Read, ReadError> {
        'placing: loop {
            let (mut place, mut read, bound) = self.place_of(&request)?;
            loop {
                let segment = match place {
                    Place::Nothing => return Ok(read),
                    Place::Tail(chunks) => {
                        read.set(chunks);
                        return Ok(read);
                    }
                    Place::Segment(segment) => segment,
                };
                let (partition, in_file) = (Arc::clone(self), Arc::clone(&segment));
                let from_file = spawn_blocking(move || partition.read_segment(&in_file, &request, bound));
                let from_file = from_file.await.map_err(|error| ReadError::Io {
                    path: self.shared.files.of(self.number),
                    source: io::Error::other(error),
                })?;
                match from_file {
                    Ok(FromSegment::Chunk(chunk)) => {
                        read.set(chunk.into_iter().collect());
                        return Ok(read);
                    }
                    // Compaction leaves gaps: what was at the end of the segment may be no more.
                    Ok(FromSegment::Nothing) => {
                        place = self.state().place(segment.end_offset, &request, bound);
                    }
                    // It was dropped or replaced meanwhile.
                    Err(_) if !self.state().has(&segment) => continue 'placing,
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Where the wanted batches are, what is known without reading them, and the offset before which they have to end.
    fn place_of(&self, request: &ReadRequest) -> Result<(Place, Read, i64), ReadError> {
        let state = self.state();
        let from = request.from_offset;
        if state.is_deleted {
            return Err(ReadError::Deleted);
        }
        if !(state.start_offset..=state.durable_offset).contains(&from) {
            return Err(ReadError::OutOfRange {
                offset: from,
                start_offset: state.start_offset,
                end_offset: state.durable_offset,
            });
        }
        let last_stable_offset = state.last_stable_offset();
        let (bound, aborted) = match request.isolation {
            Isolation::Uncommitted => (state.durable_offset, Vec::new()),
            Isolation::Committed => (
                last_stable_offset,
                state.progress.aborted(from, last_stable_offset),
            ),
        };
        let place = if from >= bound {
            Place::Nothing
        } else {
            state.place(from, request, bound)
        };
        let read = Read {
            chunks: Vec::new(),
            bytes: 0,
            start_offset: state.start_offset,
            end_offset: state.durable_offset,
            last_stable_offset,
            aborted,
        };
        Ok((place, read, bound))
    }

    fn read_segment(
        &self,
        segment: &Arc<Segment>,
        request: &ReadRequest,
        bound: i64,
    ) -> Result<FromSegment, ReadError> {
        let reader = SegmentReader::open(&self.shared.files, self.number, segment)?;
        let Some((start, first)) = reader.position_of(request.from_offset)? else {
            return Ok(FromSegment::Nothing);
        };
        let end = reader.end_for(start, &first, request, bound)?;
        let bytes = (end - start) as usize;
        Ok(FromSegment::Chunk((bytes > 0).then(|| Chunk::File {
            file: Arc::new(reader.into_batches()),
            position: start,
            bytes,
        })))
    }
}

impl State {
    fn place(&self, from: i64, request: &ReadRequest, bound: i64) -> Place {
        let is_in_memory = self.tail.start_offset().is_some_and(|start| start <= from);
        let segments = &self.flushed.segments;
        let first = segments.partition_point(|segment| segment.end_offset <= from);
        match segments.get(first) {
            Some(segment) if !is_in_memory && segment.base_offset >= bound => Place::Nothing,
            Some(segment) if !is_in_memory => Place::Segment(Arc::clone(segment)),
            _ => Place::Tail(self.read_tail(from, request, bound)),
        }
    }

    /// Whether a segment is still one of the partition's.
    pub(crate) fn has(&self, segment: &Segment) -> bool {
        let mut present = self.flushed.segments.iter();
        present.any(|other| other.is_of_same_files(segment))
    }

    fn read_tail(&self, from_offset: i64, request: &ReadRequest, bound: i64) -> Vec<Chunk> {
        let mut bytes = 0;
        let within = self.tail.from(from_offset).take_while(|batch| {
            let is_first = bytes == 0;
            bytes += batch.bytes.len();
            batch.header.next_offset() <= bound
                && (bytes <= request.max_bytes || (is_first && request.at_least_one))
        });
        within.map(|batch| Chunk::Memory(batch.bytes.clone())).collect()
    }
}

impl Read {
    fn set(&mut self, chunks: Vec<Chunk>) {
        self.bytes = chunks.iter().map(Chunk::len).sum();
        self.chunks = chunks;
    }
}
