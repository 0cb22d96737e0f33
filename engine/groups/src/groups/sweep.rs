//! Offsets and groups that nobody needs any more.

use ninefold_store::Batch;

use super::Groups;
use crate::GroupError;
use crate::group::{Group, Kind};
use crate::records::partition_of;

impl Groups {
    /// Lets offsets expire, and groups that have no members and no offsets.
    pub(super) fn sweep(&self) {
        let retention = self.environment.config.offsets.retention;
        let now = self.environment.clock.now();
        let expired = |group: &Group| {
            let is_needed = |topic: &str| group.kind.is_subscribed(topic);
            group
                .offsets
                .expired(group.retention(), retention, is_needed, now)
        };
        for shard in &self.shards {
            let concerned = shard.look_at_all(|id, group| {
                (is_abandoned(group) || !expired(group).is_empty()).then(|| id.clone())
            });
            for id in concerned {
                // Nobody waits for it: what a failure leaves is found again by the next sweep.
                let (_, settled) = shard.operate_with_offsets(&id, |group, _| {
                    let partitions = expired(group);
                    let mut batch = Batch::new(partition_of(&id));
                    let change = group.offsets.delete(&id, partitions, &mut batch);
                    Ok(((), (!batch.is_empty()).then_some((batch, change))))
                });
                drop(settled);
                let (_, settled) = shard.delete(&id, |group| match is_abandoned(group) {
                    true => Ok(()),
                    false => Err(GroupError::NotEmpty),
                });
                drop(settled);
            }
        }
    }
}

/// Share groups are kept: the state of their records isn't known here.
fn is_abandoned(group: &Group) -> bool {
    group.is_stored
        && group.under_way == 0
        && group.kind.is_empty()
        && group.offsets.is_empty()
        && !matches!(group.kind, Kind::Share(_))
}
