//! Members that leave, or are made to.

use ninefold_time::Timestamp;

use super::{
    AssignedPartitions, ConsumerBeat, ConsumerGroup, ConsumerHeartbeat, Progress, STATIC_LEAVE_EPOCH, Timer,
};
use crate::answers::Work;
use crate::{GroupError, MemberId};

impl ConsumerGroup {
    /// Lets a member go; a static one may say that it will be back.
    pub(super) fn leave(
        &mut self,
        request: &ConsumerHeartbeat,
        work: &Work<'_>,
    ) -> Result<ConsumerBeat, GroupError> {
        let id = request.member.clone().ok_or(GroupError::UnknownMember)?;
        match &request.instance {
            None if self.members.contains_key(&id) => (),
            None => return Err(GroupError::UnknownMember),
            Some(instance) => match self.statics.get(instance) {
                None => return Err(GroupError::UnknownMember),
                Some(holder) if *holder != id => return Err(GroupError::FencedInstance),
                Some(_) => (),
            },
        }
        if request.epoch == STATIC_LEAVE_EPOCH {
            self.go_away(&id);
        } else {
            self.remove(&id, work.now);
        }
        Ok(ConsumerBeat {
            member: id,
            epoch: request.epoch,
            heartbeat_interval: request.pace(work).heartbeat_interval,
            assignment: None,
        })
    }

    /// A static member keeps its partitions until it is back or its session ends.
    fn go_away(&mut self, id: &MemberId) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        let revoked = std::mem::take(&mut member.revoking);
        member.epoch = STATIC_LEAVE_EPOCH;
        member.progress = Progress::Stable;
        self.release(&revoked);
        self.timers.cancel(&Timer::Revocation(id.clone()));
        self.changes.member(id);
    }

    /// Takes a member out: what it had is free.
    pub(super) fn remove(&mut self, id: &MemberId, now: Timestamp) {
        let Some(member) = self.members.remove(id) else {
            return;
        };
        self.release(&member.assigned);
        self.release(&member.revoking);
        if let Some(instance) = &member.instance
            && self.statics.get(instance) == Some(id)
        {
            self.statics.remove(instance);
        }
        self.cancel_timers(id);
        if member.subscription.pattern.is_some() {
            self.forget_unused_patterns();
        }
        if self.members.is_empty() {
            self.empty_since = now;
        }
        self.changes.member(id);
        self.raise_epoch();
    }

    pub(super) fn cancel_timers(&mut self, id: &MemberId) {
        for timer in [Timer::Session, Timer::Revocation, Timer::Join, Timer::Sync] {
            self.timers.cancel(&timer(id.clone()));
        }
    }

    fn release(&mut self, partitions: &AssignedPartitions) {
        for (topic, numbers) in partitions {
            for partition in numbers.keys() {
                self.owners.remove(&crate::TopicPartition {
                    topic: *topic,
                    partition: *partition,
                });
            }
        }
    }
}
