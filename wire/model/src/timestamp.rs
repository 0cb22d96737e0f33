//! Timestamps of API inputs and outputs.

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;
use time::format_description::well_known::{Iso8601, Rfc2822};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::TimestampFormat;

/// A moment in milliseconds since 1970-01-01T00:00:00Z, the precision AWS APIs have. In typed structs it is
/// read and written as a timestamp; in other serde formats as the number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The newtype struct that a timestamp is to serde: by this name [`crate::to_value`] and binary formats tell it from
    /// a number.
    pub const SERDE_NAME: &'static str = "ninefold::Timestamp";

    /// The moment that many milliseconds after 1970.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Timestamp(milliseconds)
    }

    /// Milliseconds since 1970.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Reads text in any of the three formats, whichever it is in, as AWS does.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        if let Ok(seconds) = text.parse::<f64>() {
            return Self::from_seconds(seconds);
        }
        OffsetDateTime::parse(text, &Iso8601::DEFAULT)
            .or_else(|_| OffsetDateTime::parse(text, &Rfc2822))
            .map_err(|_| TimestampError)
            .and_then(Self::from_date)
    }

    /// Reads seconds since 1970, with fractions.
    pub fn from_seconds(seconds: f64) -> Result<Self, TimestampError> {
        let milliseconds = (seconds * 1000.0).round();
        // Beyond this range (year 9999) no format can write it.
        if milliseconds.abs() < 253_402_300_800_000.0 {
            Ok(Timestamp(milliseconds as i64))
        } else {
            Err(TimestampError)
        }
    }

    /// Writes it in that format. Moments outside the years 1-9999 are written as the nearest end of that range.
    pub fn format(self, format: TimestampFormat) -> String {
        let date = self.date();
        match format {
            TimestampFormat::UnixTimestamp if self.0 % 1000 == 0 => (self.0 / 1000).to_string(),
            TimestampFormat::UnixTimestamp => format!("{}", self.0 as f64 / 1000.0),
            TimestampFormat::Iso8601 if self.0 % 1000 == 0 => written(
                date,
                format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"),
            ),
            TimestampFormat::Iso8601 => written(
                date,
                format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"),
            ),
            TimestampFormat::Rfc822 => written(
                date,
                format_description!(
                    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
                ),
            ),
        }
    }

    fn from_date(date: OffsetDateTime) -> Result<Self, TimestampError> {
        i64::try_from(date.unix_timestamp_nanos().div_euclid(1_000_000))
            .map(Timestamp)
            .map_err(|_| TimestampError)
    }

    fn date(self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.0) * 1_000_000;
        let nearest = if self.0 < 0 {
            PrimitiveDateTime::MIN
        } else {
            PrimitiveDateTime::MAX
        };
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(nearest.assume_utc())
    }
}

fn written(date: OffsetDateTime, format: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
    date.format(format)
        .expect("a date has every component of the format")
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::SERDE_NAME, &self.0)
    }
}

/// Text or a number that is no timestamp in any of the formats AWS accepts.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a timestamp")]
pub struct TimestampError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_format_is_written_and_read() {
        let cases = [
            (
                1_700_000_000_000,
                "2023-11-14T22:13:20Z",
                "1700000000",
                "Tue, 14 Nov 2023 22:13:20 GMT",
            ),
            (0, "1970-01-01T00:00:00Z", "0", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (
                -1_000,
                "1969-12-31T23:59:59Z",
                "-1",
                "Wed, 31 Dec 1969 23:59:59 GMT",
            ),
        ];
        for (milliseconds, iso8601, unix, rfc822) in cases {
            let timestamp = Timestamp::from_milliseconds(milliseconds);
            for (format, text) in [
                (TimestampFormat::Iso8601, iso8601),
                (TimestampFormat::UnixTimestamp, unix),
                (TimestampFormat::Rfc822, rfc822),
            ] {
                assert_eq!(timestamp.format(format), text);
                assert_eq!(Timestamp::parse(text), Ok(timestamp), "{text}");
            }
        }
    }

    #[test]
    fn milliseconds_are_kept_where_the_format_has_them() {
        let timestamp = Timestamp::from_milliseconds(1_700_000_000_123);
        assert_eq!(
            timestamp.format(TimestampFormat::Iso8601),
            "2023-11-14T22:13:20.123Z"
        );
        assert_eq!(timestamp.format(TimestampFormat::UnixTimestamp), "1700000000.123");
        assert_eq!(
            timestamp.format(TimestampFormat::Rfc822),
            "Tue, 14 Nov 2023 22:13:20 GMT"
        );
        assert_eq!(Timestamp::parse("2023-11-14T23:13:20.123+01:00"), Ok(timestamp));
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in [
            "",
            "NaN",
            "inf",
            "1e300",
            "yesterday",
            "2023-11-14",
            "2023-13-14T22:13:20Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_timestamp_is_written(milliseconds: i64) {
            let timestamp = Timestamp::from_milliseconds(milliseconds);
            prop_assert!(timestamp.format(TimestampFormat::Iso8601).ends_with('Z'));
            prop_assert!(timestamp.format(TimestampFormat::Rfc822).ends_with("GMT"));
        }

        #[test]
        fn timestamps_of_our_era_come_back(milliseconds in 0i64..250_000_000_000_000) {
            let timestamp = Timestamp::from_milliseconds(milliseconds);
            for format in [TimestampFormat::Iso8601, TimestampFormat::UnixTimestamp] {
                prop_assert_eq!(Timestamp::parse(&timestamp.format(format)), Ok(timestamp));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            if let Ok(timestamp) = Timestamp::parse(&text) {
                timestamp.format(TimestampFormat::Iso8601);
            }
        }
    }
}
