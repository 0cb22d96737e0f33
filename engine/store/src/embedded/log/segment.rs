//! The files of the log. They are written in turn and used again: overwriting what is allocated already costs about half
//! of what appending does, since a sync has no metadata to write.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

/// The ending of a segment's name; before it stands its number, which says nothing about the order.
const EXTENSION: &str = "log";
/// How many segments are kept to be used again.
const FREE_SEGMENTS: usize = 2;
/// How much of a new segment is written at a time, between syncs, so that commits need not wait long behind it.
const ALLOCATION_STEP_BYTES: usize = 1 << 20;

/// One file of the log.
#[derive(Debug)]
pub(in crate::embedded) struct Segment {
    pub(in crate::embedded) path: PathBuf,
    pub(super) file: File,
    /// How much of it is allocated; behind that, writing appends.
    length: u64,
}

/// The segments that are not in use, and the making of new ones.
#[derive(Debug)]
pub(in crate::embedded) struct Segments {
    directory: PathBuf,
    pool: Mutex<Pool>,
}

#[derive(Debug)]
struct Pool {
    free: Vec<Segment>,
    next_number: u64,
}

impl Segment {
    /// Opens a segment that exists.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Segment { path, file, length })
    }

    /// Makes everything in it durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        let zeros = vec![0; ALLOCATION_STEP_BYTES];
        while self.length < bytes {
            self.file.write_all_at(&zeros, self.length)?;
            self.file.sync_data()?;
            self.length += zeros.len() as u64;
        }
        Ok(())
    }

    /// With the length it has come to by what was appended.
    fn measured(mut self) -> io::Result<Self> {
        self.length = self.file.metadata()?.len();
        Ok(self)
    }
}

impl Segments {
    pub(super) fn new(directory: PathBuf, free: Vec<Segment>, next_number: u64) -> Self {
        let pool = Mutex::new(Pool { free, next_number });
        Segments { directory, pool }
    }

    /// A segment to write to: a free one, or a new one.
    pub(in crate::embedded) fn take(&self) -> io::Result<Segment> {
        let longest = {
            let mut pool = self.pool.lock();
            pool.free.sort_by_key(|segment| segment.length);
            pool.free.pop()
        };
        longest.map_or_else(|| self.create(), Ok)
    }

    /// Takes back segments whose rounds are all in the tables.
    pub(in crate::embedded) fn give_back(&self, segments: Vec<Segment>) -> io::Result<()> {
        let superfluous = {
            let mut pool = self.pool.lock();
            for segment in segments {
                pool.free.push(segment.measured()?);
            }
            pool.free.sort_by_key(|segment| segment.length);
            let superfluous = pool.free.len().saturating_sub(FREE_SEGMENTS);
            pool.free.drain(..superfluous).collect::<Vec<_>>()
        };
        superfluous
            .iter()
            .try_for_each(|segment| fs::remove_file(&segment.path))
    }

    /// Makes sure that there is a free segment of `bytes`, allocated in full.
    pub(in crate::embedded) fn prepare(&self, bytes: u64) -> io::Result<()> {
        let is_ready = self
            .pool
            .lock()
            .free
            .iter()
            .any(|segment| segment.length >= bytes);
        if is_ready {
            return Ok(());
        }
        let mut segment = self.take()?;
        segment.allocate(bytes)?;
        self.pool.lock().free.push(segment);
        Ok(())
    }

    /// Bytes of the free segments on disk.
    pub(in crate::embedded) fn free_bytes(&self) -> u64 {
        self.pool.lock().free.iter().map(|segment| segment.length).sum()
    }

    fn create(&self) -> io::Result<Segment> {
        let number = {
            let mut pool = self.pool.lock();
            pool.next_number += 1;
            pool.next_number - 1
        };
        let path = self.directory.join(format!("{number}.{EXTENSION}"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        // The file's name has to be as durable as what is written to it.
        File::open(&self.directory)?.sync_all()?;
        Ok(Segment {
            path,
            file,
            length: 0,
        })
    }
}

/// The segments in a directory by their numbers, ascending.
pub(in crate::embedded) fn list(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path
            .extension()
            .filter(|extension| *extension == EXTENSION)
            .and(path.file_stem())
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<u64>().ok());
        let number =
            number.ok_or_else(|| io::Error::other(format!("{} is no segment of the log", path.display())))?;
        segments.push((number, path));
    }
    segments.sort();
    Ok(segments)
}
