use std::time::{Duration, UNIX_EPOCH};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use ninefold_time::Timestamp;

/// The longest wait that an endpoint can ask for: no event becomes older.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What an endpoint's answer means for the event
/// ([error codes](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-error-codes)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken: a status from 200 to 299.
    Delivered,
    /// It is to be sent again: 401, 407, 409, 429, and 500 on.
    Retry {
        /// How long the endpoint asks to wait; the retry policy counts if it waits longer.
        after: Option<Duration>,
    },
    /// It is not wanted: any other status, redirects too, or a negative `Retry-After`.
    Refused,
}

impl Outcome {
    /// From the status and the headers of an answer that came at `now`.
    pub fn of(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Self {
        match status.as_u16() {
            200..=299 => Outcome::Delivered,
            401 | 407 | 409 | 429 | 500.. => match RetryAfter::read(headers, now) {
                RetryAfter::Never => Outcome::Refused,
                RetryAfter::Unsaid => Outcome::Retry { after: None },
                RetryAfter::Wait(wait) => Outcome::Retry {
                    after: Some(wait.min(LONGEST_RETRY_AFTER)),
                },
            },
            _ => Outcome::Refused,
        }
    }
}

/// RFC 9110 (10.2.3), and negative numbers, which only EventBridge gives a meaning.
enum RetryAfter {
    Unsaid,
    Wait(Duration),
    Never,
}

impl RetryAfter {
    /// What cannot be read counts as unsaid.
    fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let value = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let Some(text) = value.map(str::trim) else {
            return RetryAfter::Unsaid;
        };
        if let Ok(seconds) = text.parse::<i64>() {
            return match u64::try_from(seconds) {
                Ok(seconds) => RetryAfter::Wait(Duration::from_secs(seconds)),
                Err(_) => RetryAfter::Never,
            };
        }
        match httpdate::parse_http_date(text) {
            Ok(date) if date >= UNIX_EPOCH => RetryAfter::Wait(Timestamp::from(date).duration_since(now)),
            _ => RetryAfter::Unsaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14T22:13:20Z.
    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn outcome(status: u16, retry_after: Option<&str>) -> Outcome {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(RETRY_AFTER, value.parse().unwrap());
        }
        Outcome::of(StatusCode::from_u16(status).unwrap(), &headers, NOW)
    }

    #[test]
    fn statuses_decide() {
        let retry = Outcome::Retry { after: None };
        for (expected, statuses) in [
            (Outcome::Delivered, &[200, 201, 202, 204, 299][..]),
            (retry, &[401, 407, 409, 429, 500, 502, 503, 504, 599]),
            (
                Outcome::Refused,
                &[100, 301, 302, 304, 400, 403, 404, 408, 410, 413, 422],
            ),
        ] {
            for status in statuses {
                assert_eq!(outcome(*status, None), expected, "{status}");
            }
        }
    }

    #[test]
    fn endpoints_may_ask_for_time() {
        let after = |seconds| Outcome::Retry {
            after: Some(Duration::from_secs(seconds)),
        };
        for (value, expected) in [
            ("0", after(0)),
            (" 120 ", after(120)),
            ("86401", after(86_400)),
            ("9223372036854775807", after(86_400)),
            ("Tue, 14 Nov 2023 22:13:50 GMT", after(30)),
            ("Tue, 14 Nov 2023 22:13:19 GMT", after(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", after(86_400)),
            ("-1", Outcome::Refused),
            ("soon", Outcome::Retry { after: None }),
            ("", Outcome::Retry { after: None }),
            ("99999999999999999999", Outcome::Retry { after: None }),
        ] {
            assert_eq!(outcome(503, Some(value)), expected, "{value:?}");
            assert_eq!(outcome(429, Some(value)), expected, "{value:?}");
        }
        assert_eq!(outcome(200, Some("-1")), Outcome::Delivered);
        assert_eq!(outcome(404, Some("5")), Outcome::Refused);
    }
}
