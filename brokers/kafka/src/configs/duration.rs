//! Durations as configurations write them: ISO 8601's, up to days.

/// The units, in the order in which they come: those of the date, and behind `T` those of the time.
const UNITS: [(char, bool, u64); 4] = [
    ('D', false, 86_400_000),
    ('H', true, 3_600_000),
    ('M', true, 60_000),
    ('S', true, 1_000),
];

/// The milliseconds of a duration such as `P1DT2H3.5S`, which is not negative; `None` if it is none.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = text.to_ascii_uppercase();
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let (mut rest, mut total) = ([date, time], 0_u64);
    for (unit, is_time, unit_milliseconds) in UNITS {
        let rest = &mut rest[usize::from(is_time)];
        if let Some((number, behind)) = rest.split_once(unit) {
            total = total.checked_add(amount(number, unit_milliseconds)?)?;
            *rest = behind;
        }
    }
    if rest != ["", ""] {
        return None;
    }
    i64::try_from(total).ok()
}

/// So many of a unit; seconds may have a fraction.
fn amount(number: &str, unit_milliseconds: u64) -> Option<u64> {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match number.split_once(['.', ',']) {
        Some((whole, fraction)) if unit_milliseconds == 1_000 => (whole, fraction),
        _ => (number, ""),
    };
    if !is_number(whole) || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(unit_milliseconds)?.checked_add(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_java_reads_them() {
        for (text, expected) in [
            ("PT1H", Some(3_600_000)),
            ("P1DT2H3M4.5S", Some(93_784_500)),
            ("P2D", Some(172_800_000)),
            ("pt0.001s", Some(1)),
            ("PT1,25S", Some(1_250)),
            ("PT0S", Some(0)),
            ("", None),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("1h", None),
            ("-PT1H", None),
            ("PT-1H", None),
            ("PT1.5H", None),
            ("P1H", None),
            ("PT1D", None),
            ("PT1S1H", None),
            ("PT1H2", None),
            ("PT99999999999999999999S", None),
            ("P9999999999999999D", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text}");
        }
    }
}
