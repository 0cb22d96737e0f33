use crate::CronField;

/// Why a schedule expression is refused. EventBridge says `Parameter ScheduleExpression is not valid.` to all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Longer than [`MAXIMUM_EXPRESSION_LENGTH`](crate::MAXIMUM_EXPRESSION_LENGTH).
    #[error("a schedule expression has at most {maximum} characters")]
    TooLong {
        /// How many characters there may be.
        maximum: usize,
    },
    /// Neither `rate(…)` nor `cron(…)`.
    #[error("a schedule expression is rate(…) or cron(…)")]
    UnknownForm,
    /// What is in `rate(…)` isn't a value and a unit with one space between them.
    #[error("a rate is a value and a unit, as in rate(5 minutes)")]
    RateShape,
    /// The value isn't a whole number from 1 to 4,294,967,295.
    #[error("the value of a rate is a positive whole number")]
    RateValue,
    /// The unit isn't `minute`, `hour` or `day`, or their plural.
    #[error("the unit of a rate is minute(s), hour(s) or day(s)")]
    RateUnit,
    /// One with the plural, or more than one with the singular.
    #[error("the unit of a rate is in the singular after 1 and in the plural otherwise")]
    RatePlural,
    /// Not six fields.
    #[error("a cron expression has six fields, not {found}")]
    CronFieldCount {
        /// How many there are.
        found: usize,
    },
    /// Something in a field that it doesn't take: a value out of bounds, an unknown name, a character that means nothing there.
    #[error("the {field} field doesn't take {item:?}")]
    CronItem {
        /// The field.
        field: CronField,
        /// The item of its list; the whole field where the list as such is the problem.
        item: String,
    },
    /// Not exactly one of day-of-month and day-of-week is `?`.
    #[error("exactly one of day-of-month and day-of-week is ?")]
    CronDayFields,
}
