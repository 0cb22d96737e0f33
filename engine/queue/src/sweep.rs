//! Sweeping: what has to happen although nobody asks. Bounded work at a time, every second.

use std::sync::Arc;
use std::time::Duration;

use ninefold_store::{Batch, Durability, PartitionId, ScanLimit, ScanRange, Store, Table, commit};
use ninefold_time::Timestamp;

use crate::queue::settled;
use crate::records::{
    ARRIVALS, DEDUPLICATION, EXPIRIES, Garbage, LEASES, MARKS, MESSAGES, MessageRecord, OUTBOX, QUEUES,
    REDRIVES, TALLIES, deduplication_window_key, number_key, position_in, position_key,
};
use crate::state::{Removal, window};
use crate::{Position, Queue, QueueError};

/// Entries handled at a time.
const PAGE_ENTRIES: usize = 1_000;
/// Bytes of messages read at a time.
const PAGE_BYTES: usize = 4 << 20;
/// Pages handled in one sweep of one queue.
const PAGES: usize = 20;

/// The tables that hold what is in a queue.
const CONTENTS: [Table; 7] = [
    MESSAGES,
    LEASES,
    DEDUPLICATION,
    OUTBOX,
    ARRIVALS,
    EXPIRIES,
    REDRIVES,
];

/// A deleted queue whose records are still to be removed.
#[derive(Debug)]
pub(crate) struct Grave {
    partition: PartitionId,
    number: u64,
}

impl Queue {
    /// Lets leases lapse, drops messages past their retention time, and removes what a purge has left.
    pub(crate) async fn sweep(self: &Arc<Self>) -> Result<(), QueueError> {
        let now = self.clock().now();
        let lapsed = self.lock_active()?.lapse(now);
        self.announce(lapsed);
        self.drop_outdated(now).await?;
        self.drop_aged(now).await?;
        self.drop_garbage()?;
        self.drop_deduplication(now).await
    }

    /// Messages past their retention time, from the front of the queue.
    async fn drop_outdated(self: &Arc<Self>, now: Timestamp) -> Result<(), QueueError> {
        let config = self.config();
        let retention = Duration::from_secs(u64::from(config.retention_seconds));
        for _ in 0..PAGES {
            let mut outdated = {
                let mut state = self.lock_active()?;
                if state
                    .lowest_vesting()
                    .is_none_or(|vesting| vesting + retention > now)
                {
                    return Ok(());
                }
                state.take_outdated(&config, now, PAGE_ENTRIES)
            };
            if outdated.is_empty() {
                outdated = self.take_outdated_behind(now, retention)?;
            }
            if outdated.is_empty() {
                return Ok(());
            }
            let outcome = self.push_removals(&self.lock(), outdated);
            self.flush();
            settled(outcome).await?;
        }
        Ok(())
    }

    /// Messages past their retention time that are not loaded.
    fn take_outdated_behind(&self, now: Timestamp, retention: Duration) -> Result<Vec<Removal>, QueueError> {
        let frontier = self.lock_active()?.frontier();
        let range = ScanRange::between(
            position_key(self.number(), frontier).to_vec(),
            number_key(self.number() + 1).to_vec(),
        );
        let limit = ScanLimit {
            entries: PAGE_ENTRIES,
            bytes: PAGE_BYTES,
        };
        let mut outdated = Vec::new();
        let mut passed = None;
        for (key, value) in self.store().scan(self.partition(), MESSAGES, range, limit)? {
            let position = position_in(&key).ok_or(QueueError::Damaged("message key"))?;
            let message = MessageRecord::decode(value)?;
            if message.sent_at + retention > now {
                break;
            }
            passed = Some(position);
            let mut state = self.lock_active()?;
            if state.is_behind(position) {
                state.remove_behind(position, message.group.as_ref());
                outdated.push(Removal {
                    position,
                    sent_at: message.sent_at,
                    received: true,
                });
            }
        }
        if let Some(until) = passed {
            self.lock().pass_over(frontier, until, now);
        }
        Ok(outdated)
    }

    /// Messages past their retention time that came from another queue and are older than their positions say.
    async fn drop_aged(self: &Arc<Self>, now: Timestamp) -> Result<(), QueueError> {
        if !self.lock_active()?.holds_aged {
            return Ok(());
        }
        let retention = Duration::from_secs(u64::from(self.config().retention_seconds));
        let range = ScanRange::prefix(number_key(self.number()).to_vec());
        let page = self.store().scan(
            self.partition(),
            EXPIRIES,
            range,
            ScanLimit::entries(PAGE_ENTRIES),
        )?;
        let mut stale = self.batch();
        let mut outdated = Vec::new();
        for (key, _) in &page {
            let (sent_at, position) = expiry_in(key).ok_or(QueueError::Damaged("expiry key"))?;
            if sent_at + retention > now {
                break;
            }
            match self.take_out_aged(position, sent_at)? {
                Some(removal) => outdated.push(removal),
                None => stale.delete(EXPIRIES, key),
            }
        }
        if page.is_empty() {
            self.lock().holds_aged = false;
        }
        if !stale.is_empty() {
            self.push_relaxed(stale, "a sweep");
        }
        if outdated.is_empty() {
            self.flush();
            return Ok(());
        }
        let outcome = self.push_removals(&self.lock(), outdated);
        self.flush();
        Ok(settled(outcome).await?)
    }

    fn take_out_aged(&self, position: Position, sent_at: Timestamp) -> Result<Option<Removal>, QueueError> {
        let mut state = self.lock_active()?;
        if state.is_tracked(position) {
            return Ok(if state.is_moving(position) {
                None
            } else {
                state.remove(position)
            });
        }
        if !state.is_behind(position) {
            return Ok(None);
        }
        let key = position_key(self.number(), position);
        let Some(stored) = self.store().get(self.partition(), MESSAGES, &key)? else {
            return Ok(None);
        };
        state.remove_behind(position, MessageRecord::decode(stored)?.group.as_ref());
        Ok(Some(Removal {
            position,
            sent_at,
            received: true,
        }))
    }

    /// What a purge has left in the store: releases before range deletion removed it bit by bit.
    fn drop_garbage(self: &Arc<Self>) -> Result<(), QueueError> {
        let mut state = self.lock_active()?;
        let Some(Garbage { from, until }) = state.garbage() else {
            return Ok(());
        };
        // Until then there may be messages in between.
        if state.tally().lowest < until {
            return Ok(());
        }
        state.forget_garbage();
        let mut batch = self.batch_with_tally(&state);
        self.delete_stored_range(&mut batch, from..until);
        self.push_relaxed(batch, "a sweep");
        drop(state);
        self.flush();
        Ok(())
    }

    /// Deduplication windows that have passed.
    async fn drop_deduplication(self: &Arc<Self>, now: Timestamp) -> Result<(), QueueError> {
        let previous = window(now).saturating_sub(1);
        let swept = self.lock_active()?.swept_window;
        if !self.is_fifo() || swept == previous {
            return Ok(());
        }
        // What was removed is not gone past again.
        let passed = ScanRange::between(
            deduplication_window_key(self.number(), swept).to_vec(),
            deduplication_window_key(self.number(), previous).to_vec(),
        );
        let limit = ScanLimit::entries(1);
        let first = self
            .store()
            .scan(self.partition(), DEDUPLICATION, passed.clone(), limit)?;
        if !first.is_empty() {
            let mut batch = self.batch();
            batch.delete_range(DEDUPLICATION, &passed);
            commit(self.store(), batch, Durability::Relaxed).await?;
        }
        self.lock().swept_window = previous;
        Ok(())
    }
}

impl Grave {
    pub(crate) fn new(partition: PartitionId, number: u64) -> Self {
        Grave { partition, number }
    }

    /// Removes what is left of a deleted queue.
    pub(crate) async fn sweep(&self, store: &dyn Store) -> Result<(), QueueError> {
        let mut batch = Batch::new(self.partition);
        let of_queue = ScanRange::prefix(number_key(self.number).to_vec());
        for table in CONTENTS {
            batch.delete_range(table, &of_queue);
        }
        batch.delete(TALLIES, number_key(self.number));
        batch.delete(MARKS, number_key(self.number));
        batch.delete(QUEUES, number_key(self.number));
        Ok(commit(store, batch, Durability::Relaxed).await?)
    }
}

fn expiry_in(key: &[u8]) -> Option<(Timestamp, Position)> {
    let sent_at = u64::from_be_bytes(key.get(8..16)?.try_into().ok()?);
    Some((Timestamp::from_millis(sent_at), position_in(key)?))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use ninefold_store::MemoryStore;
    use ninefold_time::{Clock, ManualClock};

    use super::*;
    use crate::records::Tally;
    use crate::{Limits, MessageId, NewMessage, QueueConfig, QueueEngine, QueueKey, QueueKind};

    fn message(number: u128) -> NewMessage {
        NewMessage {
            id: MessageId(number),
            payload: Bytes::new(),
            group: None,
            deduplication: None,
            delay_seconds: None,
        }
    }

    /// As releases left it that did not delete ranges yet.
    #[tokio::test]
    async fn what_an_earlier_release_has_left_of_a_purge_is_removed() {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let open = || QueueEngine::open(store.clone(), Arc::new(clock.clone()), Limits::default());
        let key = QueueKey(Bytes::from_static(b"queue"));
        let config = QueueConfig {
            kind: QueueKind::Standard,
            delay_seconds: 0,
            visibility_timeout_seconds: 30,
            retention_seconds: 345_600,
            in_flight_limit: 10,
            dead_letter: None,
        };
        let engine = open().await.unwrap();
        let queue = engine.create(key.clone(), config, Bytes::new()).await.unwrap();
        queue.send(vec![message(1), message(2)]).await.unwrap();
        let before = queue.lock().tally();
        let tally = Tally {
            total: 0,
            purged_below: 3,
            garbage: Some(Garbage {
                from: before.lowest,
                until: Position {
                    vesting: clock.now(),
                    sequence: u64::MAX,
                },
            }),
            ..before
        };
        let mut batch = queue.batch();
        batch.put(TALLIES, number_key(queue.number()), tally.encode());
        commit(queue.store(), batch, Durability::Durable).await.unwrap();

        let queue = open().await.unwrap().queue(&key).unwrap();
        clock.advance(Duration::from_secs(1));
        queue.send(vec![message(3)]).await.unwrap();
        queue.sweep().await.unwrap();
        let stored = queue
            .store()
            .scan(
                queue.partition(),
                MESSAGES,
                ScanRange::all(),
                ScanLimit::entries(9),
            )
            .unwrap();
        assert_eq!(stored.len(), 1);
        assert_eq!(queue.counts().visible, 1);
        assert_eq!(queue.lock().garbage(), None);
    }
}
