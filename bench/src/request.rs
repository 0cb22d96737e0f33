//! The SQS requests of the workloads as bytes, in AWS JSON 1.0 and in the older query protocol, and the two
//! values a client takes from the answers (queue URL, receipt handle).

use std::fmt;
use std::net::SocketAddr;

use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// How requests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Protocol {
    /// AWS JSON 1.0, what SDKs send since 2023.
    Json,
    /// Form-encoded parameters and XML answers, what they sent before.
    Query,
}

impl Protocol {
    /// What counts the messages that an answer to a send operation acknowledges.
    pub fn acknowledged(self) -> fn(&[u8]) -> usize {
        match self {
            Protocol::Json => |body| memmem::find_iter(body, br#""MessageId""#).count(),
            Protocol::Query => acknowledged_in_xml,
        }
    }
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

    /// GetQueueAttributes of the number of messages that may be received.
    pub fn count_messages(&self, queue: &Queue) -> Vec<u8> {
        let member = match self.protocol {
            Protocol::Json => r#","AttributeNames":["ApproximateNumberOfMessages"]"#,
            Protocol::Query => "&AttributeName.1=ApproximateNumberOfMessages",
        };
        self.request("GetQueueAttributes", Some(queue), &[], member)
    }

    /// The number of messages that an answer to GetQueueAttributes has.
    pub fn message_count(&self, body: &[u8]) -> Option<u64> {
        let name = b"ApproximateNumberOfMessages";
        let count = match self.protocol {
            Protocol::Json => self.value(body, "ApproximateNumberOfMessages"),
            Protocol::Query => self.value(&body[memmem::find(body, name)?..], "Value"),
        };
        count?.parse().ok()
    }

    /// A string member of an answer. JSON strings stay escaped as they came, so that they can be written into the
    /// next request as they are.
    fn value(&self, body: &[u8], name: &str) -> Option<String> {
        match self.protocol {
            Protocol::Query => element(body, name),
            Protocol::Json => {
                let opening = format!("\"{name}\"");
                let rest = &body[memmem::find(body, opening.as_bytes())? + opening.len()..];
                let rest = rest.trim_ascii_start().strip_prefix(b":")?;
                text_until(rest.trim_ascii_start().strip_prefix(b"\"")?, b"\"")
            }
        }
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
                let path = queue.map_or("/", |queue| queue.path.as_str());
                (path, FORM.to_owned(), body)
            }
        };
        let signed = if self.signed { SIGNED_FOR_QUEUES } else { "" };
        post(self.address, path, format_args!("{headers}{signed}"), &body)
    }
}

/// A queue as its server names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    url: String,
    path: String,
}

impl Queue {
    /// The queue's ARN, made from its URL as every server writes it: `…/ACCOUNT/NAME`.
    pub fn arn(&self) -> String {
        let mut parts = self.path.rsplit('/');
        let (name, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        format!("arn:aws:sqs:us-east-1:{account}:{name}")
    }
}

/// The header of a request in the query protocol.
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// The headers that a client adds which signs for a service. The signature is a fixed one: contenders run without
/// verification, but pay for reading the header as they would in use.
macro_rules! signed_for {
    ($service:literal) => {
        concat!(
            "X-Amz-Date: 20260101T000000Z\r\n",
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/",
            $service,
            "/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, ",
            "Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"
        )
    };
}
const SIGNED_FOR_QUEUES: &str = signed_for!("sqs");
pub(crate) const SIGNED_FOR_TOPICS: &str = signed_for!("sns");
pub(crate) const SIGNED_FOR_EVENTS: &str = signed_for!("events");
pub(crate) const SIGNED_FOR_STREAMS: &str = signed_for!("kinesis");

/// One request as bytes; `headers` are whole lines.
pub(crate) fn post(address: SocketAddr, path: &str, headers: fmt::Arguments<'_>, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// The messages that an answer in XML acknowledges.
pub(crate) fn acknowledged_in_xml(body: &[u8]) -> usize {
    memmem::find_iter(body, b"<MessageId>").count()
}

/// The text of the first element of a name in an answer in XML.
pub(crate) fn element(body: &[u8], name: &str) -> Option<String> {
    let opening = format!("<{name}>");
    let start = memmem::find(body, opening.as_bytes())? + opening.len();
    text_until(&body[start..], b"</")
}

fn text_until(rest: &[u8], closing: &[u8]) -> Option<String> {
    let value = &rest[..memmem::find(rest, closing)?];
    std::str::from_utf8(value).ok().map(str::to_owned)
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

/// A value as a form has it.
pub(crate) fn encode(value: &str) -> String {
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
        let acknowledged = Protocol::Json.acknowledged();
        assert_eq!(
            acknowledged(br#"{"Successful":[{"MessageId":"1"},{"MessageId":"2"}]}"#),
            2
        );
        assert_eq!(acknowledged(br#"{"Failed":[{"Id":"1"}]}"#), 0);
    }

    #[test]
    fn counts_the_messages_of_a_queue() {
        let (json, query) = (endpoint(Protocol::Json), endpoint(Protocol::Query));
        let answer = br#"{"Attributes":{"ApproximateNumberOfMessages":"12"}}"#;
        assert_eq!(json.message_count(answer), Some(12));
        let answer =
            b"<Attribute><Name>ApproximateNumberOfMessages</Name><Value>12</Value></Attribute></GetQueueAttributesResult>";
        assert_eq!(query.message_count(answer), Some(12));
        assert_eq!(query.message_count(b"<GetQueueAttributesResult/>"), None);
    }

    #[test]
    fn a_queue_url_says_its_arn() {
        let queue = endpoint(Protocol::Json)
            .queue(br#"{"QueueUrl":"http://localhost:4566/123456789012/orders"}"#)
            .unwrap();
        assert_eq!(queue.arn(), "arn:aws:sqs:us-east-1:123456789012:orders");
    }
}
