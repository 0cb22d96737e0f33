use crate::ScheduleError;

const MINUTE_SECONDS: u64 = 60;
const HOUR_SECONDS: u64 = 60 * MINUTE_SECONDS;
const DAY_SECONDS: u64 = 24 * HOUR_SECONDS;

/// A fixed interval of whole minutes, counted from the moment its rule was made (the *anchor*).
///
/// "A rate expression starts when you create the scheduled event rule, and then it runs on a defined schedule"
/// ([rate expressions]): the first occurrence is one interval after the anchor.
///
/// [rate expressions]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    interval_seconds: u64,
}

impl Rate {
    /// Reads what stands between the parentheses of `rate(…)`, such as `5 minutes`.
    pub(crate) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let (value, unit) = text.split_once(' ').ok_or(ScheduleError::RateShape)?;
        if unit.is_empty() || unit.contains(' ') {
            return Err(ScheduleError::RateShape);
        }
        let value = positive(value)?;
        let (unit_seconds, plural) = match unit {
            "minute" => (MINUTE_SECONDS, false),
            "minutes" => (MINUTE_SECONDS, true),
            "hour" => (HOUR_SECONDS, false),
            "hours" => (HOUR_SECONDS, true),
            "day" => (DAY_SECONDS, false),
            "days" => (DAY_SECONDS, true),
            _ => return Err(ScheduleError::RateUnit),
        };
        if plural != (value > 1) {
            return Err(ScheduleError::RatePlural);
        }
        Ok(Rate {
            interval_seconds: u64::from(value) * unit_seconds,
        })
    }

    /// The time from one occurrence to the next.
    pub fn interval_seconds(self) -> u64 {
        self.interval_seconds
    }

    /// The first occurrence later than `after_seconds`, of those at one, two, three, … intervals after the anchor; none
    /// where that time can't be represented. All are whole seconds since the Unix epoch.
    pub fn next_after(self, anchor_seconds: u64, after_seconds: u64) -> Option<u64> {
        let passed_intervals = after_seconds.saturating_sub(anchor_seconds) / self.interval_seconds;
        passed_intervals
            .checked_add(1)?
            .checked_mul(self.interval_seconds)?
            .checked_add(anchor_seconds)
    }
}

/// A whole number of at least 1. Only digits: `u32`'s own parser takes a sign too.
fn positive(text: &str) -> Result<u32, ScheduleError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ScheduleError::RateValue);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(ScheduleError::RateValue),
        Ok(value) => Ok(value),
    }
}
