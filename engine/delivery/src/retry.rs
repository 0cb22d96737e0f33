//! When a failed delivery is tried again: pure functions of how often it was tried.

use std::time::Duration;

/// When a failed delivery is tried again, and when no more.
#[derive(Clone, Debug, PartialEq)]
pub enum RetryPolicy {
    /// One phase after the other.
    ///
    /// Source: [Amazon SNS message delivery retries](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).
    Phased(Phases),
    /// Twice as long each time, up to `longest`, and each delay somewhere between half of that and all of it.
    ///
    /// Source: [Retrying events](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html).
    Exponential {
        /// The first delay.
        first: Duration,
        /// No delay is longer.
        longest: Duration,
        /// How often a failed delivery is tried again.
        retries: u32,
    },
}

/// The four phases of retrying: at once, before back-off, back-off, and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// Retries without a delay.
    pub immediate_retries: u32,
    /// Then so many with the shortest delay.
    pub minimum_delay_retries: u32,
    /// Then so many with delays that grow from the shortest to the longest.
    pub backoff_retries: u32,
    /// Then so many with the longest delay.
    pub maximum_delay_retries: u32,
    /// The shortest delay.
    pub minimum_delay: Duration,
    /// The longest delay.
    pub maximum_delay: Duration,
    /// How delays grow.
    pub curve: Curve,
}

/// How delays grow from the shortest to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// By the same amount each time.
    Linear,
    /// By an amount that itself grows by the same amount each time.
    Arithmetic,
    /// By the same factor each time.
    Geometric,
    /// By an amount that doubles each time.
    Exponential,
}

impl RetryPolicy {
    /// How often an item is pushed at most.
    pub fn attempts(&self) -> u32 {
        let retries = match self {
            RetryPolicy::Phased(phases) => phases.retries(),
            RetryPolicy::Exponential { retries, .. } => *retries,
        };
        retries.saturating_add(1)
    }

    /// How long to wait after the failure of attempt `attempt` (from 1), `None` when that was the last. `chance` is a
    /// random number from 0 to 1.
    pub fn delay_after(&self, attempt: u32, chance: f64) -> Option<Duration> {
        if attempt >= self.attempts() {
            return None;
        }
        // Which retry it is, from 0.
        let retry = attempt.saturating_sub(1);
        Some(match self {
            RetryPolicy::Phased(phases) => phases.delay(retry),
            RetryPolicy::Exponential { first, longest, .. } => {
                let doubled = first.saturating_mul(2_u32.saturating_pow(retry.min(31)));
                doubled.min(*longest).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
            }
        })
    }
}

impl Phases {
    /// How many retries there are in all.
    pub fn retries(&self) -> u32 {
        self.immediate_retries
            .saturating_add(self.minimum_delay_retries)
            .saturating_add(self.backoff_retries)
            .saturating_add(self.maximum_delay_retries)
    }

    /// The longest that all retries together can take, the attempts themselves not counted.
    pub fn total_delay(&self) -> Duration {
        let backoff: Duration = (0..self.backoff_retries.min(1_000))
            .map(|step| self.backoff_delay(step))
            .sum();
        backoff
            .saturating_add(self.minimum_delay.saturating_mul(self.minimum_delay_retries))
            .saturating_add(self.maximum_delay.saturating_mul(self.maximum_delay_retries))
    }

    fn delay(&self, retry: u32) -> Duration {
        let Some(past_immediate) = retry.checked_sub(self.immediate_retries) else {
            return Duration::ZERO;
        };
        let Some(step) = past_immediate.checked_sub(self.minimum_delay_retries) else {
            return self.minimum_delay;
        };
        if step < self.backoff_retries {
            self.backoff_delay(step)
        } else {
            self.maximum_delay
        }
    }

    /// The delay of a step of the back-off phase: the first one the shortest, the last one the longest.
    fn backoff_delay(&self, step: u32) -> Duration {
        let last = f64::from(self.backoff_retries.saturating_sub(1));
        if last == 0.0 || self.maximum_delay <= self.minimum_delay {
            return self.minimum_delay;
        }
        let step = f64::from(step);
        let (shortest, longest) = (self.minimum_delay.as_secs_f64(), self.maximum_delay.as_secs_f64());
        let between = |share: f64| shortest + (longest - shortest) * share;
        let seconds = match self.curve {
            Curve::Linear => between(step / last),
            Curve::Arithmetic => between(step * (step + 1.0) / (last * (last + 1.0))),
            // A shortest delay of nothing could not grow by a factor.
            Curve::Geometric => {
                let shortest = shortest.max(1e-3);
                shortest * (longest / shortest).powf(step / last)
            }
            Curve::Exponential => between((step.exp2() - 1.0) / (last.exp2() - 1.0)),
        };
        // Many steps of an exponential curve are beyond what a float can tell apart.
        Duration::try_from_secs_f64(seconds.min(longest)).unwrap_or(self.maximum_delay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phases(curve: Curve) -> Phases {
        Phases {
            immediate_retries: 2,
            minimum_delay_retries: 1,
            backoff_retries: 5,
            maximum_delay_retries: 2,
            minimum_delay: Duration::from_secs(1),
            maximum_delay: Duration::from_secs(16),
            curve,
        }
    }

    fn delays(curve: Curve) -> Vec<f64> {
        let policy = RetryPolicy::Phased(phases(curve));
        let delays = (1..).map_while(|attempt| policy.delay_after(attempt, 0.5));
        delays
            .map(|delay| (delay.as_secs_f64() * 100.0).round() / 100.0)
            .collect()
    }

    #[test]
    fn phases_follow_one_another() {
        assert_eq!(
            delays(Curve::Linear),
            [0.0, 0.0, 1.0, 1.0, 4.75, 8.5, 12.25, 16.0, 16.0, 16.0]
        );
        assert_eq!(
            delays(Curve::Arithmetic),
            [0.0, 0.0, 1.0, 1.0, 2.5, 5.5, 10.0, 16.0, 16.0, 16.0]
        );
        assert_eq!(
            delays(Curve::Geometric),
            [0.0, 0.0, 1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
        );
        assert_eq!(
            delays(Curve::Exponential),
            [0.0, 0.0, 1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
        );
    }

    #[test]
    fn what_comes_to_an_end_has_no_further_delay() {
        let policy = RetryPolicy::Phased(phases(Curve::Linear));
        assert_eq!(policy.attempts(), 11);
        assert!(policy.delay_after(10, 0.0).is_some());
        assert_eq!(policy.delay_after(11, 0.0), None);
        assert_eq!(policy.delay_after(u32::MAX, 0.0), None);
    }

    #[test]
    fn the_total_is_the_sum_of_all_delays() {
        for curve in [
            Curve::Linear,
            Curve::Arithmetic,
            Curve::Geometric,
            Curve::Exponential,
        ] {
            let sum: f64 = delays(curve).iter().sum();
            assert!(
                (phases(curve).total_delay().as_secs_f64() - sum).abs() < 0.1,
                "{curve:?}"
            );
        }
    }

    #[test]
    fn exponential_delays_double_and_are_spread() {
        let policy = RetryPolicy::Exponential {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            retries: 6,
        };
        let seconds = |attempt, chance| policy.delay_after(attempt, chance).unwrap().as_secs_f64();
        assert_eq!(
            (1..=6).map(|attempt| seconds(attempt, 1.0)).collect::<Vec<_>>(),
            [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
        );
        assert_eq!((seconds(3, 0.0), seconds(3, 0.5)), (2.0, 3.0));
        assert_eq!(policy.delay_after(7, 0.0), None);
    }

    proptest! {
        #[test]
        fn delays_never_leave_their_bounds(
            retries in prop::array::uniform4(0_u32..200),
            minimum in 0_u64..100,
            more in 0_u64..100_000,
            curve in prop::sample::select(vec![Curve::Linear, Curve::Arithmetic, Curve::Geometric, Curve::Exponential]),
        ) {
            let phases = Phases {
                immediate_retries: retries[0],
                minimum_delay_retries: retries[1],
                backoff_retries: retries[2],
                maximum_delay_retries: retries[3],
                minimum_delay: Duration::from_secs(minimum),
                maximum_delay: Duration::from_secs(minimum + more),
                curve,
            };
            let policy = RetryPolicy::Phased(phases);
            let delays: Vec<_> = (1..).map_while(|attempt| policy.delay_after(attempt, 0.5)).collect();
            prop_assert_eq!(delays.len(), phases.retries() as usize);
            prop_assert!(delays.is_sorted());
            prop_assert!(delays.iter().all(|delay| *delay <= phases.maximum_delay));
        }
    }
}
