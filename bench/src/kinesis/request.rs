//! The requests as bytes.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::request::{SIGNED_FOR_STREAMS, message_body, post};

/// Partition keys that a request has, over and over: so many are on all shards alike.
const PARTITION_KEYS: usize = 1_024;

/// Where requests go.
#[derive(Clone, Copy, Debug)]
pub struct KinesisEndpoint {
    /// The server's address, also the Host header.
    pub address: SocketAddr,
    /// Whether requests have the headers that signing adds.
    pub signed: bool,
}

impl KinesisEndpoint {
    /// An operation with these members.
    pub fn request(&self, operation: &str, members: &Value) -> Vec<u8> {
        let signed = if self.signed { SIGNED_FOR_STREAMS } else { "" };
        let headers = format_args!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.{operation}\r\n{signed}"
        );
        post(self.address, "/", headers, &members.to_string())
    }

    /// PutRecords of so many records; requests of different numbers have different partition keys.
    pub fn put_records(&self, stream: &str, number: usize, records: usize, record_bytes: usize) -> Vec<u8> {
        let data = STANDARD.encode(message_body(record_bytes));
        let records: Vec<Value> = (0..records)
            .map(|index| {
                let key = (number * records + index) % PARTITION_KEYS;
                json!({"PartitionKey": format!("key-{key:04}"), "Data": data})
            })
            .collect();
        self.request("PutRecords", &json!({"StreamName": stream, "Records": records}))
    }

    /// PutRecord of a record whose partition key says its number, to the shard that holds a hash key.
    pub fn put_numbered(&self, stream: &str, number: usize, hash_key: &str, record_bytes: usize) -> Vec<u8> {
        let members = json!({
            "StreamName": stream,
            "PartitionKey": number.to_string(),
            "ExplicitHashKey": hash_key,
            "Data": STANDARD.encode(message_body(record_bytes)),
        });
        self.request("PutRecord", &members)
    }
}

/// The records that an answer to PutRecords acknowledges.
pub fn acknowledged(body: &[u8]) -> usize {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        #[serde(default)]
        failed_record_count: usize,
        records: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Answer>(body).map_or(0, |answer| {
        answer.records.len().saturating_sub(answer.failed_record_count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_keys_and_the_bytes_asked_for() {
        let endpoint = KinesisEndpoint {
            address: "127.0.0.1:4567".parse().unwrap(),
            signed: true,
        };
        let request = String::from_utf8(endpoint.put_records("s", 1, 500, 1_024)).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("X-Amz-Target: Kinesis_20131202.PutRecords\r\n"));
        assert!(head.contains("/us-east-1/kinesis/aws4_request"));
        let body: Value = serde_json::from_str(body).unwrap();
        let records = body["Records"].as_array().unwrap();
        assert_eq!(records.len(), 500);
        assert_eq!(records[499]["PartitionKey"], "key-0999");
        let data = STANDARD.decode(records[0]["Data"].as_str().unwrap()).unwrap();
        assert_eq!(data.len(), 1_024);
    }

    #[test]
    fn failed_records_are_not_acknowledged() {
        assert_eq!(acknowledged(br#"{"FailedRecordCount":0,"Records":[{},{}]}"#), 2);
        assert_eq!(acknowledged(br#"{"FailedRecordCount":1,"Records":[{},{}]}"#), 1);
        assert_eq!(acknowledged(br#"{"__type":"ValidationException"}"#), 0);
    }
}
