//! `cron(minutes hours day-of-month month day-of-week year)`.

mod days;
mod field;
mod number_set;
mod years;

use time::{Date, Month, PrimitiveDateTime, Time};

use crate::ScheduleError;
use days::Days;
use number_set::NumberSet;
use years::Years;

pub use field::CronField;

const FIELD_COUNT: usize = 6;

/// The minutes of the calendar that a cron expression names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: NumberSet,
    hours: NumberSet,
    days: Days,
    months: NumberSet,
    years: Years,
}

impl Cron {
    /// Reads what stands between the parentheses of `cron(…)`: six fields, separated by spaces or tabs. Names of months and
    /// days are taken in upper and lower case.
    pub(crate) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.to_ascii_uppercase();
        let fields: Vec<&str> = text
            .split([' ', '\t'])
            .filter(|field| !field.is_empty())
            .collect();
        let fields: [&str; FIELD_COUNT] = fields
            .try_into()
            .map_err(|fields: Vec<&str>| ScheduleError::CronFieldCount { found: fields.len() })?;
        let [minutes, hours, day_of_month, month, day_of_week, year] = fields;
        Ok(Cron {
            minutes: CronField::Minutes.parse_set(minutes)?,
            hours: CronField::Hours.parse_set(hours)?,
            days: Days::parse(day_of_month, day_of_week)?,
            months: CronField::Month.parse_set(month)?,
            years: Years::parse(year)?,
        })
    }

    /// The first minute named by the expression that isn't before `from`, on the calendar and clock that `from` is of; none
    /// if there is none before the year 10000.
    pub fn next_at_or_after(&self, from: PrimitiveDateTime) -> Option<PrimitiveDateTime> {
        let date = self.date_at_or_after(from.date())?;
        let earliest = if date > from.date() {
            (0, 0)
        } else if from.second() > 0 || from.nanosecond() > 0 {
            (from.hour(), from.minute() + 1)
        } else {
            (from.hour(), from.minute())
        };
        if let Some(time) = self.time_at_or_after(earliest) {
            return Some(PrimitiveDateTime::new(date, time));
        }
        let date = self.date_at_or_after(date.next_day()?)?;
        let time = self.time_at_or_after((0, 0))?;
        Some(PrimitiveDateTime::new(date, time))
    }

    /// The minute may be 60, which is that of the next hour.
    fn time_at_or_after(&self, (hour, minute): (u8, u8)) -> Option<Time> {
        let this_hour = self.hours.contains(hour);
        let (hour, minute) = match self.minutes.first_from(minute) {
            Some(minute) if this_hour => (hour, minute),
            _ => (self.hours.first_from(hour + 1)?, self.minutes.first_from(0)?),
        };
        Time::from_hms(hour, minute, 0).ok()
    }

    fn date_at_or_after(&self, from: Date) -> Option<Date> {
        let (mut earliest_month, mut earliest_day) = (u8::from(from.month()), from.day());
        let mut year = from.year();
        loop {
            let due_year = self.years.first_from(year)?;
            if due_year > year {
                (earliest_month, earliest_day) = (1, 1);
            }
            if let Some(date) = self.date_in_year(due_year, earliest_month, earliest_day) {
                return Some(date);
            }
            year = due_year + 1;
            (earliest_month, earliest_day) = (1, 1);
        }
    }

    /// `earliest_day` counts in the earliest month only.
    fn date_in_year(&self, year: i32, earliest_month: u8, earliest_day: u8) -> Option<Date> {
        let mut earliest_day = earliest_day;
        let mut month_number = earliest_month;
        while let Some(number) = self.months.first_from(month_number) {
            if number > month_number {
                earliest_day = 1;
            }
            let month = Month::try_from(number).ok()?;
            if let Some(day) = self.days.in_month(year, month).first_from(earliest_day) {
                return Date::from_calendar_date(year, month, day).ok();
            }
            month_number = number + 1;
            earliest_day = 1;
        }
        None
    }
}
