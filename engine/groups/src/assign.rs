//! Who gets which partition: pure functions of subscriptions and what everybody had before.

mod range;
mod simple;
#[cfg(test)]
mod tests;
mod uniform;

use std::collections::{BTreeMap, BTreeSet};

use crate::{MemberId, TopicId, TopicPartition};

pub(crate) use simple::simple;

/// Partitions by topic. No topic is there without a partition.
pub type Partitions = BTreeMap<TopicId, BTreeSet<u32>>;

/// How a consumer group's partitions are assigned (KIP-848).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assignor {
    /// As evenly as can be, with as few moves as can be.
    Uniform,
    /// Consecutive partitions of every topic, those of the same number to the same member.
    Range,
}

impl Assignor {
    /// The assignor of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "uniform" => Some(Assignor::Uniform),
            "range" => Some(Assignor::Range),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Assignor::Uniform => "uniform",
            Assignor::Range => "range",
        }
    }

    /// Assigns every partition that somebody is subscribed to, to exactly one member.
    pub(crate) fn assign(self, subscriptions: &Subscriptions<'_>) -> BTreeMap<MemberId, Partitions> {
        match self {
            Assignor::Uniform => uniform::uniform(subscriptions),
            Assignor::Range => range::range(subscriptions),
        }
    }
}

/// What is to be assigned.
pub(crate) struct Subscriptions<'a> {
    /// How many partitions a topic has, of every topic that somebody is subscribed to.
    pub(crate) topics: BTreeMap<TopicId, u32>,
    pub(crate) members: BTreeMap<&'a MemberId, Subscriber<'a>>,
}

/// A member as an assignor sees it.
pub(crate) struct Subscriber<'a> {
    pub(crate) topics: BTreeSet<TopicId>,
    /// What it was to have before.
    pub(crate) previous: &'a Partitions,
    /// Static members keep their place in the order when they come back under another member id.
    pub(crate) instance: Option<&'a str>,
}

impl Subscriptions<'_> {
    /// Every partition there is to assign.
    fn partitions(&self) -> impl Iterator<Item = TopicPartition> {
        self.topics.iter().flat_map(|(topic, count)| {
            (0..*count).map(|partition| TopicPartition {
                topic: *topic,
                partition,
            })
        })
    }

    /// Whether all members are subscribed to the same topics.
    fn is_homogeneous(&self) -> bool {
        let mut members = self.members.values();
        let first = members.next();
        members.all(|member| first.is_some_and(|first| first.topics == member.topics))
    }

    /// Nothing for anybody.
    fn nothing(&self) -> BTreeMap<MemberId, Partitions> {
        let members = self.members.keys();
        members
            .map(|member| ((*member).clone(), Partitions::new()))
            .collect()
    }
}

pub(crate) fn add(partitions: &mut Partitions, one: TopicPartition) {
    partitions.entry(one.topic).or_default().insert(one.partition);
}

pub(crate) fn each(partitions: &Partitions) -> impl Iterator<Item = TopicPartition> {
    partitions.iter().flat_map(|(topic, numbers)| {
        numbers.iter().map(|partition| TopicPartition {
            topic: *topic,
            partition: *partition,
        })
    })
}
