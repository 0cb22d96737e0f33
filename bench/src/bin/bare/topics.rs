//! What SNS is asked, in the query protocol.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::percent_decode;

const CREATE_TOPIC: &str = "<CreateTopicResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><CreateTopicResult>\
    <TopicArn>arn:aws:sns:us-east-1:000000000000:load</TopicArn></CreateTopicResult><ResponseMetadata>\
    <RequestId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</RequestId></ResponseMetadata></CreateTopicResponse>";
const DONE: &str = "<Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ResponseMetadata>\
    <RequestId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</RequestId></ResponseMetadata></Response>";
const PUBLISH: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
    <MessageId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</MessageId></PublishResult><ResponseMetadata>\
    <RequestId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</RequestId></ResponseMetadata></PublishResponse>";
const BATCH_BEGIN: &str = "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
    <PublishBatchResult><Failed/><Successful>";
const BATCH_END: &str = "</Successful></PublishBatchResult><ResponseMetadata>\
    <RequestId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</RequestId></ResponseMetadata></PublishBatchResponse>";

type Parameters<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The answer to a form, or `None` to what isn't a request of the workloads.
pub(crate) fn answer(body: &[u8]) -> Option<Bytes> {
    let parameters = parse(body)?;
    match value(&parameters, "Action")? {
        "Publish" => publish(&parameters),
        "PublishBatch" => publish_batch(&parameters),
        "CreateTopic" => Some(Bytes::from_static(CREATE_TOPIC.as_bytes())),
        "Subscribe" | "DeleteTopic" => Some(Bytes::from_static(DONE.as_bytes())),
        _ => None,
    }
}

/// The parameters of a form, in which nothing of the workloads is written as a plus sign.
fn parse(body: &[u8]) -> Option<Parameters<'_>> {
    body.split(|&byte| byte == b'&')
        .map(|pair| {
            let equals = memchr::memchr(b'=', pair)?;
            let decode = |part| percent_decode(part).decode_utf8().ok();
            Some((decode(&pair[..equals])?, decode(&pair[equals + 1..])?))
        })
        .collect()
}

fn value<'a>(parameters: &'a Parameters<'_>, name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(key, _)| key == name)?;
    Some(&found.1)
}

fn publish(parameters: &Parameters<'_>) -> Option<Bytes> {
    let is_usable = !value(parameters, "TopicArn")?.is_empty() && !value(parameters, "Message")?.is_empty();
    is_usable.then(|| Bytes::from_static(PUBLISH.as_bytes()))
}

fn publish_batch(parameters: &Parameters<'_>) -> Option<Bytes> {
    let is_usable = !value(parameters, "TopicArn")?.is_empty();
    let mut answer = BATCH_BEGIN.to_owned();
    for (key, id) in parameters {
        if key.starts_with("PublishBatchRequestEntries.member.") && key.ends_with(".Id") {
            answer.push_str("<member><Id>");
            answer.push_str(id);
            answer.push_str("</Id><MessageId>3f2504e0-4f89-41d3-9a0c-0305e82c3301</MessageId></member>");
        }
    }
    answer.push_str(BATCH_END);
    is_usable.then(|| Bytes::from(answer))
}
