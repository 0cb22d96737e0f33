//! What happened to an item: the last attempts in memory, and on disk those that did not go well.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::MessageId;
use ninefold_store::{
    Batch, Completion, Durability, PartitionId, ScanLimit, ScanRange, Store, StoreError, Table,
};
use ninefold_time::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::TargetKey;
use crate::courier::Answer;

/// Time, sequence -> [`StoredAttempt`] of an attempt that failed or followed a failure.
pub(crate) const ATTEMPTS: Table = Table::new(20, "delivery.attempts");

/// As many attempts are kept, in memory and on disk.
const KEPT_ATTEMPTS: usize = 65_536;
/// On disk the oldest go so many at a time.
const PRUNED_TOGETHER: usize = 1_024;
/// Of what a target answers, so many bytes are kept.
const ANSWER_BYTES: usize = 512;
/// The format of the stored record.
const FORMAT: u8 = 1;

/// One attempt to deliver one item, as it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The item.
    pub id: MessageId,
    /// Where to.
    pub target: TargetKey,
    /// Which attempt it was, from 1.
    pub number: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// What was answered, shortened.
    pub answer: Answer,
    /// What follows from it.
    pub then: Then,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    /// The item is delivered.
    Delivered,
    /// It is tried again at that time (milliseconds since 1970).
    RetryAt(u64),
    /// It is in the dead-letter queue.
    DeadLettered,
    /// It is dropped: there is no dead-letter queue.
    Dropped,
}

#[derive(Serialize, Deserialize)]
struct StoredAttempt {
    id: String,
    target: Vec<u8>,
    number: u32,
    at: u64,
    took: u64,
    code: Option<u16>,
    text: String,
    then: Then,
}

/// The last attempts.
pub(crate) struct History {
    store: Arc<dyn Store>,
    partition: PartitionId,
    recent: Mutex<Recent>,
}

#[derive(Default)]
struct Recent {
    attempts: VecDeque<Arc<Attempt>>,
    by_item: HashMap<MessageId, Vec<Arc<Attempt>>>,
    stored: VecDeque<[u8; 16]>,
    sequence: u64,
}

impl History {
    /// What the store still knows.
    pub(crate) fn open(store: Arc<dyn Store>, name: &str) -> Result<Self, StoreError> {
        let partition = PartitionId::of(name.as_bytes());
        let history = History {
            store,
            partition,
            recent: Mutex::default(),
        };
        history.read()?;
        Ok(history)
    }

    fn read(&self) -> Result<(), StoreError> {
        let mut range = ScanRange::all();
        loop {
            let page = self.store.scan(
                self.partition,
                ATTEMPTS,
                range.clone(),
                ScanLimit::entries(PRUNED_TOGETHER),
            )?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            range = range.resume_after(last);
            let mut recent = self.recent.lock();
            for (key, stored) in page {
                // What can't be read is of a later version, or damaged: it is only a record of the past.
                let (Ok(key), Some(attempt)) = (<[u8; 16]>::try_from(&*key), decode(&stored)) else {
                    tracing::warn!("a record of a delivery attempt could not be read");
                    continue;
                };
                recent.sequence = recent.sequence.max(sequence_in(&key));
                recent.stored.push_back(key);
                recent.push(Arc::new(attempt));
            }
        }
    }

    /// Notes an attempt. Those that went well at once are noted in memory only.
    pub(crate) fn note(&self, mut attempt: Attempt) {
        shorten(&mut attempt.answer.text);
        let went_well = attempt.number == 1 && attempt.then == Then::Delivered;
        let batch = {
            let mut recent = self.recent.lock();
            let batch = (!went_well).then(|| self.stored(&mut recent, &attempt));
            recent.push(Arc::new(attempt));
            batch
        };
        if let Some(batch) = batch {
            let completion: Completion = Box::new(|result| {
                if let Err(error) = result {
                    tracing::warn!(%error, "a delivery attempt could not be recorded");
                }
            });
            self.store.submit(batch, Durability::Relaxed, completion);
        }
    }

    fn stored(&self, recent: &mut Recent, attempt: &Attempt) -> Batch {
        recent.sequence += 1;
        let key = key(attempt.at, recent.sequence);
        let mut batch = Batch::new(self.partition);
        batch.put(ATTEMPTS, key, encode(attempt));
        recent.stored.push_back(key);
        if recent.stored.len() >= KEPT_ATTEMPTS + PRUNED_TOGETHER {
            for old in recent.stored.drain(..PRUNED_TOGETHER) {
                batch.delete(ATTEMPTS, old);
            }
        }
        batch
    }

    /// What is known of an item, oldest first.
    pub(crate) fn of(&self, id: MessageId) -> Vec<Arc<Attempt>> {
        self.recent.lock().by_item.get(&id).cloned().unwrap_or_default()
    }

    /// The last attempts, newest first.
    pub(crate) fn last(&self, limit: usize) -> Vec<Arc<Attempt>> {
        self.recent
            .lock()
            .attempts
            .iter()
            .rev()
            .take(limit)
            .cloned()
            .collect()
    }
}

impl Recent {
    fn push(&mut self, attempt: Arc<Attempt>) {
        if self.attempts.len() == KEPT_ATTEMPTS
            && let Some(oldest) = self.attempts.pop_front()
            && let Some(of_item) = self.by_item.get_mut(&oldest.id)
        {
            of_item.retain(|attempt| !Arc::ptr_eq(attempt, &oldest));
            if of_item.is_empty() {
                self.by_item.remove(&oldest.id);
            }
        }
        self.by_item
            .entry(attempt.id)
            .or_default()
            .push(Arc::clone(&attempt));
        self.attempts.push_back(attempt);
    }
}

fn shorten(text: &mut String) {
    if text.len() > ANSWER_BYTES {
        let end = (0..=ANSWER_BYTES).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
    }
}

fn key(at: Timestamp, sequence: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&at.as_millis().to_be_bytes());
    key[8..].copy_from_slice(&sequence.to_be_bytes());
    key
}

fn sequence_in(key: &[u8; 16]) -> u64 {
    u64::from_be_bytes(key[8..].try_into().expect("eight bytes are left"))
}

fn encode(attempt: &Attempt) -> Bytes {
    let stored = StoredAttempt {
        id: format!("{:032x}", attempt.id.0),
        target: attempt.target.0.to_vec(),
        number: attempt.number,
        at: attempt.at.as_millis(),
        took: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
        code: attempt.answer.code,
        text: attempt.answer.text.clone(),
        then: attempt.then,
    };
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, &stored).expect("numbers and strings are always JSON");
    Bytes::from(bytes)
}

fn decode(bytes: &[u8]) -> Option<Attempt> {
    let stored: StoredAttempt = match bytes.split_first() {
        Some((&FORMAT, json)) => serde_json::from_slice(json).ok()?,
        _ => return None,
    };
    Some(Attempt {
        id: MessageId(u128::from_str_radix(&stored.id, 16).ok()?),
        target: TargetKey(stored.target.into()),
        number: stored.number,
        at: Timestamp::from_millis(stored.at),
        took: Duration::from_millis(stored.took),
        answer: Answer {
            code: stored.code,
            text: stored.text,
        },
        then: stored.then,
    })
}
