use std::fmt;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// When a request was signed, to the second: `20150830T123600Z` on the wire.
///
/// Holds any second of the years 0 to 9999, so that it always has that form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SigningTime(OffsetDateTime);

impl SigningTime {
    /// The time `unix_seconds` after the epoch. Years outside 0 to 9999 are held at 1970.
    pub fn from_unix_seconds(unix_seconds: i64) -> Self {
        let time = OffsetDateTime::from_unix_timestamp(unix_seconds)
            .ok()
            .filter(|time| (0..=9999).contains(&time.year()))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self(time)
    }

    /// Seconds since the Unix epoch.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Reads the basic format of ISO 8601 that `X-Amz-Date` has: `YYYYMMDDTHHMMSSZ`.
    pub(crate) fn parse_basic(text: &str) -> Option<Self> {
        let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
        if bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0u16, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + u16::from(byte - b'0'))
            })
        };
        let small = |from: usize| number(from, from + 2).and_then(|value| u8::try_from(value).ok());
        let month = Month::try_from(small(4)?).ok()?;
        let date = Date::from_calendar_date(i32::from(number(0, 4)?), month, small(6)?).ok()?;
        let time = Time::from_hms(small(9)?, small(11)?, small(13)?).ok()?;
        Some(Self(PrimitiveDateTime::new(date, time).assume_utc()))
    }

    /// Reads a `Date` header: the formats of HTTP (RFC 9110), or the basic format of ISO 8601.
    pub(crate) fn parse_date_header(text: &str) -> Option<Self> {
        Self::parse_basic(text).or_else(|| {
            let time = httpdate::parse_http_date(text).ok()?;
            let since_epoch = time.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
            Some(Self::from_unix_seconds(
                i64::try_from(since_epoch.as_secs()).ok()?,
            ))
        })
    }

    /// The day alone, as credential scopes have it: `YYYYMMDD`.
    pub(crate) fn day(self) -> String {
        format!(
            "{:04}{:02}{:02}",
            self.0.year(),
            u8::from(self.0.month()),
            self.0.day()
        )
    }

    /// This time moved by `seconds`, held within the years that have the wire form.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_seconds(self.unix_seconds().saturating_add(seconds))
    }
}

impl fmt::Display for SigningTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.0.to_hms();
        write!(formatter, "{}T{hour:02}{minute:02}{second:02}Z", self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_format_reads_and_writes() {
        for (text, unix_seconds) in [
            ("19700101T000000Z", 0),
            ("20150830T123600Z", 1_440_938_160),
            ("20240229T235959Z", 1_709_251_199),
            ("99991231T235959Z", 253_402_300_799),
        ] {
            let time = SigningTime::parse_basic(text).unwrap();
            assert_eq!(time.unix_seconds(), unix_seconds, "{text}");
            assert_eq!(time.to_string(), text);
            assert_eq!(SigningTime::from_unix_seconds(unix_seconds), time);
        }
    }

    #[test]
    fn other_formats_are_refused() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "20150830T123600z",
            "20150830 123600Z",
            "2015-08-30T12:36:00Z",
            "20150230T123600Z",
            "20151330T123600Z",
            "20150830T243600Z",
            "20150830T126000Z",
            "2015083éT12360Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(SigningTime::parse_basic(text), None, "{text}");
        }
    }

    #[test]
    fn date_headers_have_the_formats_of_http_too() {
        let expected = SigningTime::parse_basic("20150830T123600Z");
        assert_eq!(
            SigningTime::parse_date_header("Sun, 30 Aug 2015 12:36:00 GMT"),
            expected
        );
        assert_eq!(SigningTime::parse_date_header("20150830T123600Z"), expected);
        assert_eq!(SigningTime::parse_date_header("yesterday"), None);
    }

    #[test]
    fn times_without_a_wire_form_do_not_exist() {
        assert_eq!(SigningTime::from_unix_seconds(i64::MAX).unix_seconds(), 0);
        assert_eq!(SigningTime::from_unix_seconds(i64::MIN).unix_seconds(), 0);
        assert_eq!(
            SigningTime::from_unix_seconds(0)
                .plus_seconds(i64::MAX)
                .unix_seconds(),
            0
        );
    }
}
