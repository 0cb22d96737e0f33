//! What groups have shared goes with the group, and with the topic.

use std::collections::BTreeSet;

use ninefold_groups::{Description, GroupError, GroupId};
use ninefold_share::ShareError;

use crate::cluster::Cluster;
use crate::topics::Topic;

impl Cluster {
    /// No group shares these topics any more; durable when it returns. To be said before they are deleted, so that a crash leaves
    /// nothing, and again afterwards: a fetch under way may have begun to share one anew.
    pub(crate) async fn unshare_topics(&self, topics: &[Topic]) -> Result<(), ShareError> {
        let Ok(shares) = self.shares() else {
            return Ok(());
        };
        let partitions = topics.iter().flat_map(|topic| &topic.stream.partitions);
        let numbers: BTreeSet<_> = partitions.map(|partition| partition.number()).collect();
        shares.delete_partitions(|number| numbers.contains(&number)).await
    }

    /// Deletes a group without members, with its offsets and what it has shared; durable when it returns.
    pub(crate) async fn delete_group(&self, group: &str) -> Result<(), GroupError> {
        let id = self.groups.names.inner::<GroupId>(group);
        let is_empty_share_group = matches!(
            self.groups.engine.describe(&id),
            Some(Description::Share(share)) if share.is_empty
        );
        // Before, so that a crash leaves nothing of it to another group of its name; and afterwards, as with topics.
        if is_empty_share_group {
            self.unshare_group(group).await?;
        }
        self.groups.engine.delete(&id).await?;
        if is_empty_share_group {
            self.unshare_group(group).await?;
        }
        Ok(())
    }

    async fn unshare_group(&self, group: &str) -> Result<(), GroupError> {
        let Ok(shares) = self.shares() else {
            return Ok(());
        };
        let deleted = shares.delete_group(&self.share_group(group)).await;
        deleted.map_err(|error| {
            tracing::error!(%error, "what a group has shared could not be deleted");
            GroupError::Unavailable
        })
    }
}
