//! The EventBridge requests of the workloads as bytes, in AWS JSON 1.1.

use std::net::SocketAddr;

use memchr::memmem;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::request::{SIGNED_FOR_EVENTS, message_body, post};

/// The source of every event, which every rule asks for.
const SOURCE: &str = "load";
/// The field of an event's detail that tells rules apart.
const MATCHED_FIELD: &str = "number";
/// The id of a rule's only target.
const TARGET_ID: &str = "queue";

/// Where requests go.
#[derive(Clone, Copy, Debug)]
pub struct EventEndpoint {
    /// The server's address, also the Host header.
    pub address: SocketAddr,
    /// Whether requests have the headers that signing adds.
    pub signed: bool,
}

/// A rule of a bus.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// The bus's name.
    pub bus: &'a str,
    /// The number whose events it wants, and by which it is called.
    pub number: usize,
}

impl Rule<'_> {
    fn name(&self) -> String {
        format!("rule-{}", written(self.number))
    }
}

impl EventEndpoint {
    /// CreateEventBus.
    pub fn create_event_bus(&self, name: &str) -> Vec<u8> {
        self.request("CreateEventBus", &json!({"Name": name}))
    }

    /// DeleteEventBus.
    pub fn delete_event_bus(&self, name: &str) -> Vec<u8> {
        self.request("DeleteEventBus", &json!({"Name": name}))
    }

    /// PutRule with a pattern on the source and a field of the detail.
    pub fn put_rule(&self, rule: Rule<'_>) -> Vec<u8> {
        let pattern = json!({"source": [SOURCE], "detail": {MATCHED_FIELD: [written(rule.number)]}});
        let members =
            json!({"Name": rule.name(), "EventBusName": rule.bus, "EventPattern": pattern.to_string()});
        self.request("PutRule", &members)
    }

    /// DeleteRule.
    pub fn delete_rule(&self, rule: Rule<'_>) -> Vec<u8> {
        let members = json!({"Name": rule.name(), "EventBusName": rule.bus});
        self.request("DeleteRule", &members)
    }

    /// PutTargets of one queue, which gets events as they are.
    pub fn put_targets(&self, rule: Rule<'_>, queue_arn: &str) -> Vec<u8> {
        let targets = json!([{"Id": TARGET_ID, "Arn": queue_arn}]);
        let members = json!({"Rule": rule.name(), "EventBusName": rule.bus, "Targets": targets});
        self.request("PutTargets", &members)
    }

    /// RemoveTargets of that queue.
    pub fn remove_targets(&self, rule: Rule<'_>) -> Vec<u8> {
        let members = json!({"Rule": rule.name(), "EventBusName": rule.bus, "Ids": [TARGET_ID]});
        self.request("RemoveTargets", &members)
    }

    /// PutEvents of one event for each number, with details of `detail_bytes`.
    pub fn put_events(&self, bus: &str, numbers: &[usize], detail_bytes: usize) -> Vec<u8> {
        let entries: Vec<Value> = numbers
            .iter()
            .map(|&number| {
                json!({
                    "EventBusName": bus,
                    "Source": SOURCE,
                    "DetailType": "load",
                    "Detail": detail(number, detail_bytes),
                })
            })
            .collect();
        self.request("PutEvents", &json!({"Entries": entries}))
    }

    fn request(&self, operation: &str, members: &Value) -> Vec<u8> {
        let signed = if self.signed { SIGNED_FOR_EVENTS } else { "" };
        let headers = format_args!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AWSEvents.{operation}\r\n{signed}"
        );
        post(self.address, "/", headers, &members.to_string())
    }
}

/// The events that an answer to PutEvents acknowledges.
pub fn acknowledged(body: &[u8]) -> usize {
    memmem::find_iter(body, br#""EventId""#).count()
}

/// Whether an answer to PutTargets says that all of them were taken.
pub fn are_targets_taken(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        failed_entry_count: u64,
    }
    serde_json::from_slice::<Answer>(body).is_ok_and(|answer| answer.failed_entry_count == 0)
}

/// A detail of `bytes`, or more where they are too few to say the number.
fn detail(number: usize, bytes: usize) -> String {
    let number = written(number);
    let with = |text: &str| format!(r#"{{"{MATCHED_FIELD}":"{number}","text":"{text}"}}"#);
    with(&message_body(bytes.saturating_sub(with("").len())))
}

/// Numbers are as long as one another, so that every event is.
fn written(number: usize) -> String {
    format!("{number:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule<'_> = Rule {
        bus: "load",
        number: 7,
    };

    fn endpoint() -> EventEndpoint {
        EventEndpoint {
            address: "127.0.0.1:4566".parse().unwrap(),
            signed: true,
        }
    }

    fn members_of(request: &[u8], operation: &str) -> Value {
        let (head, body) = std::str::from_utf8(request)
            .unwrap()
            .split_once("\r\n\r\n")
            .unwrap();
        assert!(head.starts_with("POST / HTTP/1.1\r\n"));
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        assert!(head.contains("Content-Type: application/x-amz-json-1.1\r\n"));
        assert!(head.contains(&format!("X-Amz-Target: AWSEvents.{operation}\r\n")));
        assert!(head.contains("/us-east-1/events/aws4_request"));
        serde_json::from_str(body).unwrap()
    }

    #[test]
    fn a_rule_matches_the_events_of_its_number() {
        let rule = members_of(&endpoint().put_rule(RULE), "PutRule");
        assert_eq!(rule["EventBusName"], "load");
        let pattern: Value = serde_json::from_str(rule["EventPattern"].as_str().unwrap()).unwrap();
        let events = members_of(&endpoint().put_events("load", &[7, 8], 256), "PutEvents");
        let entries = events["Entries"].as_array().unwrap();
        assert_eq!(entries.len(), 2);
        for (entry, is_wanted) in entries.iter().zip([true, false]) {
            assert_eq!(entry["EventBusName"], "load");
            assert_eq!(entry["DetailType"], "load");
            assert_eq!(pattern["source"], json!([entry["Source"]]));
            let detail = entry["Detail"].as_str().unwrap();
            assert_eq!(detail.len(), 256);
            let detail: Value = serde_json::from_str(detail).unwrap();
            assert_eq!(
                pattern["detail"]["number"] == json!([detail["number"]]),
                is_wanted
            );
        }
    }

    #[test]
    fn a_target_is_put_on_its_rule_and_removed_from_it() {
        let rule = members_of(&endpoint().put_rule(RULE), "PutRule");
        let put = members_of(
            &endpoint().put_targets(RULE, "arn:aws:sqs:us-east-1:1:q"),
            "PutTargets",
        );
        assert_eq!(put["Rule"], rule["Name"]);
        assert_eq!(
            put["Targets"],
            json!([{"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:1:q"}])
        );
        let removal = members_of(&endpoint().remove_targets(RULE), "RemoveTargets");
        assert_eq!(removal["Rule"], rule["Name"]);
        assert_eq!(removal["Ids"], json!(["queue"]));
        let deletion = members_of(&endpoint().delete_rule(RULE), "DeleteRule");
        assert_eq!(deletion["Name"], rule["Name"]);
    }

    #[test]
    fn a_detail_has_at_least_its_number() {
        assert_eq!(detail(3, 0), r#"{"number":"00003","text":""}"#);
    }

    #[test]
    fn counts_acknowledged_events() {
        let answer = br#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"InternalFailure"}]}"#;
        assert_eq!(acknowledged(answer), 1);
    }

    #[test]
    fn a_refused_target_is_noticed() {
        assert!(are_targets_taken(
            br#"{"FailedEntryCount": 0, "FailedEntries": []}"#
        ));
        assert!(!are_targets_taken(
            br#"{"FailedEntryCount":1,"FailedEntries":[{"TargetId":"queue"}]}"#
        ));
        assert!(!are_targets_taken(b"{}"));
    }
}
