use std::collections::{BTreeMap, VecDeque};

use ninefold_record_batch::{EndTransactionMarker, Header, MarkerKind};
use serde::{Deserialize, Serialize};

/// The transactions of a partition: those under way, and those that were aborted, whose records readers of finished
/// transactions have to leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Transactions {
    /// By producer: the first offset of its transaction.
    ongoing: BTreeMap<i64, i64>,
    /// In the order of their markers.
    aborted: Vec<AbortedTransaction>,
    /// Those whose markers may not be durable yet, in the order of these.
    #[serde(skip)]
    ending: VecDeque<Ending>,
}

/// A transaction that has a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ending {
    first_offset: i64,
    marker_offset: i64,
}

/// A transaction that came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbortedTransaction {
    /// Whose it was.
    pub producer_id: i64,
    /// Its first record.
    pub first_offset: i64,
    /// The marker that ended it.
    pub marker_offset: i64,
}

impl Transactions {
    pub(super) fn begin(&mut self, producer_id: i64, offset: i64) {
        self.ongoing.entry(producer_id).or_insert(offset);
    }

    pub(super) fn end(&mut self, batch: &Header, marker: &EndTransactionMarker) {
        let Some(first_offset) = self.ongoing.remove(&batch.producer_id) else {
            return;
        };
        self.ending.push_back(Ending {
            first_offset,
            marker_offset: batch.base_offset,
        });
        if marker.kind == MarkerKind::Abort {
            self.aborted.push(AbortedTransaction {
                producer_id: batch.producer_id,
                first_offset,
                marker_offset: batch.base_offset,
            });
        }
    }

    pub(super) fn has_ongoing(&self, producer_id: i64) -> bool {
        self.ongoing.contains_key(&producer_id)
    }

    pub(super) fn ongoing_since(&self, producer_id: i64) -> Option<i64> {
        self.ongoing.get(&producer_id).copied()
    }

    /// Everything before an offset is durable.
    pub(super) fn settle(&mut self, durable_offset: i64) {
        while let Some(ending) = self.ending.front()
            && ending.marker_offset < durable_offset
        {
            self.ending.pop_front();
        }
    }

    pub(super) fn first_unstable_offset(&self) -> Option<i64> {
        let ending = self.ending.iter().map(|ending| ending.first_offset);
        self.ongoing.values().copied().chain(ending).min()
    }

    pub(super) fn all_aborted(&self) -> &[AbortedTransaction] {
        &self.aborted
    }

    /// Forgets aborted transactions whose markers are no more. Those are given in order.
    pub(super) fn forget_markers(&mut self, marker_offsets: &[i64]) {
        self.aborted
            .retain(|transaction| marker_offsets.binary_search(&transaction.marker_offset).is_err());
    }

    pub(super) fn aborted(&self, from: i64, until: i64) -> Vec<AbortedTransaction> {
        // Markers stand in order, so that what ended before `from` is skipped at once.
        let skipped = self
            .aborted
            .partition_point(|transaction| transaction.marker_offset < from);
        self.aborted[skipped..]
            .iter()
            .filter(|transaction| transaction.first_offset < until)
            .copied()
            .collect()
    }

    pub(super) fn forget(&mut self, before_offset: i64) {
        self.aborted
            .retain(|transaction| transaction.marker_offset >= before_offset);
    }
}
