use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: milliseconds since the Unix epoch.
///
/// Arithmetic saturates at both ends and drops the part of a duration below one millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch, the earliest representable time.
    pub const EPOCH: Timestamp = Timestamp(0);
    /// The latest representable time; use it for "never".
    pub const MAX: Timestamp = Timestamp(u64::MAX);

    /// A timestamp from milliseconds since the Unix epoch.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Timestamp(milliseconds)
    }

    /// A timestamp from whole seconds since the Unix epoch.
    pub const fn from_secs(seconds: u64) -> Self {
        Timestamp(seconds.saturating_mul(1_000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// The time from `earlier` to this one; zero if `earlier` is the later of the two.
    pub const fn duration_since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(whole_millis(duration)))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(whole_millis(duration)))
    }
}

impl From<SystemTime> for Timestamp {
    /// Times before the epoch become [`Timestamp::EPOCH`].
    fn from(time: SystemTime) -> Self {
        Timestamp(whole_millis(time.duration_since(UNIX_EPOCH).unwrap_or_default()))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Timestamp({} ms)", self.0)
    }
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_in_whole_milliseconds() {
        let start = Timestamp::from_millis(1_000);
        assert_eq!(
            start + Duration::from_micros(1_999),
            Timestamp::from_millis(1_001)
        );
        assert_eq!(start - Duration::from_secs(1), Timestamp::EPOCH);
        assert_eq!(
            Timestamp::from_secs(2).duration_since(start),
            Duration::from_secs(1)
        );
        assert_eq!(Timestamp::from_millis(2_999).as_secs(), 2);
    }

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Timestamp::EPOCH - Duration::from_secs(1), Timestamp::EPOCH);
        assert_eq!(Timestamp::MAX + Duration::MAX, Timestamp::MAX);
        assert_eq!(Timestamp::EPOCH.duration_since(Timestamp::MAX), Duration::ZERO);
    }

    #[test]
    fn a_system_time_before_the_epoch_is_the_epoch() {
        assert_eq!(
            Timestamp::from(UNIX_EPOCH - Duration::from_secs(5)),
            Timestamp::EPOCH
        );
        assert_eq!(
            Timestamp::from(UNIX_EPOCH + Duration::from_secs(5)),
            Timestamp::from_secs(5)
        );
    }
}
