//! Connections that are kept for further requests.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use http::uri::{Authority, Scheme};
use parking_lot::Mutex;

use crate::connection::Connection;

/// What connections are told apart by.
pub(crate) type Origin = (Scheme, Authority);

/// How many connections are kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolLimits {
    pub(crate) connections: usize,
    pub(crate) connections_per_origin: usize,
    pub(crate) idle_timeout: Duration,
}

/// Connections that wait for a request, and those that any number of requests share.
///
/// Who finds none here makes one. To an origin there are never more than requests were under way to it at one time.
pub(crate) struct Pool {
    limits: PoolLimits,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Of each origin at least one; the one that was used last comes last.
    by_origin: HashMap<Origin, Vec<Idle>>,
    count: usize,
    /// Whether a task looks for those that have been idle for too long.
    is_watched: bool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(limits: PoolLimits) -> Arc<Self> {
        Arc::new(Pool {
            limits,
            kept: Mutex::default(),
        })
    }

    /// The connection to an origin that was used last, if there is one that is open as far as is known.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        self.kept.lock().take(origin)
    }

    /// Keeps a connection for the next request, as far as the limits allow. One that is shared is kept once.
    pub(crate) fn keep(self: &Arc<Self>, origin: Origin, connection: Connection) {
        if connection.is_closed() || self.limits.idle_timeout.is_zero() {
            return;
        }
        let mut kept = self.kept.lock();
        kept.keep(origin, connection, &self.limits);
        if kept.count > 0 && !kept.is_watched {
            kept.is_watched = true;
            tokio::spawn(watch(Arc::downgrade(self), self.limits.idle_timeout));
        }
    }

    /// Closes what has been idle for too long; says whether anything is left.
    fn close_idle(&self, now: Instant) -> bool {
        let mut kept = self.kept.lock();
        kept.close_idle(now, self.limits.idle_timeout);
        kept.is_watched = kept.count > 0;
        kept.is_watched
    }
}

/// Looks for idle connections as long as there are any.
async fn watch(pool: Weak<Pool>, idle_timeout: Duration) {
    loop {
        tokio::time::sleep(idle_timeout).await;
        match pool.upgrade() {
            Some(pool) if pool.close_idle(Instant::now()) => (),
            _ => return,
        }
    }
}

impl Kept {
    fn take(&mut self, origin: &Origin) -> Option<Connection> {
        let idle = self.by_origin.get_mut(origin)?;
        let before = idle.len();
        let taken = take_last(idle);
        self.count -= before - idle.len();
        if idle.is_empty() {
            self.by_origin.remove(origin);
        }
        taken
    }

    fn keep(&mut self, origin: Origin, connection: Connection, limits: &PoolLimits) {
        let since = Instant::now();
        let idle = self.by_origin.get_mut(&origin);
        let number = idle.as_ref().map_or(0, |idle| idle.len());
        if let (Connection::Shared(_), Some(last)) = (&connection, idle.and_then(|idle| idle.last_mut()))
            && matches!(last.connection, Connection::Shared(_))
            && !last.connection.is_closed()
        {
            last.since = since;
            return;
        }
        if number < limits.connections_per_origin && self.count < limits.connections {
            self.count += 1;
            let idle = self.by_origin.entry(origin).or_default();
            idle.push(Idle { connection, since });
        }
    }

    fn close_idle(&mut self, now: Instant, idle_timeout: Duration) {
        let mut count = 0;
        self.by_origin.retain(|_, idle| {
            idle.retain(|idle| {
                let is_fresh = now.saturating_duration_since(idle.since) < idle_timeout;
                is_fresh && !idle.connection.is_closed()
            });
            count += idle.len();
            !idle.is_empty()
        });
        self.count = count;
    }
}

/// Of connections, the one that was used last. A shared one stays.
fn take_last(idle: &mut Vec<Idle>) -> Option<Connection> {
    loop {
        match &idle.last()?.connection {
            closed if closed.is_closed() => drop(idle.pop()),
            Connection::Shared(sender) => return Some(Connection::Shared(sender.clone())),
            Connection::Exclusive(_) => return idle.pop().map(|idle| idle.connection),
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::TokioIo;
    use tokio::io::{DuplexStream, duplex};

    use super::*;

    const LIMITS: PoolLimits = PoolLimits {
        connections: 3,
        connections_per_origin: 2,
        idle_timeout: Duration::from_secs(60),
    };

    fn origin(host: &str) -> Origin {
        (Scheme::HTTP, host.parse().unwrap())
    }

    /// A connection, and the peer's end of it.
    async fn connection() -> (Connection, DuplexStream) {
        let (ours, theirs) = duplex(1_024);
        let connection = Connection::open(TokioIo::new(ours), false).await;
        (connection.unwrap(), theirs)
    }

    /// How many connections to a host there are to take.
    fn take_all(pool: &Pool, host: &str) -> usize {
        std::iter::from_fn(|| pool.take(&origin(host))).count()
    }

    #[tokio::test]
    async fn so_many_are_kept_of_an_origin_and_in_all() {
        let pool = Pool::new(LIMITS);
        let mut peers = Vec::new();
        for host in ["a", "a", "a", "b", "b"] {
            let (connection, peer) = connection().await;
            pool.keep(origin(host), connection);
            peers.push(peer);
        }
        assert_eq!(take_all(&pool, "A"), 2, "hosts have no case");
        assert_eq!(take_all(&pool, "b"), 1);
        assert_eq!(pool.kept.lock().count, 0);
        assert!(pool.kept.lock().by_origin.is_empty());
    }

    #[tokio::test]
    async fn a_connection_that_the_peer_has_closed_is_not_given() {
        let pool = Pool::new(LIMITS);
        let (open, _peer) = connection().await;
        pool.keep(origin("a"), open);
        let (mut closed, peer) = connection().await;
        drop(peer);
        let Connection::Exclusive(sender) = &mut closed else {
            panic!("it is HTTP/1.1");
        };
        assert!(sender.ready().await.is_err());
        let since = Instant::now();
        let mut kept = pool.kept.lock();
        kept.count += 1;
        let idle = kept.by_origin.get_mut(&origin("a")).unwrap();
        idle.push(Idle {
            connection: closed,
            since,
        });
        drop(kept);
        assert!(pool.take(&origin("a")).is_some_and(|taken| !taken.is_closed()));
        assert_eq!(pool.kept.lock().count, 0);
    }

    #[tokio::test]
    async fn those_are_closed_that_were_idle_for_too_long() {
        let pool = Pool::new(LIMITS);
        let (connection, _peer) = connection().await;
        pool.keep(origin("a"), connection);
        let since = pool.kept.lock().by_origin[&origin("a")][0].since;
        assert!(pool.close_idle(since + LIMITS.idle_timeout - Duration::from_millis(1)));
        assert!(!pool.close_idle(since + LIMITS.idle_timeout));
        assert_eq!(take_all(&pool, "a"), 0);
        assert!(!pool.kept.lock().is_watched);
    }
}
