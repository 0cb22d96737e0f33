//! Offsets in transactions: kept aside until the transaction is decided.

use std::collections::BTreeMap;

use ninefold_store::{Batch, ScanRange};
use ninefold_time::Timestamp;

use super::{
    Committed, NamedPartition, OffsetChange, Offsets, PartitionOffset, ProducerId, StoredOffset, offset_key,
    pending_key, record::producer_key,
};
use crate::records::{OFFSETS, PENDING_OFFSETS};
use crate::{GroupId, GroupsConfig};

impl Offsets {
    /// Puts offsets of a transaction into a batch; says of each whether it was taken.
    pub(crate) fn pend(
        &mut self,
        group: &GroupId,
        producer: ProducerId,
        offsets: Vec<PartitionOffset>,
        config: &GroupsConfig,
        now: Timestamp,
        batch: &mut Batch,
    ) -> (Vec<Committed>, OffsetChange) {
        let (answers, taken) = self.take(offsets, None, config, now);
        let mut under_way = Vec::with_capacity(taken.len());
        for (partition, offset) in taken {
            let key = pending_key(group, producer, &partition);
            batch.put(PENDING_OFFSETS, key, offset.encode());
            under_way.push((partition.clone(), offset.sequence));
            let pending = self.pending.entry(producer).or_default();
            pending.insert(partition, offset);
        }
        (answers, OffsetChange::Pend(producer, under_way))
    }

    /// What could not be stored is not pending.
    pub(super) fn withdraw(&mut self, producer: ProducerId, offsets: &[(NamedPartition, u64)]) {
        let Some(pending) = self.pending.get_mut(&producer) else {
            return;
        };
        for (partition, sequence) in offsets {
            if pending
                .get(partition)
                .is_some_and(|offset| offset.sequence == *sequence)
            {
                pending.remove(partition);
            }
        }
        if pending.is_empty() {
            self.pending.remove(&producer);
        }
    }

    pub(crate) fn has_pending(&self, producers: &[ProducerId]) -> bool {
        producers
            .iter()
            .any(|producer| self.pending.contains_key(producer))
    }

    /// Puts into a batch what becomes of the offsets of transactions that were decided: if these were committed they count,
    /// but where something later was committed outside of them.
    pub(crate) fn decide(
        &mut self,
        group: &GroupId,
        producers: &[ProducerId],
        is_committed: bool,
        batch: &mut Batch,
    ) -> OffsetChange {
        let mut latest: BTreeMap<NamedPartition, StoredOffset> = BTreeMap::new();
        let decided = producers.iter().filter_map(|producer| self.pending.get(producer));
        for (partition, offset) in decided.flatten().filter(|_| is_committed) {
            let known = [
                latest.get(partition),
                self.committed.get(partition),
                self.under_way.get(partition),
            ];
            let known = known.into_iter().flatten().max_by_key(|known| known.sequence);
            // What is under way comes before this batch, so that it has to be repeated to stay the latest.
            let winner = known
                .filter(|known| known.sequence > offset.sequence)
                .unwrap_or(offset);
            latest.insert(partition.clone(), winner.clone());
        }
        for (partition, offset) in &latest {
            batch.put(OFFSETS, offset_key(group, partition), offset.encode());
        }
        for producer in producers {
            let of_producer = producer_key(group, *producer);
            batch.delete_range(PENDING_OFFSETS, &ScanRange::prefix(of_producer));
        }
        OffsetChange::Decide(producers.to_vec(), latest.into_iter().collect())
    }
}
