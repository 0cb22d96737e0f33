//! Batches with bytes changed, cut, repeated: whatever comes of it, nothing panics and memory stays within its bound.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use bytes::Bytes;
use fastrand::Rng;
use ninefold_record_batch::{EndTransactionMarker, HEADER_BYTES, split};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const INPUTS: usize = 15_000;
const LIMIT_BYTES: usize = 256 << 10;

/// Decompressors have tables of their own.
const TABLES_BYTES: usize = 256 << 10;

/// What a byte may take that is half of a record's header.
const BYTES_EACH: usize = 40;

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "batch"))
        .collect();
    seeds.sort();
    assert!(seeds.len() > 15);
    seeds
        .into_iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Changes some bytes from `first` on.
fn change(random: &mut Rng, bytes: &mut Vec<u8>, first: usize) {
    for _ in 0..random.usize(1..6) {
        if bytes.len() <= first {
            return;
        }
        let position = random.usize(first..bytes.len());
        match random.u8(0..6) {
            0 => bytes[position] ^= 1 << random.u8(0..8),
            1 => bytes[position] = random.u8(..),
            2 => bytes[position] = [0, 1, 0x7f, 0x80, 0xff][random.usize(0..5)],
            3 => bytes.truncate(position),
            4 => {
                let end = bytes.len().min(position + random.usize(1..40));
                bytes.extend_from_within(position..end);
            }
            _ => {
                let end = bytes.len().min(position + random.usize(1..8));
                bytes.drain(position..end);
            }
        }
    }
}

/// Makes length and checksum those of the bytes, so that it is the records that are at fault.
fn seal(bytes: &mut [u8]) {
    let length = (bytes.len() - 12) as i32;
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
}

/// Does everything that can be done with bytes. How many batches and records there were.
fn read(bytes: &Bytes) -> (usize, usize) {
    let (mut batches, mut records) = (0, 0);
    for batch in split(bytes.clone()) {
        let Ok(batch) = batch else {
            continue;
        };
        batches += 1;
        let _ = batch.verify_from_client();
        let _ = batch.filter(LIMIT_BYTES, None, |record| record.offset % 2 == 0);
        let _ = batch.emptied();
        let Ok(all) = batch.records(LIMIT_BYTES) else {
            continue;
        };
        for record in all {
            let Ok(record) = record else {
                continue;
            };
            records += 1;
            let _ = EndTransactionMarker::decode(&record);
        }
    }
    (batches, records)
}

#[test]
fn nothing_panics_and_memory_is_bounded() {
    let seeds = seeds();
    let mut random = Rng::with_seed(20_260_101);
    let (mut batches, mut records) = (0, 0);
    for _ in 0..INPUTS {
        let mut bytes = seeds[random.usize(0..seeds.len())].clone();
        if random.u8(0..4) == 0 {
            let next = &seeds[random.usize(0..seeds.len())];
            bytes.extend_from_slice(next);
            change(&mut random, &mut bytes, 0);
        } else {
            let first = if random.bool() { HEADER_BYTES } else { 21 };
            change(&mut random, &mut bytes, first);
            if bytes.len() >= HEADER_BYTES {
                seal(&mut bytes);
            }
        }
        let bytes = Bytes::from(bytes);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let (more_batches, more_records) = read(&bytes);
        let used = MEMORY.peak_usage().saturating_sub(before);
        // Twice the limit while decompressing; filtering keeps what was decompressed while it makes it anew.
        let most = 4 * LIMIT_BYTES + TABLES_BYTES + BYTES_EACH * bytes.len();
        assert!(used <= most, "{used} bytes for {:?}", bytes.as_ref());
        batches += more_batches;
        records += more_records;
    }
    assert!(
        batches > INPUTS / 2 && records > INPUTS / 4,
        "{batches} batches, {records} records"
    );
}
