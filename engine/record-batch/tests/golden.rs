//! Batches that Kafka's own client made (`golden/Golden.java`): read, and made again byte for byte.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use bytes::Bytes;
use ninefold_record_batch::{
    Batch, BatchBuilder, BatchError, Compression, EndTransactionMarker, Filtered, HEADER_BYTES, Header,
    MarkerKind, Record, RecordHeader, TimestampType, place, split, stamp,
};

const TIME: i64 = 1_700_000_000_000;
const LIMIT_BYTES: usize = 1 << 20;

/// A record's timestamp, key and value.
type Content<'a> = (i64, Option<&'a [u8]>, Option<&'a [u8]>);

/// What only the fourth record has.
const HEADERS: [(&[u8], Option<&[u8]>); 3] = [(b"trace", Some(b"00-ab")), (b"trace", None), (b"", Some(b""))];

fn golden(name: &str) -> Bytes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read(folder.join(name).with_extension("batch"))
        .unwrap()
        .into()
}

fn batch(name: &str) -> Batch {
    let batch = Batch::parse(golden(name)).unwrap();
    batch.verify().unwrap();
    batch
}

fn records(batch: &Batch) -> Vec<Record> {
    batch
        .records(LIMIT_BYTES)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn contents(long: &[u8]) -> [Content<'_>; 5] {
    [
        (TIME, Some(b"alpha"), Some(b"one")),
        (TIME + 5, None, Some(b"two")),
        (TIME - 3, Some(b"gamma"), None),
        (TIME + 1000, Some(b""), Some(b"")),
        (TIME + 7, Some(b"long"), Some(long)),
    ]
}

/// The records that most batches hold.
fn expected(base_offset: i64) -> Vec<Record> {
    let long = b"ninefold ".repeat(40);
    let bytes = |bytes: Option<&[u8]>| bytes.map(Bytes::copy_from_slice);
    (base_offset..)
        .zip(contents(&long))
        .map(|(offset, (timestamp, key, value))| Record {
            offset,
            timestamp,
            key: bytes(key),
            value: bytes(value),
            headers: if timestamp == TIME + 1000 {
                HEADERS
                    .iter()
                    .map(|&(key, value)| RecordHeader {
                        key: Bytes::copy_from_slice(key),
                        value: bytes(value),
                    })
                    .collect()
            } else {
                Vec::new()
            },
        })
        .collect()
}

/// Puts the records of most batches into one.
fn filled(mut builder: BatchBuilder) -> BatchBuilder {
    for (timestamp, key, value) in contents(&b"ninefold ".repeat(40)) {
        let headers = if timestamp == TIME + 1000 {
            &HEADERS[..]
        } else {
            &[]
        };
        builder.push(timestamp, key, value, headers).unwrap();
    }
    builder
}

/// The bytes with a place in the log.
fn placed(bytes: Bytes, base_offset: i64, leader_epoch: i32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    place(&mut bytes, base_offset, leader_epoch);
    bytes
}

const COMPRESSIONS: [(&str, Compression); 4] = [
    ("gzip", Compression::Gzip),
    ("snappy", Compression::Snappy),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

#[test]
fn a_header_says_what_kafka_wrote() {
    let header = *batch("transactional").header();
    assert_eq!(
        header,
        Header {
            base_offset: 7,
            batch_length: 488,
            partition_leader_epoch: 12,
            crc: 1_878_036_664,
            attributes: ninefold_record_batch::Attributes::from_bits(0x10),
            last_offset_delta: 4,
            base_timestamp: TIME,
            max_timestamp: TIME + 1000,
            producer_id: 4711,
            producer_epoch: 3,
            base_sequence: 100,
            record_count: 5,
        }
    );
    assert_eq!(
        (header.last_offset(), header.next_offset(), header.total_bytes()),
        (11, 12, 500)
    );
    assert_eq!(header.last_sequence(), 104);
    assert!(header.attributes.is_transactional() && !header.attributes.is_control());
    assert_eq!(
        batch("idempotent").header().last_sequence(),
        2,
        "sequences go on at zero"
    );
    assert_eq!(batch("none").header().last_sequence(), -1);
}

#[test]
fn records_are_read_whatever_their_compression() {
    assert_eq!(records(&batch("none")), expected(0));
    let value = Vec::from_iter((0..70_000).map(|index| (index % 251) as u8));
    for (name, compression) in COMPRESSIONS {
        let batch = batch(name);
        assert_eq!(batch.header().attributes.compression(), Ok(compression));
        assert_eq!(records(&batch), expected(0), "{name}");
        batch.verify_from_client().unwrap();

        let large = records(&self::batch(&format!("{name}-large")));
        assert_eq!(large.len(), 1);
        assert_eq!(large[0].value.as_deref(), Some(&value[..]), "{name}");
    }
    assert_eq!(records(&batch("transactional")), expected(7));
}

/// A batch with other records than it had, and the checksum that goes with them.
fn with_payload(batch: &Batch, compression: Compression, payload: &[u8]) -> Batch {
    let mut bytes = [&batch.bytes()[..HEADER_BYTES], payload].concat();
    let length = (bytes.len() - 12) as i32;
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    bytes[22] = compression as u8;
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    let batch = Batch::parse(bytes.into()).unwrap();
    batch.verify().unwrap();
    batch
}

#[test]
fn snappy_is_read_without_a_frame_and_with_several() {
    let none = batch("none");
    let payload = &none.bytes()[HEADER_BYTES..];
    let mut snappy = snap::raw::Encoder::new();
    let unframed = with_payload(&none, Compression::Snappy, &snappy.compress_vec(payload).unwrap());
    assert_eq!(records(&unframed), expected(0), "as librdkafka sends it");

    let mut streams = Vec::new();
    for part in payload.chunks(200) {
        let block = snappy.compress_vec(part).unwrap();
        streams.extend_from_slice(b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01");
        streams.extend_from_slice(&(block.len() as u32).to_be_bytes());
        streams.extend_from_slice(&block);
    }
    assert_eq!(
        records(&with_payload(&none, Compression::Snappy, &streams)),
        expected(0)
    );
}

#[test]
fn gzip_and_zstd_are_read_in_several_members() {
    let none = batch("none");
    let payload = &none.bytes()[HEADER_BYTES..];
    let (first, second) = payload.split_at(200);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let members = [gzip(first), gzip(second)].concat();
    assert_eq!(
        records(&with_payload(&none, Compression::Gzip, &members)),
        expected(0)
    );

    let zstd = |bytes: &[u8]| zstd::bulk::compress(bytes, 19).unwrap();
    let frames = [zstd(first), zstd(second)].concat();
    assert_eq!(
        records(&with_payload(&none, Compression::Zstd, &frames)),
        expected(0)
    );
}

#[test]
fn batches_are_made_as_kafka_makes_them() {
    assert_eq!(filled(BatchBuilder::new()).build(0), golden("none"));

    let idempotent = BatchBuilder::new().producer(4711, 3, i32::MAX - 1);
    assert_eq!(placed(filled(idempotent).build(0), 7, 12), golden("idempotent"));

    let transactional = BatchBuilder::new().producer(4711, 3, 100).transactional();
    assert_eq!(
        placed(filled(transactional).build(7), 7, 12),
        golden("transactional")
    );
}

#[test]
fn the_log_stamps_as_kafka_does() {
    let mut stamped = filled(BatchBuilder::new()).build(0).to_vec();
    stamp(&mut stamped, TIME + 60_000);
    assert_eq!(stamped, golden("log-append-time"));
    let stamped = batch("log-append-time");
    assert_eq!(
        stamped.header().attributes.timestamp_type(),
        TimestampType::LogAppendTime
    );
    assert!(
        records(&stamped)
            .iter()
            .all(|record| record.timestamp == TIME + 60_000)
    );
    assert_eq!(stamped.verify_from_client(), Err(BatchError::ClientLogAppendTime));
}

#[test]
fn markers_are_kafkas() {
    let markers = [
        ("commit", 42, MarkerKind::Commit, 9),
        ("abort", 43, MarkerKind::Abort, 10),
    ];
    for (name, offset, kind, coordinator_epoch) in markers {
        let marker = EndTransactionMarker {
            kind,
            coordinator_epoch,
        };
        assert_eq!(
            placed(marker.encode(4711, 3, TIME, offset), offset, 12),
            golden(name)
        );
        let batch = batch(name);
        assert!(batch.header().attributes.is_control() && batch.header().attributes.is_transactional());
        assert_eq!(
            EndTransactionMarker::decode(&records(&batch)[0]),
            Ok(Some(marker))
        );
    }
}

#[test]
fn compaction_leaves_what_kafkas_leaves() {
    let whole = batch("whole");
    let keep = |record: &Record| record.key.is_some() && (record.value.is_some() || record.offset == 44);
    let Filtered::Some(compacted) = whole.filter(LIMIT_BYTES, Some(TIME + 90_000), keep).unwrap() else {
        panic!("some records go and some stay");
    };
    assert_eq!(compacted.bytes(), &golden("compacted"));
    assert!(compacted.header().attributes.has_delete_horizon());
    let mut expected = expected(42);
    expected.remove(1);
    assert_eq!(records(&compacted), expected);

    let again = compacted
        .filter(LIMIT_BYTES, Some(TIME + 99_000), |_| true)
        .unwrap();
    assert!(
        matches!(again, Filtered::Everything),
        "a horizon stays what it is"
    );

    assert!(matches!(
        whole.filter(LIMIT_BYTES, None, |_| false),
        Ok(Filtered::Nothing)
    ));
    assert_eq!(whole.emptied(), golden("emptied"));
    assert_eq!(compacted.emptied(), golden("emptied"));
    assert_eq!(records(&batch("emptied")), []);
}

#[test]
fn consecutive_batches_are_split_without_a_copy() {
    let names = ["none", "zstd", "commit", "emptied"];
    let all: Bytes = names
        .iter()
        .map(|name| golden(name))
        .collect::<Vec<_>>()
        .concat()
        .into();
    let batches: Vec<Batch> = split(all.clone()).collect::<Result<_, _>>().unwrap();
    assert_eq!(batches.len(), names.len());
    let mut position = 0;
    for (batch, name) in batches.iter().zip(names) {
        assert_eq!(batch.bytes(), &golden(name));
        assert_eq!(batch.bytes().as_ptr(), all[position..].as_ptr());
        position += batch.header().total_bytes();
    }

    let mut torn = split(all.slice(..all.len() - 1));
    assert!(torn.by_ref().take(3).all(|batch| batch.is_ok()));
    assert_eq!(
        torn.next().unwrap().unwrap_err(),
        BatchError::Truncated {
            needed_bytes: HEADER_BYTES,
            available_bytes: HEADER_BYTES - 1
        }
    );
    assert!(torn.next().is_none(), "nothing follows a torn end");
}
