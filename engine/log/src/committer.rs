//! Group commit: one thread writes whatever has gathered, of all partitions, as one round with one sync.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ninefold_journal::{Gathering, Journal, Marker, Segments, Taken};
use tokio::sync::oneshot;

use crate::AppendError;
use crate::entry;
use crate::figures::WrittenRound;
use crate::flusher::Flusher;
use crate::log::Shared;
use crate::partition::Partition;

/// The most submissions and bytes in one round, which bounds how long a round takes.
const ROUND_SUBMISSIONS: usize = 4_096;
const ROUND_BYTES: usize = 8 << 20;
/// What a submission takes in memory beside its batch, about.
const OVERHEAD_BYTES: usize = 256;

/// What waits for the committer.
pub(crate) enum Submission {
    /// A batch that has its offset.
    Batch(SubmittedBatch),
    /// Whoever wants to know when everything before it is written.
    Barrier(oneshot::Sender<Result<(), AppendError>>),
    /// Everything before it has to get to the segments.
    Flush(oneshot::Sender<()>),
}

pub(crate) struct SubmittedBatch {
    pub(crate) partition: Arc<Partition>,
    pub(crate) bytes: Bytes,
    /// Behind its last offset.
    pub(crate) next_offset: i64,
    pub(crate) durable: oneshot::Sender<Result<(), AppendError>>,
}

impl Submission {
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Submission::Batch(batch) => OVERHEAD_BYTES + batch.bytes.len(),
            Submission::Barrier(_) | Submission::Flush(_) => OVERHEAD_BYTES,
        }
    }
}

/// Where rounds go.
pub(crate) struct Sink {
    pub(crate) journal: Journal,
    pub(crate) segments: Arc<Segments>,
    pub(crate) flusher: Flusher,
    pub(crate) syncs: bool,
    /// How long the journal gets before everything is moved to segments.
    pub(crate) journal_bytes: u64,
}

/// Starts the thread; `last_round` is the last one in the journal, and synced. It ends when the intake is closed, with the last
/// round that was synced.
pub(crate) fn start(sink: Sink, shared: Arc<Shared>, last_round: u64) -> io::Result<JoinHandle<u64>> {
    let worker = Worker {
        sink,
        shared,
        backlog: VecDeque::new(),
        last_round,
        synced_round: last_round,
        gathering: Gathering::default(),
    };
    thread::Builder::new()
        .name("log-committer".to_owned())
        .spawn(|| worker.run())
}

struct Worker {
    sink: Sink,
    shared: Arc<Shared>,
    /// Taken off the intake, not yet in a round.
    backlog: VecDeque<Submission>,
    last_round: u64,
    synced_round: u64,
    gathering: Gathering,
}

impl Worker {
    fn run(mut self) -> u64 {
        loop {
            if self.backlog.is_empty() {
                let gathering = std::mem::take(&mut self.gathering);
                if self.shared.intake.take(&mut self.backlog, &gathering, None) == Taken::Closed {
                    break;
                }
            }
            let round = self.cut_round();
            self.commit(round);
        }
        self.sync_at_last();
        self.sink.flusher.close();
        self.synced_round
    }

    /// The next round: at least one submission, within the bounds.
    fn cut_round(&mut self) -> Vec<Submission> {
        let mut bytes = 0;
        let within = self
            .backlog
            .iter()
            .take(ROUND_SUBMISSIONS)
            .take_while(|submission| {
                let is_first = bytes == 0;
                bytes += submission.bytes();
                is_first || bytes <= ROUND_BYTES
            });
        let count = within.count();
        self.backlog.drain(..count).collect()
    }

    fn commit(&mut self, round: Vec<Submission>) {
        let started = Instant::now();
        let outcome = self.write(&round);
        let took = started.elapsed();
        self.count(&round, outcome.is_ok(), took);
        let bytes = round.iter().map(Submission::bytes).sum();
        let arrived = self.shared.intake.written(bytes);
        self.gathering = Gathering::after(round.len(), arrived, took);
        self.answer(round, &outcome);
    }

    fn count(&self, round: &[Submission], is_written: bool, took: Duration) {
        let lengths = || {
            round
                .iter()
                .filter_map(Submission::batch)
                .map(|batch| batch.bytes.len())
        };
        let batches = lengths().count();
        if batches == 0 {
            return;
        }
        if !is_written {
            self.shared.figures.refused(batches);
            return;
        }
        self.shared.figures.round(&WrittenRound {
            batches,
            bytes: lengths().sum(),
            synced: self.sink.syncs.then_some(took),
            journal_bytes: self.sink.journal.bytes(),
        });
    }

    /// Writes the batches of a round, unless something failed before. The first failure is the last thing that is tried.
    fn write(&mut self, round: &[Submission]) -> Result<(), AppendError> {
        self.shared.check_append()?;
        let batches = || round.iter().filter_map(Submission::batch);
        if batches().next().is_none() {
            return Ok(());
        }
        let is_full =
            self.sink.journal.bytes() >= self.sink.journal_bytes || self.sink.journal.is_scattered();
        if is_full {
            self.rotate(None)?;
        }
        let marker = Marker {
            round: self.last_round + 1,
            synced_round: self.synced_round,
        };
        let content = entry::content(batches().map(|batch| batch.bytes.len()));
        let appended = self
            .sink
            .journal
            .append(marker, content, self.sink.syncs, |buffer| {
                for batch in batches() {
                    entry::encode(buffer, batch.partition.number(), &batch.bytes);
                }
            });
        appended.map_err(|error| self.shared.fail(&error.to_string()))?;
        self.last_round = marker.round;
        if self.sink.syncs {
            self.synced_round = marker.round;
        }
        Ok(())
    }

    /// Makes what was written visible and answers everybody.
    fn answer(&mut self, round: Vec<Submission>, outcome: &Result<(), AppendError>) {
        let mut senders = Vec::with_capacity(round.len());
        let mut readable: Vec<Arc<Partition>> = Vec::new();
        for submission in round {
            match submission {
                Submission::Batch(batch) => {
                    if outcome.is_ok() {
                        batch.partition.state().note_durable(batch.next_offset);
                        let is_noted = readable
                            .last()
                            .is_some_and(|last| Arc::ptr_eq(last, &batch.partition));
                        if !is_noted {
                            readable.push(batch.partition);
                        }
                    }
                    senders.push(batch.durable);
                }
                Submission::Barrier(sender) => senders.push(sender),
                Submission::Flush(flushed) => {
                    // The failure is noted, and whoever waits learns of it by the end of the channel.
                    drop(self.rotate(Some(flushed)));
                }
            }
        }
        for sender in senders {
            // Who is gone does not care for the outcome.
            drop(sender.send(outcome.clone()));
        }
        for partition in readable {
            partition.wake_readers();
        }
    }

    /// Goes on in another segment of the journal and has everything so far moved to the partitions' segments.
    fn rotate(&mut self, flushed: Option<oneshot::Sender<()>>) -> Result<(), AppendError> {
        self.shared.check_append()?;
        let failed = |error: io::Error| self.shared.fail(&error.to_string());
        self.sink.journal.sync().map_err(failed)?;
        self.synced_round = self.last_round;
        let next = self.sink.segments.take().map_err(failed)?;
        let used = self.sink.journal.rotate(next);
        self.shared.figures.journal(self.sink.journal.bytes());
        self.sink.flusher.flush(self.last_round, used, flushed);
        self.shared.check_append()
    }

    fn sync_at_last(&mut self) {
        if self.shared.check_append().is_err() {
            return;
        }
        match self.sink.journal.sync() {
            Ok(()) => self.synced_round = self.last_round,
            Err(error) => drop(self.shared.fail(&error.to_string())),
        }
    }
}

impl Submission {
    fn batch(&self) -> Option<&SubmittedBatch> {
        match self {
            Submission::Batch(batch) => Some(batch),
            Submission::Barrier(_) | Submission::Flush(_) => None,
        }
    }
}
