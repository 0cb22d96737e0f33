//! The circuit breaker of a target: one that fails time and again is asked with a single item, once in a while, whether it is
//! back. Meanwhile its other items spend their attempts without it being asked, so that they come to their end when their
//! retry policy says so, and not when the target is back.

use std::time::Duration;

use ninefold_time::Timestamp;

/// As many failures one after the other open it.
const FAILURES: u32 = 20;
/// How long a target is left alone between two probes: not so long that items would miss its return.
const PAUSE: Duration = Duration::from_secs(1);

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
    },
    /// One item is under way to find out.
    Probing,
}

/// Whether a push may begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// As many as there is room for.
    Free,
    /// One, to find out whether the target is back.
    Probe,
    /// None: the target is down.
    Refused,
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
            State::Open { until } if now >= until => Permission::Probe,
            State::Open { .. } | State::Probing => Permission::Refused,
        }
    }

    /// A push begins, with permission.
    pub(crate) fn began(&mut self) {
        if self.state != State::Closed {
            self.state = State::Probing;
        }
    }

    /// A push has come to an end that says nothing about the target.
    pub(crate) fn ended_without_answer(&mut self, now: Timestamp) {
        if self.state == State::Probing {
            self.state = State::Open { until: now };
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
        let is_news = match self.state {
            State::Closed => self.failures >= FAILURES,
            State::Probing => true,
            // What began before it opened ends in the same way.
            State::Open { .. } => false,
        };
        if is_news {
            self.state = State::Open { until: now + PAUSE };
        }
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
        assert_eq!(opened(now).permission(now), Permission::Refused);
    }

    #[test]
    fn it_asks_with_one_probe_a_second() {
        let mut now = Timestamp::from_secs(1);
        let mut breaker = opened(now);
        for _ in 0..7 {
            assert_eq!(breaker.permission(now), Permission::Refused);
            now += PAUSE;
            assert_eq!(breaker.permission(now), Permission::Probe);
            breaker.began();
            assert_eq!(breaker.permission(now), Permission::Refused);
            breaker.failed(now);
            // Others that began earlier change nothing.
            breaker.failed(now);
        }
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
