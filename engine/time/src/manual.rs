use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;

use crate::{Clock, Sleep, Timestamp};

/// A clock that moves only when told to. Clones share the same time.
///
/// It has no threads: [`ManualClock::advance`] wakes the tasks whose deadline has passed, and they run
/// whenever their executor next polls them.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<State>>);

struct State {
    now: Timestamp,
    next_sleeper: u64,
    /// Ordered by deadline; the number tells apart sleepers that share one.
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
}

impl ManualClock {
    /// A clock that shows `now` until it is advanced.
    pub fn new(now: Timestamp) -> Self {
        ManualClock(Arc::new(Mutex::new(State {
            now,
            next_sleeper: 0,
            sleepers: BTreeMap::new(),
        })))
    }

    /// Moves time forward and wakes every sleeper whose deadline has been reached, earliest first.
    pub fn advance(&self, duration: Duration) {
        let target = self.now() + duration;
        self.advance_to(target);
    }

    /// Like [`ManualClock::advance`], to a point in time; one that has passed already changes nothing.
    pub fn advance_to(&self, target: Timestamp) {
        for waker in self.0.lock().move_to(target) {
            waker.wake();
        }
    }

    /// The earliest deadline somebody is waiting for, so that a test can step from event to event.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.0
            .lock()
            .sleepers
            .first_key_value()
            .map(|((deadline, _), _)| *deadline)
    }
}

impl State {
    /// Sets the time and returns those to wake, so that waking happens outside the lock.
    fn move_to(&mut self, target: Timestamp) -> Vec<Waker> {
        self.now = self.now.max(target);
        let mut due = Vec::new();
        while let Some(entry) = self.sleepers.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            due.push(entry.remove());
        }
        due
    }
}

impl Default for ManualClock {
    /// Starts at 2026-01-01T00:00:00Z, a time that looks real in whatever is derived from it.
    fn default() -> Self {
        ManualClock::new(Timestamp::from_secs(1_767_225_600))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.lock().now
    }

    fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        let mut state = self.0.lock();
        let number = state.next_sleeper;
        state.next_sleeper += 1;
        Box::pin(ManualSleep {
            clock: self.clone(),
            key: (deadline, number),
        })
    }
}

struct ManualSleep {
    clock: ManualClock,
    key: (Timestamp, u64),
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.0.lock();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        self.clock.0.lock().sleepers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn poll(sleep: &mut Sleep) -> Poll<()> {
        sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn time_stands_still_until_advanced() {
        let clock = ManualClock::default();
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance(SECOND);
        assert_eq!(clock.now(), start + SECOND);
        clock.advance_to(start);
        assert_eq!(clock.now(), start + SECOND);
    }

    #[test]
    fn a_sleeper_resolves_when_its_deadline_is_reached() {
        let clock = ManualClock::default();
        let mut sleep = clock.sleep_until(clock.now() + SECOND * 2);
        assert!(poll(&mut sleep).is_pending());
        clock.advance(SECOND);
        assert!(poll(&mut sleep).is_pending());
        clock.advance(SECOND);
        assert!(poll(&mut sleep).is_ready());
        assert!(poll(&mut clock.sleep_until(clock.now())).is_ready());
    }

    #[test]
    fn only_those_still_waiting_have_a_deadline() {
        let clock = ManualClock::default();
        let (near, far) = (clock.now() + SECOND, clock.now() + SECOND * 9);
        let (mut first, mut second) = (clock.sleep_until(near), clock.sleep_until(far));
        assert_eq!(clock.next_deadline(), None);
        assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
        assert_eq!(clock.next_deadline(), Some(near));
        drop(first);
        assert_eq!(clock.next_deadline(), Some(far));
        clock.advance_to(far);
        assert_eq!(clock.next_deadline(), None);
    }

    #[tokio::test]
    async fn advancing_wakes_a_waiting_task() {
        let clock = ManualClock::default();
        let sleep = clock.sleep_until(clock.now() + SECOND);
        let task = tokio::spawn(sleep);
        tokio::task::yield_now().await;
        assert!(!task.is_finished());
        clock.advance(SECOND);
        task.await.unwrap();
    }
}
