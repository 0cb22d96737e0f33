//! LZ4's frame format, as far as Kafka takes it: one frame of independent blocks, without a dictionary.
//!
//! <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>. Frames are read here, and not by a library, because blocks
//! can then be decompressed straight to where they are wanted, whatever size a frame says that they may have.

use std::io::{self, Write};

use lz4_flex::block::{DecompressError, decompress_into};
use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
use xxhash_rust::xxh32::xxh32;

use crate::compression::{Failure, make_room};

const MAGIC: [u8; 4] = 0x184d_2204_u32.to_le_bytes();

/// Bits of the first byte of a frame's descriptor, and what they have to be.
const FLAGS_FIXED: u8 = 0b1110_0011;
const FLAGS_EXPECTED: u8 = 0b0110_0000;
const BLOCK_CHECKSUMS: u8 = 1 << 4;
const CONTENT_SIZE: u8 = 1 << 3;

/// Bits of the second byte that have to be zero.
const BLOCK_SIZE_RESERVED: u8 = 0b1000_1111;

/// A block with this bit in its length isn't compressed.
const STORED: u32 = 1 << 31;

/// No block grows to more than this many times its length.
const MOST_GROWTH: usize = 255;

/// Compresses with the settings of Kafka's client.
pub(crate) fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let frame = FrameInfo::new().block_size(BlockSize::Max64KB);
    let mut encoder = FrameEncoder::with_frame_info(frame, Vec::new());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Decompresses a frame. As with Kafka, the checksum of the content isn't looked at (the batch has its own), nor what follows.
pub(crate) fn decompress(bytes: &[u8], limit_bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut rest = bytes;
    let frame = Frame::take(&mut rest)?;
    let mut decompressed = Vec::new();
    loop {
        let length = u32::from_le_bytes(take(&mut rest)?);
        if length == 0 {
            return Ok(decompressed);
        }
        let block = rest
            .split_off(..(length & !STORED) as usize)
            .ok_or(malformed("the frame is cut off"))?;
        if block.len() > frame.largest_block_bytes {
            return Err(malformed("a block is too large"));
        }
        if frame.has_block_checksums && u32::from_le_bytes(take(&mut rest)?) != xxh32(block, 0) {
            return Err(malformed("the checksum of a block is wrong"));
        }
        if length & STORED != 0 {
            make_room(&mut decompressed, block.len(), limit_bytes)?;
            decompressed.extend_from_slice(block);
        } else {
            append(&mut decompressed, block, frame.largest_block_bytes, limit_bytes)?;
        }
    }
}

/// Decompresses a block, which doesn't say how large it will be.
fn append(
    decompressed: &mut Vec<u8>,
    block: &[u8],
    largest_block_bytes: usize,
    limit_bytes: usize,
) -> Result<(), Failure> {
    let start = decompressed.len();
    let most = largest_block_bytes.min(block.len() * MOST_GROWTH);
    let room = most.min(limit_bytes - start);
    make_room(decompressed, room, limit_bytes)?;
    decompressed.resize(start + room, 0);
    match decompress_into(block, &mut decompressed[start..]) {
        Ok(length) => {
            decompressed.truncate(start + length);
            Ok(())
        }
        Err(DecompressError::OutputTooSmall { .. }) if room < most => Err(Failure::LimitExceeded),
        Err(error) => Err(Failure::Malformed(error.to_string())),
    }
}

/// What the descriptor says about the blocks.
struct Frame {
    has_block_checksums: bool,
    largest_block_bytes: usize,
}

impl Frame {
    /// Takes the magic number and the descriptor off the bytes.
    fn take(rest: &mut &[u8]) -> Result<Frame, Failure> {
        if take(rest)? != MAGIC {
            return Err(malformed("it is no frame"));
        }
        let descriptor = *rest;
        let [flags, block_size] = take(rest)?;
        if flags & FLAGS_FIXED != FLAGS_EXPECTED || block_size & BLOCK_SIZE_RESERVED != 0 {
            return Err(malformed("a frame like this is not supported"));
        }
        if flags & CONTENT_SIZE != 0 {
            take::<8>(rest)?;
        }
        let descriptor = &descriptor[..descriptor.len() - rest.len()];
        let [checksum] = take(rest)?;
        if checksum != xxh32(descriptor, 0).to_le_bytes()[1] {
            return Err(malformed("the checksum of the frame is wrong"));
        }
        let largest_block_bytes = match block_size >> 4 {
            size @ 4..=7 => 1 << (2 * size + 8),
            _ => return Err(malformed("there is no such block size")),
        };
        Ok(Frame {
            has_block_checksums: flags & BLOCK_CHECKSUMS != 0,
            largest_block_bytes,
        })
    }
}

fn take<const BYTES: usize>(rest: &mut &[u8]) -> Result<[u8; BYTES], Failure> {
    let (taken, after) = rest
        .split_first_chunk()
        .ok_or(malformed("the frame is cut off"))?;
    *rest = after;
    Ok(*taken)
}

fn malformed(reason: &str) -> Failure {
    Failure::Malformed(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

    use super::{compress, decompress};
    use crate::compression::Failure;

    fn framed(frame: FrameInfo, bytes: &[u8]) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(frame, Vec::new());
        std::io::Write::write_all(&mut encoder, bytes).expect("written to memory");
        encoder.finish().expect("written to memory")
    }

    fn reason(frame: &[u8]) -> String {
        match decompress(frame, 1 << 20) {
            Ok(_) => "none".to_owned(),
            Err(Failure::LimitExceeded) => "limit exceeded".to_owned(),
            Err(Failure::Malformed(reason)) => reason,
        }
    }

    /// Repeats itself, then doesn't: compressed blocks and stored ones.
    fn content() -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(9);
        let mut bytes = b"ninefold".repeat(30_000);
        bytes.extend(std::iter::repeat_with(|| random.u8(..)).take(150_000));
        bytes
    }

    #[test]
    fn frames_of_every_shape_are_read() {
        let content = content();
        let sizes = [
            BlockSize::Max64KB,
            BlockSize::Max256KB,
            BlockSize::Max1MB,
            BlockSize::Max4MB,
        ];
        for size in sizes {
            let plain = FrameInfo::new().block_size(size);
            let sized = FrameInfo::new()
                .block_size(size)
                .content_size(Some(content.len() as u64));
            let checked = sized.clone().block_checksums(true).content_checksum(true);
            for frame in [plain, sized, checked] {
                let decompressed = decompress(&framed(frame, &content), content.len());
                assert!(decompressed.is_ok_and(|bytes| bytes == content), "{size:?}");
            }
        }
        assert!(
            decompress(&compress(&[]).expect("written to memory"), 0).is_ok_and(|bytes| bytes.is_empty())
        );
    }

    #[test]
    fn what_kafka_refuses_is_refused() {
        let content = content();
        let good = framed(
            FrameInfo::new()
                .block_checksums(true)
                .block_size(BlockSize::Max64KB),
            &content,
        );
        let damaged = |position: usize, bit: u8| {
            let mut frame = good.clone();
            frame[position] ^= bit;
            reason(&frame)
        };
        assert_eq!(reason(&good), "none");
        assert_eq!(damaged(0, 1), "it is no frame");
        assert_eq!(
            damaged(4, 1),
            "a frame like this is not supported",
            "a dictionary"
        );
        assert_eq!(
            damaged(4, 1 << 7),
            "a frame like this is not supported",
            "another version"
        );
        assert_eq!(
            damaged(5, 1),
            "a frame like this is not supported",
            "a reserved bit"
        );
        assert_eq!(damaged(5, 1 << 6), "the checksum of the frame is wrong");
        assert_eq!(damaged(6, 1), "the checksum of the frame is wrong");
        assert_eq!(damaged(12, 1), "the checksum of a block is wrong");
        assert_eq!(damaged(9, 2), "a block is too large");
        assert_eq!(reason(&good[..good.len() - 1]), "the frame is cut off");
        assert_eq!(reason(&good[..3]), "the frame is cut off");
        let linked = FrameInfo::new()
            .block_mode(BlockMode::Linked)
            .block_size(BlockSize::Max64KB);
        assert_eq!(
            reason(&framed(linked, &content)),
            "a frame like this is not supported"
        );
    }

    #[test]
    fn the_limit_is_exact() {
        let content = content();
        let frame = compress(&content).expect("written to memory");
        for less in 1..20 {
            let limited = decompress(&frame, content.len() - less);
            assert!(matches!(limited, Err(Failure::LimitExceeded)));
            let limited = decompress(&frame, 200_000 - less);
            assert!(matches!(limited, Err(Failure::LimitExceeded)));
        }
    }
}
