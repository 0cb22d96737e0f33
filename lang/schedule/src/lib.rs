//! Schedule expressions: `rate(5 minutes)`, `cron(0 12 ? * MON-FRI *)`, and when they are due.
//!
//! The language is the one of EventBridge's rules, described in the user guide ([cron], [rate]). What the guide leaves
//! open follows what the service was seen to do, and where nothing is known, Quartz's `CronExpression`, whose rules and
//! quirks EventBridge shares. The quirks, with where they are known from:
//!
//! - Years up to 9999 are accepted, although the guide ends in 2199: `cron(0 20 * * ? 2500)` is accepted by `PutRule`
//!   (recorded by cdk-preflight, 2026-09-07). An expression that is never due again is accepted too (`2002-2005`).
//! - Empty items of a list are ignored: `cron(0/5, 9-18, ?, *, MON-FRI, *)` is accepted (aws/aws-sdk#161).
//! - `*/60` is refused in the minutes (aws-sdk-js#4212), while `0/60` is accepted and means `0`.
//! - Ranges wrap, as in the guide's `20-2` for hours; those of years don't.
//! - Around and inside the parentheses of `rate(…)`, spaces are refused (recorded by LocalStack's tests).
//!
//! Everything here is UTC, as rules are. [`Cron::next_at_or_after`] works on a date and time of no zone, so that
//! schedules with time zones can stand on it.
//!
//! [cron]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
//! [rate]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html

mod cron;
mod error;
mod rate;
mod schedule;

pub use cron::{Cron, CronField};
pub use error::ScheduleError;
pub use rate::Rate;
pub use schedule::{MAXIMUM_EXPRESSION_LENGTH, Schedule};
