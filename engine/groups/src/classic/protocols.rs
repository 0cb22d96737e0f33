//! What members speak.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ClassicGroup, Phase, Protocol};
use crate::consumer_protocol::Subscription;

impl ClassicGroup {
    /// Whether somebody who speaks these can be a member.
    pub(super) fn supports(&self, protocol_type: &str, protocols: &[Protocol]) -> bool {
        if matches!(self.phase, Phase::Empty) {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols.iter().any(|protocol| self.is_common(&protocol.name))
    }

    fn is_common(&self, name: &Arc<str>) -> bool {
        let mut members = self.members.values();
        members.all(|member| member.protocols.iter().any(|protocol| protocol.name == *name))
    }

    /// The protocol that most members prefer among those that all speak.
    pub(super) fn vote(&self) -> Option<Arc<str>> {
        let mut votes: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
        let mut common: BTreeMap<&Arc<str>, bool> = BTreeMap::new();
        for member in self.members.values() {
            let mut names = member.protocols.iter().map(|protocol| &protocol.name);
            let vote = names.find(|name| *common.entry(name).or_insert_with(|| self.is_common(name)));
            *votes.entry(vote?).or_default() += 1;
        }
        let winner = votes.into_iter().max_by_key(|(_, votes)| *votes);
        winner.map(|(name, _)| Arc::clone(name))
    }

    /// Looks into what members say, as far as it is known how to read it.
    pub(super) fn read_subscriptions(&mut self) {
        self.subscribed = match (&self.protocol, self.uses_consumer_protocol()) {
            (Some(protocol), true) => {
                let subscriptions = self.members.values().map(|member| {
                    let subscription = Subscription::read(&member.metadata(Some(protocol)));
                    subscription.map(|subscription| subscription.topics.into_iter())
                });
                let topics: Option<Vec<_>> = subscriptions.collect();
                topics.map(|topics| topics.into_iter().flatten().collect())
            }
            (None, true) if self.members.is_empty() => Some(Default::default()),
            _ => None,
        };
    }
}
