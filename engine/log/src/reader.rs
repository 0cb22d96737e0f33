//! The files of one segment, opened to be read.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use ninefold_record_batch::{Batch, BatchError, HEADER_BYTES, Header};

use crate::index::{self, IndexEntry};
use crate::read::ReadRequest;
use crate::segment::{Segment, SegmentFiles};
use crate::{PartitionNumber, ReadError};

/// A scan reads so much at once.
const SCAN_BYTES: usize = 256 << 10;

/// See the [module](self).
pub(crate) struct SegmentReader {
    segment: Arc<Segment>,
    path: PathBuf,
    batches: File,
    index: File,
}

impl SegmentReader {
    pub(crate) fn open(
        files: &SegmentFiles,
        partition: PartitionNumber,
        segment: &Arc<Segment>,
    ) -> Result<Self, ReadError> {
        let path = files.batches(partition, segment);
        let batches = open_whole(&path, segment.bytes)?;
        let index_bytes = segment.index_entries * index::ENTRY_BYTES as u64;
        let index = open_whole(&files.index(partition, segment), index_bytes)?;
        Ok(SegmentReader {
            segment: Arc::clone(segment),
            path,
            batches,
            index,
        })
    }

    /// Where the first batch begins that holds `offset` or is behind it.
    pub(crate) fn position_of(&self, offset: i64) -> Result<Option<(u64, Header)>, ReadError> {
        let (before, _) = self.search(|entry| entry.offset <= offset)?;
        let Some(before) = before else {
            return self.first_from(0, |header| header.next_offset() > offset);
        };
        let header = self.header(before.position)?;
        if header.base_offset != before.offset {
            // The index has no checksum of its own, and what it says wrongly would hide batches.
            let source = BatchError::InvalidOffsets {
                base_offset: header.base_offset,
                last_offset_delta: header.last_offset_delta,
            };
            return Err(self.damaged(before.position, source));
        }
        self.first_from(before.position, |header| header.next_offset() > offset)
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
    pub(crate) fn end_for(
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

    /// As [`index::search`].
    pub(crate) fn search(
        &self,
        is_before: impl Fn(&IndexEntry) -> bool,
    ) -> Result<(Option<IndexEntry>, Option<IndexEntry>), ReadError> {
        index::search(&self.index, self.segment.index_entries, is_before)
            .map_err(|source| io_failed(&self.path, source))
    }

    /// The batch that begins at a position.
    pub(crate) fn batch(&self, position: u64, header: &Header) -> Result<Batch, ReadError> {
        let mut bytes = vec![0; header.total_bytes()];
        self.batches
            .read_exact_at(&mut bytes, position)
            .map_err(|source| io_failed(&self.path, source))?;
        Batch::parse(Bytes::from(bytes)).map_err(|source| self.damaged(position, source))
    }

    /// The file of batches.
    pub(crate) fn into_batches(self) -> File {
        self.batches
    }

    /// All batches from the one on that holds `offset` or is behind it, each of them verified.
    pub(crate) fn scan(self, offset: i64) -> Result<SegmentScan, ReadError> {
        let start = self.position_of(offset)?;
        let position = start.map_or(self.segment.bytes, |(position, _)| position);
        let mut batches = BufReader::with_capacity(SCAN_BYTES, self.batches);
        batches
            .seek(SeekFrom::Start(position))
            .map_err(|source| io_failed(&self.path, source))?;
        Ok(SegmentScan {
            path: self.path,
            batches,
            position,
            end: self.segment.bytes,
        })
    }

    fn header(&self, position: u64) -> Result<Header, ReadError> {
        let mut bytes = [0; HEADER_BYTES];
        self.batches
            .read_exact_at(&mut bytes, position)
            .map_err(|source| io_failed(&self.path, source))?;
        let left = self.segment.bytes.saturating_sub(position);
        checked_header(&bytes, left).map_err(|source| self.damaged(position, source))
    }

    pub(crate) fn damaged(&self, position: u64, source: BatchError) -> ReadError {
        ReadError::Damaged {
            path: self.path.clone(),
            position,
            source,
        }
    }
}

/// Reads batches one after the other.
pub(crate) struct SegmentScan {
    path: PathBuf,
    batches: BufReader<File>,
    position: u64,
    end: u64,
}

impl SegmentScan {
    /// The next batch, whose bytes are those that were written.
    pub(crate) fn next(&mut self) -> Result<Option<Batch>, ReadError> {
        if self.position >= self.end {
            return Ok(None);
        }
        let mut bytes = vec![0; HEADER_BYTES];
        self.read(&mut bytes)?;
        let header =
            checked_header(&bytes, self.end - self.position).map_err(|source| self.damaged(source))?;
        bytes.resize(header.total_bytes(), 0);
        self.read(&mut bytes[HEADER_BYTES..])?;
        let batch = Batch::parse(Bytes::from(bytes))
            .and_then(|batch| batch.verify().map(|()| batch))
            .map_err(|source| self.damaged(source))?;
        self.position += header.total_bytes() as u64;
        Ok(Some(batch))
    }

    /// What is wrong with the batch before the next one, or with the next one if it can't be read.
    pub(crate) fn damaged(&self, source: BatchError) -> ReadError {
        ReadError::Damaged {
            path: self.path.clone(),
            position: self.position,
            source,
        }
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), ReadError> {
        self.batches
            .read_exact(bytes)
            .map_err(|source| io_failed(&self.path, source))
    }
}

/// A header of a batch that isn't longer than what is left of its segment.
fn checked_header(bytes: &[u8], left_bytes: u64) -> Result<Header, BatchError> {
    let header = Header::parse(bytes)?;
    if header.total_bytes() as u64 > left_bytes {
        return Err(BatchError::Truncated {
            needed_bytes: header.total_bytes(),
            available_bytes: usize::try_from(left_bytes).unwrap_or(usize::MAX),
        });
    }
    Ok(header)
}

/// Opens a file that has at least so many bytes.
fn open_whole(path: &Path, bytes: u64) -> Result<File, ReadError> {
    let file = File::open(path).map_err(|source| io_failed(path, source))?;
    let length = file.metadata().map_err(|source| io_failed(path, source))?.len();
    if length < bytes {
        return Err(ReadError::Damaged {
            path: path.to_owned(),
            position: length,
            source: BatchError::Truncated {
                needed_bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
                available_bytes: usize::try_from(length).unwrap_or(usize::MAX),
            },
        });
    }
    Ok(file)
}

pub(crate) fn io_failed(path: &Path, source: io::Error) -> ReadError {
    ReadError::Io {
        path: path.to_owned(),
        source,
    }
}
