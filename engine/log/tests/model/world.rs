//! A log beside its specifications.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_log::{
    AbortedTransaction, AppendError, Appended, Cleanup, Isolation, Partition, PartitionNumber, Read,
    ReadRequest, Settings, TimestampType,
};
use ninefold_record_batch::{Batch, BatchBuilder, Compression, EndTransactionMarker, MarkerKind, split};
use ninefold_time::Clock;

use crate::fixture::Fixture;
use crate::operations::{Operation, PARTITIONS, Written};
use crate::specification::{Specification, SpecifiedBatch, SpecifiedRecord};

const SECOND: u64 = 1_000;
const DELETE_RETENTION_MILLISECONDS: u64 = 300 * SECOND;
/// The journal is moved to segments by itself before so many starts without that.
const STARTS_BEFORE_FLUSH: usize = 2;

pub(crate) struct World {
    /// Taken while the log is opened again.
    fixture: Option<Fixture>,
    numbers: Vec<PartitionNumber>,
    specifications: Vec<Specification>,
    starts: usize,
}

fn settings(place: usize) -> Settings {
    let compacted = Settings {
        cleanup: Cleanup::Compact,
        segment_bytes: 700,
        segment_milliseconds: 200 * SECOND,
        delete_retention_milliseconds: DELETE_RETENTION_MILLISECONDS,
        min_dirty_parts_per_million: 0,
        retention_milliseconds: Some(400 * SECOND),
        ..Settings::default()
    };
    match place {
        0 => Settings {
            segment_bytes: 500,
            retention_milliseconds: Some(500 * SECOND),
            retention_bytes: Some(2_000),
            ..Settings::default()
        },
        1 => Settings {
            timestamp_type: TimestampType::LogAppendTime,
            ..Settings::default()
        },
        2 => compacted,
        _ => Settings {
            cleanup: Cleanup::CompactAndDelete,
            ..compacted
        },
    }
}

impl World {
    pub(crate) async fn new(compaction_keys: usize) -> Self {
        let fixture = Fixture::with_compaction_keys(compaction_keys);
        let mut numbers = Vec::new();
        for place in 0..PARTITIONS {
            numbers.push(fixture.partition(settings(place)).await.number());
        }
        World {
            fixture: Some(fixture),
            numbers,
            specifications: vec![Specification::default(); PARTITIONS],
            starts: 0,
        }
    }

    fn fixture(&self) -> &Fixture {
        self.fixture.as_ref().unwrap()
    }

    fn partition(&self, place: usize) -> Arc<Partition> {
        self.fixture().log.partition(self.numbers[place]).unwrap()
    }

    fn now(&self) -> i64 {
        self.fixture().clock.now().as_millis() as i64
    }

    pub(crate) async fn perform(&mut self, operation: &Operation) {
        match *operation {
            Operation::Append {
                partition,
                ref records,
            } => self.append(partition, records).await,
            Operation::Sequenced {
                partition,
                producer,
                again,
                ref records,
            } => self.append_sequenced(partition, producer, again, records).await,
            Operation::Gap { partition, producer } => self.append_gap(partition, producer),
            Operation::EndTransaction {
                partition,
                producer,
                is_committed,
            } => self.end_transaction(partition, producer, is_committed).await,
            Operation::Read {
                partition,
                from_thousandth,
                max_bytes,
                at_least_one,
                is_committed,
            } => {
                let request = ReadRequest {
                    from_offset: self.offset(partition, from_thousandth),
                    max_bytes,
                    at_least_one,
                    isolation: isolation(is_committed),
                };
                self.read(partition, request).await;
            }
            Operation::LookUp {
                partition,
                seconds_ago,
            } => self.look_up(partition, seconds_ago).await,
            Operation::DeleteBefore {
                partition,
                thousandth,
            } => {
                let offset = self.offset(partition, thousandth);
                let start_offset = self.partition(partition).delete_before(offset).await.unwrap();
                self.specifications[partition].start_offset = start_offset;
                assert_eq!(start_offset, offset);
            }
            Operation::Seal {
                partition,
                is_sealed: true,
            } => {
                let end_offset = self.partition(partition).seal().await.unwrap();
                let specification = &mut self.specifications[partition];
                specification.is_sealed = true;
                assert_eq!(end_offset, specification.next_offset());
            }
            Operation::Seal {
                partition,
                is_sealed: false,
            } => {
                self.partition(partition).unseal().await.unwrap();
                self.specifications[partition].is_sealed = false;
            }
            Operation::Flush => self.flush().await,
            Operation::Sweep => self.sweep().await,
            Operation::Compact { limit_bytes } => {
                self.fixture().log.compact(limit_bytes).await.unwrap();
                self.check().await;
            }
            Operation::Advance { seconds } => self.fixture().clock.advance(Duration::from_secs(seconds)),
            Operation::Restart => self.restart().await,
            Operation::Crash { ref partitions } => self.crash(partitions).await,
            Operation::Fail { after, flushes } => self.fail(after, flushes).await,
        }
    }

    /// An offset between the first and behind the last one.
    fn offset(&self, partition: usize, thousandth: i64) -> i64 {
        let specification = &self.specifications[partition];
        let (start, end) = (specification.start_offset, specification.next_offset());
        start + (end - start) * thousandth / 1_000
    }

    /// A batch as it will be when it is appended.
    fn planned(&self, place: usize, producer: Option<i64>, records: &[Written]) -> SpecifiedBatch {
        let now = self.now();
        let base_offset = self.specifications[place].next_offset();
        let is_log_time = settings(place).timestamp_type == TimestampType::LogAppendTime;
        let record = |(index, written): (usize, &Written)| SpecifiedRecord {
            offset: base_offset + index as i64,
            timestamp: if is_log_time {
                now
            } else {
                now - i64::from(written.2) * 1_000
            },
            key: Some(vec![b'k', written.0]),
            value: written.1.map(|value| vec![value; 20]),
        };
        SpecifiedBatch {
            base_offset,
            producer,
            is_transactional: producer == Some(crate::operations::PRODUCERS[0]),
            marker: None,
            records: records.iter().enumerate().map(record).collect(),
            appended_at: now,
        }
    }

    async fn append(&mut self, place: usize, records: &[Written]) {
        let batch = self.planned(place, None, records);
        let outcome = self.partition(place).append(&encoded(&batch, None));
        if self.specifications[place].is_sealed {
            assert!(matches!(outcome.map(drop), Err(AppendError::Sealed)));
            return;
        }
        let appended = outcome.unwrap().await.unwrap();
        assert_eq!(appended.base_offset, batch.base_offset);
        self.specifications[place].append(batch, None);
    }

    async fn append_sequenced(&mut self, place: usize, producer: i64, again: usize, records: &[Written]) {
        let specification = &self.specifications[place];
        let sent = specification.sent.get(&producer);
        let repeated = sent.and_then(|sent| sent.len().checked_sub(again).and_then(|place| sent.get(place)));
        let (batch, sequence, expected) = match repeated.cloned() {
            Some(sent) => {
                let mut batch = self.planned(place, Some(producer), &[]);
                batch.records = sent.records;
                (batch, sent.sequence, Some(sent.base_offset))
            }
            None => {
                let sequence = specification.next_sequence(producer);
                (self.planned(place, Some(producer), records), sequence, None)
            }
        };
        let outcome = self.partition(place).append(&encoded(&batch, Some(sequence)));
        if specification.is_sealed {
            assert!(matches!(outcome.map(drop), Err(AppendError::Sealed)));
            return;
        }
        let appended: Appended = outcome.unwrap().await.unwrap();
        assert_eq!(appended.is_duplicate, expected.is_some());
        assert_eq!(appended.base_offset, expected.unwrap_or(batch.base_offset));
        if expected.is_none() {
            self.specifications[place].append(batch, Some(sequence));
        }
    }

    fn append_gap(&mut self, place: usize, producer: i64) {
        let specification = &self.specifications[place];
        if specification.is_sealed || !specification.sent.contains_key(&producer) {
            return;
        }
        let batch = self.planned(place, Some(producer), &[(1, None, 0)]);
        let sequence = specification.next_sequence(producer) + 1;
        let outcome = self.partition(place).append(&encoded(&batch, Some(sequence)));
        assert!(
            matches!(outcome.map(drop), Err(AppendError::OutOfOrderSequence { expected, .. }) if expected == sequence - 1)
        );
    }

    async fn end_transaction(&mut self, place: usize, producer: i64, is_committed: bool) {
        if !self.specifications[place].ongoing.contains_key(&producer) {
            return;
        }
        let kind = if is_committed {
            MarkerKind::Commit
        } else {
            MarkerKind::Abort
        };
        let marker = EndTransactionMarker {
            kind,
            coordinator_epoch: 0,
        };
        let appended = self.partition(place).append_marker(producer, 0, &marker);
        let base_offset = appended.unwrap().await.unwrap().base_offset;
        let now = self.now();
        let batch = SpecifiedBatch {
            base_offset,
            producer: Some(producer),
            is_transactional: true,
            marker: Some(kind),
            records: vec![SpecifiedRecord {
                offset: base_offset,
                timestamp: now,
                key: None,
                value: None,
            }],
            appended_at: now,
        };
        self.specifications[place].append(batch, None);
    }

    async fn read(&self, place: usize, request: ReadRequest) {
        let specification = &self.specifications[place];
        let read = self.partition(place).read(request).await.unwrap();
        let stable = specification.last_stable_offset();
        assert_eq!(read.last_stable_offset, stable);
        assert_eq!(read.end_offset, specification.next_offset());
        let bound = match request.isolation {
            Isolation::Uncommitted => specification.next_offset(),
            Isolation::Committed => stable,
        };
        let found = batches(&read);
        assert!(found.iter().all(|batch| batch.header().next_offset() <= bound));
        assert!(read.bytes <= request.max_bytes || (found.len() == 1 && request.at_least_one));
        if settings(place).cleanup.compacts() {
            return;
        }
        let expected = specification
            .batches
            .iter()
            .filter(|batch| batch.next_offset() > request.from_offset && batch.next_offset() <= bound);
        let mut expected = expected.peekable();
        if expected.peek().is_some() && request.at_least_one {
            assert!(!found.is_empty(), "{request:?}");
        }
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.header().base_offset, expected.base_offset);
            assert_eq!(found.header().next_offset(), expected.next_offset());
            if expected.marker.is_none() {
                assert_eq!(specified(found), expected.records);
            }
        }
    }

    async fn look_up(&self, place: usize, seconds_ago: u16) {
        if settings(place).cleanup.compacts() {
            return;
        }
        let timestamp = self.now() - i64::from(seconds_ago) * 1_000;
        let specification = &self.specifications[place];
        let readable = || {
            let records = specification.records();
            records.filter(|record| record.offset >= specification.start_offset)
        };
        let partition = self.partition(place);
        let found = partition.offset_for_time(timestamp).await.unwrap();
        let expected = readable().find(|record| record.timestamp >= timestamp);
        assert_eq!(
            found.map(|found| (found.offset, found.timestamp)),
            expected.map(|record| (record.offset, record.timestamp))
        );
        let found = partition.latest_time().await.unwrap();
        let latest = readable().map(|record| record.timestamp).max();
        let expected = readable().find(|record| Some(record.timestamp) == latest);
        assert_eq!(
            found.map(|found| found.offset),
            expected.map(|record| record.offset)
        );
    }

    async fn flush(&mut self) {
        self.fixture().log.flush().await.unwrap();
        self.starts = 0;
    }

    async fn sweep(&mut self) {
        self.fixture().log.sweep().await.unwrap();
        for place in 0..PARTITIONS {
            let settings = settings(place);
            let start_offset = self.partition(place).start_offset();
            let old = self.now() - settings.retention_milliseconds.map_or(0, u64::cast_signed);
            let specification = &self.specifications[place];
            let was_readable = specification.start_offset..start_offset;
            let are_old = specification
                .records()
                .filter(|record| was_readable.contains(&record.offset))
                .all(|record| record.timestamp < old);
            let bytes = self.partition(place).bytes();
            let is_enough = settings.retention_bytes.is_some_and(|enough| bytes >= enough);
            assert!(is_enough || are_old);
            assert!(settings.cleanup.deletes() || was_readable.is_empty());
            assert!(start_offset >= specification.start_offset);
            self.specifications[place].start_offset = start_offset;
        }
    }

    async fn restart(&mut self) {
        self.starts += 1;
        let fixture = self.fixture.take().unwrap();
        self.fixture = Some(fixture.reopen());
        self.check().await;
    }

    /// What was acknowledged is there, and of what wasn't the beginning.
    async fn crash(&mut self, partitions: &[usize]) {
        if self.starts >= STARTS_BEFORE_FLUSH {
            self.flush().await;
        }
        self.starts += 1;
        let mut under_way = Vec::new();
        let mut pending = Vec::new();
        let before = self.specifications.clone();
        for place in partitions {
            let batch = self.planned(*place, None, &[(0, Some(1), 0)]);
            if let Ok(append) = self.partition(*place).append(&encoded(&batch, None)) {
                under_way.push(append);
                self.specifications[*place].append(batch.clone(), None);
                pending.push((*place, batch));
            }
        }
        let crashed = self.fixture().crashed();
        drop(under_way);
        self.specifications = before;
        self.fixture = Some(crashed);
        self.adopt(pending);
        self.check().await;
    }

    /// Takes over what is there of what was not acknowledged.
    fn adopt(&mut self, pending: Vec<(usize, SpecifiedBatch)>) {
        for (place, batch) in pending {
            if batch.base_offset < self.partition(place).end_offset() {
                self.specifications[place].append(batch, None);
            }
        }
    }

    async fn fail(&mut self, after: usize, flushes: bool) {
        self.fixture().medium.fail_after(after);
        let mut pending = Vec::new();
        for place in 0..PARTITIONS {
            if flushes && self.fixture().log.flush().await.is_err() {
                break;
            }
            if self.specifications[place].is_sealed {
                continue;
            }
            let batch = self.planned(place, None, &[(2, Some(1), 0)]);
            let outcome = match self.partition(place).append(&encoded(&batch, None)) {
                Ok(append) => append.await.map(drop),
                Err(error) => Err(error),
            };
            match outcome {
                Ok(()) => self.specifications[place].append(batch, None),
                Err(error) => {
                    assert!(matches!(error, AppendError::ReadOnly { .. }), "{error}");
                    pending.push((place, batch));
                    break;
                }
            }
        }
        let compacted = self.fixture().log.compact(u64::MAX).await;
        assert!(compacted.is_ok() || self.fixture().medium.has_failed());
        if !self.fixture().medium.has_failed() {
            self.fixture().medium.heal();
            self.starts += 1;
            return;
        }
        let fixture = self.fixture.take().unwrap();
        self.fixture = Some(fixture.reopen());
        self.starts += 1;
        self.adopt(pending);
        self.check().await;
    }

    /// Everything about every partition.
    pub(crate) async fn check(&self) {
        for place in 0..PARTITIONS {
            let (partition, specification) = (self.partition(place), &self.specifications[place]);
            assert_eq!(partition.start_offset(), specification.start_offset);
            assert_eq!(partition.end_offset(), specification.next_offset());
            assert_eq!(partition.last_stable_offset(), specification.last_stable_offset());
            assert_eq!(partition.is_sealed(), specification.is_sealed);
            let seen = committed(&partition).await;
            assert!(seen.is_sorted_by_key(|record| record.offset));
            let expected = specification.committed(specification.start_offset);
            if settings(place).cleanup.compacts() {
                self.check_compacted(specification, &seen, &expected);
            } else {
                let expected: Vec<_> = expected.into_iter().map(|(record, _)| record).collect();
                assert_eq!(seen, expected);
            }
        }
    }

    fn check_compacted(
        &self,
        specification: &Specification,
        seen: &[SpecifiedRecord],
        expected: &[(SpecifiedRecord, i64)],
    ) {
        for record in seen {
            assert!(
                expected.iter().any(|(expected, _)| expected == record),
                "{record:?}"
            );
        }
        let latest_seen: BTreeMap<_, _> = seen
            .iter()
            .map(|record| (record.key.clone().unwrap(), record))
            .collect();
        for (key, (record, appended_at)) in specification.latest() {
            if record.offset < specification.start_offset {
                continue;
            }
            let may_be_gone =
                record.value.is_none() && self.now() >= appended_at + DELETE_RETENTION_MILLISECONDS as i64;
            match latest_seen.get(&key) {
                Some(seen) => assert!(**seen == record, "{seen:?} instead of {record:?}"),
                None => assert!(may_be_gone, "{record:?} is gone"),
            }
        }
    }
}

fn isolation(is_committed: bool) -> Isolation {
    if is_committed {
        Isolation::Committed
    } else {
        Isolation::Uncommitted
    }
}

/// A batch as its producer sends it.
fn encoded(batch: &SpecifiedBatch, sequence: Option<i32>) -> Batch {
    let mut builder = BatchBuilder::new();
    if batch.records.len() > 2 {
        builder = builder.compression(Compression::Lz4);
    }
    if let (Some(producer), Some(sequence)) = (batch.producer, sequence) {
        builder = builder.producer(producer, 0, sequence);
    }
    if batch.is_transactional {
        builder = builder.transactional();
    }
    for record in &batch.records {
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        builder.push(record.timestamp, key, value, &[]).unwrap();
    }
    Batch::parse(builder.build(0)).unwrap()
}

fn batches(read: &Read) -> Vec<Batch> {
    let chunks = read.chunks.iter().map(|chunk| chunk.load().unwrap());
    let batches: Vec<Batch> = chunks.flat_map(split).map(Result::unwrap).collect();
    batches.iter().for_each(|batch| batch.verify().unwrap());
    batches
}

fn specified(batch: &Batch) -> Vec<SpecifiedRecord> {
    let vector = |bytes: Bytes| bytes.to_vec();
    let records = batch.records(1 << 20).unwrap().map(Result::unwrap);
    records
        .map(|record| SpecifiedRecord {
            offset: record.offset,
            timestamp: record.timestamp,
            key: record.key.map(vector),
            value: record.value.map(vector),
        })
        .collect()
}

/// What a reader of finished transactions sees from the start on, leaving out what was aborted as Kafka's client does.
async fn committed(partition: &Arc<Partition>) -> Vec<SpecifiedRecord> {
    let mut seen = Vec::new();
    let start_offset = partition.start_offset();
    let mut next = start_offset;
    loop {
        let request = ReadRequest {
            from_offset: next,
            max_bytes: 300,
            at_least_one: true,
            isolation: Isolation::Committed,
        };
        let read = partition.read(request).await.unwrap();
        let page = batches(&read);
        let Some(last) = page.last() else {
            return seen;
        };
        next = last.header().next_offset();
        for batch in left_in(&page, read.aborted) {
            let records = specified(batch).into_iter();
            seen.extend(records.filter(|record| record.offset >= start_offset));
        }
    }
}

/// The batches of a page that were not aborted.
fn left_in(page: &[Batch], mut aborted: Vec<AbortedTransaction>) -> Vec<&Batch> {
    aborted.sort_by_key(|transaction| transaction.first_offset);
    let mut aborted = aborted.into_iter().peekable();
    let mut producers = Vec::new();
    let mut left = Vec::new();
    for batch in page {
        let header = batch.header();
        while let Some(begun) = aborted.next_if(|next| next.first_offset <= header.last_offset()) {
            producers.push(begun.producer_id);
        }
        if header.attributes.is_control() {
            let record = batch.records(1_024).unwrap().next().map(Result::unwrap);
            let marker = record.and_then(|record| EndTransactionMarker::decode(&record).unwrap());
            if marker.is_some_and(|marker| marker.kind == MarkerKind::Abort) {
                producers.retain(|producer| *producer != header.producer_id);
            }
        } else if !header.attributes.is_transactional() || !producers.contains(&header.producer_id) {
            left.push(batch);
        }
    }
    left
}
