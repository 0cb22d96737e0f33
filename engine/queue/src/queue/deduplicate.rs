//! Deduplication of what is sent to a FIFO queue.

use ninefold_store::Batch;
use ninefold_time::Timestamp;
use xxhash_rust::xxh3::Xxh3;

use super::Queue;
use crate::records::{DEDUPLICATION, deduplication_key};
use crate::state::{Accepted, Lookup, State, window};
use crate::{DeduplicationScope, NewMessage, QueueError, Sent};

/// Whether a message was sent before.
pub(super) enum Duplication {
    /// The queue doesn't ask.
    Irrelevant,
    /// It was not; this is its fingerprint.
    New(u128),
    /// It was, as this one.
    Duplicate(Sent),
}

impl Queue {
    pub(super) fn look_up_duplicate(
        &self,
        state: &State,
        scope: DeduplicationScope,
        message: &NewMessage,
        now: Timestamp,
    ) -> Result<Duplication, QueueError> {
        let Some(fingerprint) = fingerprint(scope, message) else {
            return Ok(Duplication::Irrelevant);
        };
        let known = match state.recent.look_up(fingerprint, now) {
            Lookup::Duplicate(sent) => Some(sent),
            Lookup::New => None,
            Lookup::Unknown => self.look_up_stored(fingerprint, now)?,
        };
        Ok(known.map_or(Duplication::New(fingerprint), Duplication::Duplicate))
    }

    fn look_up_stored(&self, fingerprint: u128, now: Timestamp) -> Result<Option<Sent>, QueueError> {
        let current = window(now);
        for window in [current, current.saturating_sub(1)] {
            let key = deduplication_key(self.number, window, fingerprint);
            if let Some(bytes) = self.store.get(self.partition, DEDUPLICATION, &key)? {
                let accepted = Accepted::decode(&bytes)?;
                if accepted.is_in_force(now) {
                    return Ok(Some(accepted.sent));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn remember(
        &self,
        state: &mut State,
        fingerprint: u128,
        sent: Sent,
        now: Timestamp,
        batch: &mut Batch,
    ) {
        let accepted = Accepted { sent, at: now };
        state.recent.insert(fingerprint, accepted);
        let key = deduplication_key(self.number, window(now), fingerprint);
        batch.put(DEDUPLICATION, key, accepted.encode());
    }
}

/// A hash of the deduplication id within its scope.
fn fingerprint(scope: DeduplicationScope, message: &NewMessage) -> Option<u128> {
    let id = message.deduplication.as_deref()?;
    let mut hash = Xxh3::new();
    if let (DeduplicationScope::MessageGroup, Some(group)) = (scope, message.group.as_deref()) {
        hash.update(&(group.len() as u64).to_be_bytes());
        hash.update(group.as_bytes());
    }
    hash.update(id.as_bytes());
    Some(hash.digest128())
}
