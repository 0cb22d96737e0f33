//! Redrive: moving what a dead-letter queue holds to where it came from, or elsewhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ninefold_store::{Durability, commit};
use ninefold_time::Timestamp;
use parking_lot::Mutex;

use crate::records::{MESSAGES, MessageRecord, REDRIVES, RedriveRecord, position_key, redrive_key};
use crate::transfer::Move;
use crate::{Position, Queue, QueueEngine, QueueError, QueueKey};

/// Messages taken out of delivery at once, to be moved.
const MOVED_AT_ONCE: usize = 256;
/// The most redrives remembered in all; the oldest ended ones are forgotten.
const REDRIVE_LIMIT: usize = 10_000;

/// The identity of a redrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedriveId(pub u128);

/// Where redriven messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedriveDestination {
    /// Each message to the queue it was dead-lettered from.
    Origin,
    /// All of them to one queue.
    Queue(QueueKey),
}

/// How far a redrive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedriveState {
    /// Messages are being moved.
    Running,
    /// Everything was moved.
    Completed,
    /// A cancellation was asked for.
    Cancelling,
    /// It was cancelled.
    Cancelled,
    /// It had to stop.
    Failed,
}

/// What there is to know of a redrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedriveReport {
    /// Its identity.
    pub id: RedriveId,
    /// The queue that messages leave.
    pub source: QueueKey,
    /// Where they go.
    pub destination: RedriveDestination,
    /// At most so many messages a second.
    pub rate_per_second: Option<u32>,
    /// How far it is.
    pub state: RedriveState,
    /// Messages moved so far.
    pub moved: u64,
    /// Messages that were there to be moved when it started.
    pub to_move: u64,
    /// When it started.
    pub started_at: Timestamp,
    /// Why it failed.
    pub failure: Option<String>,
}

/// A redrive that this server knows of.
pub(crate) struct Redrive {
    report: Mutex<RedriveReport>,
}

impl RedriveState {
    fn is_active(self) -> bool {
        matches!(self, RedriveState::Running | RedriveState::Cancelling)
    }
}

impl Redrive {
    fn report(&self) -> RedriveReport {
        self.report.lock().clone()
    }

    fn state(&self) -> RedriveState {
        self.report.lock().state
    }
}

/// Redrives found in the store, by id.
pub(crate) fn sorted_redrives(reports: Vec<RedriveReport>) -> HashMap<RedriveId, Arc<Redrive>> {
    let entry = |report: RedriveReport| {
        let report = Mutex::new(report);
        let id = report.lock().id;
        (id, Arc::new(Redrive { report }))
    };
    reports.into_iter().map(entry).collect()
}

impl QueueEngine {
    /// Starts to move what `source` holds. One redrive of a source runs at a time.
    ///
    /// The caller chooses the id, at random.
    ///
    /// # Errors
    ///
    /// [`QueueError::RedriveRunning`], [`QueueError::NoSuchQueue`] for the destination, or if the store fails.
    pub async fn start_redrive(
        self: &Arc<Self>,
        id: RedriveId,
        source: &Arc<Queue>,
        destination: RedriveDestination,
        rate_per_second: Option<u32>,
    ) -> Result<(), QueueError> {
        if let RedriveDestination::Queue(key) = &destination {
            self.queue(key).ok_or(QueueError::NoSuchQueue)?;
        }
        let report = RedriveReport {
            id,
            source: source.key().clone(),
            destination,
            rate_per_second,
            state: RedriveState::Running,
            moved: 0,
            to_move: source.counts().visible,
            started_at: self.clock.now(),
            failure: None,
        };
        let redrive = Arc::new(Redrive {
            report: Mutex::new(report),
        });
        {
            let mut redrives = self.redrives.lock();
            let runs = |other: &Arc<Redrive>| {
                let other = other.report.lock();
                other.source == *source.key() && other.state.is_active()
            };
            if redrives.values().any(runs) {
                return Err(QueueError::RedriveRunning);
            }
            redrives.insert(id, Arc::clone(&redrive));
        }
        if let Err(error) = self.store_redrive(source, &redrive).await {
            self.redrives.lock().remove(&id);
            return Err(error);
        }
        self.forget_old_redrives();
        tokio::spawn(Arc::clone(self).run_redrive(Arc::clone(source), redrive));
        Ok(())
    }

    /// Stops a running redrive; returns what it had moved.
    ///
    /// # Errors
    ///
    /// [`QueueError::NoSuchRedrive`] when it isn't running.
    pub async fn cancel_redrive(&self, id: RedriveId) -> Result<u64, QueueError> {
        let redrives = self.redrives.lock();
        let mut report = redrives.get(&id).ok_or(QueueError::NoSuchRedrive)?.report.lock();
        if report.state != RedriveState::Running {
            return Err(QueueError::NoSuchRedrive);
        }
        report.state = RedriveState::Cancelling;
        Ok(report.moved)
    }

    /// The redrive with this id, running or ended.
    pub fn redrive(&self, id: RedriveId) -> Option<RedriveReport> {
        self.redrives.lock().get(&id).map(|redrive| redrive.report())
    }

    /// The redrives of a source queue, newest first, at most `limit`.
    pub fn redrives(&self, source: &QueueKey, limit: usize) -> Vec<RedriveReport> {
        let mut reports: Vec<_> = self
            .redrives
            .lock()
            .values()
            .map(|redrive| redrive.report())
            .collect();
        reports.retain(|report| report.source == *source);
        reports.sort_by_key(|report| std::cmp::Reverse(report.started_at));
        reports.truncate(limit);
        reports
    }

    /// Goes on with redrives that were running when the server stopped.
    pub(crate) fn resume_redrives(self: &Arc<Self>) {
        let redrives: Vec<_> = self.redrives.lock().values().cloned().collect();
        for redrive in redrives {
            let source = self.queue(&redrive.report.lock().source);
            if let (true, Some(source)) = (redrive.state().is_active(), source) {
                tokio::spawn(Arc::clone(self).run_redrive(source, redrive));
            }
        }
    }

    async fn run_redrive(self: Arc<Self>, source: Arc<Queue>, redrive: Arc<Redrive>) {
        let outcome = self.move_all(&source, &redrive).await;
        {
            let mut report = redrive.report.lock();
            match outcome {
                Ok(()) if report.state == RedriveState::Cancelling => report.state = RedriveState::Cancelled,
                Ok(()) => report.state = RedriveState::Completed,
                Err(error) => {
                    report.state = RedriveState::Failed;
                    report.failure = Some(error.to_string());
                }
            }
        }
        if let Err(error) = self.store_redrive(&source, &redrive).await {
            tracing::warn!(queue = %source.key(), %error, "the end of a redrive could not be stored");
        }
    }

    async fn move_all(&self, source: &Arc<Queue>, redrive: &Redrive) -> Result<(), QueueError> {
        let report = redrive.report();
        let rate = report.rate_per_second.map(|rate| rate as usize);
        let resumed_at = self.clock.now();
        let mut moved_since = 0_u64;
        while redrive.state() == RedriveState::Running {
            let moved = self
                .move_some(source, &report.destination, rate.unwrap_or(MOVED_AT_ONCE))
                .await?;
            if moved == 0 {
                return Ok(());
            }
            moved_since += moved;
            redrive.report.lock().moved += moved;
            self.store_redrive(source, redrive).await?;
            if let Some(rate) = report.rate_per_second {
                let due = Duration::from_millis(moved_since * 1_000 / u64::from(rate.max(1)));
                self.clock.sleep_until(resumed_at + due).await;
            }
        }
        Ok(())
    }

    /// Moves up to so many messages at once; returns how many there were.
    async fn move_some(
        &self,
        source: &Arc<Queue>,
        destination: &RedriveDestination,
        maximum: usize,
    ) -> Result<u64, QueueError> {
        source.load()?;
        let positions = {
            let mut state = source.lock_active()?;
            state.lapse(self.clock.now());
            state.take_to_move(maximum.min(MOVED_AT_ONCE))
        };
        let mut outcome = Ok(positions.len() as u64);
        let mut destinations = Vec::with_capacity(positions.len());
        for position in &positions {
            match self.destination_of(source, *position, destination) {
                Ok(queue) => destinations.push(queue),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        let mut waiting = &positions[..];
        for same in destinations.chunk_by(|one, next| one.number() == next.number()) {
            let (together, later) = waiting.split_at(same.len());
            waiting = later;
            if let Err(error) = source.transfer(together, &same[0], Move::Redrive).await {
                outcome = Err(error);
                break;
            }
        }
        if outcome.is_err() {
            source.deliver_again(waiting);
            source.announce(positions.len());
        }
        outcome
    }

    fn destination_of(
        &self,
        source: &Queue,
        position: Position,
        destination: &RedriveDestination,
    ) -> Result<Arc<Queue>, QueueError> {
        let key = match destination {
            RedriveDestination::Queue(key) => key.clone(),
            RedriveDestination::Origin => {
                let key = position_key(source.number(), position);
                let stored = source.store().get(source.partition(), MESSAGES, &key)?;
                let stored = stored.ok_or(QueueError::Damaged("redriven message"))?;
                let origin = MessageRecord::decode(stored)?.origin;
                origin.ok_or(QueueError::NoSuchQueue)?.queue
            }
        };
        self.queue(&key).ok_or(QueueError::NoSuchQueue)
    }

    async fn store_redrive(&self, source: &Queue, redrive: &Redrive) -> Result<(), QueueError> {
        let report = redrive.report();
        let key = redrive_key(source.number(), report.started_at, report.id.0);
        let mut batch = source.batch();
        batch.put(REDRIVES, key, RedriveRecord(report).encode());
        Ok(commit(&*self.store, batch, Durability::Durable).await?)
    }

    /// Drops the oldest ended redrives beyond the limit.
    fn forget_old_redrives(&self) {
        let mut redrives = self.redrives.lock();
        while redrives.len() > REDRIVE_LIMIT {
            let ended = redrives
                .values()
                .map(|redrive| redrive.report())
                .filter(|report| !report.state.is_active());
            let Some(oldest) = ended.min_by_key(|report| report.started_at) else {
                return;
            };
            redrives.remove(&oldest.id);
        }
    }
}
