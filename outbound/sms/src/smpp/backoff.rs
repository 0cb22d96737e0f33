use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait between attempts to connect: twice as long each time, up to a minute, and by chance up to half of that
/// less, so that clients which lost the same message centre don't all come back at once.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Backoff { next: FIRST }
    }

    /// The wait before the next attempt.
    pub(super) fn wait(&mut self) -> Duration {
        let longest = self.next;
        self.next = (longest * 2).min(LONGEST);
        longest.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// The last attempt led to a session of this length. One that ended at once changes nothing: it was no success.
    pub(super) fn succeeded_for(&mut self, session: Duration) {
        if session >= LONGEST {
            self.next = FIRST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_minute_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::new();
        for longest in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            let wait = backoff.wait();
            let longest = Duration::from_secs(longest);
            assert!((longest / 2..=longest).contains(&wait), "{wait:?} of {longest:?}");
        }
        backoff.succeeded_for(Duration::from_secs(59));
        assert!(backoff.wait() >= Duration::from_secs(30));
        backoff.succeeded_for(Duration::from_secs(60));
        assert!(backoff.wait() <= Duration::from_secs(1));
    }
}
