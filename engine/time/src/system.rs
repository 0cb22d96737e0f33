use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::{Clock, Sleep, Timestamp};

/// The longest single timer wait; a forward step of the wall clock is noticed after at most this long.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The machine's wall clock, made monotonic: it follows forward steps and keeps running through backward ones.
///
/// [`Clock::sleep_until`] needs a tokio runtime with its time driver enabled.
#[derive(Clone)]
pub struct SystemClock(Arc<Origin>);

struct Origin {
    wall: Timestamp,
    instant: Instant,
    latest_millis: AtomicU64,
}

impl SystemClock {
    /// A clock that starts at the current wall time.
    pub fn new() -> Self {
        let wall = Timestamp::from(SystemTime::now());
        SystemClock(Arc::new(Origin {
            wall,
            instant: Instant::now(),
            latest_millis: AtomicU64::new(wall.as_millis()),
        }))
    }

    /// What to report when the wall clock shows `wall`: never less than before, and never standing
    /// still because somebody set the wall clock back.
    fn observe(&self, wall: Timestamp) -> Timestamp {
        let running = self.0.wall + self.0.instant.elapsed();
        let candidate = wall.max(running).as_millis();
        let before = self.0.latest_millis.fetch_max(candidate, Ordering::Relaxed);
        Timestamp::from_millis(before.max(candidate))
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.observe(Timestamp::from(SystemTime::now()))
    }

    fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let remaining = deadline.duration_since(clock.now());
                if remaining.is_zero() {
                    return;
                }
                tokio::time::sleep(remaining.min(LONGEST_WAIT)).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_set_back_does_not_turn_time_back() {
        let clock = SystemClock::new();
        let forward = clock.now() + Duration::from_secs(3_600);
        assert_eq!(clock.observe(forward), forward);
        assert_eq!(clock.observe(Timestamp::EPOCH), forward);
        assert!(clock.now() >= forward);
    }

    #[test]
    fn a_wall_clock_set_back_does_not_stop_time() {
        let clock = SystemClock::new();
        let start = clock.observe(Timestamp::EPOCH);
        while clock.observe(Timestamp::EPOCH) == start {
            std::hint::spin_loop();
        }
        assert!(clock.observe(Timestamp::EPOCH) > start);
    }

    #[tokio::test]
    async fn sleep_resolves_no_earlier_than_the_deadline() {
        let clock = SystemClock::new();
        clock.sleep_until(Timestamp::EPOCH).await;
        let deadline = clock.now() + Duration::from_millis(5);
        clock.sleep_until(deadline).await;
        assert!(clock.now() >= deadline);
    }
}
