//! `rate(…)`: what is taken, and when it is due.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_schedule::{MAXIMUM_EXPRESSION_LENGTH, Schedule, ScheduleError};

#[test]
fn rates_are_intervals() {
    for (expression, seconds) in [
        ("rate(1 minute)", 60),
        ("rate(2 minutes)", 120),
        ("rate(5 minutes)", 300),
        ("rate(05 minutes)", 300),
        ("rate(01 minute)", 60),
        ("rate(1 hour)", 3_600),
        ("rate(5 hours)", 18_000),
        ("rate(1 day)", 86_400),
        ("rate(365 days)", 31_536_000),
        ("rate(4294967295 days)", 4_294_967_295 * 86_400),
    ] {
        let Schedule::Rate(rate) = Schedule::parse(expression).unwrap() else {
            panic!("{expression} is a rate");
        };
        assert_eq!(rate.interval_seconds(), seconds, "{expression}");
    }
}

/// Those of LocalStack's test against the service, and more.
#[test]
fn what_is_no_rate_is_refused() {
    use ScheduleError::{RatePlural, RateShape, RateUnit, RateValue, UnknownForm};
    for (expression, error) in [
        ("rate(10 seconds)", RateUnit),
        ("rate(10 years)", RateUnit),
        ("rate(10 weeks)", RateUnit),
        ("rate(10 minutess)", RateUnit),
        ("rate(10 MINUTES)", RateUnit),
        ("rate(10 Minutes)", RateUnit),
        ("rate(1 minutes)", RatePlural),
        ("rate(1 hours)", RatePlural),
        ("rate(1 days)", RatePlural),
        ("rate(10 minute)", RatePlural),
        ("rate(10 hour)", RatePlural),
        ("rate(10 day)", RatePlural),
        ("rate(01 minutes)", RatePlural),
        ("rate()", RateShape),
        ("rate( )", RateShape),
        ("rate(10)", RateShape),
        ("rate(10minutes)", RateShape),
        ("rate(10\tminutes)", RateShape),
        ("rate(10  minutes)", RateShape),
        ("rate(10 minutes )", RateShape),
        ("rate( 10 minutes )", RateShape),
        ("rate( minutes)", RateValue),
        ("rate(foo minutes)", RateValue),
        ("rate(0 minutes)", RateValue),
        ("rate(0 minute)", RateValue),
        ("rate(-10 minutes)", RateValue),
        ("rate(+10 minutes)", RateValue),
        ("rate(1.5 hours)", RateValue),
        ("rate(4294967296 days)", RateValue),
        ("rate(١ minute)", RateValue),
        (" rate(10 minutes)", UnknownForm),
        ("rate(10 minutes) ", UnknownForm),
        ("rate(10 minutes", UnknownForm),
        ("rate (10 minutes)", UnknownForm),
        ("RATE(10 minutes)", UnknownForm),
        ("rate10 minutes", UnknownForm),
        ("10 minutes", UnknownForm),
        ("at(2026-01-01T00:00:00)", UnknownForm),
        ("", UnknownForm),
        (")", UnknownForm),
        ("rate(10 minutes))", RateUnit),
        ("rate((10 minutes)", RateValue),
    ] {
        assert_eq!(Schedule::parse(expression), Err(error), "{expression:?}");
    }
}

#[test]
fn an_expression_has_at_most_256_characters() {
    let expression = |length: usize| {
        let list = "1,".repeat(length);
        let rest = " * * * ? *)";
        format!("cron({}{rest}", &list[..length - "cron(".len() - rest.len()])
    };
    assert!(Schedule::parse(&expression(MAXIMUM_EXPRESSION_LENGTH)).is_ok());
    assert_eq!(
        Schedule::parse(&expression(MAXIMUM_EXPRESSION_LENGTH + 1)),
        Err(ScheduleError::TooLong { maximum: 256 })
    );
}

#[test]
fn a_rate_counts_from_its_anchor() {
    let rate = Schedule::parse("rate(5 minutes)").unwrap();
    let anchor = 1_000;
    for (after, next) in [
        (0, Some(1_300)),
        (999, Some(1_300)),
        (1_000, Some(1_300)),
        (1_001, Some(1_300)),
        (1_299, Some(1_300)),
        (1_300, Some(1_600)),
        (1_599, Some(1_600)),
        (1_600, Some(1_900)),
        (1_000_000, Some(1_000_300)),
    ] {
        assert_eq!(rate.next_after(anchor, after), next, "after {after}");
    }
}

#[test]
fn a_rate_ends_with_time_itself() {
    let rate = Schedule::parse("rate(1 day)").unwrap();
    assert_eq!(rate.next_after(0, u64::MAX), None);
    assert_eq!(rate.next_after(u64::MAX, 0), None);
    let last = u64::MAX / 86_400 * 86_400;
    assert_eq!(rate.next_after(0, last - 1), Some(last));
}
