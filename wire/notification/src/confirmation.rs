use crate::envelope::Members;
use crate::{MessageType, Signature, Timestamp};

/// A message that asks an endpoint whether it wants to be subscribed, or tells it that it no longer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// What it is about.
    pub subject: ConfirmationSubject,
    /// Its id, the same for all attempts.
    pub message_id: String,
    /// What `ConfirmSubscription` wants to know.
    pub token: String,
    /// The topic.
    pub topic_arn: String,
    /// Calls `ConfirmSubscription`: see [`subscribe_url`](crate::subscribe_url).
    pub subscribe_url: String,
    /// When it was sent.
    pub timestamp: Timestamp,
}

/// What a confirmation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationSubject {
    /// A subscription that waits to be confirmed.
    Subscription,
    /// A subscription that has ended, and can be restored.
    Unsubscription {
        /// Which one.
        subscription_arn: String,
    },
}

impl Confirmation {
    /// `SubscriptionConfirmation` or `UnsubscribeConfirmation`.
    pub fn message_type(&self) -> MessageType {
        match self.subject {
            ConfirmationSubject::Subscription => MessageType::SubscriptionConfirmation,
            ConfirmationSubject::Unsubscription { .. } => MessageType::UnsubscribeConfirmation,
        }
    }

    /// The sentences of the member `Message`, as AWS's page on the formats gives them.
    pub fn message(&self) -> String {
        match &self.subject {
            ConfirmationSubject::Subscription => format!(
                "You have chosen to subscribe to the topic {}.\n\
                 To confirm the subscription, visit the SubscribeURL included in this message.",
                self.topic_arn
            ),
            ConfirmationSubject::Unsubscription { subscription_arn } => format!(
                "You have chosen to deactivate subscription {subscription_arn}.\n\
                 To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
            ),
        }
    }

    /// The confirmation in JSON.
    pub fn envelope(&self, signature: &Signature) -> String {
        let mut members = Members::open();
        members.text("Type", self.message_type().as_str());
        members.text("MessageId", &self.message_id);
        members.text("Token", &self.token);
        members.text("TopicArn", &self.topic_arn);
        members.text("Message", &self.message());
        members.text("SubscribeURL", &self.subscribe_url);
        members.text("Timestamp", &self.timestamp.to_string());
        members.signature(signature);
        members.close()
    }
}
