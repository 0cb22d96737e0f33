//! Receipt handles: all that is to be known of one delivery of a record. The server keeps no list of them.

use ninefold_share::Receipt;
use ninefold_time::Timestamp;
use uuid::Uuid;

use super::Side;
use crate::seal::Sealer;
use crate::shard_id::ShardId;

/// The layout of a handle; nothing else that is sealed begins so.
const FORMAT: u8 = 4;
/// Format, queue, side, shard, offset, number of the queue of references, position, lease.
const BYTES: usize = 1 + 16 + 1 + 4 + 8 + 8 + 16 + 4;

/// What a handle says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReceiptHandle {
    pub(crate) queue: Uuid,
    pub(crate) side: Side,
    pub(crate) shard: ShardId,
    pub(crate) offset: i64,
    pub(crate) receipt: Receipt,
}

impl ReceiptHandle {
    pub(crate) fn seal(&self, sealer: &Sealer) -> String {
        let mut content = Vec::with_capacity(BYTES + 16);
        content.push(FORMAT);
        content.extend_from_slice(self.queue.as_bytes());
        content.push(match self.side {
            Side::Records => 0,
            Side::DeadLetters => 1,
        });
        content.extend_from_slice(&self.shard.0.to_be_bytes());
        content.extend_from_slice(&self.offset.to_be_bytes());
        content.extend_from_slice(&self.receipt.queue.to_be_bytes());
        content.extend_from_slice(&self.receipt.position.vesting.as_millis().to_be_bytes());
        content.extend_from_slice(&self.receipt.position.sequence.to_be_bytes());
        content.extend_from_slice(&self.receipt.lease.to_be_bytes());
        sealer.seal(content)
    }

    /// Reads a handle that was given out here, for one side of a queue.
    pub(crate) fn open(text: &str, sealer: &Sealer, queue: Uuid, side: Side) -> Option<Self> {
        let content = sealer.open_sealed(text)?;
        let handle = Self::read(&content)?;
        (handle.queue == queue && handle.side == side).then_some(handle)
    }

    fn read(content: &[u8]) -> Option<Self> {
        let content: &[u8; BYTES] = content.try_into().ok()?;
        let u64_at = |at: usize| Some(u64::from_be_bytes(content[at..at + 8].try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_be_bytes(content[at..at + 4].try_into().ok()?));
        if content[0] != FORMAT {
            return None;
        }
        Some(ReceiptHandle {
            queue: Uuid::from_bytes(content[1..17].try_into().ok()?),
            side: match content[17] {
                0 => Side::Records,
                1 => Side::DeadLetters,
                _ => return None,
            },
            shard: ShardId(u32_at(18)?),
            offset: i64::try_from(u64_at(22)?).ok()?,
            receipt: Receipt {
                queue: u64_at(30)?,
                position: ninefold_share::Position {
                    vesting: Timestamp::from_millis(u64_at(38)?),
                    sequence: u64_at(46)?,
                },
                lease: u32_at(54)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_good_for_its_side_of_its_queue() {
        let sealer = Sealer::new([1; 32]);
        let handle = ReceiptHandle {
            queue: Uuid::from_u128(7),
            side: Side::DeadLetters,
            shard: ShardId(3),
            offset: 42,
            receipt: Receipt {
                queue: 9,
                position: ninefold_share::Position {
                    vesting: Timestamp::from_millis(1_700_000_000_000),
                    sequence: 5,
                },
                lease: 6,
            },
        };
        let text = handle.seal(&sealer);
        assert!(text.len() <= 1_024);
        let open = |queue, side| ReceiptHandle::open(&text, &sealer, queue, side);
        assert_eq!(open(handle.queue, Side::DeadLetters), Some(handle));
        assert_eq!(open(handle.queue, Side::Records), None);
        assert_eq!(open(Uuid::from_u128(8), Side::DeadLetters), None);
        for text in ["", "x", &sealer.seal(vec![FORMAT; BYTES - 1])] {
            assert_eq!(
                ReceiptHandle::open(text, &sealer, handle.queue, handle.side),
                None
            );
        }
    }
}
