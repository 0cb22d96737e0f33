use std::fmt;
use time::OffsetDateTime;

/// When a message was published or a confirmation was sent: a moment of the years 1970 to 9999, to the millisecond.
///
/// It is written in UTC: `2012-05-02T00:54:06.655Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// The moment some milliseconds after the Unix epoch. `None` beyond the year 9999.
    pub fn from_unix_milliseconds(milliseconds: u64) -> Option<Self> {
        let nanoseconds = i128::from(milliseconds) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .ok()
            .map(Self)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.0;
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            moment.year(),
            u8::from(moment.month()),
            moment.day(),
            moment.hour(),
            moment.minute(),
            moment.second(),
            moment.millisecond()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc_to_the_millisecond() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_335_920_046_655, "2012-05-02T00:54:06.655Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            let timestamp = Timestamp::from_unix_milliseconds(milliseconds).unwrap();
            assert_eq!(timestamp.to_string(), expected);
        }
        assert_eq!(Timestamp::from_unix_milliseconds(253_402_300_800_000), None);
        assert_eq!(Timestamp::from_unix_milliseconds(u64::MAX), None);
    }
}
