use std::collections::{BTreeMap, VecDeque};

use ninefold_record_batch::{EndTransactionMarker, Header};
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::AppendError;

/// A producer may have so many batches under way at once, and repeat any of them.
const REMEMBERED_BATCHES: usize = 5;

/// Idempotent producers by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Producers(BTreeMap<i64, Producer>);

/// What is known of a producer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Producer {
    epoch: i16,
    /// The last ones of this epoch.
    batches: VecDeque<Sequenced>,
    /// Of the last marker; -1 if there was none.
    coordinator_epoch: i32,
    heard_at_milliseconds: i64,
}

/// A batch that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sequenced {
    first_sequence: i32,
    last_sequence: i32,
    base_offset: i64,
    last_offset: i64,
    appended_at_milliseconds: i64,
}

/// Which batch says how far a producer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastBatch {
    /// The one that ends with this record.
    Records { last_offset: i64 },
    /// Markers of this epoch: it has no records in it.
    Marker { producer_epoch: i16 },
}

/// A producer as operators see it (KIP-664).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProducerSummary {
    /// Its id.
    pub producer_id: i64,
    /// Its newest epoch.
    pub producer_epoch: i16,
    /// The sequence number of its last record; -1 if it has none in this epoch.
    pub last_sequence: i32,
    /// When it was heard of.
    pub last_timestamp_milliseconds: i64,
    /// The epoch of the coordinator that ended its last transaction; -1 if none did.
    pub coordinator_epoch: i32,
    /// Where its transaction that is under way begins.
    pub transaction_start_offset: Option<i64>,
}

impl Producers {
    /// What a batch of a producer is (as Kafka's `ProducerAppendInfo` decides it).
    pub(super) fn check(&self, batch: &Header) -> Result<Standing, AppendError> {
        let Some(producer) = self.0.get(&batch.producer_id) else {
            // It may have been here before and be forgotten by now: it goes on where it says.
            return Ok(Standing::New);
        };
        let fenced = AppendError::ProducerFenced {
            producer_id: batch.producer_id,
            epoch: batch.producer_epoch,
            current_epoch: producer.epoch,
        };
        match batch.producer_epoch.cmp(&producer.epoch) {
            std::cmp::Ordering::Less => Err(fenced),
            std::cmp::Ordering::Greater => in_sequence(batch, 0),
            std::cmp::Ordering::Equal => producer.check(batch),
        }
    }

    pub(super) fn check_marker(
        &self,
        batch: &Header,
        marker: &EndTransactionMarker,
    ) -> Result<(), AppendError> {
        let Some(producer) = self.0.get(&batch.producer_id) else {
            return Ok(());
        };
        if batch.producer_epoch < producer.epoch {
            return Err(AppendError::ProducerFenced {
                producer_id: batch.producer_id,
                epoch: batch.producer_epoch,
                current_epoch: producer.epoch,
            });
        }
        if marker.coordinator_epoch < producer.coordinator_epoch {
            return Err(AppendError::CoordinatorFenced {
                epoch: marker.coordinator_epoch,
                current_epoch: producer.coordinator_epoch,
            });
        }
        Ok(())
    }

    pub(super) fn apply(&mut self, batch: &Header, now_milliseconds: i64) {
        let producer = self.heard_of(batch, now_milliseconds);
        if producer.batches.len() == REMEMBERED_BATCHES {
            producer.batches.pop_front();
        }
        producer.batches.push_back(Sequenced {
            first_sequence: batch.base_sequence,
            last_sequence: sequence_after(batch.base_sequence, batch.last_offset_delta),
            base_offset: batch.base_offset,
            last_offset: batch.last_offset(),
            appended_at_milliseconds: now_milliseconds,
        });
    }

    pub(super) fn apply_marker(
        &mut self,
        batch: &Header,
        marker: &EndTransactionMarker,
        now_milliseconds: i64,
    ) {
        self.heard_of(batch, now_milliseconds).coordinator_epoch = marker.coordinator_epoch;
    }

    /// The producer of a batch, in the batch's epoch.
    fn heard_of(&mut self, batch: &Header, now_milliseconds: i64) -> &mut Producer {
        let producer = self.0.entry(batch.producer_id).or_insert_with(|| Producer {
            epoch: batch.producer_epoch,
            batches: VecDeque::new(),
            coordinator_epoch: -1,
            heard_at_milliseconds: now_milliseconds,
        });
        if producer.epoch != batch.producer_epoch {
            producer.epoch = batch.producer_epoch;
            producer.batches.clear();
        }
        producer.heard_at_milliseconds = now_milliseconds;
        producer
    }

    pub(super) fn summaries(&self, ongoing_since: impl Fn(i64) -> Option<i64>) -> Vec<ProducerSummary> {
        let summary = |(id, producer): (&i64, &Producer)| ProducerSummary {
            producer_id: *id,
            producer_epoch: producer.epoch,
            last_sequence: producer.batches.back().map_or(-1, |batch| batch.last_sequence),
            last_timestamp_milliseconds: producer.heard_at_milliseconds,
            coordinator_epoch: producer.coordinator_epoch,
            transaction_start_offset: ongoing_since(*id),
        };
        self.0.iter().map(summary).collect()
    }

    /// Which batches say how far producers are, by producer.
    pub(super) fn last_batches(&self) -> impl Iterator<Item = (i64, LastBatch)> + '_ {
        self.0.iter().map(|(id, producer)| {
            let last = match producer.batches.back() {
                Some(batch) => LastBatch::Records {
                    last_offset: batch.last_offset,
                },
                None => LastBatch::Marker {
                    producer_epoch: producer.epoch,
                },
            };
            (*id, last)
        })
    }

    pub(super) fn forget(&mut self, unheard_since_milliseconds: i64, is_needed: impl Fn(i64) -> bool) {
        self.0.retain(|id, producer| {
            producer.heard_at_milliseconds >= unheard_since_milliseconds || is_needed(*id)
        });
    }
}

impl Producer {
    /// What a batch of the present epoch is.
    fn check(&self, batch: &Header) -> Result<Standing, AppendError> {
        let last_sequence = sequence_after(batch.base_sequence, batch.last_offset_delta);
        let repeated = self.batches.iter().find(|known| {
            known.first_sequence == batch.base_sequence && known.last_sequence == last_sequence
        });
        if let Some(known) = repeated {
            return Ok(Standing::Duplicate {
                base_offset: known.base_offset,
                appended_at_milliseconds: known.appended_at_milliseconds,
            });
        }
        match self.batches.back() {
            Some(last) => in_sequence(batch, sequence_after(last.last_sequence, 1)),
            // Only markers so far in this epoch.
            None => in_sequence(batch, 0),
        }
    }
}

fn in_sequence(batch: &Header, expected: i32) -> Result<Standing, AppendError> {
    if batch.base_sequence == expected {
        return Ok(Standing::New);
    }
    Err(AppendError::OutOfOrderSequence {
        producer_id: batch.producer_id,
        sequence: batch.base_sequence,
        expected,
    })
}

/// Sequence numbers go on with 0 after the highest.
fn sequence_after(sequence: i32, count: i32) -> i32 {
    let sum = i64::from(sequence) + i64::from(count);
    i32::try_from(sum).unwrap_or_else(|_| i32::try_from(sum - (1 << 31)).expect("both were below 2^31"))
}
