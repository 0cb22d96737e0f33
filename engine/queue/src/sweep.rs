//! Sweeping: what has to happen although nobody asks. Bounded work at a time, every second.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, PartitionId, ScanLimit, ScanRange, Store, Table, commit};
use ninefold_time::Timestamp;

use crate::queue::settled;
use crate::records::{
    ARRIVALS, DEDUPLICATION, EXPIRIES, Garbage, LEASES, MESSAGES, MessageRecord, OUTBOX, QUEUES, REDRIVES,
    TALLIES, deduplication_window_key, number_key, position_in, position_key,
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
    /// For each table of [`CONTENTS`] the last key removed: going past what is removed already, again and again, would
    /// take longer and longer.
    emptied_until: [Option<Bytes>; CONTENTS.len()],
}

impl Queue {
    /// Lets leases lapse, drops messages past their retention time, and removes what a purge has left.
    pub(crate) async fn sweep(self: &Arc<Self>) -> Result<(), QueueError> {
        let now = self.clock().now();
        let lapsed = self.lock_active()?.lapse(now);
        self.announce(lapsed);
        self.drop_outdated(now).await?;
        self.drop_aged(now).await?;
        self.drop_garbage().await?;
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

    /// What a purge has left in the store.
    async fn drop_garbage(self: &Arc<Self>) -> Result<(), QueueError> {
        for _ in 0..PAGES {
            let Some(garbage) = self.lock_active()?.garbage() else {
                return Ok(());
            };
            let (messages, reached) = self.purged_page(MESSAGES, garbage)?;
            let (leases, _) = self.purged_page(
                LEASES,
                Garbage {
                    until: reached,
                    ..garbage
                },
            )?;
            let outcome = {
                let mut state = self.lock_active()?;
                // A purge in the meantime has widened the range.
                let until = state.garbage().map_or(garbage.until, |current| current.until);
                let rest = Garbage { from: reached, until };
                state.set_garbage((rest.from < rest.until).then_some(rest));
                let mut batch = self.batch_with_tally(&state);
                for key in messages {
                    batch.delete(MESSAGES, key);
                }
                for key in leases {
                    batch.delete(LEASES, key);
                }
                self.push_durable(batch, |_, _| ())
            };
            self.flush();
            settled(outcome).await?;
        }
        Ok(())
    }

    /// Keys of purged messages in a table, and the position up to which there are no more.
    fn purged_page(&self, table: Table, garbage: Garbage) -> Result<(Vec<Bytes>, Position), QueueError> {
        let range = ScanRange::between(
            position_key(self.number(), garbage.from).to_vec(),
            position_key(self.number(), garbage.until).to_vec(),
        );
        let page = self
            .store()
            .scan(self.partition(), table, range, ScanLimit::entries(PAGE_ENTRIES))?;
        let reached = match page.last() {
            Some((key, _)) => position_in(key).ok_or(QueueError::Damaged("message key"))?.next(),
            None => garbage.until,
        };
        let state = self.lock();
        let keys = page
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| position_in(key).is_some_and(|position| state.is_purged(position)))
            .collect();
        Ok((keys, reached))
    }

    /// Deduplication windows that have passed.
    async fn drop_deduplication(self: &Arc<Self>, now: Timestamp) -> Result<(), QueueError> {
        let previous = window(now).saturating_sub(1);
        if !self.is_fifo() || self.lock_active()?.swept_window == previous {
            return Ok(());
        }
        let mut range = ScanRange::between(
            number_key(self.number()).to_vec(),
            deduplication_window_key(self.number(), previous).to_vec(),
        );
        // What was removed is not gone past again.
        if let Some(key) = &self.lock().swept_deduplication {
            range = range.resume_after(key);
        }
        for _ in 0..PAGES {
            let limit = ScanLimit::entries(PAGE_ENTRIES);
            let page = self
                .store()
                .scan(self.partition(), DEDUPLICATION, range.clone(), limit)?;
            let Some((last, _)) = page.last().cloned() else {
                self.lock().swept_window = previous;
                return Ok(());
            };
            let mut batch = self.batch();
            for (key, _) in page {
                batch.delete(DEDUPLICATION, key);
            }
            commit(self.store(), batch, Durability::Relaxed).await?;
            range = range.resume_after(&last);
            self.lock().swept_deduplication = Some(last);
        }
        Ok(())
    }
}

impl Grave {
    pub(crate) fn new(partition: PartitionId, number: u64) -> Self {
        Grave {
            partition,
            number,
            emptied_until: [const { None }; CONTENTS.len()],
        }
    }

    /// Removes some of what is left of a deleted queue; says whether that was all.
    pub(crate) async fn sweep(&mut self, store: &dyn Store) -> Result<bool, QueueError> {
        for _ in 0..PAGES {
            let mut batch = Batch::new(self.partition);
            let mut emptied_until = self.emptied_until.clone();
            for (table, emptied_until) in CONTENTS.into_iter().zip(&mut emptied_until) {
                let mut range = ScanRange::prefix(number_key(self.number).to_vec());
                if let Some(key) = emptied_until {
                    range = range.resume_after(key);
                }
                for (key, _) in store.scan(self.partition, table, range, ScanLimit::entries(PAGE_ENTRIES))? {
                    batch.delete(table, &key);
                    *emptied_until = Some(key);
                }
            }
            let emptied = batch.is_empty();
            if emptied {
                batch.delete(TALLIES, number_key(self.number));
                batch.delete(QUEUES, number_key(self.number));
            }
            commit(store, batch, Durability::Relaxed).await?;
            if emptied {
                return Ok(true);
            }
            self.emptied_until = emptied_until;
        }
        Ok(false)
    }
}

fn expiry_in(key: &[u8]) -> Option<(Timestamp, Position)> {
    let sent_at = u64::from_be_bytes(key.get(8..16)?.try_into().ok()?);
    Some((Timestamp::from_millis(sent_at), position_in(key)?))
}
