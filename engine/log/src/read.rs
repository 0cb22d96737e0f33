//! Reading from an offset on: from memory where it is there, else from a segment, as bytes for the wire.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_record_batch::{HEADER_BYTES, Header};
use tokio::task::spawn_blocking;

use crate::ReadError;
use crate::index;
use crate::partition::{Partition, State};
use crate::progress::AbortedTransaction;
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

impl Partition {
    /// Reads from an offset on. Returns nothing, and no error, at the end; what is returned may end where a segment does.
    ///
    /// # Errors
    ///
    /// If there is no such offset, or its file can't be read.
    pub async fn read(self: &Arc<Self>, request: ReadRequest) -> Result<Read, ReadError> {
        let (place, mut read, bound) = self.place_of(&request)?;
        match place {
            Place::Nothing => {}
            Place::Tail(chunks) => read.set(chunks),
            Place::Segment(segment) => {
                let partition = Arc::clone(self);
                let from_file = spawn_blocking(move || partition.read_segment(&segment, &request, bound));
                let chunk = from_file.await.map_err(|error| ReadError::Io {
                    path: self.shared.files.of(self.number),
                    source: io::Error::other(error),
                })??;
                read.set(chunk.into_iter().collect());
            }
        }
        Ok(read)
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
            state.place(request, bound)
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
        segment: &Segment,
        request: &ReadRequest,
        bound: i64,
    ) -> Result<Option<Chunk>, ReadError> {
        let path = self.shared.files.batches(self.number, segment);
        let index_path = self.shared.files.index(self.number, segment);
        let io_failed = |path: &Path, source| ReadError::Io {
            path: path.to_owned(),
            source,
        };
        let batches = File::open(&path).map_err(|error| io_failed(&path, error))?;
        let index = File::open(&index_path).map_err(|error| io_failed(&index_path, error))?;
        let reader = SegmentReader {
            segment,
            path: &path,
            batches: &batches,
            index: &index,
        };
        let Some((start, first)) = reader.position_of(request.from_offset)? else {
            return Ok(None);
        };
        let end = reader.end_for(start, &first, request, bound)?;
        let bytes = (end - start) as usize;
        Ok((bytes > 0).then(|| Chunk::File {
            file: Arc::new(batches),
            position: start,
            bytes,
        }))
    }
}

impl State {
    fn place(&self, request: &ReadRequest, bound: i64) -> Place {
        let from = request.from_offset;
        let is_in_memory = self.tail.start_offset().is_some_and(|start| start <= from);
        let segment = self
            .flushed
            .segments
            .partition_point(|segment| segment.end_offset <= from);
        match self.flushed.segments.get(segment) {
            Some(segment) if !is_in_memory => Place::Segment(Arc::clone(segment)),
            _ => Place::Tail(self.read_tail(request, bound)),
        }
    }

    fn read_tail(&self, request: &ReadRequest, bound: i64) -> Vec<Chunk> {
        let mut bytes = 0;
        let within = self.tail.from(request.from_offset).take_while(|batch| {
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

/// The open files of a segment.
pub(crate) struct SegmentReader<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) path: &'a Path,
    pub(crate) batches: &'a File,
    pub(crate) index: &'a File,
}

impl SegmentReader<'_> {
    /// Where the first batch begins that holds `offset` or is behind it.
    fn position_of(&self, offset: i64) -> Result<Option<(u64, Header)>, ReadError> {
        let (before, _) = self.search(|entry| entry.offset <= offset)?;
        self.first_from(before.map_or(0, |entry| entry.position), |header| {
            header.next_offset() > offset
        })
    }

    /// The first batch, from the one at a position on, for which `is_wanted` holds.
    pub(crate) fn first_from(
        &self,
        mut position: u64,
        is_wanted: impl Fn(&Header) -> bool,
    ) -> Result<Option<(u64, Header)>, ReadError> {
        while position < self.segment.bytes {
            let header = self.header(position)?;
            if is_wanted(&header) {
                return Ok(Some((position, header)));
            }
            position += header.total_bytes() as u64;
        }
        Ok(None)
    }

    /// Where to end so that everything from `start` on is whole batches before `bound` and within the bytes wanted.
    fn end_for(
        &self,
        start: u64,
        first: &Header,
        request: &ReadRequest,
        bound: i64,
    ) -> Result<u64, ReadError> {
        let bound_position = if self.segment.end_offset <= bound {
            self.segment.bytes
        } else {
            let place = self.position_of(bound)?;
            place.map_or(self.segment.bytes, |(position, _)| position)
        };
        let wanted = start.saturating_add(request.max_bytes as u64);
        if bound_position <= wanted {
            return Ok(bound_position);
        }
        let (before, _) = self.search(|entry| entry.position <= wanted)?;
        let mut end = before.map_or(start, |entry| entry.position.max(start));
        if end == start && request.at_least_one {
            end += first.total_bytes() as u64;
        }
        while end < bound_position {
            let next = end + self.header(end)?.total_bytes() as u64;
            if next > wanted {
                break;
            }
            end = next;
        }
        Ok(end.min(bound_position))
    }

    pub(crate) fn search(
        &self,
        is_before: impl Fn(&index::IndexEntry) -> bool,
    ) -> Result<(Option<index::IndexEntry>, Option<index::IndexEntry>), ReadError> {
        index::search(self.index, self.segment.index_entries, is_before).map_err(|source| self.failed(source))
    }

    fn header(&self, position: u64) -> Result<Header, ReadError> {
        let mut bytes = [0; HEADER_BYTES];
        self.batches
            .read_exact_at(&mut bytes, position)
            .map_err(|source| self.failed(source))?;
        Header::parse(&bytes).map_err(|source| ReadError::Damaged {
            path: self.path.to_owned(),
            position,
            source,
        })
    }

    pub(crate) fn failed(&self, source: io::Error) -> ReadError {
        ReadError::Io {
            path: self.path.to_owned(),
            source,
        }
    }
}
