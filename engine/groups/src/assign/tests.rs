//! What holds for every assignor, and what for each.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;

use super::{Assignor, Partitions, Subscriber, Subscriptions, add, each, simple};
use crate::{MemberId, TopicId, TopicPartition};

/// Topics by their number of partitions, and members by the topics they are subscribed to.
#[derive(Clone, Debug)]
struct Scene {
    topics: BTreeMap<TopicId, u32>,
    members: BTreeMap<MemberId, BTreeSet<TopicId>>,
}

impl Scene {
    fn new(topics: &BTreeMap<u8, u32>, members: &BTreeMap<u8, BTreeSet<u8>>) -> Self {
        let topic = |number: &u8| TopicId(u128::from(*number));
        Scene {
            topics: topics
                .iter()
                .map(|(number, partitions)| (topic(number), *partitions))
                .collect(),
            members: members
                .iter()
                .map(|(number, subscribed)| {
                    let known = subscribed.iter().filter(|number| topics.contains_key(number));
                    (
                        format!("m{number:02}").as_str().into(),
                        known.map(topic).collect(),
                    )
                })
                .collect(),
        }
    }

    fn with<T>(
        &self,
        previous: &BTreeMap<MemberId, Partitions>,
        assign: impl FnOnce(&Subscriptions<'_>) -> T,
    ) -> T {
        let nothing = Partitions::new();
        let subscribed: BTreeSet<TopicId> = self.members.values().flatten().copied().collect();
        let topics = self.topics.iter().filter(|(topic, _)| subscribed.contains(topic));
        let members = self.members.iter().map(|(member, topics)| {
            let subscriber = Subscriber {
                topics: topics.clone(),
                previous: previous.get(member).unwrap_or(&nothing),
                instance: None,
            };
            (member, subscriber)
        });
        assign(&Subscriptions {
            topics: topics.map(|(topic, count)| (*topic, *count)).collect(),
            members: members.collect(),
        })
    }

    /// Every partition that somebody is subscribed to.
    fn partitions(&self) -> BTreeSet<TopicPartition> {
        self.with(&BTreeMap::new(), |subscriptions| {
            subscriptions.partitions().collect()
        })
    }

    fn assert_nobody_has_what_it_is_not_subscribed_to(&self, assigned: &BTreeMap<MemberId, Partitions>) {
        assert_eq!(
            assigned.keys().collect::<Vec<_>>(),
            self.members.keys().collect::<Vec<_>>()
        );
        for (member, partitions) in assigned {
            assert!(
                partitions
                    .keys()
                    .all(|topic| self.members[member].contains(topic))
            );
            assert!(partitions.values().all(|numbers| !numbers.is_empty()));
        }
    }

    fn assert_everything_has_one_owner(&self, assigned: &BTreeMap<MemberId, Partitions>) {
        self.assert_nobody_has_what_it_is_not_subscribed_to(assigned);
        let all: Vec<TopicPartition> = assigned.values().flat_map(each).collect();
        let distinct: BTreeSet<TopicPartition> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert_eq!(distinct, self.partitions());
    }
}

fn scenes() -> impl Strategy<Value = Scene> {
    let topics = btree_map(0..4_u8, 0..8_u32, 0..4);
    let members = btree_map(0..12_u8, btree_set(0..4_u8, 0..4), 0..8);
    (topics, members).prop_map(|(topics, members)| Scene::new(&topics, &members))
}

/// All members are subscribed to all topics.
fn alike() -> impl Strategy<Value = Scene> {
    let topics = btree_map(0..4_u8, 1..8_u32, 1..4);
    (topics, btree_set(0..12_u8, 1..8)).prop_map(|(topics, members)| {
        let all: BTreeSet<u8> = topics.keys().copied().collect();
        let members = members.into_iter().map(|member| (member, all.clone()));
        Scene::new(&topics, &members.collect())
    })
}

fn counts(assigned: &BTreeMap<MemberId, Partitions>) -> Vec<usize> {
    assigned
        .values()
        .map(|partitions| each(partitions).count())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn every_partition_has_one_owner(before in scenes(), after in scenes()) {
        for assignor in [Assignor::Uniform, Assignor::Range] {
            let first = before.with(&BTreeMap::new(), |scene| assignor.assign(scene));
            before.assert_everything_has_one_owner(&first);
            let second = after.with(&first, |scene| assignor.assign(scene));
            after.assert_everything_has_one_owner(&second);
        }
    }

    #[test]
    fn uniform_is_even_and_moves_no_more_than_it_must(scene in alike(), departed in any::<prop::sample::Index>()) {
        let assign = |scene: &Scene, previous: &_| scene.with(previous, |scene| Assignor::Uniform.assign(scene));
        let first = assign(&scene, &BTreeMap::new());
        let is_even = |counts: Vec<usize>| {
            counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0) <= 1
        };
        prop_assert!(is_even(counts(&first)));
        prop_assert_eq!(&assign(&scene, &first), &first);
        let mut rest = scene.clone();
        let departed = departed.get(&scene.members.keys().cloned().collect::<Vec<_>>()).clone();
        rest.members.remove(&departed);
        let second = assign(&rest, &first);
        prop_assert!(is_even(counts(&second)));
        // Whoever stays keeps everything.
        for (member, partitions) in &second {
            let kept: BTreeSet<_> = each(partitions).collect();
            prop_assert!(each(&first[member]).all(|one| kept.contains(&one)));
        }
    }

    #[test]
    fn uniform_leaves_nobody_two_behind_where_subscriptions_differ(scene in scenes()) {
        let assigned = scene.with(&BTreeMap::new(), |scene| Assignor::Uniform.assign(scene));
        let counts: BTreeMap<_, _> = assigned.keys().zip(counts(&assigned)).collect();
        for (member, partitions) in &assigned {
            for topic in partitions.keys() {
                let others = scene.members.iter().filter(|(_, topics)| topics.contains(topic));
                for (other, _) in others {
                    prop_assert!(counts[member] <= counts[other] + 1);
                }
            }
        }
    }

    #[test]
    fn simple_leaves_no_partition_and_no_member_out(scene in scenes()) {
        let assigned = scene.with(&BTreeMap::new(), simple);
        scene.assert_nobody_has_what_it_is_not_subscribed_to(&assigned);
        let mut all = Partitions::new();
        for one in assigned.values().flat_map(each) {
            add(&mut all, one);
        }
        prop_assert_eq!(each(&all).collect::<BTreeSet<_>>(), scene.partitions());
        for (member, topics) in &scene.members {
            let has_partitions = topics.iter().any(|topic| scene.topics[topic] > 0);
            prop_assert_eq!(has_partitions, !assigned[member].is_empty());
        }
    }
}

#[test]
fn range_gives_the_same_numbers_of_all_topics_to_the_same_member() {
    let all: BTreeSet<u8> = [0, 1].into();
    let members = [1, 2, 3].map(|member| (member, all.clone()));
    let scene = Scene::new(&[(0, 5), (1, 5)].into(), &members.into());
    let assigned = scene.with(&BTreeMap::new(), |scene| Assignor::Range.assign(scene));
    let expected: [BTreeSet<u32>; 3] = [[0, 1].into(), [2, 3].into(), [4].into()];
    for (partitions, expected) in assigned.values().zip(expected) {
        assert_eq!(partitions.len(), 2);
        assert!(partitions.values().all(|numbers| *numbers == expected));
    }
}
