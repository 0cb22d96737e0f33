//! What the engine keeps in the store: tables, keys and the layout of values.
//!
//! Every value begins with a format byte. Integers are big endian, so that keys sort as numbers do.

mod codec;
mod lease;
mod message;
mod queue;
mod redrive;
mod tally;
mod transfer;

use ninefold_store::{PartitionId, Table};
use ninefold_time::Timestamp;

pub(crate) use lease::LeaseRecord;
pub(crate) use message::{MessageRecord, Origin};
pub(crate) use queue::{QueueRecord, QueueStatus};
pub(crate) use redrive::RedriveRecord;
pub(crate) use tally::{Garbage, Tally};
pub(crate) use transfer::TransferRecord;

use crate::{Position, QueueKey};

/// Queue number -> [`QueueRecord`].
pub(crate) const QUEUES: Table = Table::new(1, "queue.queues");
/// Queue number, position -> [`MessageRecord`].
pub(crate) const MESSAGES: Table = Table::new(2, "queue.messages");
/// Queue number, position -> [`LeaseRecord`] of a message received at least once.
pub(crate) const LEASES: Table = Table::new(3, "queue.leases");
/// Queue number -> [`Tally`].
pub(crate) const TALLIES: Table = Table::new(4, "queue.tallies");
/// Queue number, window number, fingerprint -> what was sent under that deduplication id.
pub(crate) const DEDUPLICATION: Table = Table::new(5, "queue.deduplication");
/// Source queue number, position -> destination queue number and position of a message on its way.
pub(crate) const OUTBOX: Table = Table::new(6, "queue.outbox");
/// Destination queue number, source queue number, source position: this message has arrived.
pub(crate) const ARRIVALS: Table = Table::new(7, "queue.arrivals");
/// Queue number, sending time, position of messages that are older than their position says.
pub(crate) const EXPIRIES: Table = Table::new(8, "queue.expiries");
/// Source queue number, starting time, redrive id -> [`RedriveRecord`].
pub(crate) const REDRIVES: Table = Table::new(9, "queue.redrives");

/// Queue number -> what its sender has last noted with what it sent.
pub(crate) const MARKS: Table = Table::new(10, "queue.marks");

/// Every table of this engine.
pub(crate) const TABLES: [Table; 10] = [
    QUEUES,
    MESSAGES,
    LEASES,
    TALLIES,
    DEDUPLICATION,
    OUTBOX,
    ARRIVALS,
    EXPIRIES,
    REDRIVES,
    MARKS,
];

/// The partition that everything of a queue lives in.
pub(crate) fn partition_of(key: &QueueKey) -> PartitionId {
    PartitionId::of(&key.0)
}

/// Queue number.
pub(crate) fn number_key(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// Queue number, position.
pub(crate) fn position_key(number: u64, position: Position) -> [u8; 24] {
    let mut key = [0; 24];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..].copy_from_slice(&position_bytes(position));
    key
}

/// The position at the end of a key made by [`position_key`] or a longer one.
pub(crate) fn position_in(key: &[u8]) -> Option<Position> {
    let start = key.len().checked_sub(16)?;
    position_from(&key[start..])
}

/// Queue number, window number, fingerprint.
pub(crate) fn deduplication_key(number: u64, window: u32, fingerprint: u128) -> [u8; 28] {
    let mut key = [0; 28];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..12].copy_from_slice(&window.to_be_bytes());
    key[12..].copy_from_slice(&fingerprint.to_be_bytes());
    key
}

/// Queue number, window number: where the windows from this one on begin.
pub(crate) fn deduplication_window_key(number: u64, window: u32) -> [u8; 12] {
    let mut key = [0; 12];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..].copy_from_slice(&window.to_be_bytes());
    key
}

/// Destination queue number, source queue number, source position.
pub(crate) fn arrival_key(destination: u64, source: u64, position: Position) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&destination.to_be_bytes());
    key[8..].copy_from_slice(&position_key(source, position));
    key
}

/// Queue number, sending time, position.
pub(crate) fn expiry_key(number: u64, sent_at: Timestamp, position: Position) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..16].copy_from_slice(&sent_at.as_millis().to_be_bytes());
    key[16..].copy_from_slice(&position_bytes(position));
    key
}

/// Source queue number, starting time, redrive id.
pub(crate) fn redrive_key(number: u64, started_at: Timestamp, id: u128) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..16].copy_from_slice(&started_at.as_millis().to_be_bytes());
    key[16..].copy_from_slice(&id.to_be_bytes());
    key
}

fn position_bytes(position: Position) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&position.vesting.as_millis().to_be_bytes());
    bytes[8..].copy_from_slice(&position.sequence.to_be_bytes());
    bytes
}

fn position_from(bytes: &[u8]) -> Option<Position> {
    let vesting = u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?);
    let sequence = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
    Some(Position {
        vesting: Timestamp::from_millis(vesting),
        sequence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_queue_then_vesting_then_sequence() {
        let position = |vesting, sequence| Position {
            vesting: Timestamp::from_millis(vesting),
            sequence,
        };
        let keys = [
            position_key(1, position(5, 9)),
            position_key(1, position(6, 1)),
            position_key(1, position(256, 0)),
            position_key(2, position(0, 0)),
        ];
        assert!(keys.is_sorted());
        assert_eq!(position_in(&keys[2]), Some(position(256, 0)));
        assert_eq!(position_in(&[1, 2, 3]), None);
    }
}
