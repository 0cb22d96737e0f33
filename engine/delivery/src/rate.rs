//! How fast one target may be pushed to.

use std::time::Duration;

use ninefold_time::Timestamp;

/// A bucket that fills with one token a push that is allowed, up to those of one second.
#[derive(Debug)]
pub(crate) struct Rate {
    tokens: f64,
    filled_at: Timestamp,
}

impl Rate {
    pub(crate) fn new(now: Timestamp) -> Self {
        Rate {
            tokens: 1.0,
            filled_at: now,
        }
    }

    /// How many pushes are allowed now, or when the next one is.
    pub(crate) fn allowed(&mut self, per_second: Option<f64>, now: Timestamp) -> Result<usize, Timestamp> {
        let Some(per_second) = per_second else {
            return Ok(usize::MAX);
        };
        let elapsed = now.duration_since(self.filled_at).as_secs_f64();
        self.filled_at = now;
        self.tokens = (self.tokens + elapsed * per_second).min(per_second.max(1.0));
        if self.tokens >= 1.0 {
            // At least 1 and at most a second's worth.
            return Ok(self.tokens as usize);
        }
        let missing = Duration::from_secs_f64(((1.0 - self.tokens) / per_second).clamp(0.001, 3_600.0));
        // A clock of milliseconds must not show a moment that is just too early, again and again.
        Err(now + missing + Duration::from_millis(1))
    }

    /// A push began.
    pub(crate) fn take(&mut self, per_second: Option<f64>) {
        if per_second.is_some() {
            self.tokens -= 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_pushes_than_allowed() {
        let start = Timestamp::from_secs(1_000);
        let (mut rate, mut now, mut pushes) = (Rate::new(start), start, 0);
        while now < start + Duration::from_secs(10) {
            match rate.allowed(Some(5.0), now) {
                Ok(count) => {
                    for _ in 0..count {
                        rate.take(Some(5.0));
                        pushes += 1;
                    }
                }
                Err(next) => {
                    assert!(next > now);
                    now = next;
                }
            }
        }
        assert!((50..=51).contains(&pushes), "{pushes} pushes in ten seconds");
    }

    #[test]
    fn without_a_rate_everything_is_allowed() {
        let now = Timestamp::from_secs(1);
        let mut rate = Rate::new(now);
        rate.take(None);
        assert_eq!(rate.allowed(None, now), Ok(usize::MAX));
    }

    #[test]
    fn a_rest_saves_up_one_second_at_most() {
        let start = Timestamp::from_secs(1);
        let mut rate = Rate::new(start);
        assert_eq!(rate.allowed(Some(5.0), start + Duration::from_secs(3_600)), Ok(5));
    }
}
