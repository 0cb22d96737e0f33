//! What members are to have.

use std::collections::BTreeMap;

use super::ConsumerGroup;
use crate::MemberId;
use crate::answers::Work;
use crate::assign::{Subscriber, Subscriptions};

impl ConsumerGroup {
    /// Assigns anew if what members are to have is outdated.
    pub(super) fn update_targets(&mut self, work: &Work<'_>) {
        if self.assignment_epoch >= self.epoch {
            return;
        }
        let assignor = self.assignor(work.config.consumer.default_assignor);
        let targets = assignor.assign(&self.subscriptions(work));
        for (id, target) in targets {
            if let Some(member) = self.members.get_mut(&id)
                && member.target != target
            {
                member.target = target;
                self.changes.member(&id);
            }
        }
        self.assignment_epoch = self.epoch;
        self.changes.group();
    }

    fn subscriptions(&self, work: &Work<'_>) -> Subscriptions<'_> {
        let mut topics = BTreeMap::new();
        let mut members: BTreeMap<&MemberId, Subscriber<'_>> = BTreeMap::new();
        for (id, member) in &self.members {
            let names = self.subscribed_names(member);
            let known: Vec<_> = names.filter_map(|name| work.topics.named(name)).collect();
            topics.extend(known.iter().map(|topic| (topic.id, topic.partitions)));
            let subscriber = Subscriber {
                topics: known.iter().map(|topic| topic.id).collect(),
                previous: &member.target,
                instance: member.instance.as_ref().map(|instance| instance.as_str()),
            };
            members.insert(id, subscriber);
        }
        Subscriptions { topics, members }
    }
}
