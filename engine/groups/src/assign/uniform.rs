//! The assignor `uniform`: members that are subscribed alike get as many partitions, give or take one, and what can stay
//! where it was stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Partitions, Subscriptions, add, each};
use crate::{MemberId, TopicId, TopicPartition};

/// How often all partitions are looked at for one that had better be moved. Every move brings two members' counts closer, so
/// few rounds are needed; that it ends must not depend on it.
const BALANCING_ROUNDS: usize = 32;

pub(super) fn uniform(subscriptions: &Subscriptions<'_>) -> BTreeMap<MemberId, Partitions> {
    let mut builder = Builder::new(subscriptions);
    if subscriptions.is_homogeneous() {
        builder.keep_up_to_an_even_share();
        builder.hand_out_the_rest();
    } else {
        builder.keep_everything();
        builder.hand_out_the_rest();
        builder.balance();
    }
    builder.finish()
}

struct Builder<'a> {
    subscriptions: &'a Subscriptions<'a>,
    owners: HashMap<TopicPartition, usize>,
    members: Vec<&'a MemberId>,
    counts: Vec<usize>,
    /// Members by how many partitions they have, of those subscribed to a topic.
    subscribers: BTreeMap<TopicId, Vec<usize>>,
}

impl<'a> Builder<'a> {
    fn new(subscriptions: &'a Subscriptions<'a>) -> Self {
        let mut subscribers: BTreeMap<TopicId, Vec<usize>> = BTreeMap::new();
        for (place, subscriber) in subscriptions.members.values().enumerate() {
            for topic in &subscriber.topics {
                subscribers.entry(*topic).or_default().push(place);
            }
        }
        Builder {
            subscriptions,
            owners: HashMap::new(),
            members: subscriptions.members.keys().copied().collect(),
            counts: vec![0; subscriptions.members.len()],
            subscribers,
        }
    }

    /// What a member had before and may still have, in order.
    fn previous(&self, place: usize) -> impl Iterator<Item = TopicPartition> + use<'a> {
        let subscriptions = self.subscriptions;
        let subscriber = &subscriptions.members[self.members[place]];
        each(subscriber.previous).filter(move |one| {
            let count = subscriptions.topics.get(&one.topic).copied().unwrap_or(0);
            one.partition < count && subscriber.topics.contains(&one.topic)
        })
    }

    fn give(&mut self, one: TopicPartition, place: usize) {
        if let Some(before) = self.owners.insert(one, place) {
            self.counts[before] -= 1;
        }
        self.counts[place] += 1;
    }

    fn keep_everything(&mut self) {
        self.keep(|_| usize::MAX);
    }

    /// Everybody keeps as much as its share, and so many members one more as it doesn't come out even.
    fn keep_up_to_an_even_share(&mut self) {
        if self.members.is_empty() {
            return;
        }
        let total = self.subscriptions.partitions().count();
        let share = total / self.members.len();
        let mut larger = total % self.members.len();
        self.keep(|held| {
            let may_have_one_more = held > share && larger > 0;
            larger -= usize::from(may_have_one_more);
            share + usize::from(may_have_one_more)
        });
    }

    fn keep(&mut self, mut limit: impl FnMut(usize) -> usize) {
        for place in 0..self.members.len() {
            let free: Vec<TopicPartition> = self
                .previous(place)
                .filter(|one| !self.owners.contains_key(one))
                .collect();
            let limit = limit(free.len());
            for one in free.into_iter().take(limit) {
                self.give(one, place);
            }
        }
    }

    fn least_loaded(&self, topic: TopicId) -> Option<usize> {
        let subscribers = self.subscribers.get(&topic)?;
        subscribers
            .iter()
            .copied()
            .min_by_key(|place| self.counts[*place])
    }

    fn hand_out_the_rest(&mut self) {
        let subscriptions = self.subscriptions;
        if subscriptions.is_homogeneous() {
            // Everybody may have everything: the order of counts can be kept instead of looked for.
            let mut order: BTreeSet<(usize, usize)> = (0..self.members.len())
                .map(|place| (self.counts[place], place))
                .collect();
            for one in subscriptions.partitions() {
                if self.owners.contains_key(&one) {
                    continue;
                }
                let Some((count, place)) = order.pop_first() else {
                    return;
                };
                self.give(one, place);
                order.insert((count + 1, place));
            }
            return;
        }
        for one in subscriptions.partitions() {
            if self.owners.contains_key(&one) {
                continue;
            }
            if let Some(place) = self.least_loaded(one.topic) {
                self.give(one, place);
            }
        }
    }

    /// Moves partitions from members that have more to such that have at least two less.
    fn balance(&mut self) {
        for _ in 0..BALANCING_ROUNDS {
            let mut moved = false;
            for one in self.subscriptions.partitions() {
                let (Some(owner), Some(least)) = (self.owners.get(&one), self.least_loaded(one.topic)) else {
                    continue;
                };
                if self.counts[*owner] > self.counts[least] + 1 {
                    self.give(one, least);
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn finish(self) -> BTreeMap<MemberId, Partitions> {
        let mut assigned = self.subscriptions.nothing();
        for (one, place) in self.owners {
            if let Some(partitions) = assigned.get_mut(self.members[place].as_str()) {
                add(partitions, one);
            }
        }
        assigned
    }
}
