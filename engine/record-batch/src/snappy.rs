//! Snappy, as Kafka's clients use it: those on the JVM in the framing of snappy-java, librdkafka and others in none.
//!
//! The framing is a header (eight magic bytes, two 32-bit versions) and blocks, each with its length in front, big-endian.
//! <https://github.com/xerial/snappy-java>; it has nothing to do with Snappy's own framing format.

use snap::raw::{Decoder, Encoder, decompress_len};

use crate::compression::Failure;

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";

/// The version of the framing, and the oldest that can read it.
const VERSIONS: [u8; 8] = [0, 0, 0, 1, 0, 0, 0, 1];

/// What snappy-java puts into a block.
const BLOCK_BYTES: usize = 32 * 1024;

impl From<snap::Error> for Failure {
    fn from(error: snap::Error) -> Self {
        Failure::Malformed(error.to_string())
    }
}

/// Compresses in snappy-java's framing, which every client reads.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, snap::Error> {
    let mut framed = Vec::with_capacity(MAGIC.len() + VERSIONS.len() + bytes.len() / 2);
    framed.extend_from_slice(&MAGIC);
    framed.extend_from_slice(&VERSIONS);
    let mut encoder = Encoder::new();
    for block in bytes.chunks(BLOCK_BYTES) {
        let compressed = encoder.compress_vec(block)?;
        framed.extend_from_slice(&(compressed.len() as u32).to_be_bytes());
        framed.extend_from_slice(&compressed);
    }
    Ok(framed)
}

/// Decompresses what is framed, and what isn't. Every block says in front how large it will be.
pub(crate) fn decompress(bytes: &[u8], limit_bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut length: usize = 0;
    for block in blocks(bytes) {
        length = length.saturating_add(decompress_len(block?)?);
        if length > limit_bytes {
            return Err(Failure::LimitExceeded);
        }
    }
    let mut decompressed = vec![0; length];
    let mut position = 0;
    for block in blocks(bytes) {
        position += Decoder::new().decompress(block?, &mut decompressed[position..])?;
    }
    Ok(decompressed)
}

/// The compressed blocks of a frame, or the one block that there is without. After an error nothing more comes.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], Failure>> {
    let is_framed = bytes.starts_with(&MAGIC);
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            None
        } else if is_framed {
            next_block(&mut rest).transpose()
        } else {
            Some(Ok(std::mem::take(&mut rest)))
        }
    })
}

/// Takes a block off what is left of a frame, and any header in front of it: streams may follow one another, each with its own.
fn next_block<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Failure> {
    let mut bytes = std::mem::take(rest);
    while bytes.starts_with(&MAGIC) {
        bytes = bytes
            .get(MAGIC.len() + VERSIONS.len()..)
            .ok_or_else(|| cut("header"))?;
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    let (length, after) = bytes.split_first_chunk().ok_or_else(|| cut("length"))?;
    let length = u32::from_be_bytes(*length) as usize;
    let block = after.get(..length).ok_or_else(|| cut("block"))?;
    *rest = &after[length..];
    Ok(Some(block))
}

fn cut(what: &str) -> Failure {
    Failure::Malformed(format!("a {what} is cut off"))
}
