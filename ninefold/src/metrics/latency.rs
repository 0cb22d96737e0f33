use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, in microseconds; whatever is longer falls into a last one.
const BOUNDS_MICROSECONDS: [u64; 16] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000, 10_000_000, 25_000_000,
];

const MICROSECONDS_PER_SECOND: f64 = 1e6;

/// A histogram of durations that takes an observation with two atomic additions and no lock.
#[derive(Debug, Default)]
pub(super) struct Latency {
    buckets: [AtomicU64; BOUNDS_MICROSECONDS.len() + 1],
    sum_microseconds: AtomicU64,
}

impl Latency {
    pub(super) fn observe(&self, duration: Duration) {
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROSECONDS.partition_point(|bound| *bound < microseconds);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    pub(super) fn sum_seconds(&self) -> f64 {
        self.sum_microseconds.load(Ordering::Relaxed) as f64 / MICROSECONDS_PER_SECOND
    }

    /// The upper bound of each bucket in seconds, and the observations in that bucket alone.
    pub(super) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS_MICROSECONDS.map(|bound| bound as f64 / MICROSECONDS_PER_SECOND);
        bounds
            .into_iter()
            .chain([f64::INFINITY])
            .zip(self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_fall_into_the_bucket_that_bounds_them() {
        let latency = Latency::default();
        for microseconds in [0, 100, 101, 1_000_000, 26_000_000] {
            latency.observe(Duration::from_micros(microseconds));
        }
        let buckets = latency.buckets();
        assert_eq!(buckets[0], (0.0001, 2));
        assert_eq!(buckets[1], (0.00025, 1));
        assert_eq!(buckets[12], (1.0, 1));
        assert_eq!(buckets[16], (f64::INFINITY, 1));
        assert!((latency.sum_seconds() - 27.000201).abs() < 1e-9);
    }
}
