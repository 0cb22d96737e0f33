//! Ordered topics: a message waits for its turn within its group, then is brought to every subscriber before the next.

use std::sync::Arc;

use ninefold_delivery::{Answer, FailureKind, Outcome};

use super::Payload;
use crate::SnsDoor;
use crate::topics::Topic;

impl SnsDoor {
    /// Brings a message whose turn it is to the topic's subscribers.
    pub(super) async fn push_in_order(&self, topic: &Arc<Topic>, payload: Payload, sequence: u64) -> Outcome {
        let mut message = payload.into_message();
        message.sequence = Some(sequence);
        match self.bring_to_subscribers(topic, &[message]).await {
            Ok(()) => Outcome::Delivered(Answer::default()),
            Err(error) => {
                let text = error.to_string();
                Outcome::Failed(FailureKind::Transient, Answer { code: None, text })
            }
        }
    }
}
