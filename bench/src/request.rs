//! The SQS requests of the workloads as bytes, in AWS JSON 1.0 and in the older query protocol, and the two
//! values a client takes from the answers (queue URL, receipt handle).

use std::net::SocketAddr;

use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The headers that a signing client adds. The signature is a fixed one: contenders run without verification,
/// but pay for reading the header as they would in use.
const SIGNED_HEADERS: &str = "X-Amz-Date: 20260101T000000Z\r\n\
    Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sqs/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
    Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n";

/// How requests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Protocol {
    /// AWS JSON 1.0, what SDKs send since 2023.
    Json,
    /// Form-encoded parameters and XML answers, what they sent before.
    Query,
}

/// Where requests go and how they are written.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The server's address, also the Host header.
    pub address: SocketAddr,
    /// How requests are written.
    pub protocol: Protocol,
    /// Whether requests have the headers that signing adds.
    pub signed: bool,
}

impl Endpoint {
    /// CreateQueue with default attributes.
    pub fn create_queue(&self, name: &str) -> Vec<u8> {
        self.request("CreateQueue", None, &[("QueueName", name)], "")
    }

    /// DeleteQueue.
    pub fn delete_queue(&self, queue: &Queue) -> Vec<u8> {
        self.request("DeleteQueue", Some(queue), &[], "")
    }

    /// SendMessage of one body.
    pub fn send_message(&self, queue: &Queue, body: &str) -> Vec<u8> {
        self.request("SendMessage", Some(queue), &[("MessageBody", body)], "")
    }

    /// SendMessageBatch of `entries` equal bodies.
    pub fn send_message_batch(&self, queue: &Queue, body: &str, entries: usize) -> Vec<u8> {
        match self.protocol {
            Protocol::Json => {
                let entries: Vec<String> = (0..entries)
                    .map(|index| format!(r#"{{"Id":"entry-{index}","MessageBody":"{body}"}}"#))
                    .collect();
                let member = format!(r#","Entries":[{}]"#, entries.join(","));
                self.request("SendMessageBatch", Some(queue), &[], &member)
            }
            Protocol::Query => {
                let parameters: String = (0..entries)
                    .map(|index| {
                        let prefix = format!("&SendMessageBatchRequestEntry.{}", index + 1);
                        format!("{prefix}.Id=entry-{index}{prefix}.MessageBody={}", encode(body))
                    })
                    .collect();
                self.request("SendMessageBatch", Some(queue), &[], &parameters)
            }
        }
    }

    /// ReceiveMessage of at most one message, waiting up to `wait_seconds` for it.
    pub fn receive_message(&self, queue: &Queue, wait_seconds: u8) -> Vec<u8> {
        let members = match self.protocol {
            Protocol::Json => format!(r#","MaxNumberOfMessages":1,"WaitTimeSeconds":{wait_seconds}"#),
            Protocol::Query => format!("&MaxNumberOfMessages=1&WaitTimeSeconds={wait_seconds}"),
        };
        self.request("ReceiveMessage", Some(queue), &[], &members)
    }

    /// DeleteMessage of the receipt handle that `body`, an answer to ReceiveMessage, has; `None` when it has none.
    pub fn delete_message(&self, queue: &Queue, body: &[u8]) -> Option<Vec<u8>> {
        let handle = self.value(body, "ReceiptHandle")?;
        Some(self.request("DeleteMessage", Some(queue), &[("ReceiptHandle", &handle)], ""))
    }

    /// The queue that an answer to CreateQueue names.
    pub fn queue(&self, body: &[u8]) -> Option<Queue> {
        let url = self.value(body, "QueueUrl")?;
        let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = after_scheme
            .find('/')
            .map_or("/", |slash| &after_scheme[slash..])
            .to_owned();
        Some(Queue { url, path })
    }

    /// The messages that an answer to a send operation acknowledges.
    pub fn acknowledged(&self, body: &[u8]) -> usize {
        match self.protocol {
            Protocol::Json => memmem::find_iter(body, br#""MessageId""#).count(),
            Protocol::Query => memmem::find_iter(body, b"<MessageId>").count(),
        }
    }

    /// A string member of an answer. JSON strings stay escaped as they came, so that they can be written into the
    /// next request as they are.
    fn value(&self, body: &[u8], name: &str) -> Option<String> {
        let (opening, closing) = match self.protocol {
            Protocol::Json => (format!("\"{name}\""), &b"\""[..]),
            Protocol::Query => (format!("<{name}>"), &b"</"[..]),
        };
        let mut rest = &body[memmem::find(body, opening.as_bytes())? + opening.len()..];
        if self.protocol == Protocol::Json {
            rest = rest
                .trim_ascii_start()
                .strip_prefix(b":")?
                .trim_ascii_start()
                .strip_prefix(b"\"")?;
        }
        let value = &rest[..memmem::find(rest, closing)?];
        std::str::from_utf8(value).ok().map(str::to_owned)
    }

    /// One request: string members, then `raw` members already written in the protocol.
    fn request(
        &self,
        operation: &str,
        queue: Option<&Queue>,
        members: &[(&str, &str)],
        raw: &str,
    ) -> Vec<u8> {
        let (path, headers, body) = match self.protocol {
            Protocol::Json => {
                let url = queue.map(|queue| ("QueueUrl", queue.url.as_str()));
                let members: Vec<String> = url
                    .iter()
                    .chain(members)
                    .map(|(name, value)| format!(r#""{name}":"{value}""#))
                    .collect();
                let headers = format!(
                    "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.{operation}\r\n"
                );
                ("/", headers, format!("{{{}{raw}}}", members.join(",")))
            }
            Protocol::Query => {
                let mut body = format!("Action={operation}&Version=2012-11-05");
                for (name, value) in members {
                    body.push_str(&format!("&{name}={}", encode(value)));
                }
                if let Some(queue) = queue {
                    body.push_str(&format!("&QueueUrl={}", encode(&queue.url)));
                }
                body.push_str(raw);
                let headers = "Content-Type: application/x-www-form-urlencoded\r\n".to_owned();
                (queue.map_or("/", |queue| queue.path.as_str()), headers, body)
            }
        };
        let signed = if self.signed { SIGNED_HEADERS } else { "" };
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}{signed}Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .into_bytes()
    }
}

/// A queue as its server names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    url: String,
    path: String,
}

/// A message body of `length` letters and digits.
pub fn message_body(length: usize) -> String {
    b"abcdefghijklmnopqrstuvwxyz0123456789"
        .iter()
        .cycle()
        .take(length)
        .map(|&byte| char::from(byte))
        .collect()
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(protocol: Protocol) -> Endpoint {
        Endpoint {
            address: "127.0.0.1:4566".parse().unwrap(),
            protocol,
            signed: false,
        }
    }

    fn body_of(request: &[u8]) -> &str {
        let (head, body) = std::str::from_utf8(request)
            .unwrap()
            .split_once("\r\n\r\n")
            .unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        body
    }

    #[test]
    fn json_requests_are_json() {
        let json = endpoint(Protocol::Json);
        let queue = json
            .queue(br#"{"QueueUrl" : "http://localhost:4566/000000000000/q"}"#)
            .unwrap();
        assert_eq!(queue.path, "/000000000000/q");
        let batch: serde_json::Value =
            serde_json::from_str(body_of(&json.send_message_batch(&queue, "abc", 10))).unwrap();
        assert_eq!(batch["QueueUrl"], queue.url);
        assert_eq!(batch["Entries"].as_array().unwrap().len(), 10);
        assert_eq!(batch["Entries"][9]["MessageBody"], "abc");
        let receive: serde_json::Value =
            serde_json::from_str(body_of(&json.receive_message(&queue, 20))).unwrap();
        assert_eq!(receive["WaitTimeSeconds"], 20);
    }

    #[test]
    fn a_receipt_handle_comes_back_as_it_was_written() {
        let json = endpoint(Protocol::Json);
        let queue = json.queue(br#"{"QueueUrl":"http://h/1/q"}"#).unwrap();
        let delete = json
            .delete_message(&queue, br#"{"Messages":[{"ReceiptHandle":"a\/b=="}]}"#)
            .unwrap();
        assert!(body_of(&delete).contains(r#""ReceiptHandle":"a\/b==""#));
        assert_eq!(json.delete_message(&queue, br#"{}"#), None);

        let query = endpoint(Protocol::Query);
        let delete = query
            .delete_message(&queue, b"<ReceiptHandle>a#b</ReceiptHandle>")
            .unwrap();
        assert!(body_of(&delete).contains("ReceiptHandle=a%23b"));
    }

    #[test]
    fn query_batches_number_their_entries() {
        let query = endpoint(Protocol::Query);
        let queue = query
            .queue(b"<QueueUrl>http://localhost:4100/1/q</QueueUrl>")
            .unwrap();
        let request = query.send_message_batch(&queue, "abc", 2);
        assert!(request.starts_with(b"POST /1/q HTTP/1.1\r\n"));
        let body = body_of(&request);
        assert!(body.contains("&SendMessageBatchRequestEntry.2.Id=entry-1"));
        assert!(body.contains("&SendMessageBatchRequestEntry.1.MessageBody=abc"));
    }

    #[test]
    fn counts_acknowledged_messages() {
        let json = endpoint(Protocol::Json);
        assert_eq!(
            json.acknowledged(br#"{"Successful":[{"MessageId":"1"},{"MessageId":"2"}]}"#),
            2
        );
        assert_eq!(json.acknowledged(br#"{"Failed":[{"Id":"1"}]}"#), 0);
    }
}
