//! Names, and the keys of the queues behind them.

use bytes::Bytes;
use ninefold_log::PartitionNumber;
use ninefold_queue::QueueKey;

/// No door can name a queue whose key begins with this.
const QUEUE_PREFIX: &[u8] = b"\0share/";

/// Likewise, of the queues of dead letters.
const DEAD_LETTERS_PREFIX: &[u8] = b"\0dead-letters/";

/// Who shares records: an opaque name, chosen by the door.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub Bytes);

/// One partition, as one group shares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareKey {
    /// The group.
    pub group: Group,
    /// The partition.
    pub partition: PartitionNumber,
}

impl ShareKey {
    pub(crate) fn queue_key(&self) -> QueueKey {
        let partition = self.partition.get().to_be_bytes();
        QueueKey(Bytes::from([&*group_prefix(&self.group), &partition].concat()))
    }

    /// The key of the queue behind the share's dead letters.
    pub(crate) fn dead_letters_key(&self) -> QueueKey {
        let named = self.queue_key().0;
        let named = named.strip_prefix(QUEUE_PREFIX).unwrap_or_default();
        QueueKey(Bytes::from([DEAD_LETTERS_PREFIX, named].concat()))
    }

    /// The share that a queue is behind.
    pub(crate) fn of_queue(key: &QueueKey) -> Option<Self> {
        let named = key.0.strip_prefix(QUEUE_PREFIX)?;
        let (length, named) = named.split_first_chunk::<4>()?;
        let (group, partition) = named.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        Some(ShareKey {
            group: Group(key.0.slice_ref(group)),
            partition: PartitionNumber::new(u64::from_be_bytes(partition.try_into().ok()?)),
        })
    }
}

/// What the keys of all queues of all groups begin with.
pub(crate) fn prefix() -> &'static [u8] {
    QUEUE_PREFIX
}

/// What the keys of a group's queues begin with. The length comes first, so that no group's name begins another's keys.
pub(crate) fn group_prefix(group: &Group) -> Vec<u8> {
    let length = u32::try_from(group.0.len()).expect("doors limit names far below 4 GiB");
    [QUEUE_PREFIX, &length.to_be_bytes(), &group.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_written() {
        for group in ["", "a", "a/b\0"] {
            let key = ShareKey {
                group: Group(Bytes::from(group)),
                partition: PartitionNumber::new(7),
            };
            let dead_letters = key.dead_letters_key();
            assert!(dead_letters.0.ends_with(&key.queue_key().0[QUEUE_PREFIX.len()..]));
            assert_eq!(ShareKey::of_queue(&dead_letters), None);
            assert_eq!(ShareKey::of_queue(&key.queue_key()), Some(key));
        }
        assert_eq!(ShareKey::of_queue(&QueueKey(Bytes::from_static(b"orders"))), None);
    }

    #[test]
    fn no_group_has_the_keys_of_another() {
        let (short, long) = (Group(Bytes::from_static(b"a")), Group(Bytes::from_static(b"ab")));
        assert!(!group_prefix(&long).starts_with(&group_prefix(&short)));
    }
}
