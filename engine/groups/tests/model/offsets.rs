//! Offsets and transactions against a specification: of every partition the latest commit that counts.

use std::collections::BTreeMap;
use std::time::Duration;

use ninefold_groups::{
    Committer, DeleteOffsets, FetchOffsets, GroupError, GroupId, GroupsConfig, OffsetCommit, PartitionOffset,
    ProducerId, TransactionalCommit,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{Waiting, World};

#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<u32>),
    Pend(i64, Vec<u32>),
    Decide(i64, bool),
    Delete(u32),
    Restart,
    Advance(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let partitions = || vec(0..4_u32, 1..4);
    let step = prop_oneof![
        6 => partitions().prop_map(Step::Commit),
        6 => (0..3_i64, partitions()).prop_map(|(producer, partitions)| Step::Pend(producer, partitions)),
        4 => (0..3_i64, any::<bool>()).prop_map(|(producer, commit)| Step::Decide(producer, commit)),
        1 => (0..4_u32).prop_map(Step::Delete),
        2 => Just(Step::Restart),
        1 => prop_oneof![Just(600_u64), Just(86_400), Just(604_800)].prop_map(Step::Advance),
    ];
    vec(step, 1..80)
}

/// A commit: its number, and when it was made.
type Entry = (i64, u64);

#[derive(Default)]
struct Specification {
    committed: BTreeMap<u32, Entry>,
    pending: BTreeMap<i64, BTreeMap<u32, Entry>>,
}

struct Model {
    world: World,
    group: GroupId,
    specification: Specification,
    next: i64,
    seconds: u64,
}

fn run<T>(future: impl Future<Output = T> + 'static) -> T {
    Waiting::new(future).poll().unwrap()
}

impl Model {
    fn take(&mut self, step: Step) {
        let (groups, group) = (self.world.groups.clone(), self.group.clone());
        match step {
            Step::Commit(partitions) => {
                let offsets = self.offsets(&partitions);
                let entries = offsets
                    .iter()
                    .map(|offset| (offset.partition, (offset.offset, self.seconds)));
                self.specification.committed.extend(entries);
                let request = OffsetCommit {
                    group,
                    committer: nobody(),
                    retention: None,
                    offsets,
                };
                run(async move { groups.commit(request).await }).unwrap();
            }
            Step::Pend(producer, partitions) => {
                let offsets = self.offsets(&partitions);
                let entries = offsets
                    .iter()
                    .map(|offset| (offset.partition, (offset.offset, self.seconds)));
                let pending = self.specification.pending.entry(producer).or_default();
                pending.extend(entries);
                let request = TransactionalCommit {
                    group,
                    committer: nobody(),
                    producer: ProducerId(producer),
                    offsets,
                };
                run(async move { groups.commit_in_transaction(request).await }).unwrap();
            }
            Step::Decide(producer, is_committed) => {
                self.specification.decide(producer, is_committed);
                let producers = [ProducerId(producer)];
                run(async move {
                    groups
                        .complete_transactions(&group, &producers, is_committed)
                        .await
                })
                .unwrap();
            }
            Step::Delete(partition) => {
                self.specification.committed.remove(&partition);
                let request = DeleteOffsets {
                    group,
                    partitions: vec![("topic".into(), partition)],
                };
                let deleted = run(async move { groups.delete_offsets(request).await });
                assert!(matches!(deleted, Ok(_) | Err(GroupError::NoSuchGroup)));
            }
            Step::Restart => self.world.crash(),
            Step::Advance(seconds) => {
                self.seconds += seconds;
                self.world.advance(Duration::from_secs(seconds));
                self.specification.expire(self.seconds);
            }
        }
        self.compare();
    }

    fn offsets(&mut self, partitions: &[u32]) -> Vec<PartitionOffset> {
        let partitions = partitions.iter().map(|partition| {
            self.next += 1;
            PartitionOffset {
                topic: "topic".into(),
                partition: *partition,
                offset: self.next,
                leader_epoch: Some(*partition as i32),
                metadata: self.next.to_string().into(),
            }
        });
        partitions.collect()
    }

    fn compare(&self) {
        for require_stable in [false, true] {
            let request = FetchOffsets {
                group: self.group.clone(),
                committer: nobody(),
                partitions: Some((0..4).map(|partition| ("topic".into(), partition)).collect()),
                require_stable,
            };
            for fetched in self.world.groups.fetch(request).unwrap() {
                let expected = self.specification.committed.get(&fetched.partition);
                if require_stable && self.specification.is_pending(fetched.partition) {
                    assert_eq!(fetched.offset, Err(GroupError::UnstableOffset));
                    continue;
                }
                let offset = fetched.offset.unwrap();
                assert_eq!(
                    offset.as_ref().map(|offset| offset.offset),
                    expected.map(|entry| entry.0)
                );
                let metadata = offset.map(|offset| offset.metadata.to_string());
                assert_eq!(metadata, expected.map(|entry| entry.0.to_string()));
            }
        }
    }
}

impl Specification {
    fn decide(&mut self, producer: i64, is_committed: bool) {
        let pending = self.pending.remove(&producer).unwrap_or_default();
        for (partition, entry) in pending {
            let known = self.committed.get(&partition);
            if is_committed && known.is_none_or(|known| known.0 < entry.0) {
                self.committed.insert(partition, entry);
            }
        }
    }

    fn is_pending(&self, partition: u32) -> bool {
        let mut pending = self.pending.values();
        pending.any(|pending| pending.contains_key(&partition))
    }

    /// What has not been committed anew for seven days is gone, but where a transaction is about to.
    fn expire(&mut self, now: u64) {
        let pending: Vec<u32> = (0..4).filter(|partition| self.is_pending(*partition)).collect();
        self.committed
            .retain(|partition, (_, at)| *at + 604_800 > now || pending.contains(partition));
    }
}

fn nobody() -> Committer {
    Committer {
        epoch: -1,
        ..Committer::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn offsets_are_as_specified(steps in steps()) {
        let mut model = Model {
            world: World::new(GroupsConfig::default()),
            group: "group".into(),
            specification: Specification::default(),
            next: 0,
            seconds: 0,
        };
        for step in steps {
            model.take(step);
        }
    }
}
