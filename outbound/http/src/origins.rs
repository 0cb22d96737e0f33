//! How many origins keep idle connections.
//!
//! The pool bounds the idle connections of each origin but not of all together. So only a bounded number of
//! origins is let into it; requests to any further one use a connection each, which is closed afterwards.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::uri::{Authority, Scheme};
use parking_lot::Mutex;

/// What the pool tells connections apart by.
pub(crate) type Origin = (Scheme, Authority);

/// The origins that may have idle connections.
pub(crate) struct Origins {
    limit: usize,
    /// How long an origin may still have idle connections after its last request.
    retention: Duration,
    known: Mutex<HashMap<Origin, Activity>>,
}

#[derive(Clone, Copy)]
struct Activity {
    in_flight: usize,
    last: Instant,
}

impl Origins {
    /// At most `limit` origins, for a pool that closes a connection after it was idle for `idle_timeout`.
    pub(crate) fn new(limit: usize, idle_timeout: Duration) -> Self {
        Origins {
            limit,
            // The pool looks for what has expired once in every timeout.
            retention: idle_timeout.saturating_mul(2),
            known: Mutex::default(),
        }
    }

    /// Begins a request to an origin; none if it has to do without the pool.
    pub(crate) fn enter(&self, origin: Origin) -> Option<PooledOrigin<'_>> {
        self.begin(&origin, Instant::now()).then(|| PooledOrigin {
            origins: self,
            origin,
        })
    }

    fn begin(&self, origin: &Origin, now: Instant) -> bool {
        let mut known = self.known.lock();
        if let Some(activity) = known.get_mut(origin) {
            activity.in_flight += 1;
            return true;
        }
        if known.len() >= self.limit {
            known.retain(|_, activity| {
                activity.in_flight > 0 || now.saturating_duration_since(activity.last) <= self.retention
            });
        }
        if known.len() >= self.limit {
            return false;
        }
        let activity = Activity {
            in_flight: 1,
            last: now,
        };
        known.insert(origin.clone(), activity);
        true
    }

    fn end(&self, origin: &Origin, now: Instant) {
        if let Some(activity) = self.known.lock().get_mut(origin) {
            activity.in_flight -= 1;
            activity.last = now;
        }
    }
}

/// A request in flight to an origin that is in the pool.
pub(crate) struct PooledOrigin<'a> {
    origins: &'a Origins,
    origin: Origin,
}

impl Drop for PooledOrigin<'_> {
    fn drop(&mut self) {
        self.origins.end(&self.origin, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn origin(host: &str) -> Origin {
        (Scheme::HTTPS, host.parse().unwrap())
    }

    #[test]
    fn no_more_origins_than_the_limit_until_one_has_no_idle_connections_left() {
        let origins = Origins::new(2, SECOND * 10);
        let start = Instant::now();
        assert!(origins.begin(&origin("a"), start));
        assert!(origins.begin(&origin("b"), start));
        assert!(!origins.begin(&origin("c"), start));
        assert!(origins.begin(&origin("A"), start), "hosts have no case");

        origins.end(&origin("b"), start + SECOND);
        assert!(!origins.begin(&origin("c"), start + SECOND * 21));
        assert!(origins.begin(&origin("c"), start + SECOND * 22));
        assert!(!origins.begin(&origin("b"), start + SECOND * 22));
    }

    #[test]
    fn an_origin_stays_while_a_request_to_it_is_in_flight() {
        let origins = Origins::new(1, SECOND);
        let start = Instant::now();
        assert!(origins.begin(&origin("a"), start));
        assert!(origins.begin(&origin("a"), start));
        origins.end(&origin("a"), start);
        assert!(!origins.begin(&origin("b"), start + SECOND * 100));
        origins.end(&origin("a"), start + SECOND * 100);
        assert!(origins.begin(&origin("b"), start + SECOND * 103));
    }

    #[test]
    fn a_request_that_is_dropped_has_ended() {
        let origins = Origins::new(1, Duration::ZERO);
        let request = origins.enter(origin("a"));
        assert!(request.is_some());
        assert!(origins.enter(origin("b")).is_none());
        drop(request);
        assert_eq!(origins.known.lock()[&origin("a")].in_flight, 0);
    }
}
