//! JoinGroup, SyncGroup, Heartbeat, LeaveGroup.

use tokio::sync::oneshot;

use super::{Groups, check_group_id};
use crate::answers::Work;
use crate::classic::{
    ClassicGroup, JoinRequest, Joined, LeaveRequest, Left, MemberClaim, SyncRequest, Synced,
};
use crate::config::MEMBER_BYTES;
use crate::consumer::ConsumerGroup;
use crate::group::{Group, Kind};
use crate::{GroupError, GroupsConfig};

impl Groups {
    /// JoinGroup: waits until all members have joined. What waits goes on when this is dropped: the member may come back.
    ///
    /// # Errors
    ///
    /// [`GroupError::InvalidGroupId`], [`GroupError::InvalidSessionTimeout`], [`GroupError::MemberIdRequired`],
    /// [`GroupError::UnknownMember`], [`GroupError::FencedInstance`], [`GroupError::InconsistentProtocol`],
    /// [`GroupError::GroupFull`], [`GroupError::RebalanceInProgress`], [`GroupError::TooLarge`], or if the store fails.
    pub async fn join(&self, request: JoinRequest) -> Result<Joined, GroupError> {
        check_join(&request, &self.environment.config)?;
        let (reply, answer) = oneshot::channel();
        let (outcome, settled) = self.shard(&request.group).operate(&request.group, |group, work| {
            match member_group(group) {
                MemberGroup::Classic(classic) => classic.join(&request, reply, work),
                MemberGroup::Consumer(consumer) => {
                    let answer = consumer.join(&request, work);
                    work.answer_join(reply, answer);
                }
                MemberGroup::Neither => work.answer_join(reply, Err(GroupError::InconsistentProtocol)),
            }
            Ok(())
        });
        drop(settled);
        outcome?;
        answer.await.unwrap_or(Err(GroupError::Unavailable))
    }

    /// SyncGroup: waits until the leader has assigned.
    ///
    /// # Errors
    ///
    /// [`GroupError::UnknownMember`], [`GroupError::FencedInstance`], [`GroupError::IllegalGeneration`],
    /// [`GroupError::InconsistentProtocol`], [`GroupError::RebalanceInProgress`], [`GroupError::TooLarge`], or if the store
    /// fails.
    pub async fn sync(&self, request: SyncRequest) -> Result<Synced, GroupError> {
        let id = request.claim.group.clone();
        check_group_id(&id, false)?;
        let mut assignments = request.assignments.iter();
        if assignments.any(|(_, assignment)| assignment.len() > MEMBER_BYTES) {
            return Err(GroupError::TooLarge);
        }
        let (reply, answer) = oneshot::channel();
        let (outcome, settled) = self.shard(&id).operate(&id, |group, work| {
            match &mut group.kind {
                Kind::Classic(classic) => classic.sync(request, reply, work),
                Kind::Consumer(consumer) => {
                    let answer = consumer.sync(&request, work);
                    work.answer_sync(reply, answer);
                }
                Kind::Share(_) => work.answer_sync(reply, Err(GroupError::UnknownMember)),
            }
            Ok(())
        });
        drop(settled);
        outcome?;
        answer.await.unwrap_or(Err(GroupError::Unavailable))
    }

    /// Heartbeat.
    ///
    /// # Errors
    ///
    /// [`GroupError::UnknownMember`], [`GroupError::FencedInstance`], [`GroupError::IllegalGeneration`],
    /// [`GroupError::RebalanceInProgress`], or if the store fails.
    pub async fn heartbeat(&self, claim: MemberClaim) -> Result<(), GroupError> {
        check_group_id(&claim.group, false)?;
        let beat = |group: &mut Group, work: &mut Work<'_>| match &mut group.kind {
            Kind::Classic(classic) => classic.heartbeat(&claim, work),
            Kind::Consumer(consumer) => consumer.classic_heartbeat(&claim, work),
            Kind::Share(_) => Err(GroupError::UnknownMember),
        };
        let (outcome, settled) = self.shard(&claim.group).operate(&claim.group, beat);
        settled.wait().await?;
        outcome
    }

    /// LeaveGroup: says of each member whether it was one.
    ///
    /// # Errors
    ///
    /// [`GroupError::UnknownMember`] if there is no such group, or if the store fails.
    pub async fn leave(&self, request: LeaveRequest) -> Result<Vec<Left>, GroupError> {
        check_group_id(&request.group, false)?;
        let leave = |group: &mut Group, work: &mut Work<'_>| match &mut group.kind {
            Kind::Classic(classic) => Ok(classic.leave(&request.members, work)),
            Kind::Consumer(consumer) => Ok(consumer.classic_leave(&request.members, work)),
            Kind::Share(_) => Err(GroupError::UnknownMember),
        };
        let (outcome, settled) = self.shard(&request.group).operate(&request.group, leave);
        settled.wait().await?;
        outcome
    }
}

fn check_join(request: &JoinRequest, config: &GroupsConfig) -> Result<(), GroupError> {
    check_group_id(&request.group, false)?;
    let sessions = config.classic.shortest_session..=config.classic.longest_session;
    if !sessions.contains(&request.session_timeout) {
        return Err(GroupError::InvalidSessionTimeout);
    }
    let protocols = request.protocols.iter();
    let bytes: usize = protocols
        .map(|protocol| protocol.name.len() + protocol.metadata.len())
        .sum();
    if bytes > MEMBER_BYTES {
        return Err(GroupError::TooLarge);
    }
    Ok(())
}

/// What a member of the classic protocol can join.
enum MemberGroup<'a> {
    Classic(&'a mut ClassicGroup),
    Consumer(&'a mut ConsumerGroup),
    Neither,
}

/// A consumer group without members becomes a classic one when a member of that kind joins. Its epoch goes on as the
/// generation, so that it is never mistaken for an earlier one.
fn member_group(group: &mut Group) -> MemberGroup<'_> {
    if let Kind::Consumer(consumer) = &group.kind
        && consumer.members.is_empty()
    {
        let classic = ClassicGroup::after(consumer.epoch, consumer.empty_since);
        group.kind = Kind::Classic(Box::new(classic));
    }
    match &mut group.kind {
        Kind::Classic(classic) => MemberGroup::Classic(classic),
        Kind::Consumer(consumer) => MemberGroup::Consumer(consumer),
        Kind::Share(_) => MemberGroup::Neither,
    }
}
