use time::{OffsetDateTime, PrimitiveDateTime};

use crate::{Cron, Rate, ScheduleError};

/// How many characters an expression may have: the API model's `ScheduleExpression`.
pub const MAXIMUM_EXPRESSION_LENGTH: usize = 256;

const MINUTE_SECONDS: u64 = 60;

/// When a rule is due, in UTC.
///
/// ```
/// use ninefold_schedule::Schedule;
///
/// let noon = Schedule::parse("cron(0 12 * * ? *)")?;
/// assert_eq!(noon.next_after(0, 0), Some(12 * 3_600));
/// # Ok::<(), ninefold_schedule::ScheduleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// `rate(…)`: at a fixed interval.
    Rate(Rate),
    /// `cron(…)`: at minutes of the calendar.
    Cron(Cron),
}

impl Schedule {
    /// Reads a whole expression.
    ///
    /// # Errors
    /// When the expression isn't one that `PutRule` takes; the error says why, the service doesn't.
    pub fn parse(expression: &str) -> Result<Self, ScheduleError> {
        if expression.chars().count() > MAXIMUM_EXPRESSION_LENGTH {
            return Err(ScheduleError::TooLong {
                maximum: MAXIMUM_EXPRESSION_LENGTH,
            });
        }
        if let Some(rate) = inside(expression, "rate(") {
            Rate::parse(rate).map(Schedule::Rate)
        } else if let Some(cron) = inside(expression, "cron(") {
            Cron::parse(cron).map(Schedule::Cron)
        } else {
            Err(ScheduleError::UnknownForm)
        }
    }

    /// The first occurrence later than `after_seconds`; none if there is no further one before the year 10000. A rate counts
    /// from `anchor_seconds`, the time its rule was made; a cron expression has no use for it. All are whole seconds since
    /// the Unix epoch.
    ///
    /// The cost doesn't depend on how far away the occurrence is by minutes or days: at worst it is a few operations
    /// for every month up to the year 10000.
    pub fn next_after(&self, anchor_seconds: u64, after_seconds: u64) -> Option<u64> {
        match self {
            Schedule::Rate(rate) => rate.next_after(anchor_seconds, after_seconds),
            Schedule::Cron(cron) => {
                let next_minute = after_seconds / MINUTE_SECONDS + 1;
                let from = date_time(next_minute.checked_mul(MINUTE_SECONDS)?)?;
                cron.next_at_or_after(from).and_then(unix_seconds)
            }
        }
    }
}

fn inside<'e>(expression: &'e str, opening: &str) -> Option<&'e str> {
    expression.strip_prefix(opening)?.strip_suffix(')')
}

/// The date and time in UTC; none past the year 9999.
fn date_time(unix_seconds: u64) -> Option<PrimitiveDateTime> {
    let utc = OffsetDateTime::from_unix_timestamp(i64::try_from(unix_seconds).ok()?).ok()?;
    Some(PrimitiveDateTime::new(utc.date(), utc.time()))
}

fn unix_seconds(utc: PrimitiveDateTime) -> Option<u64> {
    u64::try_from(utc.assume_utc().unix_timestamp()).ok()
}
