//! The search for the next occurrence against going through minutes, and days, one by one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_schedule::Schedule;
use proptest::prelude::*;

const DAY_MINUTES: u64 = 1_440;
/// Where the naive calendar ends.
const LAST_YEAR: u64 = 2_140;
const MONTH_NAMES: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One item of a list, as it is meant.
#[derive(Clone, Debug)]
enum Item {
    All,
    One(u64),
    Range(u64, u64),
    Step(Option<(u64, Option<u64>)>, u64),
}

/// The days, as they are meant.
#[derive(Clone, Debug)]
enum DayRule {
    Numbers(Vec<Item>),
    NearestWeekday(u64),
    FromLast(u64),
    NearestWeekdayFromLast(u64),
    Weekdays(Vec<Item>),
    LastWeekday(u64),
    NthWeekday(u64, u64),
}

#[derive(Clone, Debug)]
struct Meaning {
    minutes: Vec<Item>,
    hours: Vec<Item>,
    days: DayRule,
    months: Vec<Item>,
    years: Vec<Item>,
}

/// A day, and what a calendar on the wall says about it.
#[derive(Clone, Copy)]
struct Day {
    year: u64,
    month: u64,
    day: u64,
    weekday: u64,
    month_length: u64,
}

impl Item {
    fn text(&self, name: &dyn Fn(u64) -> String) -> String {
        match self {
            Item::All => "*".into(),
            Item::One(value) => name(*value),
            Item::Range(first, last) => format!("{}-{}", name(*first), name(*last)),
            Item::Step(None, step) => format!("*/{step}"),
            Item::Step(Some((first, None)), step) => format!("{}/{step}", name(*first)),
            Item::Step(Some((first, Some(last))), step) => {
                format!("{}-{}/{step}", name(*first), name(*last))
            }
        }
    }

    /// Goes forward from the first value, around the end of the field, and asks whether it comes by.
    fn holds(&self, value: u64, minimum: u64, maximum: u64) -> bool {
        let (first, last, step) = match self {
            Item::All => (minimum, maximum, 1),
            Item::One(only) => return *only == value,
            Item::Range(first, last) => (*first, *last, 1),
            Item::Step(None, step) => (minimum, maximum, *step),
            Item::Step(Some((first, last)), step) => (*first, last.unwrap_or(maximum), *step),
        };
        let (mut current, mut distance) = (first, 0);
        loop {
            if distance % step == 0 && current == value {
                return true;
            }
            if current == last {
                return false;
            }
            current = if current == maximum { minimum } else { current + 1 };
            distance += 1;
        }
    }
}

fn any_holds(items: &[Item], value: u64, minimum: u64, maximum: u64) -> bool {
    items.iter().any(|item| item.holds(value, minimum, maximum))
}

fn list(items: &[Item], name: &dyn Fn(u64) -> String) -> String {
    items
        .iter()
        .map(|item| item.text(name))
        .collect::<Vec<_>>()
        .join(",")
}

impl Meaning {
    fn text(&self) -> String {
        let number = |value: u64| value.to_string();
        let month = |value: u64| MONTH_NAMES[value as usize - 1].to_owned();
        let weekday = |value: u64| DAY_NAMES[value as usize - 1].to_owned();
        let (day_of_month, day_of_week) = match &self.days {
            DayRule::Numbers(items) => (list(items, &number), "?".into()),
            DayRule::NearestWeekday(day) => (format!("{day}W"), "?".into()),
            DayRule::FromLast(0) => ("L".into(), "?".into()),
            DayRule::FromLast(offset) => (format!("L-{offset}"), "?".into()),
            DayRule::NearestWeekdayFromLast(0) => ("LW".into(), "?".into()),
            DayRule::NearestWeekdayFromLast(offset) => (format!("L-{offset}W"), "?".into()),
            DayRule::Weekdays(items) => ("?".into(), list(items, &weekday)),
            DayRule::LastWeekday(day) => ("?".into(), format!("{day}L")),
            DayRule::NthWeekday(day, nth) => ("?".into(), format!("{}#{nth}", weekday(*day))),
        };
        format!(
            "cron({} {} {day_of_month} {} {day_of_week} {})",
            list(&self.minutes, &number),
            list(&self.hours, &number),
            list(&self.months, &month),
            list(&self.years, &number)
        )
    }

    fn holds_in(&self, year: u64) -> bool {
        any_holds(&self.years, year, 1970, 9999)
    }

    /// In a year that holds.
    fn holds_on(&self, day: Day) -> bool {
        any_holds(&self.months, day.month, 1, 12)
            && match &self.days {
                DayRule::Numbers(items) => any_holds(items, day.day, 1, 31),
                DayRule::NearestWeekday(wanted) => is_nearest_weekday(day, *wanted),
                DayRule::FromLast(offset) => day.day + offset == day.month_length,
                DayRule::NearestWeekdayFromLast(offset) => {
                    *offset < day.month_length && is_nearest_weekday(day, day.month_length - offset)
                }
                DayRule::Weekdays(items) => any_holds(items, day.weekday, 1, 7),
                DayRule::LastWeekday(weekday) => day.weekday == *weekday && day.day + 7 > day.month_length,
                DayRule::NthWeekday(weekday, nth) => day.weekday == *weekday && day.day.div_ceil(7) == *nth,
            }
    }

    fn holds_at(&self, minute_of_day: u64) -> bool {
        any_holds(&self.hours, minute_of_day / 60, 0, 23)
            && any_holds(&self.minutes, minute_of_day % 60, 0, 59)
    }
}

/// Of all weekdays of the month, is this one the nearest to the wanted day? At the same distance the earlier one is, but
/// that can't happen: two days of a weekend lie between weekdays.
fn is_nearest_weekday(day: Day, wanted: u64) -> bool {
    if wanted > day.month_length || is_weekend(day.weekday) {
        return false;
    }
    let distance = |other: u64| other.abs_diff(wanted);
    (1..=day.month_length)
        .filter(|other| !is_weekend((day.weekday + 6 + 35 + other - day.day) % 7 + 1))
        .all(|other| distance(day.day) <= distance(other))
}

fn is_weekend(weekday: u64) -> bool {
    weekday == 1 || weekday == 7
}

/// The days from 1970-01-01, a Thursday, counted up one by one.
fn days() -> Vec<Day> {
    let mut days = Vec::new();
    for year in 1970..=LAST_YEAR {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for month in 1..=12_u64 {
            let month_length = match month {
                2 => 28 + u64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            for day in 1..=month_length {
                days.push(Day {
                    year,
                    month,
                    day,
                    weekday: (days.len() as u64 + 4) % 7 + 1,
                    month_length,
                });
            }
        }
    }
    days
}

/// The next minute by going through them, until the calendar ends.
fn naive_next_minute(meaning: &Meaning, days: &[Day], from_minute: u64) -> Option<u64> {
    let first_day = (from_minute / DAY_MINUTES) as usize;
    let years: Vec<bool> = (0..=LAST_YEAR)
        .map(|year| year >= 1970 && meaning.holds_in(year))
        .collect();
    (first_day..days.len())
        .filter(|day| years[days[*day].year as usize] && meaning.holds_on(days[*day]))
        .find_map(|day| {
            let midnight = day as u64 * DAY_MINUTES;
            (midnight..midnight + DAY_MINUTES)
                .filter(|minute| *minute >= from_minute)
                .find(|minute| meaning.holds_at(minute % DAY_MINUTES))
        })
}

fn items(minimum: u64, maximum: u64) -> impl Strategy<Value = Vec<Item>> {
    let value = minimum..=maximum;
    let step = 1..=maximum - minimum;
    let item = prop_oneof![
        3 => Just(Item::All),
        3 => value.clone().prop_map(Item::One),
        2 => (value.clone(), value.clone()).prop_map(|(first, last)| Item::Range(first, last)),
        1 => step.clone().prop_map(|step| Item::Step(None, step)),
        1 => (value.clone(), step.clone())
            .prop_map(|(first, step)| Item::Step(Some((first, None)), step)),
        1 => (value.clone(), value, step)
            .prop_map(|(first, last, step)| Item::Step(Some((first, Some(last))), step)),
    ];
    prop::collection::vec(item, 1..4)
}

fn year_items() -> impl Strategy<Value = Vec<Item>> {
    let year = 1970..2130_u64;
    let item = prop_oneof![
        4 => Just(Item::All),
        1 => year.clone().prop_map(Item::One),
        1 => (year.clone(), 0..60_u64).prop_map(|(first, count)| Item::Range(first, first + count)),
        1 => (year.clone(), 1..30_u64).prop_map(|(first, step)| Item::Step(Some((first, None)), step)),
        1 => (year, 0..60_u64, 1..30_u64)
            .prop_map(|(first, count, step)| Item::Step(Some((first, Some(first + count))), step)),
    ];
    prop::collection::vec(item, 1..3)
}

fn day_rules() -> impl Strategy<Value = DayRule> {
    prop_oneof![
        3 => items(1, 31).prop_map(DayRule::Numbers),
        2 => (1..=31_u64).prop_map(DayRule::NearestWeekday),
        1 => (0..=30_u64).prop_map(DayRule::FromLast),
        2 => (0..=30_u64).prop_map(DayRule::NearestWeekdayFromLast),
        3 => items(1, 7).prop_map(DayRule::Weekdays),
        1 => (1..=7_u64).prop_map(DayRule::LastWeekday),
        1 => (1..=7_u64, 1..=5_u64).prop_map(|(weekday, nth)| DayRule::NthWeekday(weekday, nth)),
    ]
}

fn meanings() -> impl Strategy<Value = Meaning> {
    (
        items(0, 59),
        items(0, 23),
        day_rules(),
        items(1, 12),
        year_items(),
    )
        .prop_map(|(minutes, hours, days, months, years)| Meaning {
            minutes,
            hours,
            days,
            months,
            years,
        })
}

thread_local! {
    static DAYS: Vec<Day> = days();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_next_occurrence_is_the_naive_one(
        meaning in meanings(),
        after in prop_oneof![0..5_000_000_000_u64, 1_700_000_000..1_900_000_000_u64],
    ) {
        let text = meaning.text();
        let schedule = Schedule::parse(&text).unwrap();
        DAYS.with(|days| {
            let mut after = after;
            for _ in 0..2 {
                let naive = naive_next_minute(&meaning, days, after / 60 + 1).map(|minute| minute * 60);
                let end = days.len() as u64 * DAY_MINUTES * 60;
                let found = schedule.next_after(0, after).filter(|time| *time < end);
                prop_assert_eq!(found, naive, "{} after {}", text, after);
                match found {
                    Some(time) => after = time,
                    None => break,
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn arbitrary_text_is_taken_or_refused(text in ".*", after in any::<u64>(), anchor in any::<u64>()) {
        for expression in [text.clone(), format!("cron({text})"), format!("rate({text})")] {
            if let Ok(schedule) = Schedule::parse(&expression) {
                let next = schedule.next_after(anchor, after);
                prop_assert!(next.is_none_or(|next| next > after));
            }
        }
    }

    #[test]
    fn almost_right_text_is_taken_or_refused(
        fields in prop::collection::vec("[0-9*?/,#LW-]{0,6}|MON|fri|JAN-MAR|20[0-9]{2}|[0-9]{1,2}", 6),
        after in any::<u64>(),
    ) {
        let expression = format!("cron({})", fields.join(" "));
        if let Ok(schedule) = Schedule::parse(&expression) {
            let next = schedule.next_after(0, after);
            prop_assert!(next.is_none_or(|next| next > after && next % 60 == 0));
        }
    }

    #[test]
    fn a_rate_is_due_at_multiples_of_its_interval(
        value in 2..100_000_u64,
        unit in prop_oneof![Just(("minutes", 60)), Just(("hours", 3_600)), Just(("days", 86_400))],
        anchor in 0..u64::from(u32::MAX),
        after in 0..u64::from(u32::MAX),
    ) {
        let (unit, unit_seconds) = unit;
        let interval = value * unit_seconds;
        let next = Schedule::parse(&format!("rate({value} {unit})")).unwrap().next_after(anchor, after).unwrap();
        prop_assert!(next > after && next > anchor);
        prop_assert_eq!((next - anchor) % interval, 0);
        prop_assert!(next - interval <= after.max(anchor));
    }
}
