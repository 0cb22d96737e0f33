//! What a crash in the middle of a deletion has left.

use ninefold_protocol::ServiceError;

use crate::SnsDoor;
use crate::arn::SubscriptionArn;
use crate::errors;

impl SnsDoor {
    /// Removes subscriptions whose topics are gone, and backlogs that nobody will be given.
    pub(crate) async fn remove_orphans(&self) -> Result<(), ServiceError> {
        for (key, _) in self.topics.subscriptions.page(b"", None, usize::MAX) {
            let topic = SubscriptionArn::from_key(&key).and_then(|arn| self.topics.get(&arn.topic));
            if topic.is_none() {
                let removed = self.topics.subscriptions.delete(&key).await;
                removed.map_err(errors::from_catalog)?;
            }
        }
        for target in self.deliveries.targets() {
            if !self.is_target(&target) {
                let removed = self.deliveries.remove(&target).await;
                removed.map_err(errors::from_delivery)?;
            }
        }
        Ok(())
    }
}
