//! Deduplication: what was sent within the last five minutes, by fingerprint.
//!
//! The store holds every entry in windows of five minutes, so that whole windows are dropped. The most recent
//! entries are in memory too, among them those whose commit is still under way.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use ninefold_time::Timestamp;

use crate::{MessageId, QueueError, Sent};

/// How long a deduplication id stays taken.
pub(crate) const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(300);
/// The most entries kept in memory a queue.
const RECENT_LIMIT: usize = 50_000;

/// A message accepted under a deduplication id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) sent: Sent,
    pub(crate) at: Timestamp,
}

/// The entries in memory.
#[derive(Debug)]
pub(crate) struct Recent {
    accepted: HashMap<u128, Accepted>,
    oldest_first: VecDeque<(Timestamp, u128)>,
    /// Every entry accepted at or after this time is in memory.
    complete_since: Timestamp,
}

/// What memory knows about a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Duplicate(Sent),
    New,
    /// Only the store can tell.
    Unknown,
}

impl Recent {
    /// Entries older than `now` may be in the store.
    pub(crate) fn new(now: Timestamp) -> Self {
        Recent {
            accepted: HashMap::new(),
            oldest_first: VecDeque::new(),
            complete_since: now,
        }
    }

    pub(crate) fn look_up(&self, fingerprint: u128, now: Timestamp) -> Lookup {
        match self.accepted.get(&fingerprint) {
            Some(accepted) if accepted.is_in_force(now) => Lookup::Duplicate(accepted.sent),
            Some(_) => Lookup::New,
            None if self.complete_since <= now - DEDUPLICATION_WINDOW => Lookup::New,
            None => Lookup::Unknown,
        }
    }

    pub(crate) fn insert(&mut self, fingerprint: u128, accepted: Accepted) {
        self.accepted.insert(fingerprint, accepted);
        self.oldest_first.push_back((accepted.at, fingerprint));
        while let Some((at, fingerprint)) = self.oldest_first.front().copied() {
            let outdated = at + DEDUPLICATION_WINDOW <= accepted.at;
            if !outdated && self.oldest_first.len() <= RECENT_LIMIT {
                break;
            }
            self.oldest_first.pop_front();
            if self
                .accepted
                .get(&fingerprint)
                .is_some_and(|entry| entry.at == at)
            {
                self.accepted.remove(&fingerprint);
            }
            self.complete_since = self.complete_since.max(at + Duration::from_millis(1));
        }
    }
}

impl Accepted {
    pub(crate) fn is_in_force(&self, now: Timestamp) -> bool {
        now < self.at + DEDUPLICATION_WINDOW
    }

    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend_from_slice(&self.sent.id.0.to_be_bytes());
        bytes.extend_from_slice(&self.sent.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.at.as_millis().to_be_bytes());
        Bytes::from(bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, QueueError> {
        let bytes: &[u8; 32] = bytes
            .try_into()
            .map_err(|_| QueueError::Damaged("deduplication"))?;
        let id = u128::from_be_bytes(bytes[..16].try_into().expect("16 bytes"));
        let sequence = u64::from_be_bytes(bytes[16..24].try_into().expect("8 bytes"));
        let at = u64::from_be_bytes(bytes[24..].try_into().expect("8 bytes"));
        Ok(Accepted {
            sent: Sent {
                id: MessageId(id),
                sequence,
            },
            at: Timestamp::from_millis(at),
        })
    }
}

/// The number of the window that a time lies in.
pub(crate) fn window(time: Timestamp) -> u32 {
    u32::try_from(time.as_secs() / DEDUPLICATION_WINDOW.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(at: Timestamp) -> Accepted {
        Accepted {
            sent: Sent {
                id: MessageId(1),
                sequence: 2,
            },
            at,
        }
    }

    #[test]
    fn an_entry_reads_back_as_written() {
        let entry = accepted(Timestamp::from_millis(77));
        assert_eq!(Accepted::decode(&entry.encode()).unwrap(), entry);
        assert!(Accepted::decode(&[0; 31]).is_err());
    }

    #[test]
    fn an_id_is_free_again_after_the_window() {
        let start = Timestamp::from_secs(10_000);
        let mut recent = Recent::new(Timestamp::EPOCH);
        assert_eq!(recent.look_up(5, start), Lookup::New);
        recent.insert(5, accepted(start));
        let last = start + DEDUPLICATION_WINDOW - Duration::from_millis(1);
        assert_eq!(recent.look_up(5, last), Lookup::Duplicate(accepted(start).sent));
        assert_eq!(recent.look_up(5, start + DEDUPLICATION_WINDOW), Lookup::New);
    }

    #[test]
    fn what_memory_may_have_forgotten_is_unknown() {
        let start = Timestamp::from_secs(10_000);
        let mut recent = Recent::new(start);
        assert_eq!(recent.look_up(5, start), Lookup::Unknown);
        for fingerprint in 0..=RECENT_LIMIT as u128 {
            recent.insert(fingerprint, accepted(start + DEDUPLICATION_WINDOW));
        }
        assert_eq!(recent.look_up(0, start + DEDUPLICATION_WINDOW), Lookup::Unknown);
    }
}
