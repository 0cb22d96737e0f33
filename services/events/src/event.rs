//! An event, as rules match it and targets get it.
//!
//! Source: [Event structure](https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html).

use std::borrow::Cow;
use std::fmt::Write;

use ninefold_model::{Timestamp, TimestampFormat};
use ninefold_protocol::{AccountId, Region};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    /// All of it, as JSON.
    pub(crate) json: String,
    /// How it came here.
    pub(crate) passage: Passage,
}

/// What is known of an event besides what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passage {
    /// When it was put on its first bus, in milliseconds since 1970.
    pub(crate) ingested_at_millis: u64,
    /// The trace that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace_header: Option<String>,
    /// The keys of the buses that it came by before this one, so that it doesn't go in circles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) came_by: Vec<String>,
}

/// What an event is made of.
pub(crate) struct EventParts<'a> {
    pub(crate) id: Uuid,
    pub(crate) detail_type: &'a str,
    pub(crate) source: &'a str,
    pub(crate) account: AccountId,
    /// In milliseconds since 1970; events tell seconds.
    pub(crate) time_millis: i64,
    pub(crate) region: &'a Region,
    pub(crate) resources: &'a [Cow<'a, str>],
    /// A JSON object.
    pub(crate) detail: &'a str,
}

impl EventParts<'_> {
    /// The event as JSON, in the order that AWS writes it in.
    pub(crate) fn to_json(&self) -> String {
        // The fixed part has 132 bytes, with an id and a time.
        let mut json =
            String::with_capacity(256 + self.detail.len() + self.source.len() + self.detail_type.len());
        json.push_str(r#"{"version":"0","id":""#);
        json.push_str(self.id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        json.push_str(r#"","detail-type":"#);
        push_string(&mut json, self.detail_type);
        json.push_str(r#","source":"#);
        push_string(&mut json, self.source);
        json.push_str(r#","account":""#);
        json.push_str(self.account.as_str());
        json.push_str(r#"","time":""#);
        push_time(&mut json, self.time_millis);
        json.push_str(r#"","region":""#);
        json.push_str(self.region.as_str());
        json.push_str(r#"","resources":["#);
        for (index, resource) in self.resources.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            push_string(&mut json, resource);
        }
        json.push_str(r#"],"detail":"#);
        json.push_str(self.detail);
        json.push('}');
        json
    }
}

/// The id of a new event.
pub(crate) fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid()
}

/// Writes a string as JSON.
fn push_string(json: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        json.push('"');
        json.push_str(text);
        json.push('"');
        return;
    }
    json.push_str(&serde_json::Value::from(text).to_string());
}

/// Writes a time to the second: `2026-03-01T12:00:00Z`.
fn push_time(json: &mut String, milliseconds: i64) {
    let whole_seconds = milliseconds.div_euclid(1_000) * 1_000;
    let written = Timestamp::from_milliseconds(whole_seconds).format(TimestampFormat::Iso8601);
    // Writing to a string never fails.
    let _ = write!(json, "{written}");
}

/// An event's JSON with the name of the replay that brings it again, where AWS has it: before the resources.
pub(crate) fn with_replay_name(json: &str, replay: &str) -> String {
    // Within a string a quotation mark would have a backslash before it, and the detail comes behind.
    let place = json.find(r#","resources":["#).unwrap_or(json.len() - 1);
    let (head, rest) = json.split_at(place);
    let mut named = String::with_capacity(json.len() + 20 + replay.len());
    named.push_str(head);
    named.push_str(r#","replay-name":"#);
    push_string(&mut named, replay);
    named.push_str(rest);
    named
}

/// Whether a text is a JSON object.
pub(crate) fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_as_aws_does() {
        let resources = [Cow::Borrowed("a"), Cow::Borrowed("b\"c")];
        let event = EventParts {
            id: Uuid::from_u128(1),
            detail_type: "an order",
            source: "shop\\one",
            account: AccountId::parse("123456789012").unwrap(),
            time_millis: 1_772_366_400_999,
            region: &Region::parse("eu-central-1").unwrap(),
            resources: &resources,
            detail: r#"{"n": 1.0}"#,
        };
        assert_eq!(
            event.to_json(),
            r#"{"version":"0","id":"00000000-0000-0000-0000-000000000001","detail-type":"an order","source":"shop\\one","account":"123456789012","time":"2026-03-01T12:00:00Z","region":"eu-central-1","resources":["a","b\"c"],"detail":{"n": 1.0}}"#
        );
    }

    #[test]
    fn the_name_of_a_replay_stands_before_the_resources() {
        let event = EventParts {
            id: Uuid::from_u128(1),
            detail_type: r#"","resources":["#,
            source: "shop",
            account: AccountId::parse("123456789012").unwrap(),
            time_millis: 0,
            region: &Region::parse("eu-central-1").unwrap(),
            resources: &[],
            detail: r#"{"a":1,"resources":[]}"#,
        };
        assert_eq!(
            with_replay_name(&event.to_json(), "again"),
            r#"{"version":"0","id":"00000000-0000-0000-0000-000000000001","detail-type":"\",\"resources\":[","source":"shop","account":"123456789012","time":"1970-01-01T00:00:00Z","region":"eu-central-1","replay-name":"again","resources":[],"detail":{"a":1,"resources":[]}}"#
        );
    }

    #[test]
    fn only_objects_are_objects() {
        for (text, expected) in [
            ("{}", true),
            (r#" {"a": [1, {"b": null}]} "#, true),
            ("[]", false),
            ("{", false),
            ("{} {}", false),
            ("\"{}\"", false),
            ("", false),
        ] {
            assert_eq!(is_object(text), expected, "{text}");
        }
    }
}
