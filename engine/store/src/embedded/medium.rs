use std::io;

/// What lies between the committer and the disk; tests put faults in here.
pub trait Medium: Send + Sync {
    /// Called before a round is written, and synced if `sync`. An error stands for the write or sync failing.
    ///
    /// # Errors
    ///
    /// As the disk would report them.
    fn before_write(&self, sync: bool) -> io::Result<()>;
}

/// The disk itself.
pub(super) struct Disk;

impl Medium for Disk {
    fn before_write(&self, _sync: bool) -> io::Result<()> {
        Ok(())
    }
}
