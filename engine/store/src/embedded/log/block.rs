//! The unit of writing. Rounds begin at a block and fill what they need of the last one with zeros, so that no sector that
//! was synced is ever written again, and so that they can be written past the page cache, which has that condition.

/// Bytes of a block; no disk in use asks for more.
pub(super) const BLOCK_BYTES: usize = 4_096;

/// The end of the last block that holds the byte before `offset`.
pub(in crate::embedded) fn round_up(offset: usize) -> usize {
    offset.next_multiple_of(BLOCK_BYTES)
}

/// Bytes at an address that the disk can be written from directly, a whole number of blocks.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// With room to begin at the next multiple of a block.
    bytes: Vec<u8>,
    start: usize,
    length: usize,
}

impl Blocks {
    /// Blocks of zeros.
    pub(super) fn zeros(count: usize) -> Self {
        let mut blocks = Blocks::default();
        blocks.fill(&vec![0; count * BLOCK_BYTES]);
        blocks
    }

    /// Makes this the content, with zeros up to the end of the last block.
    pub(super) fn fill(&mut self, content: &[u8]) {
        self.length = round_up(content.len());
        if self.bytes.len() < self.length + BLOCK_BYTES {
            self.bytes = vec![0; self.length + BLOCK_BYTES];
            self.start = self.bytes.as_ptr().align_offset(BLOCK_BYTES);
            assert!(self.start < BLOCK_BYTES, "the distance to a multiple is below it");
        }
        let (used, padding) = self.bytes[self.start..self.start + self.length].split_at_mut(content.len());
        used.copy_from_slice(content);
        padding.fill(0);
    }

    /// The blocks.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..self.start + self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_padded_with_zeros_whatever_they_held_before() {
        let mut blocks = Blocks::default();
        for length in [1, 4_096, 10_000, 4_097, 5, 0] {
            blocks.fill(&vec![7; length]);
            let bytes = blocks.as_slice();
            assert_eq!(bytes.len(), length.div_ceil(BLOCK_BYTES) * BLOCK_BYTES);
            assert_eq!(bytes.as_ptr().align_offset(BLOCK_BYTES), 0);
            assert!(bytes[..length].iter().all(|byte| *byte == 7));
            assert!(bytes[length..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(Blocks::zeros(2).as_slice(), vec![0; 2 * BLOCK_BYTES]);
    }
}
