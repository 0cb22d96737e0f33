//! Leading a member from what it has to what it is to have.

use std::collections::BTreeSet;

use super::{AssignedPartitions, ConsumerGroup, Member, Progress, Timer};
use crate::answers::Work;
use crate::{MemberId, Partitions, TopicId, TopicPartition};

/// Where a member can go from where it is.
struct Step {
    /// What it has and is to have.
    kept: AssignedPartitions,
    /// What it has and is not to have.
    surplus: AssignedPartitions,
    /// What it is to have and can be given.
    free: Vec<TopicPartition>,
    /// Whether others have some of what it is to have.
    waits: bool,
}

impl ConsumerGroup {
    /// Takes a member as far as it can go now. `owned` is what it says it has, if it does.
    pub(super) fn reconcile(
        &mut self,
        id: &MemberId,
        is_resubscribed: bool,
        owned: Option<&Partitions>,
        work: &Work<'_>,
    ) {
        let Some(member) = self.members.get(id) else {
            return;
        };
        let epoch = self.assignment_epoch;
        if member.has_reached(epoch) && !is_resubscribed {
            return;
        }
        let next = if member.progress == Progress::Revoking && has_any(owned, &member.revoking) {
            // It was told already. Only what it isn't subscribed to any more is added to what it has to give up.
            self.without_unsubscribed(member, work)
        } else {
            let step = self.step(id, member, work);
            advance(member, step, epoch, owned)
        };
        self.replace(id, next, work);
    }

    fn step(&self, id: &MemberId, member: &Member, work: &Work<'_>) -> Step {
        let subscribed = self.subscribed_ids(member, work);
        let is_target = |one: TopicPartition| {
            subscribed.contains(&one.topic)
                && member
                    .target
                    .get(&one.topic)
                    .is_some_and(|target| target.contains(&one.partition))
        };
        let (kept, surplus) = split(&member.assigned, is_target);
        let mut step = Step {
            kept,
            surplus,
            free: Vec::new(),
            waits: false,
        };
        for one in crate::assign::each(&member.target).filter(|one| is_target(*one)) {
            let is_kept = step
                .kept
                .get(&one.topic)
                .is_some_and(|kept| kept.contains_key(&one.partition));
            match self.owners.get(&one) {
                _ if is_kept => (),
                Some(owner) if owner != id => step.waits = true,
                _ => step.free.push(one),
            }
        }
        step
    }

    fn subscribed_ids(&self, member: &Member, work: &Work<'_>) -> BTreeSet<TopicId> {
        let names = self.subscribed_names(member);
        names
            .filter_map(|name| work.topics.named(name))
            .map(|topic| topic.id)
            .collect()
    }

    fn without_unsubscribed(&self, member: &Member, work: &Work<'_>) -> Member {
        let subscribed = self.subscribed_ids(member, work);
        let (kept, surplus) = split(&member.assigned, |one| subscribed.contains(&one.topic));
        let mut next = member.clone();
        next.assigned = kept;
        for (topic, partitions) in surplus {
            next.revoking.entry(topic).or_default().extend(partitions);
        }
        next
    }

    /// Puts a member's next state in place of the one it has, with who owns what and by when it has to go on.
    fn replace(&mut self, id: &MemberId, next: Member, work: &Work<'_>) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if *member == next {
            return;
        }
        for one in member.held() {
            self.owners.remove(&one);
        }
        for one in next.held() {
            let other = self.owners.insert(one, id.clone());
            debug_assert!(other.is_none(), "{one:?} is given to {id} and {other:?} has it");
        }
        let timer = Timer::Revocation(id.clone());
        match next.progress {
            // In the classic protocol it is told to join anew, and has to in time.
            Progress::Revoking if next.classic.is_none() => {
                self.timers.set(timer, work.now + next.rebalance_timeout);
            }
            Progress::Revoking | Progress::Stable | Progress::Waiting => self.timers.cancel(&timer),
        }
        *member = next;
    }
}

/// The state that follows.
fn advance(member: &Member, step: Step, epoch: i32, owned: Option<&Partitions>) -> Member {
    let mut next = member.clone();
    next.previous_epoch = member.epoch;
    next.assigned = step.kept;
    if has_any(owned, &step.surplus) {
        next.progress = Progress::Revoking;
        next.revoking = step.surplus;
        return next;
    }
    next.revoking = AssignedPartitions::new();
    next.epoch = epoch;
    for one in step.free {
        let partitions = next.assigned.entry(one.topic).or_default();
        partitions.insert(one.partition, epoch);
    }
    next.progress = if step.waits {
        Progress::Waiting
    } else {
        Progress::Stable
    };
    next
}

/// Whether a member has some of these; if it doesn't say what it has, it may have all.
fn has_any(owned: Option<&Partitions>, partitions: &AssignedPartitions) -> bool {
    match owned {
        None => !partitions.is_empty(),
        Some(owned) => owned.iter().any(|(topic, numbers)| {
            let partitions = partitions.get(topic);
            partitions.is_some_and(|partitions| numbers.iter().any(|number| partitions.contains_key(number)))
        }),
    }
}

/// Those for which it holds, and those for which it doesn't.
fn split(
    partitions: &AssignedPartitions,
    holds: impl Fn(TopicPartition) -> bool,
) -> (AssignedPartitions, AssignedPartitions) {
    let (mut those, mut others) = (AssignedPartitions::new(), AssignedPartitions::new());
    for (topic, numbers) in partitions {
        for (partition, since) in numbers {
            let one = TopicPartition {
                topic: *topic,
                partition: *partition,
            };
            let side = if holds(one) { &mut those } else { &mut others };
            side.entry(*topic).or_default().insert(*partition, *since);
        }
    }
    (those, others)
}
