//! Which `cron(…)` expressions are taken.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_schedule::{CronField, Schedule, ScheduleError};

#[test]
fn taken() {
    let expressions = [
        // The user guide.
        "0 10 * * ? *",
        "15 12 * * ? *",
        "0 18 ? * MON-FRI *",
        "0 8 1 * ? *",
        "0/15 * * * ? *",
        "0/10 * ? * MON-FRI *",
        "0/5 8-17 ? * MON-FRI *",
        "0/30 20-2 ? * MON-FRI *",
        "0 12 * * ? *",
        "5,35 14 * * ? *",
        "15 10 ? * 6L 2019-2022",
        // LocalStack's tests against the service.
        "0 2 ? * SAT *",
        "15 10 ? * 6L 2002-2005",
        "0 2 ? * SAT#3 *",
        "* * ? * SAT#3 *",
        "0/5 5 ? JAN 1-5 2022",
        "0/30 20-23 ? * MON-FRI *",
        "0/30 0-2 ? * MON-FRI *",
        // Accepted by the service, according to issues.
        "0/5, 9-18, ?, *, MON-FRI, *",
        "0 20 * * ? 2500",
        "0/60 * * * ? *",
        "0-15/1 8-8 ? * 2,3,4,5,6,7 *",
        "30-30 13-13 ? * 2,4,6 *",
        "1-31/30 1-1 ? * 1,7 *",
        "15 0 ? * 2-6 *",
        // Lists, ranges, steps.
        "0,1,2-5,10/20,*/30 * * * ? *",
        "59 23 31 12 ? 9999",
        "0 0 1 1 ? 1970",
        "50-10 * * * ? *",
        "50-10/7 * * * ? *",
        "/5 * * * ? *",
        "*/59 */23 */31 */12 ? *",
        "0 0 ? * */7 *",
        "0 0 ? * 2/2 *",
        "00 007 01 1 ? *",
        ",5,,6, * * * ? *",
        "0 0 9/10 * ? *",
        "0 0 1 */2,3 ? */3,2030-2040/5",
        // Names.
        "0 0 1 JAN,FEB,MAR ? *",
        "0 0 1 NOV-FEB ? *",
        "0 0 1 JAN-12/2 ? *",
        "0 0 1 dec ? *",
        "0 0 ? * fri-mon *",
        "0 0 ? * SUN-SAT *",
        "0 0 ? * MON/2 *",
        "0 0 ? * 6-2 *",
        // Days.
        "0 0 L * ? *",
        "0 0 L-3 * ? *",
        "0 0 L-30 * ? *",
        "0 0 LW * ? *",
        "0 0 L-2W * ? *",
        "0 0 15W * ? *",
        "0 0 1W,15W,20 * ? *",
        "0 0 l * ? *",
        "0 0 ? * L *",
        "0 0 ? * FRIL *",
        "0 0 ? * 1L *",
        "0 0 ? * 3#2 *",
        "0 0 ? * TUE#5 *",
        // Space.
        " 0  10\t*  * ? * ",
    ];
    for fields in expressions {
        let expression = format!("cron({fields})");
        assert!(
            matches!(Schedule::parse(&expression), Ok(Schedule::Cron(_))),
            "{expression}: {:?}",
            Schedule::parse(&expression)
        );
    }
}

/// For every field, what it refuses in an expression that is right otherwise.
#[test]
fn refused_items() {
    use CronField::{DayOfMonth, DayOfWeek, Hours, Minutes, Month, Year};
    let everywhere = [
        ",",
        "-",
        "/",
        "--",
        "x",
        "-1",
        "+1",
        "1.5",
        "1-",
        "-5",
        "1-2-3",
        "1/",
        "1/0",
        "*/0",
        "/0",
        "1//2",
        "1/2/3",
        "1/-2",
        "1/+2",
        "1/x",
        "**",
        "*1",
        "1*",
        "*-5",
        "5-*",
        "#",
        "1#",
        "W",
        "LL",
        "é",
        "1;2",
        "99999",
        "18446744073709551616",
        "(1)",
        "1/99999999",
        "?1",
        "??",
        "?/2",
        "1,?",
    ];
    let cases: [(CronField, &[&str]); 6] = [
        (
            Minutes,
            &[
                "60", "71", "0-60", "60-1", "60/5", "*/60", "?", "L", "5L", "5W", "5#1", "JAN", "MON",
            ],
        ),
        (
            Hours,
            &["24", "0-24", "*/24", "?", "L", "DUMMY", "5W", "5#1", "MON-FRI"],
        ),
        (
            DayOfMonth,
            &[
                "0", "32", "0-5", "*/32", "0W", "32W", "1-5W", "*W", "WL", "L3", "L-", "L-31", "L-99", "L-x",
                "L+3", "L/2", "LW3", "LWW", "5L", "3#1", "MON", "L,1", "1,L", "L-3,1", "LW,15W", "L,L",
                "15W/2",
            ],
        ),
        (
            Month,
            &[
                "0", "13", "1-13", "*/13", "?", "L", "JANUARY", "JA", "MON", "5L", "5#1", "JAN-", "JAN-MON",
                "JAN#1", "JANFEB",
            ],
        ),
        (
            DayOfWeek,
            &[
                "0",
                "8",
                "0-6",
                "1-8",
                "*/8",
                "NOT",
                "MONDAY",
                "JAN",
                "8L",
                "0L",
                "L-3",
                "LW",
                "2W",
                "1#0",
                "1#6",
                "0#1",
                "8#1",
                "1#-1",
                "1##2",
                "1#2#3",
                "#2",
                "MON#",
                "3#1,6#3",
                "3#1,2",
                "2,3#1",
                "6L,2",
                "L,2",
                "MON-FRIL",
                "MON-FRI#1",
                "FRIL#1",
            ],
        ),
        (
            Year,
            &[
                "1969",
                "10000",
                "1900",
                "0",
                "26",
                "?",
                "L",
                "2026-2025",
                "2026-1970",
                "1969-2026",
                "*/65536",
                "MON",
                "2026#1",
            ],
        ),
    ];
    let mut count = 0;
    for (field, special) in cases {
        for item in special.iter().chain(&everywhere) {
            let expression = with(field, item);
            let refused = Schedule::parse(&expression);
            let day_field = matches!(field, DayOfMonth | DayOfWeek);
            assert!(
                matches!(&refused, Err(ScheduleError::CronItem { field: found, .. }) if *found == field)
                    || (day_field && refused == Err(ScheduleError::CronDayFields)),
                "{expression}: {refused:?}"
            );
            count += 1;
        }
    }
    assert!(count > 300, "{count} cases");
}

fn with(field: CronField, item: &str) -> String {
    let mut fields = ["0", "0", "?", "*", "?", "*"];
    let position = match field {
        CronField::Minutes => 0,
        CronField::Hours => 1,
        CronField::DayOfMonth => 2,
        CronField::Month => 3,
        CronField::DayOfWeek => 4,
        CronField::Year => 5,
    };
    if field != CronField::DayOfWeek {
        fields[2] = "*";
    }
    fields[position] = item;
    format!("cron({})", fields.join(" "))
}

#[test]
fn an_expression_has_six_fields() {
    for (fields, found) in [
        ("", 0),
        (" ", 0),
        ("INVALID", 1),
        ("*/1 * * * *", 5),
        ("0 12 * * ?", 5),
        ("0 0 12 * * ? *", 7),
        ("0,10,*,*,?,*", 1),
        ("0\n10\n*\n*\n?\n*", 1),
    ] {
        assert_eq!(
            Schedule::parse(&format!("cron({fields})")),
            Err(ScheduleError::CronFieldCount { found }),
            "{fields:?}"
        );
    }
}

#[test]
fn exactly_one_field_of_days_is_a_question_mark() {
    for days in [
        ["*", "*"],
        ["?", "?"],
        ["1", "2"],
        ["*", "2"],
        ["1", "*"],
        ["L", "L"],
        ["*", "MON-FRI"],
    ] {
        let [day_of_month, day_of_week] = days;
        let expression = format!("cron(0 1 {day_of_month} * {day_of_week} *)");
        assert_eq!(
            Schedule::parse(&expression),
            Err(ScheduleError::CronDayFields),
            "{expression}"
        );
    }
}

#[test]
fn an_error_names_the_field_and_the_item() {
    let refused = Schedule::parse("cron(0 25,8 * * ? *)").unwrap_err();
    assert_eq!(refused.to_string(), "the hours field doesn't take \"25\"");
}
