//! How many pushes to one target may begin now: its window, its rate and its breaker together.

use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use crate::breaker::{Breaker, Permission};
use crate::rate::{SharedRates, TargetRate};
use crate::window::Window;
use crate::{FailureKind, Terms};

/// Nothing begins before this share of the window is free.
const SHARE_TAKEN_TOGETHER: u32 = 4;

#[derive(Debug)]
pub(crate) struct Pace {
    window: Window,
    rate: TargetRate,
    breaker: Breaker,
    under_way: u32,
}

/// What may begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// So many pushes, at least one.
    Begin(usize),
    /// None before that time, unless something ends.
    NotBefore(Timestamp),
    /// None before something ends.
    Full,
    /// None: the target is down, and items spend their attempts without it.
    Down,
}

/// How a push ended, as far as its target is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The target has taken it, or has answered that it won't.
    Answered,
    /// The target failed.
    Failed,
    /// The target was not asked.
    NotAsked,
}

impl From<FailureKind> for End {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Permanent => End::Answered,
            FailureKind::Transient | FailureKind::Postponed(_) => End::Failed,
        }
    }
}

impl Pace {
    pub(crate) fn new(shared_rates: Arc<SharedRates>, now: Timestamp) -> Self {
        Pace {
            window: Window::new(),
            rate: TargetRate::new(shared_rates, now),
            breaker: Breaker::new(),
            under_way: 0,
        }
    }

    pub(crate) fn admit(&mut self, terms: &Terms, now: Timestamp) -> Admission {
        let window = self.window.size(terms.concurrency);
        let free = window.saturating_sub(self.under_way);
        // Several together are cheaper than one at a time.
        let room = if free < window / SHARE_TAKEN_TOGETHER {
            0
        } else {
            free
        };
        let room = match self.breaker.permission(now) {
            Permission::Free => room as usize,
            // It needs no room in the window: what is still under way began before the breaker opened.
            Permission::Probe => 1,
            Permission::Refused => return Admission::Down,
        };
        if room == 0 {
            return Admission::Full;
        }
        match self.rate.allowed(terms, now) {
            Ok(allowed) => Admission::Begin(room.min(allowed)),
            Err(time) => Admission::NotBefore(time),
        }
    }

    /// Whether the target is down, and not to be asked now.
    pub(crate) fn is_down(&self, now: Timestamp) -> bool {
        self.breaker.permission(now) == Permission::Refused
    }

    pub(crate) fn began(&mut self, terms: &Terms) {
        self.under_way += 1;
        self.rate.take(terms);
        self.breaker.began();
    }

    pub(crate) fn ended(&mut self, end: End, took: Duration, terms: &Terms, now: Timestamp) {
        assert!(self.under_way > 0, "a push ends once, after it began");
        self.under_way -= 1;
        match end {
            End::Answered => self.breaker.succeeded(),
            End::Failed => self.breaker.failed(now),
            End::NotAsked => return self.breaker.ended_without_answer(now),
        }
        self.window.ended(end == End::Answered, took, terms.concurrency);
    }

    pub(crate) fn under_way(&self) -> u32 {
        self.under_way
    }
}
