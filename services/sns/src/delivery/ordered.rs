//! Ordered topics: a message waits for its turn within its group, then is brought to every subscriber before the next.

use std::sync::Arc;

use ninefold_delivery::{Answer, Delivery, FailureKind, Outcome};

use super::Payload;
use crate::SnsDoor;
use crate::topics::Topic;

impl SnsDoor {
    /// Brings a message whose turn it is to the topic's subscribers.
    pub(super) async fn push_in_order(
        &self,
        topic: &Arc<Topic>,
        payload: Payload,
        delivery: &Delivery,
    ) -> Outcome {
        let _setting_out = topic.setting_out.read().await;
        let archived = self.archive(topic, delivery).await;
        let mut message = payload.into_message();
        message.sequence = Some(delivery.sequence);
        let brought = match archived {
            Ok(()) => self.bring_to_subscribers(topic, &[message]).await,
            Err(error) => Err(error),
        };
        match brought {
            Ok(()) => Outcome::Delivered(Answer::default()),
            Err(error) => {
                let text = error.to_string();
                Outcome::Failed(FailureKind::Transient, Answer { code: None, text })
            }
        }
    }
}
