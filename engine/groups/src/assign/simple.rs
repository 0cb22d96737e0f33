//! The assignor `simple` of share groups (KIP-932): a partition may have several members. Where there are more partitions
//! than members each has one member, and otherwise each member has one partition.

use std::collections::BTreeMap;

use super::{Partitions, Subscriptions, add};
use crate::{MemberId, TopicPartition};

pub(crate) fn simple(subscriptions: &Subscriptions<'_>) -> BTreeMap<MemberId, Partitions> {
    let mut assigned = subscriptions.nothing();
    if subscriptions.is_homogeneous() {
        let members: Vec<&MemberId> = subscriptions.members.keys().copied().collect();
        deal(
            &subscriptions.partitions().collect::<Vec<_>>(),
            &members,
            &mut assigned,
        );
        return assigned;
    }
    for (topic, count) in &subscriptions.topics {
        let subscribers = subscriptions.members.iter();
        let members: Vec<&MemberId> = subscribers
            .filter(|(_, subscriber)| subscriber.topics.contains(topic))
            .map(|(member, _)| *member)
            .collect();
        let partitions: Vec<TopicPartition> = (0..*count)
            .map(|partition| TopicPartition {
                topic: *topic,
                partition,
            })
            .collect();
        deal(&partitions, &members, &mut assigned);
    }
    assigned
}

/// Deals partitions to members, round and round, until each partition has a member and each member a partition.
fn deal(partitions: &[TopicPartition], members: &[&MemberId], assigned: &mut BTreeMap<MemberId, Partitions>) {
    if partitions.is_empty() || members.is_empty() {
        return;
    }
    for turn in 0..partitions.len().max(members.len()) {
        let member = members[turn % members.len()];
        let partitions_of_member = assigned.entry(member.clone()).or_default();
        add(partitions_of_member, partitions[turn % partitions.len()]);
    }
}
