//! Groups that change their kind while they have members: from classic to consumer when the first member of the new protocol
//! joins, and back when the last one has left (KIP-848, `group.consumer.migration.policy`).

use std::collections::BTreeMap;

use crate::GroupError;
use crate::answers::Work;
use crate::classic::ClassicGroup;
use crate::consumer::{ClassicProtocol, ConsumerGroup, Member};
use crate::consumer_protocol::{Subscription, by_id, read_assignment, write_assignment};

/// A consumer group with the members of a classic one, each with what it has.
pub(crate) fn upgrade(classic: &ClassicGroup, work: &Work<'_>) -> Result<ConsumerGroup, GroupError> {
    if !classic.uses_consumer_protocol() || classic.members.len() >= work.config.consumer.members {
        return Err(GroupError::NoSuchGroup);
    }
    let generation = classic.generation;
    let mut members = BTreeMap::new();
    for (id, member) in &classic.members {
        let spoken = match &classic.protocol {
            Some(protocol) => member.metadata(Some(protocol)),
            None => member
                .protocols
                .first()
                .map(|protocol| protocol.metadata.clone())
                .unwrap_or_default(),
        };
        let subscription = Subscription::read(&spoken).ok_or(GroupError::NoSuchGroup)?;
        let assigned = read_assignment(&member.assignment).ok_or(GroupError::NoSuchGroup)?;
        let assigned = by_id(&assigned, work.topics);
        let mut upgraded = Member {
            instance: member.instance.clone(),
            client: member.client.clone(),
            rebalance_timeout: member.rebalance_timeout,
            epoch: generation,
            previous_epoch: generation,
            classic: Some(ClassicProtocol {
                session_timeout: member.session_timeout,
                protocols: member.protocols.clone(),
            }),
            ..Member::default()
        };
        upgraded.subscription.names = subscription.topics.into_iter().collect();
        upgraded.assigned = assigned
            .iter()
            .map(|(topic, partitions)| {
                let partitions = partitions.iter().map(|partition| (*partition, generation));
                (*topic, partitions.collect())
            })
            .collect();
        upgraded.target = assigned;
        members.insert(id.clone(), upgraded);
    }
    let mut consumer = ConsumerGroup::after(generation, classic.since);
    consumer.admit(members, work);
    Ok(consumer)
}

/// A classic group with the members of a consumer group of whom none speaks the protocol of these any more. They have to join
/// anew.
pub(crate) fn downgrade(consumer: &ConsumerGroup, work: &mut Work<'_>) -> ClassicGroup {
    let members = consumer.members.iter().filter_map(|(id, member)| {
        let classic = member.classic.as_ref()?;
        let assignment = write_assignment(classic.assignment_version(), &member.target, work.topics);
        Some((id.clone(), member, classic.clone(), assignment))
    });
    let members = members.map(|(id, member, classic, assignment)| {
        let member = crate::classic::Member::of_consumer(member, classic, assignment);
        (id, member)
    });
    let members = members.collect();
    let mut group = ClassicGroup::after(consumer.epoch, work.now);
    group.take_over(members, work);
    group
}
