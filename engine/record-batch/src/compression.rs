//! Compressing and decompressing the records of a batch, at the levels that Kafka's own client chooses.

use std::io::{self, Read, Write};

use bytes::Bytes;

use crate::error::BatchError;
use crate::header::Compression;
use crate::{lz4, snappy};

const ZSTD_LEVEL: i32 = 3;

/// How much is decompressed at a time: as much as there is already, and between these.
const LEAST_STEP_BYTES: usize = 4 * 1024;
const LARGEST_STEP_BYTES: usize = 256 * 1024;

/// Why something couldn't be decompressed.
pub(crate) enum Failure {
    LimitExceeded,
    Malformed(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Malformed(error.to_string())
    }
}

/// What `records` become.
pub(crate) fn compress(compression: Compression, records: &[u8]) -> Vec<u8> {
    compressed(compression, records).expect("there is nothing to fail in memory")
}

fn compressed(compression: Compression, records: &[u8]) -> io::Result<Vec<u8>> {
    match compression {
        Compression::None => Ok(records.to_vec()),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(records)?;
            encoder.finish()
        }
        Compression::Snappy => Ok(snappy::compress(records)?),
        Compression::Lz4 => lz4::compress(records),
        Compression::Zstd => zstd::bulk::compress(records, ZSTD_LEVEL),
    }
}

/// What `payload` was before it was compressed, if that is no more than `limit_bytes`. What isn't compressed takes no memory and
/// has no limit.
pub(crate) fn decompress(
    compression: Compression,
    payload: Bytes,
    limit_bytes: usize,
) -> Result<Bytes, BatchError> {
    let decompressed = match compression {
        Compression::None => return Ok(payload),
        Compression::Gzip => read(flate2::bufread::MultiGzDecoder::new(&*payload), limit_bytes),
        Compression::Snappy => snappy::decompress(&payload, limit_bytes),
        Compression::Lz4 => lz4::decompress(&payload, limit_bytes),
        // A frame may ask for a window of 128 MiB, as Kafka's client does at the highest level. That is room in the address
        // space: it takes memory as far as it is written to, which the limit bounds.
        Compression::Zstd => zstd::stream::read::Decoder::with_buffer(&*payload)
            .map_err(Failure::from)
            .and_then(|decoder| read(decoder, limit_bytes)),
    };
    decompressed.map(Bytes::from).map_err(|failure| match failure {
        Failure::LimitExceeded => BatchError::LimitExceeded { limit_bytes },
        Failure::Malformed(reason) => BatchError::Decompression { compression, reason },
    })
}

/// Everything that there is to read, a step at a time.
fn read(mut reader: impl Read, limit_bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    loop {
        let step = bytes
            .len()
            .clamp(LEAST_STEP_BYTES, LARGEST_STEP_BYTES)
            .min(limit_bytes - bytes.len());
        make_room(&mut bytes, step, limit_bytes)?;
        let came = reader.by_ref().take(step as u64).read_to_end(&mut bytes)?;
        if came < step {
            return Ok(bytes);
        }
        if bytes.len() == limit_bytes {
            return match reader.read(&mut [0])? {
                0 => Ok(bytes),
                _ => Err(Failure::LimitExceeded),
            };
        }
    }
}

/// Lets a buffer grow, by doubling, but never beyond the limit.
pub(crate) fn make_room(bytes: &mut Vec<u8>, more_bytes: usize, limit_bytes: usize) -> Result<(), Failure> {
    let needed = bytes.len() + more_bytes;
    if needed > limit_bytes {
        return Err(Failure::LimitExceeded);
    }
    if needed > bytes.capacity() {
        let capacity = (bytes.capacity() * 2).clamp(needed, limit_bytes);
        bytes.reserve_exact(capacity - bytes.len());
    }
    Ok(())
}
