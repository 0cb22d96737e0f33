//! Asking endpoints whether they want to be subscribed, and telling them that they are no more.

use ninefold_protocol::ServiceError;
use uuid::Uuid;

use super::payload::{Kind, Payload, Text};
use crate::SnsDoor;
use crate::record::Standing;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

impl SnsDoor {
    /// Sends the subscriber what confirms the subscription.
    pub(crate) async fn ask_for_confirmation(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
    ) -> Result<(), ServiceError> {
        let Standing::Pending { token, .. } = &subscriber.record.standing else {
            return Ok(());
        };
        let kind = Kind::SubscriptionConfirmation { token: token.clone() };
        let payload = self.notice(kind);
        self.leave_in_backlog(topic, subscriber, [&payload]).await
    }

    /// Tells a subscriber that somebody without authentication has unsubscribed it, which is followed by the link in this
    /// message as long as it holds.
    pub(crate) async fn tell_of_unsubscription(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
    ) -> Result<(), ServiceError> {
        let Standing::Pending { token, .. } = &subscriber.record.standing else {
            return Ok(());
        };
        let kind = Kind::UnsubscribeConfirmation { token: token.clone() };
        let payload = self.notice(kind);
        self.leave_in_backlog(topic, subscriber, [&payload]).await
    }

    fn notice(&self, kind: Kind) -> Payload {
        Payload {
            kind,
            recipient: None,
            id: Uuid::from_u128(crate::identifiers::random_uuid()),
            subject: None,
            // What it says follows from its kind.
            text: Text::Same(String::new()),
            attributes: Vec::new(),
            group: None,
            deduplication: None,
            sequence: None,
            published_at: self.now_millis(),
        }
    }
}
