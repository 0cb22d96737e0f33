//! The two fields of days, of which one is `?`.

use time::{Date, Month};

use super::field::{CronField, digits};
use super::number_set::NumberSet;
use crate::ScheduleError;

const ANY: &str = "?";
const DAYS_A_WEEK: u8 = 7;
/// `L-30` is the first day of the longest months.
const LARGEST_OFFSET: u8 = 30;
const LARGEST_NTH: u8 = 5;

/// Which days of a month. Days of the week are numbers from 1, which is Sunday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// Days by number, and the weekdays (Monday to Friday) nearest to days by number: `1,15`, `15W`.
    OfMonth {
        exact: NumberSet,
        nearest_weekday: NumberSet,
    },
    /// A day counted from the end: `L`, `L-3`; or the weekday nearest to it: `LW`, `L-3W`.
    FromLast { offset: u8, nearest_weekday: bool },
    /// Certain days of every week: `MON-FRI`.
    OfWeek(NumberSet),
    /// The last such day of the month: `6L`.
    LastOfWeekday(u8),
    /// The first to fifth such day of the month: `6#3`.
    NthOfWeekday { weekday: u8, nth: u8 },
}

impl Days {
    pub(super) fn parse(day_of_month: &str, day_of_week: &str) -> Result<Self, ScheduleError> {
        let of_month = CronField::DayOfMonth.items(day_of_month)?;
        let of_week = CronField::DayOfWeek.items(day_of_week)?;
        match (of_month == [ANY], of_week == [ANY]) {
            (false, true) => parse_days_of_month(&of_month),
            (true, false) => parse_days_of_week(&of_week),
            _ => Err(ScheduleError::CronDayFields),
        }
    }

    /// The days of that month on which the expression is due. What a month doesn't have (31 in April, `31W` too, a fifth
    /// Friday) is left out.
    pub(super) fn in_month(&self, year: i32, month: Month) -> NumberSet {
        let calendar = Calendar::of(year, month);
        let mut days = NumberSet::default();
        match *self {
            Days::OfMonth {
                exact,
                nearest_weekday,
            } => {
                let has = |day: &u8| *day <= calendar.last_day;
                exact.iter().filter(has).for_each(|day| days.insert(day));
                for day in nearest_weekday.iter().filter(has) {
                    days.insert(calendar.nearest_weekday(day));
                }
            }
            Days::FromLast {
                offset,
                nearest_weekday,
            } => {
                let day = calendar.last_day.saturating_sub(offset);
                if day > 0 {
                    days.insert(if nearest_weekday {
                        calendar.nearest_weekday(day)
                    } else {
                        day
                    });
                }
            }
            Days::OfWeek(weekdays) => (1..=calendar.last_day)
                .filter(|day| weekdays.contains(calendar.weekday(*day)))
                .for_each(|day| days.insert(day)),
            Days::LastOfWeekday(weekday) => {
                let first = calendar.first(weekday);
                days.insert(first + (calendar.last_day - first) / DAYS_A_WEEK * DAYS_A_WEEK);
            }
            Days::NthOfWeekday { weekday, nth } => {
                let day = calendar.first(weekday) + (nth - 1) * DAYS_A_WEEK;
                if day <= calendar.last_day {
                    days.insert(day);
                }
            }
        }
        days
    }
}

fn parse_days_of_month(items: &[&str]) -> Result<Days, ScheduleError> {
    let field = CronField::DayOfMonth;
    if let Some(from_last) = items.iter().find_map(|item| item.strip_prefix('L')) {
        // Quartz doesn't combine it with other days.
        if items.len() > 1 {
            return Err(field.refuse(&items.join(",")));
        }
        return parse_from_last(from_last).ok_or_else(|| field.refuse(items[0]));
    }
    let (mut exact, mut nearest_weekday) = (NumberSet::default(), NumberSet::default());
    for item in items {
        match item.strip_suffix('W') {
            Some(day) => nearest_weekday.insert(field.parse_number(day, item)? as u8),
            None => field.insert_span(&mut exact, field.parse_span(item)?),
        }
    }
    Ok(Days::OfMonth {
        exact,
        nearest_weekday,
    })
}

/// What follows `L`: nothing, `-3`, `W` or `-3W`.
fn parse_from_last(text: &str) -> Option<Days> {
    let (text, nearest_weekday) = match text.strip_suffix('W') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let offset = match text.strip_prefix('-') {
        Some(offset) => u8::try_from(digits(offset)?).ok()?,
        None if text.is_empty() => 0,
        None => return None,
    };
    (offset <= LARGEST_OFFSET).then_some(Days::FromLast {
        offset,
        nearest_weekday,
    })
}

fn parse_days_of_week(items: &[&str]) -> Result<Days, ScheduleError> {
    let field = CronField::DayOfWeek;
    if let [item] = items {
        if *item == "L" {
            let mut saturday = NumberSet::default();
            saturday.insert(DAYS_A_WEEK);
            return Ok(Days::OfWeek(saturday));
        }
        if let Some(weekday) = item.strip_suffix('L') {
            let weekday = field.parse_number(weekday, item)? as u8;
            return Ok(Days::LastOfWeekday(weekday));
        }
        if let Some((weekday, nth)) = item.split_once('#') {
            let weekday = field.parse_number(weekday, item)? as u8;
            let nth = digits(nth).and_then(|nth| u8::try_from(nth).ok());
            return match nth {
                Some(nth @ 1..=LARGEST_NTH) => Ok(Days::NthOfWeekday { weekday, nth }),
                _ => Err(field.refuse(item)),
            };
        }
    }
    let mut weekdays = NumberSet::default();
    for item in items {
        field.insert_span(&mut weekdays, field.parse_span(item)?);
    }
    Ok(Days::OfWeek(weekdays))
}

/// How the days of a week lie in one month.
struct Calendar {
    last_day: u8,
    /// The day of the week of the first, from 0, which is Sunday.
    offset: u8,
}

impl Calendar {
    fn of(year: i32, month: Month) -> Self {
        let first = Date::from_calendar_date(year, month, 1)
            .expect("every month of the years of a schedule has a first");
        Calendar {
            last_day: month.length(year),
            offset: first.weekday().number_days_from_sunday(),
        }
    }

    /// From 1, which is Sunday.
    fn weekday(&self, day: u8) -> u8 {
        (self.offset + day - 1) % DAYS_A_WEEK + 1
    }

    /// The first day of the month that is such a day of the week.
    fn first(&self, weekday: u8) -> u8 {
        (weekday - 1 + DAYS_A_WEEK - self.offset) % DAYS_A_WEEK + 1
    }

    /// The Monday to Friday nearest to a day, within the month.
    fn nearest_weekday(&self, day: u8) -> u8 {
        const SUNDAY: u8 = 1;
        const SATURDAY: u8 = 7;
        match self.weekday(day) {
            SATURDAY if day == 1 => day + 2,
            SATURDAY => day - 1,
            SUNDAY if day == self.last_day => day - 2,
            SUNDAY => day + 1,
            _ => day,
        }
    }
}
