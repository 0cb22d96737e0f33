//! The files of a partition: batches as they go over the wire, one after the other, and beside them a sparse
//! [index](crate::index).
//!
//! What is in them up to the length that the partition's record gives is never changed. Behind that may be what a crash has
//! left; it is overwritten.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ninefold_journal::Medium;
use ninefold_record_batch::Header;
use serde::{Deserialize, Serialize};

use crate::index::{self, IndexEntry};
use crate::tail::TailBatch;
use crate::{PartitionNumber, Settings};

/// Batches gather to so many bytes before they are written together.
const GATHERED_BYTES: usize = 64 << 10;
/// So much is written at most before it is synced: the syncs of the journal, which somebody waits for, have to get past it.
const SYNCED_BYTES: usize = 1 << 20;

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
pub(crate) struct SegmentFiles {
    directory: PathBuf,
    medium: Arc<dyn Medium>,
}

impl SegmentFiles {
    pub(crate) fn new(directory: PathBuf, medium: Arc<dyn Medium>) -> Self {
        SegmentFiles { directory, medium }
    }

    /// The directory of all of them.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What lies between them and the disk.
    pub(crate) fn medium(&self) -> &dyn Medium {
        &*self.medium
    }

    pub(crate) fn of(&self, partition: PartitionNumber) -> PathBuf {
        self.directory.join(partition.get().to_string())
    }

    pub(crate) fn batches(&self, partition: PartitionNumber, segment: &Segment) -> PathBuf {
        self.of(partition).join(format!("{}.batches", segment.name()))
    }

    pub(crate) fn index(&self, partition: PartitionNumber, segment: &Segment) -> PathBuf {
        self.of(partition).join(format!("{}.index", segment.name()))
    }

    /// Makes what was written durable; if it is the first of a partition, all but the [name](Self::sync_directory) of its
    /// directory.
    pub(crate) fn sync(&self, written: &Unsynced) -> io::Result<()> {
        written.files.iter().try_for_each(|file| self.medium.sync(file))?;
        if written.has_new_files {
            self.medium.sync(&File::open(self.of(written.partition))?)?;
        }
        Ok(())
    }

    /// Makes the names of the directories of partitions durable.
    pub(crate) fn sync_directory(&self) -> io::Result<()> {
        self.medium.sync(&File::open(&self.directory)?)
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
    /// A segment without batches.
    pub(crate) fn begin(base_offset: i64, generation: u32, begun_at_milliseconds: i64) -> Self {
        Segment {
            base_offset,
            generation,
            end_offset: base_offset,
            bytes: 0,
            index_entries: 0,
            max_timestamp: i64::MIN,
            begun_at_milliseconds,
            indexed_bytes: 0,
        }
    }

    /// Whether the other one is this one too, perhaps at another length.
    pub(crate) fn is_of_same_files(&self, other: &Segment) -> bool {
        (self.base_offset, self.generation) == (other.base_offset, other.generation)
    }

    fn name(&self) -> String {
        format!("{:020}.{}", self.base_offset, self.generation)
    }

    /// Whether a batch belongs into the next one.
    fn is_full_for(&self, batch: &TailBatch, settings: &Settings) -> bool {
        let age = batch
            .appended_at_milliseconds
            .saturating_sub(self.begun_at_milliseconds);
        let is_old = u64::try_from(age).is_ok_and(|age| age >= settings.segment_age_milliseconds());
        self.bytes > 0 && (is_old || self.bytes + batch.bytes.len() as u64 > settings.segment_bytes)
    }

    /// Takes a batch that stands at its end into account; returns what the index says of it.
    fn extend(&mut self, header: &Header) -> Option<IndexEntry> {
        let entry = index::is_due(self.bytes, self.indexed_bytes).then_some(IndexEntry {
            offset: header.base_offset,
            position: self.bytes,
            max_timestamp_before: self.max_timestamp,
        });
        if entry.is_some() {
            self.indexed_bytes = self.bytes;
            self.index_entries += 1;
        }
        self.bytes += header.total_bytes() as u64;
        self.end_offset = header.next_offset();
        // What compaction has emptied has the time of records that are no more.
        if header.record_count > 0 {
            self.max_timestamp = self.max_timestamp.max(header.max_timestamp);
        }
        entry
    }
}

/// Appends to the segments of one partition.
pub(crate) struct SegmentWriter<'a> {
    files: &'a SegmentFiles,
    partition: PartitionNumber,
    settings: &'a Settings,
    /// All segments of the partition as they are by now.
    segments: Vec<Arc<Segment>>,
    open: Option<SegmentFile<'a>>,
    /// What has to be synced.
    written: Vec<File>,
    has_new_files: bool,
    is_first_of_partition: bool,
}

/// What was written of a partition and may be lost still.
pub(crate) struct Unsynced {
    pub(crate) partition: PartitionNumber,
    pub(crate) files: Vec<File>,
    pub(crate) has_new_files: bool,
    /// Whether its directory may be new.
    pub(crate) is_first_of_partition: bool,
}

impl<'a> SegmentWriter<'a> {
    pub(crate) fn new(
        files: &'a SegmentFiles,
        partition: PartitionNumber,
        settings: &'a Settings,
        segments: Vec<Arc<Segment>>,
    ) -> Self {
        SegmentWriter {
            files,
            partition,
            settings,
            is_first_of_partition: segments.is_empty(),
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
            && !last.is_full_for(batch, self.settings)
        {
            let last = Segment::clone(last);
            self.segments.pop();
            self.open = Some(SegmentFile::reopen(self.files, self.partition, last)?);
        }
        let is_full = self
            .open
            .as_ref()
            .is_some_and(|open| open.segment.is_full_for(batch, self.settings));
        if is_full {
            self.close()?;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                self.has_new_files = true;
                let segment = Segment::begin(batch.header.base_offset, 0, batch.appended_at_milliseconds);
                SegmentFile::create(self.files, self.partition, segment)?
            }
        };
        open.append(&batch.header, &batch.bytes)?;
        self.open = Some(open);
        Ok(())
    }

    /// Writes what is left; returns all segments of the partition.
    pub(crate) fn finish(mut self) -> io::Result<(Vec<Arc<Segment>>, Unsynced)> {
        self.close()?;
        let unsynced = Unsynced {
            partition: self.partition,
            files: self.written,
            has_new_files: self.has_new_files,
            is_first_of_partition: self.is_first_of_partition,
        };
        Ok((self.segments, unsynced))
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(open) = self.open.take() {
            let (segment, files) = open.finish()?;
            self.segments.push(Arc::new(segment));
            self.written.extend(files);
        }
        Ok(())
    }
}

/// A segment that gets longer.
pub(crate) struct SegmentFile<'a> {
    medium: &'a dyn Medium,
    segment: Segment,
    batches: Growing,
    index: Growing,
}

/// A file, and what comes behind so many bytes of it.
struct Growing {
    file: File,
    bytes: u64,
    waiting: Vec<u8>,
    unsynced_bytes: usize,
}

impl<'a> SegmentFile<'a> {
    /// Makes the files of a segment without batches.
    pub(crate) fn create(
        files: &'a SegmentFiles,
        partition: PartitionNumber,
        segment: Segment,
    ) -> io::Result<Self> {
        fs::create_dir_all(files.of(partition))?;
        SegmentFile::reopen(files, partition, segment)
    }

    /// Opens the files of a segment to go on where it ends.
    fn reopen(files: &'a SegmentFiles, partition: PartitionNumber, segment: Segment) -> io::Result<Self> {
        let index_bytes = segment.index_entries * index::ENTRY_BYTES as u64;
        Ok(SegmentFile {
            medium: files.medium(),
            batches: Growing::open(&files.batches(partition, &segment), segment.bytes)?,
            index: Growing::open(&files.index(partition, &segment), index_bytes)?,
            segment,
        })
    }

    /// Appends a batch.
    pub(crate) fn append(&mut self, header: &Header, batch: &[u8]) -> io::Result<()> {
        if let Some(entry) = self.segment.extend(header) {
            entry.encode(&mut self.index.waiting);
        }
        self.batches.append(self.medium, batch)
    }

    /// Writes what is left; returns the files that have to be synced before they count.
    pub(crate) fn finish(mut self) -> io::Result<(Segment, [File; 2])> {
        self.batches.write_gathered(self.medium)?;
        self.index.write_gathered(self.medium)?;
        Ok((self.segment, [self.batches.file, self.index.file]))
    }
}

impl Growing {
    fn open(path: &Path, bytes: u64) -> io::Result<Self> {
        Ok(Growing {
            file: open_at(path, bytes)?,
            bytes,
            waiting: Vec::new(),
            unsynced_bytes: 0,
        })
    }

    /// Takes bytes to the end. Few are gathered, many are written as they are.
    fn append(&mut self, medium: &dyn Medium, bytes: &[u8]) -> io::Result<()> {
        if self.waiting.len() + bytes.len() <= GATHERED_BYTES {
            self.waiting.extend_from_slice(bytes);
            return Ok(());
        }
        self.write_gathered(medium)?;
        match bytes.len() <= GATHERED_BYTES {
            true => {
                self.waiting.extend_from_slice(bytes);
                Ok(())
            }
            false => self.write(medium, bytes),
        }
    }

    fn write_gathered(&mut self, medium: &dyn Medium) -> io::Result<()> {
        let gathered = std::mem::take(&mut self.waiting);
        self.write(medium, &gathered)?;
        self.waiting = gathered;
        self.waiting.clear();
        Ok(())
    }

    fn write(&mut self, medium: &dyn Medium, bytes: &[u8]) -> io::Result<()> {
        medium.write(&self.file, bytes, self.bytes)?;
        self.bytes += bytes.len() as u64;
        self.unsynced_bytes += bytes.len();
        if self.unsynced_bytes >= SYNCED_BYTES {
            medium.sync(&self.file)?;
            self.unsynced_bytes = 0;
        }
        Ok(())
    }
}

/// Opens a file to append after so many bytes, which is all that counts of it.
fn open_at(path: &Path, bytes: u64) -> io::Result<File> {
    let file = OpenOptions::new()
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
    Ok(file)
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
