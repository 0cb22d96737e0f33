//! The links in messages. `endpoint` is the server's own address, such as `https://sns.example.com`, without a slash at
//! its end. Names of topics and subscriptions, and tokens, have no characters that would have to be escaped.

use crate::Certificate;

/// Calls `ConfirmSubscription` when it is visited.
pub fn subscribe_url(endpoint: &str, topic_arn: &str, token: &str) -> String {
    format!("{endpoint}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}")
}

/// Calls `Unsubscribe` when it is visited.
pub fn unsubscribe_url(endpoint: &str, subscription_arn: &str) -> String {
    format!("{endpoint}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}")
}

/// Where the server shows a certificate.
pub fn certificate_url(endpoint: &str, certificate: &Certificate) -> String {
    format!("{endpoint}/{}", certificate.file_name())
}
