use std::time::Duration;

use crate::{Histogram, StoreFigures};

/// Upper bounds in seconds: a sync takes from some 50 µs (flash with a power-safe cache) to seconds (a busy disk).
const SYNC_SECONDS: [f64; 12] = [
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.025,
    0.1,
    0.5,
    2.5,
    f64::INFINITY,
];
const ROUND_BATCHES: [f64; 9] = [
    1.0,
    4.0,
    16.0,
    64.0,
    128.0,
    256.0,
    1_024.0,
    4_096.0,
    f64::INFINITY,
];

/// Kept by the committer.
pub(super) struct Figures(StoreFigures);

impl Figures {
    pub(super) fn new() -> Self {
        Figures(StoreFigures {
            sync_seconds: histogram(&SYNC_SECONDS),
            round_batches: histogram(&ROUND_BATCHES),
            ..StoreFigures::default()
        })
    }

    /// A round is in the store; `synced` says how long that took if it was synced.
    pub(super) fn round(&mut self, batches: usize, bytes: usize, synced: Option<Duration>) {
        self.0.rounds += 1;
        self.0.batches += batches as u64;
        self.0.bytes_written += bytes as u64;
        observe(&mut self.0.round_batches, batches as f64);
        if let Some(duration) = synced {
            self.sync(duration);
        }
    }

    pub(super) fn sync(&mut self, duration: Duration) {
        self.0.syncs += 1;
        observe(&mut self.0.sync_seconds, duration.as_secs_f64());
    }

    /// How much log there is that is not in the tables.
    pub(super) fn log_bytes(&mut self, bytes: u64) {
        self.0.log_bytes = bytes;
    }

    pub(super) fn failed(&mut self, batches: usize) {
        self.0.failed_batches += batches as u64;
    }

    pub(super) fn get(&self) -> StoreFigures {
        self.0.clone()
    }
}

fn histogram(bounds: &[f64]) -> Histogram {
    Histogram {
        buckets: bounds.iter().map(|bound| (*bound, 0)).collect(),
        sum: 0.0,
        count: 0,
    }
}

fn observe(histogram: &mut Histogram, value: f64) {
    histogram.sum += value;
    histogram.count += 1;
    if let Some((_, count)) = histogram.buckets.iter_mut().find(|(bound, _)| value <= *bound) {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_is_counted_in_its_bucket_alone() {
        let mut figures = Figures::new();
        figures.round(64, 1_000, Some(Duration::from_micros(300)));
        figures.round(65, 1_000, None);
        let figures = figures.get();
        assert_eq!((figures.rounds, figures.syncs, figures.batches), (2, 1, 129));
        let filled = |histogram: &Histogram| -> Vec<(f64, u64)> {
            histogram
                .buckets
                .iter()
                .copied()
                .filter(|(_, count)| *count > 0)
                .collect()
        };
        assert_eq!(filled(&figures.sync_seconds), [(0.000_5, 1)]);
        assert_eq!(filled(&figures.round_batches), [(64.0, 1), (128.0, 1)]);
        assert_eq!(
            (figures.round_batches.sum, figures.round_batches.count),
            (129.0, 2)
        );
    }
}
