//! The SNS requests of the workloads as bytes. SNS has the query protocol only.

use std::net::SocketAddr;

use crate::request::{FORM, SIGNED_FOR_TOPICS, element, encode, post};

/// The message attribute that filter policies are about.
const FILTERED_ATTRIBUTE: &str = "number";

/// Where requests go.
#[derive(Clone, Copy, Debug)]
pub struct TopicEndpoint {
    /// The server's address, also the Host header.
    pub address: SocketAddr,
    /// Whether requests have the headers that signing adds.
    pub signed: bool,
}

/// A subscription to make.
#[derive(Clone, Copy, Debug)]
pub struct Subscription<'a> {
    /// `sqs`, `http` or `https`.
    pub protocol: &'a str,
    /// A queue's ARN or a URL.
    pub endpoint: &'a str,
    /// Whether messages come as they are, not in an envelope.
    pub is_raw: bool,
    /// The only number whose messages are wanted.
    pub number: Option<usize>,
}

impl TopicEndpoint {
    /// CreateTopic.
    pub fn create_topic(&self, name: &str) -> Vec<u8> {
        self.request("CreateTopic", &[("Name", name)])
    }

    /// DeleteTopic.
    pub fn delete_topic(&self, arn: &str) -> Vec<u8> {
        self.request("DeleteTopic", &[("TopicArn", arn)])
    }

    /// Subscribe.
    pub fn subscribe(&self, topic: &str, subscription: Subscription<'_>) -> Vec<u8> {
        let policy = subscription
            .number
            .map(|number| format!(r#"{{"{FILTERED_ATTRIBUTE}":["{}"]}}"#, written(number)));
        let mut parameters = vec![
            ("TopicArn", topic),
            ("Protocol", subscription.protocol),
            ("Endpoint", subscription.endpoint),
            ("ReturnSubscriptionArn", "true"),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            (
                "Attributes.entry.1.value",
                if subscription.is_raw { "true" } else { "false" },
            ),
        ];
        if let Some(policy) = &policy {
            parameters.push(("Attributes.entry.2.key", "FilterPolicy"));
            parameters.push(("Attributes.entry.2.value", policy));
        }
        self.request("Subscribe", &parameters)
    }

    /// ConfirmSubscription.
    pub fn confirm_subscription(&self, topic: &str, token: &str) -> Vec<u8> {
        self.request("ConfirmSubscription", &[("TopicArn", topic), ("Token", token)])
    }

    /// Publish of one body, with a number for filter policies.
    pub fn publish(&self, topic: &str, body: &str, number: Option<usize>) -> Vec<u8> {
        let number = number.map(written);
        let mut parameters = vec![("TopicArn", topic), ("Message", body)];
        if let Some(number) = &number {
            parameters.push(("MessageAttributes.entry.1.Name", FILTERED_ATTRIBUTE));
            parameters.push(("MessageAttributes.entry.1.Value.DataType", "String"));
            parameters.push(("MessageAttributes.entry.1.Value.StringValue", number));
        }
        self.request("Publish", &parameters)
    }

    /// PublishBatch of `entries` equal bodies.
    pub fn publish_batch(&self, topic: &str, body: &str, entries: usize) -> Vec<u8> {
        let named: Vec<(String, String)> = (0..entries)
            .flat_map(|index| {
                let prefix = format!("PublishBatchRequestEntries.member.{}", index + 1);
                [
                    (format!("{prefix}.Id"), format!("entry-{index}")),
                    (format!("{prefix}.Message"), body.to_owned()),
                ]
            })
            .collect();
        let entries = named.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters: Vec<_> = [("TopicArn", topic)].into_iter().chain(entries).collect();
        self.request("PublishBatch", &parameters)
    }

    fn request(&self, operation: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
        let mut body = format!("Action={operation}&Version=2010-03-31");
        for (name, value) in parameters {
            body.push_str(&format!("&{name}={}", encode(value)));
        }
        let signed = if self.signed { SIGNED_FOR_TOPICS } else { "" };
        post(self.address, "/", format_args!("{FORM}{signed}"), &body)
    }
}

/// The topic that an answer to CreateTopic names.
pub fn topic_arn(body: &[u8]) -> Option<String> {
    element(body, "TopicArn")
}

/// Numbers are as long as one another, so that every message is.
fn written(number: usize) -> String {
    format!("{number:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:1:t";

    fn body_of(request: &[u8]) -> String {
        let (head, body) = std::str::from_utf8(request)
            .unwrap()
            .split_once("\r\n\r\n")
            .unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        assert!(head.contains("/us-east-1/sns/aws4_request"));
        percent_encoding::percent_decode_str(body)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }

    fn endpoint() -> TopicEndpoint {
        TopicEndpoint {
            address: "127.0.0.1:4566".parse().unwrap(),
            signed: true,
        }
    }

    #[test]
    fn a_filter_policy_matches_the_message_of_its_number() {
        let subscription = Subscription {
            protocol: "sqs",
            endpoint: "arn:aws:sqs:us-east-1:1:q",
            is_raw: true,
            number: Some(7),
        };
        let subscribe = body_of(&endpoint().subscribe(TOPIC, subscription));
        assert!(subscribe.contains("&Endpoint=arn:aws:sqs:us-east-1:1:q&"));
        assert!(
            subscribe.contains("&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true")
        );
        assert!(subscribe.ends_with(r#"key=FilterPolicy&Attributes.entry.2.value={"number":["00007"]}"#));
        let publish = body_of(&endpoint().publish(TOPIC, "abc", Some(7)));
        assert!(publish.contains("&Message=abc&MessageAttributes.entry.1.Name=number&"));
        assert!(publish.ends_with("StringValue=00007"));
    }

    #[test]
    fn batches_number_their_entries() {
        let batch = body_of(&endpoint().publish_batch(TOPIC, "abc", 2));
        assert!(batch.starts_with(
            "Action=PublishBatch&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:1:t\
             &PublishBatchRequestEntries.member.1.Id=entry-0&"
        ));
        assert!(batch.ends_with("&PublishBatchRequestEntries.member.2.Message=abc"));
    }

    #[test]
    fn takes_the_topic_from_its_answer() {
        let answer = b"<CreateTopicResult><TopicArn>arn:aws:sns:us-east-1:1:t</TopicArn></CreateTopicResult>";
        assert_eq!(topic_arn(answer).as_deref(), Some(TOPIC));
    }
}
