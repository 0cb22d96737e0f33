//! Loading: bringing messages from behind the frontier into memory, page by page.

use bytes::Bytes;
use ninefold_time::Timestamp;

use super::{State, vested_until};
use crate::records::MessageRecord;
use crate::{Position, QueueConfig, QueueError};

/// What happened while a page was being read.
#[derive(Debug)]
pub(super) struct Loading {
    pub(super) lowest_arrival: Position,
    pub(super) removed: Vec<Position>,
    pub(super) purged: bool,
}

/// What a page has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageLoaded {
    /// So many messages became visible; with none, there is nothing to load.
    Visible(usize),
    /// All of it was loaded before, and there is more after it.
    Passed,
}

/// Which page to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadPlan {
    /// Read from here on, to the end of the queue.
    pub(crate) from: Position,
    /// At most so many entries.
    pub(crate) entries: usize,
    /// Messages from here on are left for later: delayed, or stored since the plan was made.
    until: Position,
}

impl State {
    /// Plans a load, when there is something to load, room for it and no load under way.
    pub(crate) fn begin_load(&mut self, config: &QueueConfig, now: Timestamp) -> Option<LoadPlan> {
        let room = self.limits.visible_messages.saturating_sub(self.lanes.visible());
        let vested = vested_until(config, now);
        if self.loading.is_some() || self.behind() == 0 || room == 0 || self.frontier.vesting > vested {
            return None;
        }
        let end = Position {
            vesting: vested,
            sequence: self.tally.next_sequence,
        };
        let expected = self.pending.first().into_iter().chain(self.reserved.first());
        let until = expected.copied().fold(end, Position::min);
        self.loading = Some(Loading {
            lowest_arrival: Position::LAST,
            removed: Vec::new(),
            purged: false,
        });
        Some(LoadPlan {
            from: self.frontier,
            entries: room.min(self.limits.page_messages),
            until,
        })
    }

    /// Takes in the page read for a plan.
    ///
    /// `complete` says that nothing is stored after the page.
    pub(crate) fn finish_load(
        &mut self,
        plan: LoadPlan,
        page: Vec<(Position, Bytes)>,
        complete: bool,
    ) -> Result<PageLoaded, QueueError> {
        let Some(loading) = self.loading.take() else {
            return Ok(PageLoaded::Visible(0));
        };
        if loading.purged {
            return Ok(PageLoaded::Visible(0));
        }
        let mut next = if complete { Position::LAST } else { plan.from };
        let mut loaded = 0;
        for (position, bytes) in page {
            if position >= plan.until {
                next = position;
                break;
            }
            if !complete {
                next = position.next();
            }
            if self.is_known(position, &loading) {
                continue;
            }
            let record = MessageRecord::decode(bytes.clone())?;
            self.backlog.remove(record.group.as_ref());
            let lane = self.lanes.of_group(record.group.as_ref());
            let message = self.cache.keep(bytes);
            self.track(position, lane, record.sent_at, message);
            loaded += 1;
        }
        self.frontier = next.min(loading.lowest_arrival);
        let has_more = !complete && self.frontier > plan.from && self.frontier < plan.until;
        Ok(match loaded {
            0 if has_more => PageLoaded::Passed,
            _ => PageLoaded::Visible(loaded),
        })
    }

    /// Gives a load up whose page couldn't be read.
    pub(crate) fn abandon_load(&mut self) {
        self.loading = None;
    }

    /// Whether a stored message is not behind the frontier, however it is stored there.
    fn is_known(&self, position: Position, loading: &Loading) -> bool {
        self.is_purged(position)
            || self.tracked.contains_key(&position)
            || self.removing.contains(&position)
            || loading.removed.contains(&position)
    }

    /// Whether a message found in the store is behind the frontier.
    pub(crate) fn is_behind(&self, position: Position) -> bool {
        !self.is_purged(position)
            && position >= self.frontier
            && !self.tracked.contains_key(&position)
            && !self.pending.contains(&position)
            && !self.removing.contains(&position)
    }
}
