//! How fast a target may be pushed to, or several together.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ninefold_time::Timestamp;
use parking_lot::Mutex;

use crate::Terms;

/// The rates that targets share, by their names, as long as a target has them.
#[derive(Debug, Default)]
pub(crate) struct SharedRates(Mutex<HashMap<Arc<str>, Weak<Mutex<Rate>>>>);

impl SharedRates {
    fn named(&self, name: &Arc<str>, now: Timestamp) -> Arc<Mutex<Rate>> {
        let mut rates = self.0.lock();
        if let Some(rate) = rates.get(name).and_then(Weak::upgrade) {
            return rate;
        }
        rates.retain(|_, rate| rate.strong_count() > 0);
        let rate = Arc::new(Mutex::new(Rate::new(now)));
        rates.insert(Arc::clone(name), Arc::downgrade(&rate));
        rate
    }
}

/// The rate of one target: its own, or the one that its terms name.
#[derive(Debug)]
pub(crate) struct TargetRate {
    shared: Arc<SharedRates>,
    name: Option<Arc<str>>,
    rate: Arc<Mutex<Rate>>,
}

impl TargetRate {
    pub(crate) fn new(shared: Arc<SharedRates>, now: Timestamp) -> Self {
        TargetRate {
            shared,
            name: None,
            rate: Arc::new(Mutex::new(Rate::new(now))),
        }
    }

    /// How many pushes are allowed now, or when the next one is. Targets that ask at the same moment may get the same answer:
    /// what they then begin too many is made up for before the next one.
    pub(crate) fn allowed(&mut self, terms: &Terms, now: Timestamp) -> Result<usize, Timestamp> {
        if self.name != terms.shared_rate {
            self.name.clone_from(&terms.shared_rate);
            self.rate = match &self.name {
                Some(name) => self.shared.named(name, now),
                None => Arc::new(Mutex::new(Rate::new(now))),
            };
        }
        self.rate.lock().allowed(terms.pushes_per_second, now)
    }

    /// A push began.
    pub(crate) fn take(&self, terms: &Terms) {
        self.rate.lock().take(terms.pushes_per_second);
    }
}

/// A bucket that fills with one token a push that is allowed, up to those of one second.
#[derive(Debug)]
struct Rate {
    tokens: f64,
    filled_at: Timestamp,
}

impl Rate {
    fn new(now: Timestamp) -> Self {
        Rate {
            tokens: 1.0,
            filled_at: now,
        }
    }

    /// How many pushes are allowed now, or when the next one is.
    fn allowed(&mut self, per_second: Option<f64>, now: Timestamp) -> Result<usize, Timestamp> {
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
    fn take(&mut self, per_second: Option<f64>) {
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
