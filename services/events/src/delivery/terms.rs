//! How long and how often deliveries are tried.
//!
//! Source: [Retrying events](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html).

use std::time::Duration;

use ninefold_delivery::{RetryPolicy, Terms};

use crate::target::Target;

/// Retries where the target says nothing of them, and the age at which an event is given up.
const RETRIES: u32 = 185;
const MAXIMUM_AGE: Duration = Duration::from_secs(86_400);
/// The first delay, and the longest: 185 retries take a little less than a day.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(600);
/// How long a push may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pushes to one target under way at one time.
const CONCURRENCY: u32 = 64;

pub(super) fn of(target: &Target) -> Terms {
    let policy = target.record.retry_policy.unwrap_or_default();
    Terms {
        retry: RetryPolicy::Exponential {
            first: FIRST_DELAY,
            longest: LONGEST_DELAY,
            retries: policy.maximum_retry_attempts.unwrap_or(RETRIES),
        },
        maximum_age: policy
            .maximum_event_age_in_seconds
            .map_or(MAXIMUM_AGE, Duration::from_secs),
        timeout: TIMEOUT,
        concurrency: CONCURRENCY,
        pushes_per_second: None,
        shared_rate: None,
    }
}
