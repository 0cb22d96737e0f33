//! Moves frozen memtables into the tables, in the background.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ninefold_journal::{Segment, Segments, spawn_in_background};
use parking_lot::{Condvar, Mutex};

use super::failure::Failure;
use super::format;
use super::memtable::{Memtable, SharedLayers};
use super::tables::Tables;

/// How often to look whether the tables have caught up; the database signals nothing.
const CATCH_UP_POLL: Duration = Duration::from_millis(5);

/// The handle to the flusher thread, held by the committer.
pub(super) struct Flusher {
    shared: Arc<Shared>,
    tasks: mpsc::Sender<Task>,
    thread: JoinHandle<()>,
}

/// What the flusher works on.
pub(super) struct Shared {
    /// The data directory.
    pub(super) directory: PathBuf,
    pub(super) layers: SharedLayers,
    pub(super) tables: Arc<Tables>,
    pub(super) segments: Arc<Segments>,
    pub(super) failure: Arc<Failure>,
    pub(super) progress: Progress,
}

/// Whether a memtable is on its way to the tables.
#[derive(Default)]
pub(super) struct Progress {
    busy: Mutex<bool>,
    idle: Condvar,
}

/// A memtable to move, which holds everything up to a round, and the segments that hold it too, to be freed then.
struct Task {
    memtable: Arc<Memtable>,
    round: u64,
    segments: Vec<Segment>,
}

impl Flusher {
    /// Starts the thread.
    pub(super) fn start(shared: Shared) -> io::Result<Self> {
        let shared = Arc::new(shared);
        let (tasks, received) = mpsc::channel();
        let working = Arc::clone(&shared);
        let thread = spawn_in_background("store-flusher", move || {
            for task in received {
                working.perform(task);
            }
        })?;
        Ok(Flusher {
            shared,
            tasks,
            thread,
        })
    }

    /// Freezes the active memtable and has it moved. Waits until the one before has been; a failure ends the
    /// waiting.
    pub(super) fn flush(&self, round: u64, segments: Vec<Segment>) {
        let mut busy = self.shared.progress.busy.lock();
        while *busy && self.shared.failure.check().is_ok() {
            self.shared.progress.idle.wait(&mut busy);
        }
        if self.shared.failure.check().is_err() {
            return;
        }
        *busy = true;
        drop(busy);
        let memtable = {
            let mut layers = self.shared.layers.write();
            let memtable = Arc::new(std::mem::take(&mut layers.active));
            layers.frozen = Some(Arc::clone(&memtable));
            memtable
        };
        let task = Task {
            memtable,
            round,
            segments,
        };
        if self.tasks.send(task).is_err() {
            self.shared
                .failure
                .record("the thread that writes tables has ended");
        }
    }

    /// Finishes what is under way and ends the thread.
    pub(super) fn close(self) {
        drop(self.tasks);
        if self.thread.join().is_err() {
            self.shared
                .failure
                .record("the thread that writes tables has panicked");
        }
    }
}

impl Shared {
    fn perform(&self, task: Task) {
        if self.failure.check().is_ok()
            && let Err(reason) = self.try_perform(task)
        {
            self.failure.record(&reason);
            // Whoever waits for this memtable has to learn of the failure.
            let _busy = self.progress.busy.lock();
            self.progress.idle.notify_all();
        }
    }

    fn try_perform(&self, task: Task) -> Result<(), String> {
        self.wait_for_tables()?;
        self.tables.take_over(&task.memtable)?;
        let failed = |error: io::Error| error.to_string();
        format::write_applied_round(&self.directory, task.round).map_err(failed)?;
        self.layers.write().frozen = None;
        self.segments.give_back(task.segments).map_err(failed)?;
        *self.progress.busy.lock() = false;
        self.progress.idle.notify_all();
        Ok(())
    }

    /// Lets the merging of table files catch up.
    fn wait_for_tables(&self) -> Result<(), String> {
        while self.tables.is_behind()? {
            // The database signals nothing when files have been merged, hence the polling.
            thread::sleep(CATCH_UP_POLL);
        }
        Ok(())
    }
}
