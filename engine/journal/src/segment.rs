//! The files of a journal. They are written in turn and used again: overwriting what is allocated already costs about half
//! of what appending does, since a sync has no metadata to write.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rustix::fs::OFlags;

use super::block::{BLOCK_BYTES, Blocks};

/// The ending of a segment's name; before it stands its number, which says nothing about the order.
const EXTENSION: &str = "log";
/// How many segments are kept to be used again.
const FREE_SEGMENTS: usize = 2;
/// How much of a segment is allocated at a time, when it is used for the first time, and how much of that with one write.
const ALLOCATION_STEP_BYTES: u64 = 1 << 20;
const ZEROS_BLOCKS: usize = (64 << 10) / BLOCK_BYTES;

/// How segments are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Past the page cache, where the file system can: whoever syncs every round gains nothing from it.
    Direct,
    /// Through the page cache, which takes a round at once.
    Cached,
}

/// One file of a journal.
#[derive(Debug)]
pub struct Segment {
    /// Where it is.
    pub path: PathBuf,
    pub(crate) file: File,
    access: Access,
    /// How much of it is allocated.
    length: u64,
}

/// The segments that are not in use, and the making of new ones.
#[derive(Debug)]
pub struct Segments {
    directory: PathBuf,
    access: Access,
    pool: Mutex<Pool>,
}

#[derive(Debug)]
struct Pool {
    free: Vec<Segment>,
    next_number: u64,
}

impl Segment {
    /// Opens a segment that exists.
    pub(crate) fn open(path: PathBuf, access: Access) -> io::Result<Self> {
        let file = open_for(access, &path, OpenOptions::new().write(true))?;
        let length = file.metadata()?.len();
        Ok(Segment {
            path,
            file,
            access,
            length: length - length % BLOCK_BYTES as u64,
        })
    }

    /// Makes everything in it durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Allocates at least so many bytes, so that writing up to there changes no metadata.
    pub(crate) fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        if bytes <= self.length {
            return Ok(());
        }
        if self.access == Access::Cached {
            // Nobody waits for a sync that would be quicker for it.
            self.length = bytes;
            return Ok(());
        }
        let zeros = Blocks::zeros(ZEROS_BLOCKS);
        let allocated = bytes.next_multiple_of(ALLOCATION_STEP_BYTES);
        while self.length < allocated {
            self.file.write_all_at(zeros.as_slice(), self.length)?;
            self.length += zeros.as_slice().len() as u64;
        }
        self.file.sync_data()
    }
}

impl Segments {
    pub(crate) fn new(directory: PathBuf, access: Access, free: Vec<Segment>, next_number: u64) -> Self {
        let pool = Mutex::new(Pool { free, next_number });
        Segments {
            directory,
            access,
            pool,
        }
    }

    /// A segment to write to: a free one, or a new one.
    pub fn take(&self) -> io::Result<Segment> {
        let longest = {
            let mut pool = self.pool.lock();
            pool.free.sort_by_key(|segment| segment.length);
            pool.free.pop()
        };
        longest.map_or_else(|| self.create(), Ok)
    }

    /// Takes back segments whose rounds nobody needs any more.
    pub fn give_back(&self, segments: Vec<Segment>) -> io::Result<()> {
        let superfluous = {
            let mut pool = self.pool.lock();
            pool.free.extend(segments);
            pool.free.sort_by_key(|segment| segment.length);
            let superfluous = pool.free.len().saturating_sub(FREE_SEGMENTS);
            pool.free.drain(..superfluous).collect::<Vec<_>>()
        };
        superfluous
            .iter()
            .try_for_each(|segment| fs::remove_file(&segment.path))
    }

    /// Bytes of the free segments on disk.
    pub fn free_bytes(&self) -> u64 {
        self.pool.lock().free.iter().map(|segment| segment.length).sum()
    }

    fn create(&self) -> io::Result<Segment> {
        let number = {
            let mut pool = self.pool.lock();
            pool.next_number += 1;
            pool.next_number - 1
        };
        let path = self.directory.join(format!("{number}.{EXTENSION}"));
        let file = open_for(
            self.access,
            &path,
            OpenOptions::new().write(true).create_new(true),
        )?;
        // The file's name has to be as durable as what is written to it.
        File::open(&self.directory)?.sync_all()?;
        Ok(Segment {
            path,
            file,
            access: self.access,
            length: 0,
        })
    }
}

/// Opens a segment's file to be written to.
fn open_for(access: Access, path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    if access == Access::Cached {
        return options.open(path);
    }
    let direct = i32::try_from(OFlags::DIRECT.bits()).map_err(io::Error::other)?;
    match options.clone().custom_flags(direct).open(path) {
        // Some file systems don't know it, those in memory for example; they may have created the file all the same.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            options.create_new(false).create(true).truncate(false).open(path)
        }
        outcome => outcome,
    }
}

/// The segments in a directory by their numbers, ascending.
pub fn list(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path
            .extension()
            .filter(|extension| *extension == EXTENSION)
            .and(path.file_stem())
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<u64>().ok());
        let number = number
            .ok_or_else(|| io::Error::other(format!("{} is no segment of the journal", path.display())))?;
        segments.push((number, path));
    }
    segments.sort();
    Ok(segments)
}
