//! Leasing: who holds which message, until when.

use std::time::Duration;

use bytes::Bytes;
use ninefold_time::Timestamp;

use super::{Standing, State, Tracked};
use crate::records::LeaseRecord;
use crate::{GroupId, LeaseError, Position, QueueConfig, QueueError, QueueKind};

/// No lease reaches further than this from the receive it began with.
const LONGEST_LEASE: Duration = Duration::from_secs(43_200);
/// The most leases that one call lets lapse, so that a mass of them can't stall a queue.
const LAPSE_LIMIT: usize = 1_000;

/// The most messages that one call discards, for the same reason.
const DISCARD_LIMIT: usize = 256;

/// A message just leased.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) position: Position,
    pub(crate) record: LeaseRecord,
    /// The stored message, when it is in memory.
    pub(crate) message: Option<Bytes>,
}

/// What one attempt to take messages came to.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) leased: Vec<Leased>,
    /// Received too often; now on their way to the dead-letter queue.
    pub(crate) dead: Vec<Position>,
    /// Too old; to be removed.
    pub(crate) outdated: Vec<Removal>,
}

/// A message taken out of memory, to be removed from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) position: Position,
    pub(crate) sent_at: Timestamp,
    /// Whether it was received, so that there is a lease record.
    pub(crate) received: bool,
}

impl State {
    /// Makes messages visible whose leases have run out; returns how many.
    pub(crate) fn lapse(&mut self, now: Timestamp) -> usize {
        let mut lapsed = 0;
        while lapsed < LAPSE_LIMIT {
            let Some((deadline, position)) = self.deadlines.first().copied() else {
                break;
            };
            if deadline > now {
                break;
            }
            self.deadlines.pop_first();
            let tracked = self
                .tracked
                .get_mut(&position)
                .expect("a deadline belongs to a loaded message");
            tracked.standing = Standing::Visible;
            let lane = tracked.lane;
            self.leased -= 1;
            self.lanes.give_back(lane, position);
            lapsed += 1;
        }
        lapsed
    }

    /// Leases up to `maximum` visible messages.
    pub(crate) fn take(
        &mut self,
        maximum: usize,
        visibility: Duration,
        config: &QueueConfig,
        dead_letters: bool,
        now: Timestamp,
    ) -> Result<Taken, QueueError> {
        let mut taken = Taken::default();
        let mut current = None;
        while taken.leased.len() < maximum && taken.dead.len() + taken.outdated.len() < DISCARD_LIMIT {
            // A batch may hold several messages of one exclusive lane, in order.
            let same_lane = current.and_then(|lane| Some((lane, self.lanes.oldest(lane)?)));
            let Some((lane, position)) = same_lane.or_else(|| self.lanes.next()) else {
                break;
            };
            if self.is_outdated(position, config, now) {
                taken.outdated.extend(self.remove(position));
                continue;
            }
            if dead_letters && self.is_dead(position, config) {
                self.start_move(position);
                taken.dead.push(position);
                continue;
            }
            if self.leased >= config.in_flight_limit as usize {
                break;
            }
            taken.leased.push(self.lease(position, visibility, now));
            if matches!(config.kind, QueueKind::Fifo { .. }) {
                current = Some(lane);
            }
        }
        let at_limit = self.leased >= config.in_flight_limit as usize;
        if taken.leased.is_empty() && at_limit && config.kind == QueueKind::Standard {
            return Err(QueueError::InFlightLimit);
        }
        Ok(taken)
    }

    fn is_outdated(&self, position: Position, config: &QueueConfig, now: Timestamp) -> bool {
        self.tracked[&position].sent_at + Duration::from_secs(u64::from(config.retention_seconds)) <= now
    }

    fn is_dead(&self, position: Position, config: &QueueConfig) -> bool {
        config
            .dead_letter
            .as_ref()
            .is_some_and(|policy| self.tracked[&position].receive_count >= policy.maximum_receive_count)
    }

    fn lease(&mut self, position: Position, visibility: Duration, now: Timestamp) -> Leased {
        let tracked = self
            .tracked
            .get_mut(&position)
            .expect("a visible message is loaded");
        if tracked.receive_count == 0 {
            tracked.first_received_at = now;
        }
        tracked.receive_count += 1;
        let deadline = now + visibility;
        tracked.standing = Standing::Leased {
            deadline,
            taken_at: now,
        };
        let message = tracked.message.take().map(|cached| cached.bytes());
        let lane = tracked.lane;
        self.lanes.lease(lane, position);
        self.leased += 1;
        self.deadlines.insert((deadline, position));
        Leased {
            position,
            record: self.lease_record(position),
            message,
        }
    }

    /// What to store of a message that was received.
    pub(crate) fn lease_record(&self, position: Position) -> LeaseRecord {
        let tracked = &self.tracked[&position];
        let (deadline, taken_at) = match tracked.standing {
            Standing::Leased { deadline, taken_at } => (deadline, taken_at),
            Standing::Visible | Standing::Moving => (Timestamp::EPOCH, Timestamp::EPOCH),
        };
        LeaseRecord {
            deadline,
            taken_at,
            first_received_at: tracked.first_received_at,
            receive_count: tracked.receive_count,
            sent_at: tracked.sent_at,
            group: self.lanes.group(tracked.lane).cloned(),
        }
    }

    /// The receive count of a message now in flight.
    pub(crate) fn lease_in_force(&self, position: Position, now: Timestamp) -> Option<u32> {
        let tracked = self.tracked.get(&position)?;
        match tracked.standing {
            Standing::Leased { deadline, .. } if deadline > now => Some(tracked.receive_count),
            _ => None,
        }
    }

    /// Whether a message is loaded.
    pub(crate) fn is_tracked(&self, position: Position) -> bool {
        self.tracked.contains_key(&position)
    }

    /// Whether a message is on its way to another queue.
    pub(crate) fn is_moving(&self, position: Position) -> bool {
        self.tracked
            .get(&position)
            .is_some_and(|tracked| tracked.standing == Standing::Moving)
    }

    /// Gives a message in flight a new deadline, counted from now.
    pub(crate) fn extend(
        &mut self,
        position: Position,
        visibility: Duration,
        now: Timestamp,
    ) -> Result<(), LeaseError> {
        let tracked = self.tracked.get_mut(&position).ok_or(LeaseError::NotInFlight)?;
        let Standing::Leased { deadline, taken_at } = tracked.standing else {
            return Err(LeaseError::NotInFlight);
        };
        let new_deadline = now + visibility;
        if new_deadline > taken_at + LONGEST_LEASE {
            return Err(LeaseError::TotalVisibilityExceeded);
        }
        self.deadlines.remove(&(deadline, position));
        if visibility.is_zero() {
            tracked.standing = Standing::Visible;
            let lane = tracked.lane;
            self.leased -= 1;
            self.lanes.give_back(lane, position);
        } else {
            tracked.standing = Standing::Leased {
                deadline: new_deadline,
                taken_at,
            };
            self.deadlines.insert((new_deadline, position));
        }
        Ok(())
    }

    /// Undoes a lease in force: the message is visible, and was not received by it.
    pub(crate) fn undo_lease(&mut self, position: Position) -> Result<(), LeaseError> {
        self.extend(position, Duration::ZERO, Timestamp::EPOCH)?;
        if let Some(tracked) = self.tracked.get_mut(&position) {
            tracked.receive_count -= 1;
        }
        Ok(())
    }

    /// How often a stored message was received, and whether a lease on it is in force; nothing when it is no more.
    pub(crate) fn receives(&self, position: Position, now: Timestamp) -> Option<(u32, bool)> {
        match self.tracked.get(&position) {
            Some(tracked) => Some((
                tracked.receive_count,
                self.lease_in_force(position, now).is_some(),
            )),
            None => (self.behind() > 0 && self.is_behind(position)).then_some((0, false)),
        }
    }

    /// Takes a loaded message out for good. It counts as being removed until [`State::removed`].
    pub(crate) fn remove(&mut self, position: Position) -> Option<Removal> {
        let tracked = self.tracked.remove(&position)?;
        self.leave_standing(&tracked, position);
        self.tally.total -= 1;
        self.removing.insert(position);
        Some(Removal {
            position,
            sent_at: tracked.sent_at,
            received: tracked.receive_count > 0,
        })
    }

    /// As [`State::remove`], for a message behind the frontier.
    pub(crate) fn remove_behind(&mut self, position: Position, group: Option<&GroupId>) {
        debug_assert!(self.is_behind(position));
        self.backlog.remove(group);
        self.tally.total -= 1;
        self.removing.insert(position);
    }

    /// Whatever was stored from the frontier (then at `from`) up to `until` has been taken out: there is no need to go past
    /// it again. Left alone where anything may have come in between.
    pub(crate) fn pass_over(&mut self, from: Position, until: Position, now: Timestamp) {
        let expected = self.pending.first().into_iter().chain(self.reserved.first());
        let nothing_expected = expected.into_iter().all(|position| *position > until);
        if self.frontier == from && self.loading.is_none() && until.vesting < now && nothing_expected {
            self.frontier = until.next();
        }
    }

    fn leave_standing(&mut self, tracked: &Tracked, position: Position) {
        match tracked.standing {
            Standing::Visible => self.lanes.hide(tracked.lane, position),
            Standing::Leased { deadline, .. } => {
                self.deadlines.remove(&(deadline, position));
                self.leased -= 1;
                self.lanes.release(tracked.lane);
            }
            Standing::Moving => {
                self.moving -= 1;
                self.lanes.dismiss(tracked.lane);
            }
        }
    }

    /// The removal of a message has been committed.
    pub(crate) fn removed(&mut self, position: Position) {
        self.removing.remove(&position);
        if let Some(loading) = &mut self.loading {
            loading.removed.push(position);
        }
    }

    /// The removal of a message could not be committed: it is still stored.
    pub(crate) fn keep(&mut self, position: Position) {
        if !self.removing.remove(&position) || self.is_purged(position) {
            return;
        }
        self.tally.total += 1;
        self.frontier = if self.behind() == 1 {
            position
        } else {
            self.frontier.min(position)
        };
        if let Some(loading) = &mut self.loading {
            loading.lowest_arrival = loading.lowest_arrival.min(position);
        }
    }

    /// Takes a visible message out of delivery, to be moved to another queue.
    pub(crate) fn start_move(&mut self, position: Position) {
        let tracked = self
            .tracked
            .get_mut(&position)
            .expect("a moved message is loaded");
        debug_assert_eq!(tracked.standing, Standing::Visible);
        tracked.standing = Standing::Moving;
        let lane = tracked.lane;
        self.moving += 1;
        // The lane is held only in name: an exclusive lane goes on with its next message.
        self.lanes.set_aside(lane, position);
    }

    /// Takes a message in flight out of delivery, to be moved to another queue; its lease ends.
    pub(crate) fn start_move_of_leased(
        &mut self,
        position: Position,
        now: Timestamp,
    ) -> Result<(), LeaseError> {
        self.extend(position, Duration::ZERO, now)?;
        self.start_move(position);
        Ok(())
    }

    /// Messages received at least so often, each with its receive count: those that are visible; and whether others are in flight.
    pub(crate) fn received_often(&self, limit: u32) -> (Vec<(Position, u32)>, bool) {
        let mut visible = Vec::new();
        let mut has_leased = false;
        for (position, tracked) in &self.tracked {
            match tracked.standing {
                _ if tracked.receive_count < limit => (),
                Standing::Visible => visible.push((*position, tracked.receive_count)),
                Standing::Leased { .. } => has_leased = true,
                Standing::Moving => (),
            }
        }
        (visible, has_leased)
    }

    /// Tracks a message that was on its way to another queue when the server stopped.
    pub(crate) fn restore_move(&mut self, position: Position, group: Option<&GroupId>, sent_at: Timestamp) {
        match self.tracked.get(&position).map(|tracked| tracked.standing) {
            Some(Standing::Moving) => return,
            Some(Standing::Visible) => (),
            Some(Standing::Leased { .. }) => {
                let shown = self.extend(position, Duration::ZERO, sent_at);
                debug_assert!(shown.is_ok(), "a lease can always be ended");
            }
            None => {
                let lane = self.lanes.of_group(group);
                self.track(position, lane, sent_at, None);
            }
        }
        self.start_move(position);
    }

    /// Makes a message visible again that could not be moved.
    pub(crate) fn cancel_move(&mut self, position: Position) {
        let Some(tracked) = self.tracked.get_mut(&position) else {
            return;
        };
        if tracked.standing == Standing::Moving {
            tracked.standing = Standing::Visible;
            self.moving -= 1;
            let lane = tracked.lane;
            self.lanes.put_back(lane, position);
        }
    }

    /// The next visible messages, to be moved to another queue.
    pub(crate) fn take_to_move(&mut self, maximum: usize) -> Vec<Position> {
        let mut positions = Vec::new();
        while positions.len() < maximum {
            let Some((_, position)) = self.lanes.next() else {
                break;
            };
            self.start_move(position);
            positions.push(position);
        }
        positions
    }

    /// Loaded messages older than the retention time, oldest first.
    pub(crate) fn take_outdated(
        &mut self,
        config: &QueueConfig,
        now: Timestamp,
        maximum: usize,
    ) -> Vec<Removal> {
        let outdated: Vec<Position> = self
            .tracked
            .iter()
            .take(maximum)
            .take_while(|(position, _)| self.is_outdated(**position, config, now))
            .filter(|(_, tracked)| tracked.standing != Standing::Moving)
            .map(|(position, _)| *position)
            .collect();
        outdated
            .into_iter()
            .filter_map(|position| self.remove(position))
            .collect()
    }
}
