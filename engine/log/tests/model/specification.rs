//! What a partition has to be like, kept as a list.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ninefold_record_batch::MarkerKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpecifiedRecord {
    pub(crate) offset: i64,
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub(crate) struct SpecifiedBatch {
    pub(crate) base_offset: i64,
    pub(crate) producer: Option<i64>,
    pub(crate) is_transactional: bool,
    pub(crate) marker: Option<MarkerKind>,
    pub(crate) records: Vec<SpecifiedRecord>,
    pub(crate) appended_at: i64,
}

impl SpecifiedBatch {
    pub(crate) fn next_offset(&self) -> i64 {
        self.base_offset + self.records.len() as i64
    }
}

/// A batch of a producer that may be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) sequence: i32,
    pub(crate) base_offset: i64,
    pub(crate) records: Vec<SpecifiedRecord>,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Specification {
    pub(crate) batches: Vec<SpecifiedBatch>,
    pub(crate) start_offset: i64,
    pub(crate) is_sealed: bool,
    /// The last batches of producers, at most five of each.
    pub(crate) sent: HashMap<i64, VecDeque<Sent>>,
    /// Where transactions under way begin.
    pub(crate) ongoing: BTreeMap<i64, i64>,
}

impl Specification {
    pub(crate) fn next_offset(&self) -> i64 {
        self.batches.last().map_or(0, SpecifiedBatch::next_offset)
    }

    pub(crate) fn last_stable_offset(&self) -> i64 {
        let first = self.ongoing.values().min().copied();
        first.unwrap_or(self.next_offset())
    }

    pub(crate) fn append(&mut self, batch: SpecifiedBatch, sequence: Option<i32>) {
        assert_eq!(batch.base_offset, self.next_offset());
        if let (Some(producer), Some(sequence)) = (batch.producer, sequence) {
            let sent = self.sent.entry(producer).or_default();
            sent.push_back(Sent {
                sequence,
                base_offset: batch.base_offset,
                records: batch.records.clone(),
            });
            if sent.len() > 5 {
                sent.pop_front();
            }
        }
        if let Some(producer) = batch.producer {
            if batch.marker.is_some() {
                self.ongoing.remove(&producer);
            } else if batch.is_transactional {
                self.ongoing.entry(producer).or_insert(batch.base_offset);
            }
        }
        self.batches.push(batch);
    }

    pub(crate) fn next_sequence(&self, producer: i64) -> i32 {
        let last = self.sent.get(&producer).and_then(VecDeque::back);
        last.map_or(0, |last| last.sequence + last.records.len() as i32)
    }

    /// Whether the transaction of a batch was aborted.
    fn is_aborted(&self, place: usize) -> bool {
        let batch = &self.batches[place];
        batch.is_transactional
            && batch.marker.is_none()
            && self.batches[place..]
                .iter()
                .find(|later| later.producer == batch.producer && later.marker.is_some())
                .is_some_and(|end| end.marker == Some(MarkerKind::Abort))
    }

    /// The records that readers of finished transactions see of an uncompacted partition, from an offset on, and when they
    /// were appended.
    pub(crate) fn committed(&self, from_offset: i64) -> Vec<(SpecifiedRecord, i64)> {
        let stable = self.last_stable_offset();
        let batches = self.batches.iter().enumerate();
        batches
            .filter(|(place, batch)| {
                batch.base_offset < stable && batch.marker.is_none() && !self.is_aborted(*place)
            })
            .flat_map(|(_, batch)| {
                batch
                    .records
                    .iter()
                    .map(|record| (record.clone(), batch.appended_at))
            })
            .filter(|(record, _)| record.offset >= from_offset)
            .collect()
    }

    /// Of these the latest of every key.
    pub(crate) fn latest(&self) -> BTreeMap<Vec<u8>, (SpecifiedRecord, i64)> {
        let committed = self.committed(0).into_iter();
        committed
            .map(|(record, appended_at)| (record.key.clone().unwrap_or_default(), (record, appended_at)))
            .collect()
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &SpecifiedRecord> {
        self.batches.iter().flat_map(|batch| &batch.records)
    }
}
