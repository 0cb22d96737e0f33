//! What EventBridge is asked.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

const CREATE_EVENT_BUS: &[u8] = br#"{"EventBusArn":"arn:aws:events:us-east-1:000000000000:event-bus/load"}"#;
const PUT_RULE: &[u8] = br#"{"RuleArn":"arn:aws:events:us-east-1:000000000000:rule/load/rule"}"#;
const NONE_FAILED: &[u8] = br#"{"FailedEntryCount":0,"FailedEntries":[]}"#;
const EVENT: &[u8] = br#"{"EventId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents<'a> {
    #[serde(borrow)]
    entries: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    #[serde(borrow)]
    event_bus_name: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    detail_type: Cow<'a, str>,
    #[serde(borrow)]
    detail: Cow<'a, str>,
}

impl Entry<'_> {
    /// A detail is JSON in a string of JSON.
    fn is_usable(&self) -> bool {
        !self.event_bus_name.is_empty()
            && !self.source.is_empty()
            && !self.detail_type.is_empty()
            && serde_json::from_str::<IgnoredAny>(&self.detail).is_ok()
    }
}

/// The answer to an operation, or `None` to what isn't a request of the workloads.
pub(crate) fn answer(operation: &[u8], body: &[u8]) -> Option<Bytes> {
    match operation {
        b"PutEvents" => put_events(body),
        b"CreateEventBus" => Some(Bytes::from_static(CREATE_EVENT_BUS)),
        b"PutRule" => Some(Bytes::from_static(PUT_RULE)),
        b"PutTargets" | b"RemoveTargets" => Some(Bytes::from_static(NONE_FAILED)),
        b"DeleteRule" | b"DeleteEventBus" => Some(Bytes::from_static(b"{}")),
        _ => None,
    }
}

fn put_events(body: &[u8]) -> Option<Bytes> {
    let request: PutEvents<'_> = serde_json::from_slice(body).ok()?;
    if !request.entries.iter().all(Entry::is_usable) {
        return None;
    }
    let mut answer = br#"{"FailedEntryCount":0,"Entries":["#.to_vec();
    for index in 0..request.entries.len() {
        if index > 0 {
            answer.push(b',');
        }
        answer.extend_from_slice(EVENT);
    }
    answer.extend_from_slice(b"]}");
    Some(Bytes::from(answer))
}
