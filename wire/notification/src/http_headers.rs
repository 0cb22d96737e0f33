use crate::MessageType;

/// The content type of what is sent, unless the delivery policy's `headerContentType` says otherwise.
pub const DEFAULT_CONTENT_TYPE: &str = "text/plain; charset=UTF-8";
/// Who SNS says it is.
pub const USER_AGENT: &str = "Amazon Simple Notification Service Agent";

/// What the headers of a `POST` to an endpoint say about the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpHeaders<'a> {
    /// What kind of message it is.
    pub message_type: MessageType,
    /// The message's id.
    pub message_id: &'a str,
    /// The topic.
    pub topic_arn: &'a str,
    /// The subscription, which there is except when one is still to be confirmed.
    pub subscription_arn: Option<&'a str>,
    /// Whether the body is the message itself (`RawMessageDelivery`) rather than an envelope.
    pub is_raw: bool,
    /// The content type.
    pub content_type: &'a str,
}

impl<'a> HttpHeaders<'a> {
    /// The headers, in the order of AWS's examples. `Host`, `Content-Length` and `Connection` are up to the client.
    pub fn pairs(&self) -> Vec<(&'static str, &'a str)> {
        let mut pairs = vec![
            ("x-amz-sns-message-type", self.message_type.as_str()),
            ("x-amz-sns-message-id", self.message_id),
            ("x-amz-sns-topic-arn", self.topic_arn),
        ];
        if let Some(subscription_arn) = self.subscription_arn {
            pairs.push(("x-amz-sns-subscription-arn", subscription_arn));
        }
        if self.is_raw {
            pairs.push(("x-amz-sns-rawdelivery", "true"));
        }
        pairs.push(("content-type", self.content_type));
        pairs.push(("user-agent", USER_AGENT));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_the_body_is() {
        let headers = HttpHeaders {
            message_type: MessageType::Notification,
            message_id: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            topic_arn: "arn:aws:sns:us-west-2:123456789012:MyTopic",
            subscription_arn: Some("arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39"),
            is_raw: false,
            content_type: DEFAULT_CONTENT_TYPE,
        };
        assert_eq!(
            headers.pairs(),
            [
                ("x-amz-sns-message-type", "Notification"),
                ("x-amz-sns-message-id", "165545c9-2a5c-472c-8df2-7ff2be2b3b1b"),
                (
                    "x-amz-sns-topic-arn",
                    "arn:aws:sns:us-west-2:123456789012:MyTopic"
                ),
                (
                    "x-amz-sns-subscription-arn",
                    "arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39"
                ),
                ("content-type", "text/plain; charset=UTF-8"),
                ("user-agent", "Amazon Simple Notification Service Agent"),
            ]
        );
        let raw = HttpHeaders {
            is_raw: true,
            content_type: "application/json",
            ..headers
        };
        assert!(raw.pairs().contains(&("x-amz-sns-rawdelivery", "true")));
        assert!(raw.pairs().contains(&("content-type", "application/json")));
        let unconfirmed = HttpHeaders {
            message_type: MessageType::SubscriptionConfirmation,
            subscription_arn: None,
            ..headers
        };
        let names: Vec<_> = unconfirmed.pairs().into_iter().map(|(name, _)| name).collect();
        assert!(!names.contains(&"x-amz-sns-subscription-arn"));
        assert!(!names.contains(&"x-amz-sns-rawdelivery"));
    }
}
