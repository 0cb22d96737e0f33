//! The circuit breaker of a target: one that fails time and again is left alone for a while, then asked with a single
//! item whether it is back.

use std::time::Duration;

use ninefold_time::Timestamp;

/// As many failures one after the other open it.
const FAILURES: u32 = 20;
/// How long it stays open for the first time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// How long it stays open at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Breaker {
    state: State,
    failures: u32,
}

#[derive(Debug, PartialEq)]
enum State {
    Closed,
    Open {
        until: Timestamp,
        pause: Duration,
    },
    /// One item is under way to find out.
    Probing {
        pause: Duration,
    },
}

/// Whether a push may begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// As many as there is room for.
    Free,
    /// One, to find out whether the target is back.
    Probe,
    /// None before that time.
    NotBefore(Timestamp),
    /// None before the probe has come back.
    Pending,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Breaker {
            state: State::Closed,
            failures: 0,
        }
    }

    pub(crate) fn permission(&self, now: Timestamp) -> Permission {
        match self.state {
            State::Closed => Permission::Free,
            State::Open { until, .. } if now < until => Permission::NotBefore(until),
            State::Open { .. } => Permission::Probe,
            State::Probing { .. } => Permission::Pending,
        }
    }

    /// A push begins, with permission.
    pub(crate) fn began(&mut self) {
        if let State::Open { pause, .. } = self.state {
            self.state = State::Probing { pause };
        }
    }

    /// A push has come to an end that says nothing about the target.
    pub(crate) fn ended_without_answer(&mut self, now: Timestamp) {
        if let State::Probing { pause } = self.state {
            self.state = State::Open { until: now, pause };
        }
    }

    /// The target has taken something.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.state = State::Closed;
    }

    /// The target could not be reached or could not take it.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let pause = match self.state {
            State::Probing { pause } => (pause * 2).min(LONGEST_PAUSE),
            State::Closed if self.failures >= FAILURES => FIRST_PAUSE,
            // What began before it opened ends in the same way, which is no news.
            State::Closed | State::Open { .. } => return,
        };
        self.state = State::Open {
            until: now + pause,
            pause,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Timestamp) -> Breaker {
        let mut breaker = Breaker::new();
        for _ in 0..FAILURES {
            assert_eq!(breaker.permission(now), Permission::Free);
            breaker.failed(now);
        }
        breaker
    }

    #[test]
    fn many_failures_in_a_row_open_it_and_a_success_in_between_does_not() {
        let now = Timestamp::from_secs(1);
        let mut breaker = Breaker::new();
        for _ in 0..10 {
            (1..FAILURES).for_each(|_| breaker.failed(now));
            breaker.succeeded();
        }
        assert_eq!(breaker.permission(now), Permission::Free);
        assert_eq!(
            opened(now).permission(now),
            Permission::NotBefore(now + FIRST_PAUSE)
        );
    }

    #[test]
    fn it_asks_with_one_probe_and_waits_twice_as_long_after_each_failure() {
        let mut now = Timestamp::from_secs(1);
        let mut breaker = opened(now);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let Permission::NotBefore(until) = breaker.permission(now) else {
                panic!("it is not open: {breaker:?}");
            };
            pauses.push(until.duration_since(now).as_secs());
            now = until;
            assert_eq!(breaker.permission(now), Permission::Probe);
            breaker.began();
            assert_eq!(breaker.permission(now), Permission::Pending);
            breaker.failed(now);
            // Others that began earlier change nothing.
            breaker.failed(now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_probe_that_arrives_closes_it() {
        let now = Timestamp::from_secs(1);
        let mut breaker = opened(now);
        breaker.began();
        breaker.succeeded();
        assert_eq!(breaker.permission(now), Permission::Free);
        breaker.failed(now);
        assert_eq!(breaker.permission(now), Permission::Free);
    }

    #[test]
    fn a_probe_without_an_answer_is_followed_by_another() {
        let now = Timestamp::from_secs(1);
        let mut breaker = opened(now);
        breaker.began();
        breaker.ended_without_answer(now);
        assert_eq!(breaker.permission(now), Permission::Probe);
    }
}
