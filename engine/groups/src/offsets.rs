//! Committed offsets: up to where a group has read each partition.
//!
//! What is in memory is what is durable: it changes when a commit is completed. Only offsets in transactions are there as
//! soon as they are under way, since from then on what was committed before is not stable any more.

mod expiry;
mod record;
mod request;
mod transaction;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ninefold_store::{Batch, ScanRange, StoreError};
use ninefold_time::Timestamp;

use crate::config::{GroupsConfig, TOPIC_NAME_BYTES};
use crate::records::{OFFSETS, PENDING_OFFSETS, group_key};
use crate::{GroupError, GroupId};

pub(crate) use expiry::Retention;
pub(crate) use record::{offset_key, parse_offset_key, parse_pending_key, pending_key};
pub use request::{
    Committed, Committer, DeleteOffsets, FetchOffsets, FetchedOffset, OffsetCommit, OffsetDeletion,
    PartitionOffset, ProducerId, TransactionalCommit,
};

/// A partition, by the name of its topic.
pub type NamedPartition = (Arc<str>, u32);

/// An offset as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredOffset {
    pub(crate) offset: i64,
    pub(crate) leader_epoch: Option<i32>,
    pub(crate) metadata: Arc<str>,
    pub(crate) committed_at: Timestamp,
    /// From when on it is not kept, if the client said so (commits of versions 2 to 4).
    pub(crate) expires_at: Option<Timestamp>,
    /// Tells which of two commits of a group was later: one in a transaction counts from when it was made.
    pub(crate) sequence: u64,
}

/// The offsets of a group.
#[derive(Debug, Default)]
pub(crate) struct Offsets {
    committed: BTreeMap<NamedPartition, StoredOffset>,
    /// By transactions that have not decided yet.
    pending: BTreeMap<ProducerId, BTreeMap<NamedPartition, StoredOffset>>,
    /// The latest of those whose commit is under way. They count when it is asked what is latest, and for nothing else.
    under_way: BTreeMap<NamedPartition, StoredOffset>,
    next_sequence: u64,
}

/// What a batch does to offsets once it is completed.
#[derive(Debug)]
pub(crate) enum OffsetChange {
    Commit(Vec<(NamedPartition, StoredOffset)>),
    /// They are in memory; if the batch fails they have to go.
    Pend(ProducerId, Vec<(NamedPartition, u64)>),
    Decide(Vec<ProducerId>, Vec<(NamedPartition, StoredOffset)>),
    Delete(Vec<NamedPartition>),
    Clear,
}

impl Offsets {
    pub(crate) fn is_empty(&self) -> bool {
        self.committed.is_empty() && self.pending.is_empty() && self.under_way.is_empty()
    }

    /// Puts in what was stored.
    pub(crate) fn restore(&mut self, partition: NamedPartition, offset: StoredOffset) {
        self.next_sequence = self.next_sequence.max(offset.sequence + 1);
        self.committed.insert(partition, offset);
    }

    pub(crate) fn restore_pending(
        &mut self,
        producer: ProducerId,
        partition: NamedPartition,
        offset: StoredOffset,
    ) {
        self.next_sequence = self.next_sequence.max(offset.sequence + 1);
        let pending = self.pending.entry(producer).or_default();
        pending.insert(partition, offset);
    }

    /// Puts offsets into a batch; says of each whether it was taken.
    pub(crate) fn commit(
        &mut self,
        group: &GroupId,
        offsets: Vec<PartitionOffset>,
        retention: Option<Duration>,
        config: &GroupsConfig,
        now: Timestamp,
        batch: &mut Batch,
    ) -> (Vec<Committed>, OffsetChange) {
        let (answers, taken) = self.take(offsets, retention, config, now);
        for (partition, offset) in &taken {
            batch.put(OFFSETS, offset_key(group, partition), offset.encode());
            self.under_way.insert(partition.clone(), offset.clone());
        }
        (answers, OffsetChange::Commit(taken))
    }

    /// Checks offsets, and makes what is stored of those that are good.
    fn take(
        &mut self,
        offsets: Vec<PartitionOffset>,
        retention: Option<Duration>,
        config: &GroupsConfig,
        now: Timestamp,
    ) -> (Vec<Committed>, Vec<(NamedPartition, StoredOffset)>) {
        let mut answers = Vec::with_capacity(offsets.len());
        let mut taken = Vec::with_capacity(offsets.len());
        let mut room = config.offsets_per_group.saturating_sub(self.committed.len());
        for offset in offsets {
            let partition = (offset.topic, offset.partition);
            let is_new = !self.committed.contains_key(&partition);
            answers.push(if offset.metadata.len() > config.offsets.metadata_bytes {
                Err(GroupError::OffsetMetadataTooLarge)
            } else if partition.0.is_empty() || partition.0.len() > TOPIC_NAME_BYTES {
                Err(GroupError::InvalidRequest(
                    "the name of the topic is empty or too long",
                ))
            } else if is_new && room == 0 {
                Err(GroupError::TooManyOffsets)
            } else {
                room -= usize::from(is_new);
                let stored = StoredOffset {
                    offset: offset.offset,
                    leader_epoch: offset.leader_epoch,
                    metadata: offset.metadata,
                    committed_at: now,
                    expires_at: retention.map(|retention| now + retention),
                    sequence: self.next_sequence,
                };
                self.next_sequence += 1;
                taken.push((partition, stored));
                Ok(())
            });
        }
        (answers, taken)
    }

    /// Takes the outcome of a batch.
    pub(crate) fn settle(&mut self, change: OffsetChange, outcome: &Result<(), StoreError>) {
        let is_stored = outcome.is_ok();
        match change {
            OffsetChange::Commit(offsets) => {
                for (partition, offset) in &offsets {
                    let under_way = self.under_way.get(partition);
                    if under_way.is_some_and(|under_way| under_way.sequence == offset.sequence) {
                        self.under_way.remove(partition);
                    }
                }
                if is_stored {
                    self.committed.extend(offsets);
                }
            }
            OffsetChange::Pend(producer, offsets) if !is_stored => self.withdraw(producer, &offsets),
            OffsetChange::Decide(producers, offsets) if is_stored => {
                self.committed.extend(offsets);
                self.pending.retain(|producer, _| !producers.contains(producer));
            }
            OffsetChange::Delete(partitions) if is_stored => {
                for partition in partitions {
                    self.committed.remove(&partition);
                }
            }
            OffsetChange::Clear if is_stored => {
                self.committed.clear();
                self.pending.clear();
            }
            OffsetChange::Pend(..)
            | OffsetChange::Decide(..)
            | OffsetChange::Delete(_)
            | OffsetChange::Clear => (),
        }
    }

    /// What was committed of these partitions, or of all.
    pub(crate) fn fetch(
        &self,
        partitions: Option<Vec<NamedPartition>>,
        require_stable: bool,
    ) -> Vec<FetchedOffset> {
        let partitions = partitions.unwrap_or_else(|| {
            let pending = self.pending.values().flat_map(BTreeMap::keys);
            let unstable = pending.filter(|_| require_stable);
            let mut all: Vec<_> = self.committed.keys().chain(unstable).cloned().collect();
            all.sort();
            all.dedup();
            all
        });
        partitions
            .into_iter()
            .map(|partition| {
                let offset = if require_stable && self.is_pending(&partition) {
                    Err(GroupError::UnstableOffset)
                } else {
                    Ok(self
                        .committed
                        .get(&partition)
                        .map(PartitionOffset::of(&partition)))
                };
                FetchedOffset {
                    topic: partition.0,
                    partition: partition.1,
                    offset,
                }
            })
            .collect()
    }

    fn is_pending(&self, partition: &NamedPartition) -> bool {
        let mut pending = self.pending.values();
        pending.any(|pending| pending.contains_key(partition))
    }

    /// Deletes what was committed of these partitions.
    pub(crate) fn delete(
        &mut self,
        group: &GroupId,
        partitions: Vec<NamedPartition>,
        batch: &mut Batch,
    ) -> OffsetChange {
        for partition in &partitions {
            batch.delete(OFFSETS, offset_key(group, partition));
        }
        OffsetChange::Delete(partitions)
    }

    /// Deletes everything, whether it is in memory yet or not: [`OffsetChange::Clear`].
    pub(crate) fn clear(group: &GroupId, batch: &mut Batch) {
        let of_group = ScanRange::prefix(group_key(group));
        batch.delete_range(OFFSETS, &of_group);
        batch.delete_range(PENDING_OFFSETS, &of_group);
    }

    /// The partitions of these topics that have offsets.
    pub(crate) fn of_topics(&self, topics: &[Arc<str>]) -> Vec<NamedPartition> {
        let committed = self.committed.keys();
        committed
            .filter(|(topic, _)| topics.contains(topic))
            .cloned()
            .collect()
    }
}
