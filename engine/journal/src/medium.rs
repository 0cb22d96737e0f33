use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// What lies between a journal and the disk; tests put faults in here.
pub trait Medium: Send + Sync {
    /// Writes bytes at an offset of a segment.
    ///
    /// # Errors
    ///
    /// As the disk reports them; what was written by then is undecided.
    fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    /// Waits until everything written to a segment would survive the loss of power.
    ///
    /// # Errors
    ///
    /// As the disk reports them; what of it would survive is undecided.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// The disk itself.
#[derive(Debug)]
pub struct Disk;

impl Medium for Disk {}
