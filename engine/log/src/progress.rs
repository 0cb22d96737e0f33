//! How far producers and transactions of a partition are: what tells a repeated batch from a new one, and what readers of
//! finished transactions may see.
//!
//! It follows from the batches alone: each is [checked](Progress::check) before it gets its offset and
//! [applied](Progress::apply) with it, also when the journal is read back.

mod producers;
mod transactions;

use ninefold_record_batch::{EndTransactionMarker, Header};
use serde::{Deserialize, Serialize};

pub(crate) use self::producers::LastBatch;
pub use self::producers::ProducerSummary;
use self::producers::Producers;
pub use self::transactions::AbortedTransaction;
use self::transactions::Transactions;
use crate::AppendError;

/// See the [module](self).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    producers: Producers,
    transactions: Transactions,
}

/// What a batch is to a partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The next one.
    New,
    /// It was appended before, at this offset and time.
    Duplicate {
        base_offset: i64,
        appended_at_milliseconds: i64,
    },
}

impl Progress {
    /// What a batch is, by its producer's and transaction's state.
    pub(crate) fn check(&self, batch: &Header) -> Result<Standing, AppendError> {
        if batch.producer_id < 0 {
            return Ok(Standing::New);
        }
        let standing = self.producers.check(batch)?;
        let is_mixed =
            self.transactions.has_ongoing(batch.producer_id) && !batch.attributes.is_transactional();
        if is_mixed && standing == Standing::New {
            return Err(AppendError::TransactionState {
                producer_id: batch.producer_id,
            });
        }
        Ok(standing)
    }

    /// Whether the marker of a transaction may be appended.
    pub(crate) fn check_marker(
        &self,
        batch: &Header,
        marker: &EndTransactionMarker,
    ) -> Result<(), AppendError> {
        self.producers.check_marker(batch, marker)
    }

    /// Takes a batch into account that has its offset; with `marker` it ends a transaction.
    pub(crate) fn apply(
        &mut self,
        batch: &Header,
        marker: Option<&EndTransactionMarker>,
        now_milliseconds: i64,
    ) {
        if batch.producer_id < 0 {
            return;
        }
        match marker {
            Some(marker) => {
                self.producers.apply_marker(batch, marker, now_milliseconds);
                self.transactions.end(batch, marker);
            }
            None => {
                self.producers.apply(batch, now_milliseconds);
                if batch.attributes.is_transactional() {
                    self.transactions.begin(batch.producer_id, batch.base_offset);
                }
            }
        }
    }

    /// The first offset that belongs to an unfinished transaction; one is finished when its marker is durable.
    pub(crate) fn first_unstable_offset(&self) -> Option<i64> {
        self.transactions.first_unstable_offset()
    }

    /// Everything before an offset is durable: a transaction whose marker is among it is finished.
    pub(crate) fn settle(&mut self, durable_offset: i64) {
        self.transactions.settle(durable_offset);
    }

    /// All aborted transactions, in the order of their markers.
    pub(crate) fn all_aborted(&self) -> &[AbortedTransaction] {
        self.transactions.all_aborted()
    }

    /// Forgets aborted transactions of which neither records nor markers are left. The markers are given in order.
    pub(crate) fn forget_markers(&mut self, marker_offsets: &[i64]) {
        self.transactions.forget_markers(marker_offsets);
    }

    /// Which batches say how far producers are, by producer.
    pub(crate) fn last_batches(&self) -> impl Iterator<Item = (i64, LastBatch)> + '_ {
        self.producers.last_batches()
    }

    /// The aborted transactions that touch offsets from `from` to before `until`.
    pub(crate) fn aborted(&self, from: i64, until: i64) -> Vec<AbortedTransaction> {
        self.transactions.aborted(from, until)
    }

    /// The producers there are.
    pub(crate) fn producers(&self) -> Vec<ProducerSummary> {
        let transactions = &self.transactions;
        self.producers
            .summaries(|producer| transactions.ongoing_since(producer))
    }

    /// Forgets producers that were not heard of since then, and what ended before an offset.
    pub(crate) fn forget(&mut self, unheard_since_milliseconds: i64, before_offset: i64) {
        let transactions = &self.transactions;
        self.producers.forget(unheard_since_milliseconds, |producer| {
            transactions.has_ongoing(producer)
        });
        self.transactions.forget(before_offset);
    }
}
