//! The unit of writing. Rounds begin at a block and fill what they need of the last one with zeros, so that no sector that
//! was synced is ever written again, and so that they can be written past the page cache, which has that condition.

/// Bytes of a block; no disk in use asks for more.
pub(crate) const BLOCK_BYTES: usize = 4_096;

/// The end of the last block that holds the byte before `offset`.
pub fn round_up(offset: usize) -> usize {
    offset.next_multiple_of(BLOCK_BYTES)
}

/// Bytes at an address that the disk can be written from directly, a whole number of blocks.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// With room to begin at the next multiple of a block.
    bytes: Vec<u8>,
    start: usize,
}

impl Blocks {
    /// Blocks of zeros.
    pub(crate) fn zeros(count: usize) -> Self {
        let mut blocks = Blocks::default();
        let bytes = count * BLOCK_BYTES;
        blocks.fill(bytes, |buffer| buffer.resize(buffer.len() + bytes, 0));
        blocks
    }

    /// Makes what `write` appends the content, so many bytes, with zeros up to the end of the last block.
    pub(crate) fn fill(&mut self, content_bytes: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let length = round_up(content_bytes);
        if self.bytes.capacity() < length + BLOCK_BYTES {
            // A power of two, so that it soon is large enough for good.
            self.bytes = Vec::with_capacity((length + BLOCK_BYTES).next_power_of_two());
            self.start = self.bytes.as_ptr().align_offset(BLOCK_BYTES);
            assert!(self.start < BLOCK_BYTES, "the distance to a multiple is below it");
        }
        self.bytes.clear();
        self.bytes.resize(self.start, 0);
        write(&mut self.bytes);
        // More would have moved the buffer to an address like any other.
        assert_eq!(
            self.bytes.len(),
            self.start + content_bytes,
            "the content is as long as was said"
        );
        self.bytes.resize(self.start + length, 0);
    }

    /// The blocks.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// How many bytes of memory they take.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_padded_with_zeros_whatever_they_held_before() {
        let mut blocks = Blocks::default();
        for length in [1, 4_096, 10_000, 4_097, 5, 0] {
            blocks.fill(length, |buffer| buffer.resize(buffer.len() + length, 7));
            let bytes = blocks.as_slice();
            assert_eq!(bytes.len(), length.div_ceil(BLOCK_BYTES) * BLOCK_BYTES);
            assert_eq!(bytes.as_ptr().align_offset(BLOCK_BYTES), 0);
            assert!(bytes[..length].iter().all(|byte| *byte == 7));
            assert!(bytes[length..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(Blocks::zeros(2).as_slice(), vec![0; 2 * BLOCK_BYTES]);
    }
}
