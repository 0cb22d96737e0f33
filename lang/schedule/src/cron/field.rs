//! What the six fields have in common: lists of numbers, names, ranges and steps.

use std::fmt;
use std::ops::RangeInclusive;

use super::number_set::NumberSet;
use crate::ScheduleError;

const MONTH_NAMES: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAY_NAMES: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field of a cron expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronField {
    /// 0 to 59.
    Minutes,
    /// 0 to 23.
    Hours,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or JAN to DEC.
    Month,
    /// 1 to 7, or SUN to SAT.
    DayOfWeek,
    /// 1970 to 9999.
    Year,
}

/// Every `step`-th number from `first` on, up to `last`. Where `first` is greater than `last`, it goes past the end of
/// the field and begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) step: u16,
}

impl CronField {
    pub(super) fn bounds(self) -> RangeInclusive<u16> {
        match self {
            CronField::Minutes => 0..=59,
            CronField::Hours => 0..=23,
            CronField::DayOfMonth => 1..=31,
            CronField::Month => 1..=12,
            CronField::DayOfWeek => 1..=7,
            CronField::Year => 1_970..=9_999,
        }
    }

    /// Names stand for the numbers from the lower bound on.
    fn names(self) -> &'static [&'static str] {
        match self {
            CronField::Month => MONTH_NAMES,
            CronField::DayOfWeek => DAY_NAMES,
            _ => &[],
        }
    }

    pub(super) fn refuse(self, item: &str) -> ScheduleError {
        ScheduleError::CronItem {
            field: self,
            item: item.to_owned(),
        }
    }

    /// The items of the list that a field is; there is at least one. Empty ones don't count.
    pub(super) fn items(self, text: &str) -> Result<Vec<&str>, ScheduleError> {
        let items: Vec<&str> = text.split(',').filter(|item| !item.is_empty()).collect();
        if items.is_empty() {
            return Err(self.refuse(text));
        }
        Ok(items)
    }

    pub(super) fn parse_set(self, text: &str) -> Result<NumberSet, ScheduleError> {
        let mut set = NumberSet::default();
        for item in self.items(text)? {
            self.insert_span(&mut set, self.parse_span(item)?);
        }
        Ok(set)
    }

    /// Reads `*`, `5`, `5-10`, and any of them with a step, `*/15`, `5/15`, `5-10/2`. `/15` is `*/15`.
    pub(super) fn parse_span(self, item: &str) -> Result<Span, ScheduleError> {
        let (range, step) = match item.split_once('/') {
            None => (item, None),
            Some((range, step)) => (range, Some(self.parse_step(step, item)?)),
        };
        let (minimum, maximum) = self.bounds().into_inner();
        let (first, last) = if range == "*" || (range.is_empty() && step.is_some()) {
            if step > Some(maximum) {
                return Err(self.refuse(item));
            }
            (minimum, maximum)
        } else if let Some((first, last)) = range.split_once('-') {
            (self.parse_number(first, item)?, self.parse_number(last, item)?)
        } else {
            let number = self.parse_number(range, item)?;
            (number, if step.is_some() { maximum } else { number })
        };
        Ok(Span {
            first,
            last,
            step: step.unwrap_or(1),
        })
    }

    fn parse_step(self, text: &str, item: &str) -> Result<u16, ScheduleError> {
        match digits(text) {
            None | Some(0) => Err(self.refuse(item)),
            Some(step) => Ok(step),
        }
    }

    /// A number within the field's bounds, or the number of a name. `item` is for the error.
    pub(super) fn parse_number(self, text: &str, item: &str) -> Result<u16, ScheduleError> {
        let named = self.bounds().zip(self.names()).find(|(_, name)| **name == text);
        named
            .map(|(number, _)| number)
            .or_else(|| digits(text))
            .filter(|number| self.bounds().contains(number))
            .ok_or_else(|| self.refuse(item))
    }

    /// For the fields whose numbers a set can hold.
    pub(super) fn insert_span(self, set: &mut NumberSet, span: Span) {
        let (minimum, maximum) = self.bounds().into_inner();
        let count = maximum - minimum + 1;
        let last = if span.first > span.last {
            span.last + count
        } else {
            span.last
        };
        for number in (span.first..=last).step_by(usize::from(span.step)) {
            set.insert(((number - minimum) % count + minimum) as u8);
        }
    }
}

impl fmt::Display for CronField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            CronField::Minutes => "minutes",
            CronField::Hours => "hours",
            CronField::DayOfMonth => "day-of-month",
            CronField::Month => "month",
            CronField::DayOfWeek => "day-of-week",
            CronField::Year => "year",
        })
    }
}

/// Only digits: `u16`'s own parser takes a sign too.
pub(super) fn digits(text: &str) -> Option<u16> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}
