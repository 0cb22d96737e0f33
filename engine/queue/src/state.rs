//! What a queue knows in memory: a state machine without I/O.
//!
//! Every message of a queue is in exactly one of four places:
//! - *pending*: its commit is under way;
//! - *tracked*: loaded, and visible, leased or on its way to another queue;
//! - *behind the frontier*: stored, not loaded; every such message stands at or after the frontier;
//! - *being removed*: its removal is under way; it no longer counts.

mod attempts;
mod backlog;
mod cache;
mod deduplication;
mod delays;
mod lanes;
mod leasing;
mod loading;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_time::Timestamp;

pub(crate) use attempts::Attempts;
pub(crate) use cache::CacheBudget;
pub(crate) use deduplication::{Accepted, Lookup, Recent, window};
pub(crate) use leasing::{Leased, Removal};
pub(crate) use loading::PageLoaded;

use crate::records::{Garbage, LeaseRecord, QueueStatus, Tally};
use crate::{Counts, GroupId, Limits, Position, QueueConfig, QueueKind};
use backlog::Backlog;
use cache::Cached;
use delays::Delays;
use lanes::{LaneId, Lanes, Turns};
use loading::Loading;

/// A loaded message.
#[derive(Debug)]
struct Tracked {
    lane: LaneId,
    standing: Standing,
    receive_count: u32,
    /// Meaningful once the receive count isn't zero.
    first_received_at: Timestamp,
    sent_at: Timestamp,
    message: Option<Cached>,
}

/// Where a loaded message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Visible,
    Leased {
        deadline: Timestamp,
        taken_at: Timestamp,
    },
    /// On its way to another queue; no longer delivered.
    Moving,
}

/// A message whose commit has succeeded.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) position: Position,
    pub(crate) sent_at: Timestamp,
    pub(crate) group: Option<GroupId>,
    pub(crate) stored: Bytes,
}

/// The state of one queue.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) status: QueueStatus,
    pub(crate) recent: Recent,
    pub(crate) attempts: Attempts,
    limits: Limits,
    cache: Arc<CacheBudget>,
    tracked: BTreeMap<Position, Tracked>,
    lanes: Lanes,
    leased: usize,
    moving: usize,
    deadlines: BTreeSet<(Timestamp, Position)>,
    pending: BTreeSet<Position>,
    /// Positions of messages that are on their way here from another queue; they don't count yet.
    reserved: BTreeSet<Position>,
    removing: HashSet<Position>,
    frontier: Position,
    loading: Option<Loading>,
    backlog: Backlog,
    delays: Delays,
    tally: Tally,
    latest_send: Timestamp,
    /// What the sender has last noted with what it sent.
    pub(crate) mark: Option<Bytes>,
    /// Whether there are messages older than their positions say.
    pub(crate) holds_aged: bool,
    /// The deduplication window before which everything has been swept away.
    pub(crate) swept_window: u32,
}

impl State {
    /// The state of a queue with this tally and nothing loaded.
    pub(crate) fn new(
        kind: QueueKind,
        tally: Tally,
        limits: Limits,
        cache: Arc<CacheBudget>,
        recent: Recent,
    ) -> Self {
        let turns = match kind {
            QueueKind::Standard => Turns::Fair,
            QueueKind::Fifo { .. } => Turns::Exclusive,
        };
        State {
            status: QueueStatus::Active,
            recent,
            attempts: Attempts::default(),
            limits,
            cache,
            tracked: BTreeMap::new(),
            lanes: Lanes::new(turns),
            leased: 0,
            moving: 0,
            deadlines: BTreeSet::new(),
            pending: BTreeSet::new(),
            reserved: BTreeSet::new(),
            removing: HashSet::new(),
            frontier: tally.lowest,
            loading: None,
            backlog: if tally.total == 0 {
                Backlog::empty()
            } else {
                Backlog::unknown()
            },
            delays: Delays::default(),
            tally,
            latest_send: Timestamp::EPOCH,
            mark: None,
            holds_aged: false,
            swept_window: 0,
        }
    }

    /// Gives a new message its position and counts it as pending.
    ///
    /// Positions of undelayed messages grow in the order of the calls.
    pub(crate) fn expect_new(&mut self, now: Timestamp, delay: Duration) -> Position {
        let position = self.next_position(now, delay);
        self.expect(position);
        position
    }

    /// Gives a message a position that will come from another queue.
    pub(crate) fn reserve(&mut self, now: Timestamp) -> Position {
        let position = self.next_position(now, Duration::ZERO);
        self.reserved.insert(position);
        position
    }

    /// Holds a position that was reserved before a restart.
    pub(crate) fn restore_reservation(&mut self, position: Position) {
        self.tally.next_sequence = self.tally.next_sequence.max(position.sequence + 1);
        self.reserved.insert(position);
    }

    /// Counts a reserved position as pending: its commit begins. Where a purge has passed it, what comes is no part of what
    /// was purged, and gets another one.
    pub(crate) fn expect_reserved(&mut self, reserved: Position, now: Timestamp) -> Position {
        self.reserved.remove(&reserved);
        let position = match self.is_purged(reserved) {
            true => self.next_position(now, Duration::ZERO),
            false => reserved,
        };
        self.expect(position);
        position
    }

    /// Gives up a reserved position.
    pub(crate) fn cancel_reservation(&mut self, position: Position) {
        self.reserved.remove(&position);
    }

    fn next_position(&mut self, now: Timestamp, delay: Duration) -> Position {
        self.latest_send = self.latest_send.max(now);
        let position = Position {
            vesting: self.latest_send + delay,
            sequence: self.tally.next_sequence,
        };
        self.tally.next_sequence += 1;
        position
    }

    fn expect(&mut self, position: Position) {
        self.tally.total += 1;
        self.tally.latest_vesting = self.tally.latest_vesting.max(position.vesting);
        self.pending.insert(position);
    }

    /// Takes in a message whose commit has succeeded; says whether it became visible.
    pub(crate) fn arrive(&mut self, arrival: Arrival, config: &QueueConfig, now: Timestamp) -> bool {
        let position = arrival.position;
        self.pending.remove(&position);
        if self.is_purged(position) {
            return false;
        }
        let vested = position.vesting <= vested_until(config, now);
        if vested && self.may_enter(position, arrival.group.as_ref()) {
            let lane = self.lanes.of_group(arrival.group.as_ref());
            let message = self.cache.keep(arrival.stored);
            self.track(position, lane, arrival.sent_at, message);
            return true;
        }
        self.frontier = if self.behind() == 1 {
            position
        } else {
            self.frontier.min(position)
        };
        if let Some(loading) = &mut self.loading {
            loading.lowest_arrival = loading.lowest_arrival.min(position);
        }
        self.backlog.add(arrival.group.as_ref());
        if !vested {
            self.delays.add(vesting_time(config, position));
        }
        false
    }

    /// Whether an arrived message may be loaded at once, without breaking the order of the backlog.
    fn may_enter(&self, position: Position, group: Option<&GroupId>) -> bool {
        let nothing_before = self.behind() == 1 || position < self.frontier;
        if nothing_before {
            return self.lanes.visible() < self.limits.visible_messages;
        }
        let Some(group) = group else { return false };
        self.lanes.turns() == Turns::Fair
            && self.backlog.is_quiet(group)
            && self.lanes.visible() < self.limits.overtaking_messages
    }

    /// Takes back a message whose commit has failed.
    pub(crate) fn withdraw(&mut self, position: Position) {
        self.pending.remove(&position);
        if !self.is_purged(position) {
            self.tally.total -= 1;
        }
    }

    fn track(&mut self, position: Position, lane: LaneId, sent_at: Timestamp, message: Option<Cached>) {
        let tracked = Tracked {
            lane,
            standing: Standing::Visible,
            receive_count: 0,
            first_received_at: Timestamp::EPOCH,
            sent_at,
            message,
        };
        let before = self.tracked.insert(position, tracked);
        assert!(before.is_none(), "a message is loaded once");
        self.lanes.show(lane, position);
    }

    /// Where the messages begin that are not loaded.
    pub(crate) fn frontier(&self) -> Position {
        self.frontier
    }

    /// Messages loaded and visible.
    pub(crate) fn visible(&self) -> usize {
        self.lanes.visible()
    }

    /// Messages behind the frontier.
    pub(crate) fn behind(&self) -> u64 {
        let known = (self.tracked.len() + self.pending.len()) as u64;
        self.tally.total.saturating_sub(known)
    }

    /// The tally to be written with the next batch.
    pub(crate) fn tally(&self) -> Tally {
        let lowest = [
            self.reserved.first().copied(),
            self.tracked.first_key_value().map(|(position, _)| *position),
            self.pending.first().copied(),
            (self.behind() > 0).then_some(self.frontier),
        ];
        Tally {
            lowest: lowest.into_iter().flatten().min().unwrap_or(self.upper_bound()),
            ..self.tally
        }
    }

    /// When the first message of the queue vested; none when there is none.
    pub(crate) fn lowest_vesting(&self) -> Option<Timestamp> {
        (self.tally.total > 0).then(|| self.tally().lowest.vesting)
    }

    /// No message sent up to now stands at or after this position, unless it is delayed.
    fn upper_bound(&self) -> Position {
        Position {
            vesting: self.latest_send,
            sequence: self.tally.next_sequence,
        }
    }

    pub(crate) fn is_purged(&self, position: Position) -> bool {
        position.sequence < self.tally.purged_below
    }

    /// Drops everything; returns the range in which it is stored.
    pub(crate) fn purge(&mut self, now: Timestamp) -> Range<Position> {
        let from = match self.tally.garbage.take() {
            Some(garbage) => garbage.from,
            None => self.tally().lowest,
        };
        self.latest_send = self.latest_send.max(now);
        let until = Position {
            vesting: self.tally.latest_vesting.max(self.latest_send),
            sequence: u64::MAX,
        };
        self.tally.purged_below = self.tally.next_sequence;
        self.tally.total = 0;
        // What is pending was sent before the purge too: it is dropped as it arrives.
        self.pending.clear();
        self.tracked.clear();
        self.lanes = Lanes::new(self.lanes.turns());
        self.leased = 0;
        self.moving = 0;
        self.deadlines.clear();
        self.delays.clear();
        self.attempts.clear();
        self.frontier = self.upper_bound();
        self.backlog = Backlog::empty();
        if let Some(loading) = &mut self.loading {
            loading.purged = true;
        }
        from..until
    }

    pub(crate) fn garbage(&self) -> Option<Garbage> {
        self.tally.garbage
    }

    /// Notes that the garbage is removed.
    pub(crate) fn forget_garbage(&mut self) {
        self.tally.garbage = None;
    }

    /// Brings back a lease found in the store.
    pub(crate) fn restore_lease(&mut self, position: Position, record: LeaseRecord, now: Timestamp) {
        let lane = self.lanes.of_group(record.group.as_ref());
        let in_force = record.deadline > now;
        let standing = if in_force {
            Standing::Leased {
                deadline: record.deadline,
                taken_at: record.taken_at,
            }
        } else {
            Standing::Visible
        };
        let tracked = Tracked {
            lane,
            standing,
            receive_count: record.receive_count,
            first_received_at: record.first_received_at,
            sent_at: record.sent_at,
            message: None,
        };
        self.tracked.insert(position, tracked);
        if in_force {
            self.leased += 1;
            self.lanes.occupy(lane);
            self.deadlines.insert((record.deadline, position));
        } else {
            self.lanes.show(lane, position);
        }
    }

    /// Counts a message found unvested in the store.
    pub(crate) fn restore_delay(&mut self, config: &QueueConfig, position: Position) {
        self.delays.add(vesting_time(config, position));
    }

    /// How many messages there are, and where.
    pub(crate) fn counts(&mut self, now: Timestamp) -> Counts {
        let lapsed = self.deadlines.range(..=(now, Position::LAST)).count();
        let in_flight = (self.leased - lapsed) as u64;
        let stored = self.tally.total - self.pending.len() as u64;
        let delayed = self.delays.count(now).min(self.behind());
        Counts {
            visible: stored.saturating_sub(in_flight + delayed + self.moving as u64),
            in_flight,
            delayed,
            oldest_sent_at: (stored > 0).then(|| self.tally().lowest.vesting),
        }
    }

    /// When something may next become visible by itself.
    pub(crate) fn next_event(&self, config: &QueueConfig) -> Option<Timestamp> {
        let lapse = self.deadlines.first().map(|(deadline, _)| *deadline);
        let vesting = (self.behind() > 0).then(|| vesting_time(config, self.frontier));
        lapse.into_iter().chain(vesting).min()
    }
}

/// Messages whose position vests no later than this may be received.
///
/// On a FIFO queue the position holds the time of sending and the delay is the queue's, the same for all, so that a
/// change of it can't change the order.
fn vested_until(config: &QueueConfig, now: Timestamp) -> Timestamp {
    match config.kind {
        QueueKind::Standard => now,
        QueueKind::Fifo { .. } => now - queue_delay(config),
    }
}

/// When a message may first be received.
fn vesting_time(config: &QueueConfig, position: Position) -> Timestamp {
    match config.kind {
        QueueKind::Standard => position.vesting,
        QueueKind::Fifo { .. } => position.vesting + queue_delay(config),
    }
}

fn queue_delay(config: &QueueConfig) -> Duration {
    Duration::from_secs(u64::from(config.delay_seconds))
}
