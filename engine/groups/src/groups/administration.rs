//! Describing, listing and deleting groups.

use super::{Groups, check_group_id};
use crate::describe::{Description, Listing, describe, list};
use crate::{GroupError, GroupId};

impl Groups {
    /// What there is to say of a group, if there is one.
    pub fn describe(&self, group: &GroupId) -> Option<Description> {
        let default_assignor = self.environment.config.consumer.default_assignor;
        let described = self.shard(group).look(group, |found, topics| {
            found.exists().then(|| describe(found, topics, default_assignor))
        });
        described.flatten()
    }

    /// All groups, in no particular order.
    pub fn list(&self) -> Vec<Listing> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| shard.look_at_all(|id, group| group.exists().then(|| list(id, group))))
            .collect()
    }

    /// Deletes a group without members, with its offsets; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`GroupError::NoSuchGroup`], [`GroupError::NotEmpty`], or if the store fails.
    pub async fn delete(&self, group: &GroupId) -> Result<(), GroupError> {
        check_group_id(group, true)?;
        let (outcome, settled) = self.shard(group).delete(group, |found| {
            if !found.exists() {
                Err(GroupError::NoSuchGroup)
            } else if found.kind.is_empty() {
                Ok(())
            } else {
                Err(GroupError::NotEmpty)
            }
        });
        outcome?;
        settled.wait().await
    }

    /// Removes a group, whoever is in it, with its offsets; durable when it returns. For what is no more as a whole. One that isn't
    /// there is no error.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove(&self, group: &GroupId) -> Result<(), GroupError> {
        let (_, settled) = self.shard(group).delete(group, |_| Ok(()));
        settled.wait().await
    }
}
