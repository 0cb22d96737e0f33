//! The files of a partition: batches as they go over the wire, one after the other, and beside them a sparse
//! [index](crate::index).
//!
//! What is in them up to the length that the partition's record gives is never changed. Behind that may be what a crash has
//! left; it is overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::index::{self, IndexEntry};
use crate::tail::TailBatch;
use crate::{PartitionNumber, Settings};

/// So many batches at most go to the file with one call.
const SLICES: usize = 512;

/// A segment, up to what is in it for certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    /// Its first offset, which also names it.
    pub(crate) base_offset: i64,
    /// Counts up when compaction has rewritten it.
    pub(crate) generation: u32,
    /// Behind its last offset.
    pub(crate) end_offset: i64,
    pub(crate) bytes: u64,
    pub(crate) index_entries: u64,
    pub(crate) max_timestamp: i64,
    pub(crate) begun_at_milliseconds: i64,
    /// Where the last entry of the index points to.
    pub(crate) indexed_bytes: u64,
}

/// Where segments are.
#[derive(Debug)]
pub(crate) struct SegmentFiles(PathBuf);

impl SegmentFiles {
    pub(crate) fn new(directory: PathBuf) -> Self {
        SegmentFiles(directory)
    }

    /// The directory of all of them.
    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn of(&self, partition: PartitionNumber) -> PathBuf {
        self.0.join(partition.get().to_string())
    }

    pub(crate) fn batches(&self, partition: PartitionNumber, segment: &Segment) -> PathBuf {
        self.of(partition).join(format!("{}.batches", segment.name()))
    }

    pub(crate) fn index(&self, partition: PartitionNumber, segment: &Segment) -> PathBuf {
        self.of(partition).join(format!("{}.index", segment.name()))
    }

    /// Removes the files of a segment that no record names any more.
    pub(crate) fn remove(&self, partition: PartitionNumber, segment: &Segment) -> io::Result<()> {
        remove_file(&self.batches(partition, segment))?;
        remove_file(&self.index(partition, segment))
    }

    /// Removes everything of a partition that no record names any more.
    pub(crate) fn remove_partition(&self, partition: PartitionNumber) -> io::Result<()> {
        match fs::remove_dir_all(self.of(partition)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Segment {
    fn begin(batch: &TailBatch, now_milliseconds: i64) -> Self {
        Segment {
            base_offset: batch.header.base_offset,
            generation: 0,
            end_offset: batch.header.base_offset,
            bytes: 0,
            index_entries: 0,
            max_timestamp: i64::MIN,
            begun_at_milliseconds: now_milliseconds,
            indexed_bytes: 0,
        }
    }

    fn name(&self) -> String {
        format!("{:020}.{}", self.base_offset, self.generation)
    }

    /// Whether something so long belongs into the next one.
    fn is_full_for(&self, bytes: usize, settings: &Settings, now_milliseconds: i64) -> bool {
        self.bytes > 0
            && (self.bytes + bytes as u64 > settings.segment_bytes || self.is_old(settings, now_milliseconds))
    }

    fn is_old(&self, settings: &Settings, now_milliseconds: i64) -> bool {
        let age = now_milliseconds.saturating_sub(self.begun_at_milliseconds);
        u64::try_from(age).is_ok_and(|age| age >= settings.segment_milliseconds)
    }

    /// Takes a batch that stands at its end into account; returns what the index says of it.
    fn extend(&mut self, batch: &TailBatch) -> Option<IndexEntry> {
        let entry = index::is_due(self.bytes, self.indexed_bytes).then_some(IndexEntry {
            offset: batch.header.base_offset,
            position: self.bytes,
            max_timestamp_before: self.max_timestamp,
        });
        if entry.is_some() {
            self.indexed_bytes = self.bytes;
            self.index_entries += 1;
        }
        self.bytes += batch.bytes.len() as u64;
        self.end_offset = batch.header.next_offset();
        self.max_timestamp = self.max_timestamp.max(batch.header.max_timestamp);
        entry
    }
}

/// Appends to the segments of one partition.
pub(crate) struct SegmentWriter<'a> {
    files: &'a SegmentFiles,
    partition: PartitionNumber,
    settings: &'a Settings,
    now_milliseconds: i64,
    /// All segments of the partition as they are by now.
    segments: Vec<Arc<Segment>>,
    open: Option<OpenSegment>,
    /// What has to be synced.
    written: Vec<File>,
    has_new_files: bool,
}

struct OpenSegment {
    segment: Segment,
    batches: File,
    index: File,
    waiting: Vec<Bytes>,
    waiting_entries: Vec<u8>,
}

/// What a [`SegmentWriter`] has done.
pub(crate) struct Written {
    /// All segments of the partition.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// What has to be synced before they count.
    pub(crate) files: Vec<File>,
}

impl<'a> SegmentWriter<'a> {
    pub(crate) fn new(
        files: &'a SegmentFiles,
        partition: PartitionNumber,
        settings: &'a Settings,
        segments: Vec<Arc<Segment>>,
        now_milliseconds: i64,
    ) -> Self {
        SegmentWriter {
            files,
            partition,
            settings,
            now_milliseconds,
            segments,
            open: None,
            written: Vec::new(),
            has_new_files: false,
        }
    }

    /// Appends a batch.
    pub(crate) fn append(&mut self, batch: &TailBatch) -> io::Result<()> {
        if self.open.is_none()
            && let Some(last) = self.segments.last()
            && !last.is_full_for(batch.bytes.len(), self.settings, self.now_milliseconds)
        {
            let last = Segment::clone(last);
            self.segments.pop();
            self.open = Some(self.reopen(last)?);
        }
        let is_full = self.open.as_ref().is_some_and(|open| {
            open.segment
                .is_full_for(batch.bytes.len(), self.settings, self.now_milliseconds)
        });
        if is_full {
            self.close()?;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.create(Segment::begin(batch, self.now_milliseconds))?,
        };
        if let Some(entry) = open.segment.extend(batch) {
            entry.encode(&mut open.waiting_entries);
        }
        open.waiting.push(batch.bytes.clone());
        if open.waiting.len() == SLICES {
            open.write()?;
        }
        self.open = Some(open);
        Ok(())
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> io::Result<Written> {
        self.close()?;
        if self.has_new_files {
            self.written.push(File::open(self.files.of(self.partition))?);
            self.written.push(File::open(self.files.directory())?);
        }
        Ok(Written {
            segments: self.segments,
            files: self.written,
        })
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(mut open) = self.open.take() {
            open.write()?;
            self.segments.push(Arc::new(open.segment));
            self.written.extend([open.batches, open.index]);
        }
        Ok(())
    }

    fn create(&mut self, segment: Segment) -> io::Result<OpenSegment> {
        fs::create_dir_all(self.files.of(self.partition))?;
        self.has_new_files = true;
        self.reopen(segment)
    }

    /// Opens the files of a segment to go on where it ends.
    fn reopen(&self, segment: Segment) -> io::Result<OpenSegment> {
        let batches = open_at(&self.files.batches(self.partition, &segment), segment.bytes)?;
        let index_bytes = segment.index_entries * index::ENTRY_BYTES as u64;
        let index = open_at(&self.files.index(self.partition, &segment), index_bytes)?;
        Ok(OpenSegment {
            segment,
            batches,
            index,
            waiting: Vec::new(),
            waiting_entries: Vec::new(),
        })
    }
}

impl OpenSegment {
    fn write(&mut self) -> io::Result<()> {
        let mut slices: Vec<IoSlice<'_>> = self.waiting.iter().map(|bytes| IoSlice::new(bytes)).collect();
        let mut rest = &mut slices[..];
        while !rest.is_empty() {
            match self.batches.write_vectored(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut rest, written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.waiting.clear();
        self.index.write_all(&self.waiting_entries)?;
        self.waiting_entries.clear();
        Ok(())
    }
}

/// Opens a file to append after so many bytes, which is all that counts of it.
fn open_at(path: &Path, bytes: u64) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    let length = file.metadata()?.len();
    if length < bytes {
        let detail = format!("{} has {length} bytes, and {bytes} were written", path.display());
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, detail));
    }
    if length > bytes {
        file.set_len(bytes)?;
    }
    io::Seek::seek(&mut file, io::SeekFrom::Start(bytes))?;
    Ok(file)
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
