//! What is no batch, or not one that may be taken, and what is said about it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use ninefold_record_batch::{
    Attributes, Batch, BatchBuilder, BatchError, Compression, EndTransactionMarker, HEADER_BYTES, Header,
    LARGEST_RECORDS_BYTES, MarkerKind, Record, TimestampType,
};

const LIMIT_BYTES: usize = 1 << 16;

/// Two records, uncompressed, from offset 0.
fn good() -> Vec<u8> {
    let mut builder = BatchBuilder::new().producer(7, 0, 0);
    builder.push(1000, Some(b"key"), Some(b"value"), &[]).unwrap();
    builder
        .push(1001, Some(b"key"), None, &[(b"name", None)])
        .unwrap();
    builder.build(0).to_vec()
}

/// The good batch with other bytes somewhere, length and checksum being those that go with it.
fn changed(position: usize, bytes: &[u8]) -> Vec<u8> {
    let mut batch = good();
    batch[position..position + bytes.len()].copy_from_slice(bytes);
    sealed(batch)
}

/// The good batch with other records.
fn holding(record_count: i32, payload: &[u8]) -> Batch {
    let mut batch = [&good()[..HEADER_BYTES], payload].concat();
    batch[23..27].copy_from_slice(&(record_count - 1).to_be_bytes());
    batch[57..61].copy_from_slice(&record_count.to_be_bytes());
    Batch::parse(sealed(batch).into()).unwrap()
}

fn sealed(mut batch: Vec<u8>) -> Vec<u8> {
    let length = (batch.len() - 12) as i32;
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    let crc = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&crc.to_be_bytes());
    batch
}

fn parse_error(bytes: Vec<u8>) -> BatchError {
    Batch::parse(bytes.into()).unwrap_err()
}

fn record_error(batch: &Batch) -> BatchError {
    batch
        .records(LIMIT_BYTES)
        .and_then(|records| records.collect::<Result<Vec<_>, _>>())
        .unwrap_err()
}

#[test]
fn headers() {
    let good = good();
    let total = good.len();
    let truncated = |needed_bytes, available_bytes| BatchError::Truncated {
        needed_bytes,
        available_bytes,
    };
    let offsets = |base_offset, last_offset_delta| BatchError::InvalidOffsets {
        base_offset,
        last_offset_delta,
    };
    let count = |record_count| BatchError::InvalidRecordCount {
        record_count,
        last_offset_delta: 1,
    };
    let mut short = good.clone();
    short[8..12].copy_from_slice(&48_i32.to_be_bytes());
    let mut negative = good.clone();
    negative[8..12].copy_from_slice(&(-1_i32).to_be_bytes());
    let cases = [
        (Vec::new(), truncated(HEADER_BYTES, 0)),
        (good[..16].to_vec(), truncated(HEADER_BYTES, 16)),
        (good[..60].to_vec(), truncated(HEADER_BYTES, 60)),
        (good[..total - 1].to_vec(), truncated(total, total - 1)),
        ([&good[..], &[0]].concat(), BatchError::Excess { excess_bytes: 1 }),
        (short, BatchError::InvalidLength(48)),
        (negative, BatchError::InvalidLength(-1)),
        (changed(16, &[0]), BatchError::UnsupportedMagic(0)),
        (changed(16, &[1])[..30].to_vec(), BatchError::UnsupportedMagic(1)),
        (changed(16, &[3]), BatchError::UnsupportedMagic(3)),
        (changed(0, &(-1_i64).to_be_bytes()), offsets(-1, 1)),
        (
            changed(0, &(i64::MAX - 1).to_be_bytes()),
            offsets(i64::MAX - 1, 1),
        ),
        (changed(23, &(-1_i32).to_be_bytes()), offsets(0, -1)),
        (changed(57, &(-1_i32).to_be_bytes()), count(-1)),
        (changed(57, &3_i32.to_be_bytes()), count(3)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(parse_error(bytes), expected);
    }
    assert!(
        Header::parse(&good[..HEADER_BYTES]).is_ok(),
        "the rest needn't be there"
    );
    assert!(Batch::parse(changed(0, &(i64::MAX - 2).to_be_bytes()).into()).is_ok());
}

#[test]
fn damage() {
    let good = good();
    let stored = Header::parse(&good).unwrap().crc;
    // Everything after the checksum counts; what may be parsed at all is told by it, whatever bit has flipped.
    for position in 21..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[position] ^= 1 << bit;
            let Ok(batch) = Batch::parse(bytes.clone().into()) else {
                continue;
            };
            let computed = crc32c::crc32c(&bytes[21..]);
            assert_ne!(stored, computed);
            assert_eq!(batch.verify(), Err(BatchError::Checksum { stored, computed }));
        }
    }
    let unknown = Batch::parse(changed(22, &[5]).into()).unwrap();
    assert_eq!(unknown.verify(), Err(BatchError::UnsupportedCompression(5)));
    assert_eq!(record_error(&unknown), BatchError::UnsupportedCompression(5));
}

#[test]
fn producers() {
    let from_client = |bytes: Vec<u8>| Batch::parse(bytes.into()).unwrap().verify_from_client();
    let sparse = BatchError::InvalidRecordCount {
        record_count: 1,
        last_offset_delta: 1,
    };
    let empty = BatchError::InvalidRecordCount {
        record_count: 0,
        last_offset_delta: 0,
    };
    let marker = EndTransactionMarker {
        kind: MarkerKind::Commit,
        coordinator_epoch: 0,
    };
    let mut damaged = good();
    *damaged.last_mut().unwrap() ^= 1;
    let cases = [
        (good(), Ok(())),
        (
            changed(0, &5_i64.to_be_bytes()),
            Err(BatchError::ClientBaseOffset(5)),
        ),
        (changed(57, &1_i32.to_be_bytes()), Err(sparse)),
        (BatchBuilder::new().build(0).to_vec(), Err(empty)),
        (
            marker.encode(7, 0, 1000, 0).to_vec(),
            Err(BatchError::ClientControl),
        ),
        (
            changed(53, &(-1_i32).to_be_bytes()),
            Err(BatchError::ClientSequence(-1)),
        ),
        (changed(22, &[8]), Err(BatchError::ClientLogAppendTime)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(from_client(bytes), expected);
    }
    assert!(matches!(from_client(damaged), Err(BatchError::Checksum { .. })));
}

#[test]
fn malformed_records() {
    let invalid = |index, reason| BatchError::InvalidRecord { index, reason };
    let cut = "a number is cut off or too large";
    // length, attributes, timestamp delta, offset delta, key, value, headers; all numbers are zigzag.
    let fine: &[u8] = &[14, 0, 0, 0, 1, 2, b'v', 0];
    let cases: &[(i32, &[u8], BatchError)] = &[
        (1, &[], invalid(0, "no length")),
        (1, &[0x80, 0x80], invalid(0, "no length")),
        (1, &[0xff, 0xff, 0xff, 0xff, 0x7f, 0], invalid(0, "no length")),
        (1, &[1, 0], invalid(0, "it is longer than the batch")),
        (
            1,
            &[16, 0, 0, 0, 1, 2, b'v', 0],
            invalid(0, "it is longer than the batch"),
        ),
        (1, &[0], invalid(0, "it ends before its attributes")),
        (1, &[2, 0], invalid(0, cut)),
        (1, &[6, 0, 0x80, 0x80], invalid(0, cut)),
        (
            1,
            &[14, 0, 0, 0, 2, 2, b'v', 0],
            invalid(0, "a field is longer than the record"),
        ),
        (1, &[10, 0, 0, 0, 1, 1], invalid(0, cut)),
        (
            1,
            &[12, 0, 0, 0, 1, 1, 1],
            invalid(0, "it has fewer headers than none"),
        ),
        (
            1,
            &[12, 0, 0, 0, 1, 1, 2],
            invalid(0, "it has more headers than bytes"),
        ),
        (
            1,
            &[16, 0, 0, 0, 1, 1, 2, 1, 1],
            invalid(0, "a header has no name"),
        ),
        (
            1,
            &[14, 0, 0, 0, 1, 1, 0, 0],
            invalid(0, "it is shorter than its length"),
        ),
        (2, &[14, 0, 0, 0, 1, 2, b'v', 0], invalid(1, "no length")),
    ];
    assert_eq!(holding(1, fine).records(0).unwrap().count(), 1);
    for (record_count, payload, expected) in cases {
        assert_eq!(
            &record_error(&holding(*record_count, payload)),
            expected,
            "{payload:?}"
        );
    }
    let twice = [fine, fine].concat();
    assert_eq!(
        record_error(&holding(1, &twice)),
        BatchError::ExcessRecords { excess_bytes: 8 }
    );
    assert_eq!(
        record_error(&holding(2, &twice)),
        BatchError::OffsetOutOfOrder { offset_delta: 0 }
    );
    let negative = [14, 0, 0, 1, 1, 2, b'v', 0];
    assert_eq!(
        record_error(&holding(1, &negative)),
        BatchError::OffsetOutOfOrder { offset_delta: -1 }
    );
    let later = [14, 0, 0, 2, 1, 2, b'v', 0];
    assert_eq!(
        record_error(&holding(1, &later)),
        BatchError::OffsetOutOfOrder { offset_delta: 1 }
    );

    let mut records = holding(2, &negative).records(0).unwrap();
    assert!(records.next().unwrap().is_err());
    assert!(records.next().is_none(), "nothing follows an error");
}

/// Much that compresses to little.
fn bomb(compression: Compression) -> Batch {
    let mut builder = BatchBuilder::new().compression(compression);
    builder.push(0, None, Some(&vec![0; 4 << 20]), &[]).unwrap();
    Batch::parse(builder.build(0)).unwrap()
}

#[test]
fn decompression() {
    let compressions = [
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ];
    for compression in compressions {
        let bomb = bomb(compression);
        assert!(bomb.bytes().len() < 300_000);
        let exceeded = BatchError::LimitExceeded {
            limit_bytes: LIMIT_BYTES,
        };
        assert_eq!(
            bomb.records(LIMIT_BYTES).unwrap_err(),
            exceeded,
            "{compression:?}"
        );

        let mut garbage = holding(1, b"this isn't compressed at all").bytes().to_vec();
        garbage[22] = compression as u8;
        let garbage = Batch::parse(sealed(garbage).into()).unwrap();
        let Err(BatchError::Decompression {
            compression: said, ..
        }) = garbage.records(LIMIT_BYTES)
        else {
            panic!("{compression:?} takes anything");
        };
        assert_eq!(said, compression);

        let whole = bomb.bytes();
        let torn = Batch::parse(sealed(whole[..whole.len() - 20].to_vec()).into()).unwrap();
        assert!(torn.records(8 << 20).is_err(), "{compression:?} is cut off");
    }
}

#[test]
fn building() {
    let mut builder = BatchBuilder::new();
    builder.push_at(5, 0, None, None, &[]).unwrap();
    let before = builder.byte_count();
    for offset_delta in [-1, 0, 5] {
        let refused = builder.push_at(offset_delta, 0, None, None, &[]);
        assert_eq!(refused, Err(BatchError::OffsetOutOfOrder { offset_delta }));
    }
    builder.push_at(i32::MAX, 0, None, None, &[]).unwrap();
    assert_eq!(
        builder.push(0, None, None, &[]),
        Err(BatchError::TooLarge),
        "no offset is left"
    );
    assert_eq!(builder.record_count(), 2);
    assert_eq!(builder.byte_count() - before, 11);

    let mut large = BatchBuilder::new();
    let most = vec![0; LARGEST_RECORDS_BYTES];
    assert_eq!(large.push(0, None, Some(&most), &[]), Err(BatchError::TooLarge));
    assert!(large.is_empty() && large.byte_count() == HEADER_BYTES);

    let header = Header::parse(&good()).unwrap();
    let mut replacing = BatchBuilder::in_place_of(&header);
    let refused = replacing.push_at(2, 0, None, None, &[]);
    assert_eq!(
        refused,
        Err(BatchError::OffsetOutOfOrder { offset_delta: 2 }),
        "the other one ends at 1"
    );
}

#[test]
fn the_time_of_a_log_survives_what_is_left_out() {
    let mut builder = BatchBuilder::new().timestamp_type(TimestampType::LogAppendTime);
    for timestamp in [1000, 3000, 2000] {
        builder.push(timestamp, None, Some(b"value"), &[]).unwrap();
    }
    let whole = Batch::parse(builder.build(10)).unwrap();
    assert!(
        whole
            .records(0)
            .unwrap()
            .all(|record| record.unwrap().timestamp == 3000)
    );
    let part = whole.filter(0, None, |record| record.offset == 10).unwrap();
    let ninefold_record_batch::Filtered::Some(part) = part else {
        panic!("one record stays");
    };
    assert_eq!(
        (part.header().max_timestamp, part.header().last_offset()),
        (3000, 12)
    );

    let unknown = Header {
        attributes: Attributes::from_bits(7),
        ..*whole.header()
    };
    let mut replacing = BatchBuilder::in_place_of(&unknown);
    replacing.push(0, None, None, &[]).unwrap();
    let replaced = Batch::parse(replacing.build(10)).unwrap();
    assert_eq!(replaced.header().attributes.compression(), Ok(Compression::None));
}

#[test]
fn control_records() {
    let record = |key: &'static [u8], value: &'static [u8]| Record {
        offset: 0,
        timestamp: 0,
        key: Some(Bytes::from_static(key)),
        value: Some(Bytes::from_static(value)),
        headers: Vec::new(),
    };
    let commit = EndTransactionMarker {
        kind: MarkerKind::Commit,
        coordinator_epoch: 9,
    };
    let decode = |key, value| EndTransactionMarker::decode(&record(key, value));
    assert_eq!(decode(&[0, 0, 0, 1], &[0, 0, 0, 0, 0, 9]), Ok(Some(commit)));
    assert_eq!(
        decode(&[0, 1, 0, 1, 5], &[0, 1, 0, 0, 0, 9, 7]),
        Ok(Some(commit)),
        "a later version"
    );
    assert_eq!(decode(&[0, 0, 0, 2], &[]), Ok(None), "a change of leaders");
    let malformed: [(&[u8], &[u8]); 5] = [
        (&[], &[]),
        (&[0, 0, 0], &[]),
        (&[0xff, 0xff, 0, 1], &[0, 0, 0, 0, 0, 9]),
        (&[0, 0, 0, 1], &[0, 0, 0, 0, 9]),
        (&[0, 0, 0, 0], &[0x80, 0, 0, 0, 0, 9]),
    ];
    for (key, value) in malformed {
        assert_eq!(decode(key, value), Err(BatchError::InvalidControlRecord));
    }
}
