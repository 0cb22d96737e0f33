//! ConsumerGroupHeartbeat, ShareGroupHeartbeat.

use super::{Groups, check_group_id};
use crate::answers::Work;
use crate::consumer::{ConsumerBeat, ConsumerGroup, ConsumerHeartbeat, JOIN_EPOCH};
use crate::group::{Group, Kind};
use crate::migration::upgrade;
use crate::share::{ShareBeat, ShareGroup, ShareHeartbeat};
use crate::{ClassicState, GroupError};

impl Groups {
    /// ConsumerGroupHeartbeat (KIP-848).
    ///
    /// # Errors
    ///
    /// [`GroupError::InvalidGroupId`], [`GroupError::InvalidRequest`], [`GroupError::NoSuchGroup`],
    /// [`GroupError::UnknownMember`], [`GroupError::FencedMemberEpoch`], [`GroupError::FencedInstance`],
    /// [`GroupError::UnreleasedInstance`], [`GroupError::UnsupportedAssignor`],
    /// [`GroupError::InvalidRegularExpression`], [`GroupError::GroupFull`], [`GroupError::TooLarge`], or if the store fails.
    pub async fn consumer_heartbeat(&self, request: ConsumerHeartbeat) -> Result<ConsumerBeat, GroupError> {
        check_group_id(&request.group, false)?;
        request.validate()?;
        let beat = |group: &mut Group, work: &mut Work<'_>| consumer_heartbeat(group, &request, work);
        let (outcome, settled) = self.shard(&request.group).operate(&request.group, beat);
        settled.wait().await?;
        outcome
    }

    /// ShareGroupHeartbeat (KIP-932).
    ///
    /// # Errors
    ///
    /// [`GroupError::InvalidGroupId`], [`GroupError::InvalidRequest`], [`GroupError::NoSuchGroup`],
    /// [`GroupError::UnknownMember`], [`GroupError::FencedMemberEpoch`], [`GroupError::GroupFull`],
    /// [`GroupError::TooLarge`], or if the store fails.
    pub async fn share_heartbeat(&self, request: ShareHeartbeat) -> Result<ShareBeat, GroupError> {
        check_group_id(&request.group, false)?;
        request.validate()?;
        let beat = |group: &mut Group, work: &mut Work<'_>| share_heartbeat(group, &request, work);
        let (outcome, settled) = self.shard(&request.group).operate(&request.group, beat);
        settled.wait().await?;
        outcome
    }
}

/// A classic group becomes a consumer group when a member of that kind joins, and a share group if nobody has heard of it. Should the member be refused, it stays what it was.
fn consumer_heartbeat(
    group: &mut Group,
    request: &ConsumerHeartbeat,
    work: &mut Work<'_>,
) -> Result<ConsumerBeat, GroupError> {
    match &mut group.kind {
        Kind::Consumer(consumer) => consumer.heartbeat(request, work),
        Kind::Classic(classic) if request.epoch == JOIN_EPOCH && classic.state() == ClassicState::Empty => {
            let mut consumer = ConsumerGroup::after(classic.generation, classic.since);
            let beat = consumer.heartbeat(request, work)?;
            group.kind = Kind::Consumer(Box::new(consumer));
            Ok(beat)
        }
        Kind::Classic(classic) if request.epoch == JOIN_EPOCH && !classic.members.is_empty() => {
            let mut consumer = upgrade(classic, work)?;
            let beat = consumer.heartbeat(request, work)?;
            classic.dismiss_all(work);
            group.kind = Kind::Consumer(Box::new(consumer));
            Ok(beat)
        }
        Kind::Classic(_) | Kind::Share(_) => Err(GroupError::NoSuchGroup),
    }
}

fn share_heartbeat(
    group: &mut Group,
    request: &ShareHeartbeat,
    work: &mut Work<'_>,
) -> Result<ShareBeat, GroupError> {
    if let Kind::Share(share) = &mut group.kind {
        return share.heartbeat(request, work);
    }
    if request.epoch != JOIN_EPOCH || group.exists() {
        return Err(GroupError::NoSuchGroup);
    }
    let mut share = ShareGroup::default();
    let beat = share.heartbeat(request, work)?;
    group.kind = Kind::Share(Box::new(share));
    Ok(beat)
}
