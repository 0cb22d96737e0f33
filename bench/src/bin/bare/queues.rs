//! What SQS is asked, in AWS JSON.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;

const CREATE_QUEUE: &[u8] = br#"{"QueueUrl":"http://127.0.0.1:4566/000000000000/load"}"#;
const LIST_QUEUES: &[u8] = br#"{"QueueUrls":["http://127.0.0.1:4566/000000000000/load"]}"#;
const SEND_MESSAGE: &[u8] = br#"{"MD5OfMessageBody":"900150983cd24fb0d6963f7d28e17f72","MessageId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#;
const RECEIVE_MESSAGE: &[u8] = concat!(
    r#"{"Messages":[{"MessageId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","#,
    r#""ReceiptHandle":"AQEBzbVv2O3mGm0Cw1Yb1pVUVsVUxk5xWZk6g1h0nYx2nQmTz0Qk4uQ3v7Yx9w==","#,
    r#""MD5OfBody":"900150983cd24fb0d6963f7d28e17f72","Body":""#,
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01",
    r#""}]}"#
)
.as_bytes();

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageBatch<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    entries: Vec<BatchEntry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    max_number_of_messages: Option<u8>,
    wait_time_seconds: Option<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    receipt_handle: Cow<'a, str>,
}

/// The answer to an operation, or `None` to what isn't a request of the workloads.
pub(crate) fn answer(operation: &[u8], body: &[u8]) -> Option<Bytes> {
    match operation {
        b"SendMessage" => send_message(body),
        b"SendMessageBatch" => send_message_batch(body),
        b"ReceiveMessage" => receive_message(body),
        b"DeleteMessage" => delete_message(body),
        b"CreateQueue" => Some(Bytes::from_static(CREATE_QUEUE)),
        b"DeleteQueue" => Some(Bytes::new()),
        b"ListQueues" => Some(Bytes::from_static(LIST_QUEUES)),
        _ => None,
    }
}

fn send_message(body: &[u8]) -> Option<Bytes> {
    let message: SendMessage<'_> = serde_json::from_slice(body).ok()?;
    let usable = !message.queue_url.is_empty() && !message.message_body.is_empty();
    usable.then(|| Bytes::from_static(SEND_MESSAGE))
}

fn send_message_batch(body: &[u8]) -> Option<Bytes> {
    let batch: SendMessageBatch<'_> = serde_json::from_slice(body).ok()?;
    if batch.queue_url.is_empty() || batch.entries.iter().any(|entry| entry.message_body.is_empty()) {
        return None;
    }
    let mut answer = br#"{"Successful":["#.to_vec();
    for (index, entry) in batch.entries.iter().enumerate() {
        answer.extend_from_slice(if index == 0 { br#"{"Id":""# } else { br#",{"Id":""# });
        answer.extend_from_slice(entry.id.as_bytes());
        answer.extend_from_slice(br#"","#);
        answer.extend_from_slice(&SEND_MESSAGE[1..]);
    }
    answer.extend_from_slice(b"]}");
    Some(Bytes::from(answer))
}

fn receive_message(body: &[u8]) -> Option<Bytes> {
    let receive: ReceiveMessage<'_> = serde_json::from_slice(body).ok()?;
    let usable = !receive.queue_url.is_empty()
        && receive.max_number_of_messages.unwrap_or(1) <= 10
        && receive.wait_time_seconds.unwrap_or(0) <= 20;
    usable.then(|| Bytes::from_static(RECEIVE_MESSAGE))
}

fn delete_message(body: &[u8]) -> Option<Bytes> {
    let delete: DeleteMessage<'_> = serde_json::from_slice(body).ok()?;
    (!delete.queue_url.is_empty() && !delete.receipt_handle.is_empty()).then(Bytes::new)
}
