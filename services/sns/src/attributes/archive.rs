//! Archive policies of topics, and replay policies of subscriptions.
//!
//! Source: [Message archiving and replay](https://docs.aws.amazon.com/sns/latest/dg/fifo-message-archiving-replay.html).

use std::ops::RangeInclusive;

use ninefold_protocol::ServiceError;
use ninefold_time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::errors;

/// Days that messages can be kept.
const RETENTION_DAYS: RangeInclusive<u64> = 1..=365;
const DAY_SECONDS: u64 = 86_400;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ArchivePolicy {
    /// A number, or its text.
    message_retention_period: Value,
}

/// Reads an archive policy: how long messages are kept, in seconds. Nothing and `{}` end the archive.
pub(crate) fn read_archive(json: &str) -> Result<Option<u64>, ServiceError> {
    if json.is_empty() || json.trim() == "{}" {
        return Ok(None);
    }
    let invalid = |reason: &str| errors::invalid_parameter(format_args!("ArchivePolicy: {reason}"));
    let policy: ArchivePolicy = serde_json::from_str(json).map_err(|_| invalid("failed to parse JSON."))?;
    let days = match &policy.message_retention_period {
        Value::Number(days) => days.as_u64(),
        Value::String(days) => days.parse().ok(),
        _ => None,
    };
    days.filter(|days| RETENTION_DAYS.contains(days))
        .map(|days| Some(days * DAY_SECONDS))
        .ok_or_else(|| invalid("MessageRetentionPeriod must be from 1 to 365 days"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ReplayPolicyDocument {
    point_type: String,
    starting_point: String,
    ending_point: Option<String>,
}

/// Which part of an archive a subscription wants again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplayPolicy {
    pub(crate) start: Timestamp,
    pub(crate) end: Option<Timestamp>,
}

/// Reads a replay policy. Nothing and `{}` are none.
pub(crate) fn read_replay(json: &str) -> Result<Option<ReplayPolicy>, ServiceError> {
    if json.is_empty() || json.trim() == "{}" {
        return Ok(None);
    }
    let invalid = |reason: &str| errors::invalid_parameter(format_args!("ReplayPolicy: {reason}"));
    let document: ReplayPolicyDocument =
        serde_json::from_str(json).map_err(|_| invalid("failed to parse JSON."))?;
    if document.point_type != "Timestamp" {
        return Err(invalid("PointType must be Timestamp"));
    }
    let moment = |text: &str| {
        let parsed =
            OffsetDateTime::parse(text, &Rfc3339).map_err(|_| invalid("a point is not a timestamp"))?;
        let milliseconds = parsed.unix_timestamp_nanos() / 1_000_000;
        u64::try_from(milliseconds)
            .map(Timestamp::from_millis)
            .map_err(|_| invalid("a point is out of range"))
    };
    let start = moment(&document.starting_point)?;
    let end = document.ending_point.as_deref().map(moment).transpose()?;
    match end.is_some_and(|end| end <= start) {
        true => Err(invalid("EndingPoint must be after StartingPoint")),
        false => Ok(Some(ReplayPolicy { start, end })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_policies_say_for_how_many_days() {
        for (json, expected) in [
            (r#"{"MessageRetentionPeriod":"30"}"#, Some(Some(30 * DAY_SECONDS))),
            (r#"{"MessageRetentionPeriod":365}"#, Some(Some(365 * DAY_SECONDS))),
            ("{}", Some(None)),
            ("", Some(None)),
            (r#"{"MessageRetentionPeriod":"366"}"#, None),
            (r#"{"MessageRetentionPeriod":0}"#, None),
            (r#"{"Days":1}"#, None),
        ] {
            assert_eq!(read_archive(json).ok(), expected, "{json}");
        }
    }

    #[test]
    fn replay_policies_say_from_when_on() {
        let json = r#"{"PointType":"Timestamp","StartingPoint":"2026-11-26T01:00:00.000Z","EndingPoint":"2026-11-26T01:00:01Z"}"#;
        let policy = read_replay(json).unwrap().unwrap();
        assert_eq!(policy.start, Timestamp::from_secs(1_795_654_800));
        assert_eq!(policy.end, Some(Timestamp::from_secs(1_795_654_801)));
        for json in [
            r#"{"PointType":"Sequence","StartingPoint":"2026-11-26T01:00:00Z"}"#,
            r#"{"PointType":"Timestamp","StartingPoint":"yesterday"}"#,
            r#"{"PointType":"Timestamp","StartingPoint":"2026-11-26T01:00:00Z","EndingPoint":"2026-11-26T01:00:00Z"}"#,
            "{",
        ] {
            assert!(read_replay(json).is_err(), "{json}");
        }
    }
}
