//! Batches that are made are the batches that are read, whatever is put into them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use ninefold_record_batch::{
    Batch, BatchBuilder, Compression, Filtered, HEADER_BYTES, Record, RecordHeader, TimestampType, place,
    split, stamp,
};
use proptest::prelude::*;

const LIMIT_BYTES: usize = 1 << 20;

/// A record as it is pushed: how many offsets are left out before it, and its fields.
#[derive(Clone, Debug)]
struct Pushed {
    gap: i32,
    timestamp: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

#[derive(Clone, Debug)]
struct Plan {
    compression: Compression,
    producer: Option<(i64, i16, i32)>,
    is_transactional: bool,
    base_offset: i64,
    records: Vec<Pushed>,
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), 0..40_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn pushed() -> impl Strategy<Value = Pushed> {
    let timestamp = prop_oneof![4 => 1_700_000_000_000..1_700_000_100_000_i64, 1 => any::<i64>()];
    let headers = prop::collection::vec((field(), prop::option::of(field())), 0..4);
    (
        0..3,
        timestamp,
        prop::option::of(field()),
        prop::option::of(field()),
        headers,
    )
        .prop_map(|(gap, timestamp, key, value, headers)| Pushed {
            gap,
            timestamp,
            key,
            value,
            headers,
        })
}

fn plan() -> impl Strategy<Value = Plan> {
    let compression = prop::sample::select(vec![
        Compression::None,
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ]);
    let producer = prop::option::of((0..i64::MAX, 0..i16::MAX, 0..i32::MAX));
    let base_offset = prop_oneof![0..1000_i64, 0..i64::MAX - 100];
    let records = prop::collection::vec(pushed(), 0..12);
    (compression, producer, any::<bool>(), base_offset, records).prop_map(
        |(compression, producer, is_transactional, base_offset, records)| Plan {
            compression,
            producer,
            is_transactional,
            base_offset,
            records,
        },
    )
}

impl Plan {
    fn builder(&self) -> BatchBuilder {
        let mut builder = BatchBuilder::new().compression(self.compression);
        if let Some((id, epoch, sequence)) = self.producer {
            builder = builder.producer(id, epoch, sequence);
        }
        if self.is_transactional {
            builder = builder.transactional();
        }
        let mut offset_delta = -1;
        for record in &self.records {
            offset_delta += 1 + record.gap;
            let headers: Vec<_> = record
                .headers
                .iter()
                .map(|(key, value)| (&key[..], value.as_deref()))
                .collect();
            let (key, value) = (record.key.as_deref(), record.value.as_deref());
            builder
                .push_at(offset_delta, record.timestamp, key, value, &headers)
                .unwrap();
        }
        builder
    }

    fn batch(&self) -> Batch {
        Batch::parse(self.builder().build(self.base_offset)).unwrap()
    }

    /// The records that are to be read.
    fn expected(&self) -> Vec<Record> {
        let mut offset = self.base_offset - 1;
        let bytes = |bytes: &Option<Vec<u8>>| bytes.clone().map(Bytes::from);
        self.records
            .iter()
            .map(|record| {
                offset += 1 + i64::from(record.gap);
                Record {
                    offset,
                    timestamp: record.timestamp,
                    key: bytes(&record.key),
                    value: bytes(&record.value),
                    headers: record
                        .headers
                        .iter()
                        .map(|(key, value)| RecordHeader {
                            key: key.clone().into(),
                            value: bytes(value),
                        })
                        .collect(),
                }
            })
            .collect()
    }
}

fn records(batch: &Batch) -> Vec<Record> {
    batch
        .records(LIMIT_BYTES)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_made_is_read(plan in plan()) {
        let byte_count = plan.builder().byte_count();
        let batch = plan.batch();
        let expected = plan.expected();
        batch.verify().unwrap();
        let header = batch.header();
        prop_assert_eq!(header.total_bytes(), batch.bytes().len());
        prop_assert_eq!(header.base_offset, plan.base_offset);
        prop_assert_eq!(header.last_offset(), expected.last().map_or(plan.base_offset, |record| record.offset));
        prop_assert_eq!(header.record_count as usize, expected.len());
        let latest = expected.iter().map(|record| record.timestamp).max();
        prop_assert_eq!(header.max_timestamp, latest.unwrap_or(-1));
        let producer = (header.producer_id, header.producer_epoch, header.base_sequence);
        prop_assert_eq!(producer, plan.producer.unwrap_or((-1, -1, -1)));
        prop_assert_eq!(header.attributes.is_transactional(), plan.is_transactional);
        if plan.compression == Compression::None || expected.is_empty() {
            prop_assert_eq!(byte_count, batch.bytes().len());
        } else {
            prop_assert_eq!(header.attributes.compression(), Ok(plan.compression));
        }
        prop_assert_eq!(records(&batch), expected);
    }

    #[test]
    fn the_limit_is_what_the_records_take(plan in plan()) {
        let records_bytes = plan.builder().byte_count() - HEADER_BYTES;
        let batch = plan.batch();
        prop_assert_eq!(batch.records(records_bytes).unwrap().count(), plan.records.len());
        if plan.compression != Compression::None && records_bytes > 0 {
            prop_assert!(batch.records(records_bytes - 1).is_err());
        }
    }

    #[test]
    fn placing_and_stamping_change_nothing_else(plan in plan(), base_offset in 0..i64::MAX / 2, epoch: i32, time: i64) {
        let before = plan.batch();
        let mut bytes = before.bytes().to_vec();
        place(&mut bytes, base_offset, epoch);
        let placed = Batch::parse(bytes.clone().into()).unwrap();
        placed.verify().unwrap();
        stamp(&mut bytes, time);
        let stamped = Batch::parse(bytes.into()).unwrap();
        stamped.verify().unwrap();

        let mut header = *before.header();
        header.base_offset = base_offset;
        header.partition_leader_epoch = epoch;
        prop_assert_eq!(placed.header(), &header);
        header.max_timestamp = time;
        header.attributes = stamped.header().attributes;
        header.crc = stamped.header().crc;
        prop_assert_eq!(stamped.header(), &header);
        prop_assert_eq!(header.attributes.timestamp_type(), TimestampType::LogAppendTime);

        let mut expected = plan.expected();
        for record in &mut expected {
            record.offset += base_offset - plan.base_offset;
            record.timestamp = time;
        }
        prop_assert_eq!(records(&stamped), expected);
    }

    #[test]
    fn batches_in_a_row_are_split_where_they_end(plans in prop::collection::vec(plan(), 0..5), cut in 1..200_usize) {
        let each: Vec<Bytes> = plans.iter().map(|plan| plan.builder().build(plan.base_offset)).collect();
        let all = Bytes::from(each.concat());
        let batches: Vec<Batch> = split(all.clone()).collect::<Result<_, _>>().unwrap();
        let bytes: Vec<Bytes> = batches.iter().map(|batch| batch.bytes().clone()).collect();
        prop_assert_eq!(&bytes, &each);

        let kept = all.slice(..all.len().saturating_sub(cut));
        let mut end = 0;
        let whole = each.iter().take_while(|batch| { end += batch.len(); end <= kept.len() }).count();
        let is_torn = each[..whole].iter().map(Bytes::len).sum::<usize>() < kept.len();
        let split: Vec<_> = split(kept).collect();
        prop_assert_eq!(split.len(), whole + usize::from(is_torn));
        prop_assert_eq!(split.iter().filter(|batch| batch.is_ok()).count(), whole);
    }

    #[test]
    fn a_filter_keeps_what_it_is_told_to(plan in plan(), keep: u16, horizon in prop::option::of(any::<i64>())) {
        let whole = plan.batch();
        let is_kept = |record: &Record| keep >> ((record.offset - plan.base_offset) % 16) & 1 == 1;
        let mut expected = plan.expected();
        expected.retain(is_kept);
        match whole.filter(LIMIT_BYTES, horizon, is_kept).unwrap() {
            Filtered::Nothing => {
                prop_assert!(expected.is_empty());
                let emptied = Batch::parse(whole.emptied()).unwrap();
                emptied.verify().unwrap();
                prop_assert_eq!(records(&emptied), vec![]);
                prop_assert_eq!(emptied.header().next_offset(), whole.header().next_offset());
                prop_assert_eq!(emptied.header().last_sequence(), whole.header().last_sequence());
                prop_assert_eq!(emptied.header().max_timestamp, whole.header().max_timestamp);
            }
            Filtered::Everything => {
                prop_assert_eq!(&expected, &plan.expected());
                prop_assert!(horizon.is_none());
            }
            Filtered::Some(part) => {
                part.verify().unwrap();
                prop_assert_eq!(records(&part), expected.clone());
                let (before, after) = (whole.header(), part.header());
                prop_assert_eq!(after.next_offset(), before.next_offset());
                prop_assert_eq!(after.last_sequence(), before.last_sequence());
                prop_assert_eq!(after.producer_id, before.producer_id);
                prop_assert_eq!(after.attributes.compression(), before.attributes.compression());
                prop_assert_eq!(after.attributes.has_delete_horizon(), horizon.is_some());
                prop_assert_eq!(after.base_timestamp, horizon.unwrap_or(before.base_timestamp));
                prop_assert_eq!(after.max_timestamp, expected.iter().map(|record| record.timestamp).max().unwrap());
            }
        }
    }
}
