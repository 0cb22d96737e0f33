//! Start-up: bringing queues back from the store.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{PartitionId, ScanLimit, ScanRange, Store, Table};
use ninefold_time::Clock;

use crate::directory::Directory;
use crate::queue::QueueParts;
use crate::records::{
    ARRIVALS, EXPIRIES, LEASES, LeaseRecord, MARKS, MESSAGES, MessageRecord, OUTBOX, QUEUES, QueueRecord,
    QueueStatus, REDRIVES, RedriveRecord, TALLIES, Tally, TransferRecord, number_key, position_in,
    position_key,
};
use crate::state::{CacheBudget, Recent, State};
use crate::sweep::Grave;
use crate::{Limits, Position, Queue, QueueConfig, QueueError, RedriveReport};

/// Entries read at a time.
const PAGE: ScanLimit = ScanLimit::entries(1_000);

/// What was found in the store.
pub(crate) struct Recovered {
    pub(crate) directory: Arc<Directory>,
    pub(crate) graves: Vec<Grave>,
    pub(crate) redrives: Vec<RedriveReport>,
    /// The highest number that any queue has or had.
    pub(crate) highest_number: u64,
}

/// Brings back every queue, and finishes what was on its way between them.
pub(crate) async fn recover(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    limits: Limits,
    cache: &Arc<CacheBudget>,
) -> Result<Recovered, QueueError> {
    let mut recovered = Recovered {
        directory: Arc::new(Directory::default()),
        graves: Vec::new(),
        redrives: Vec::new(),
        highest_number: 0,
    };
    let restorer = Restorer {
        store,
        clock,
        limits,
        cache,
        directory: Arc::clone(&recovered.directory),
    };
    let mut queues = Vec::new();
    for partition in store.partitions() {
        for (key, value) in entries(&**store, partition, QUEUES, &[])? {
            let number = number_in(&key)?;
            recovered.highest_number = recovered.highest_number.max(number);
            let record = QueueRecord::decode(value)?;
            match record.status {
                QueueStatus::Deleted => recovered.graves.push(Grave::new(partition, number)),
                QueueStatus::Active => {
                    let queue = restorer.restore(partition, number, record)?;
                    recovered.directory.insert(Arc::clone(&queue));
                    queues.push(queue);
                }
            }
        }
        for (_, value) in entries(&**store, partition, REDRIVES, &[])? {
            recovered.redrives.push(RedriveRecord::decode(value)?.0);
        }
    }
    for source in &queues {
        finish_moves(source, &queues).await?;
    }
    for queue in &queues {
        forget_arrivals(queue)?;
    }
    Ok(recovered)
}

/// Makes queues of what was stored of them.
struct Restorer<'a> {
    store: &'a Arc<dyn Store>,
    clock: &'a Arc<dyn Clock>,
    limits: Limits,
    cache: &'a Arc<CacheBudget>,
    directory: Arc<Directory>,
}

impl Restorer<'_> {
    fn restore(
        &self,
        partition: PartitionId,
        number: u64,
        record: QueueRecord,
    ) -> Result<Arc<Queue>, QueueError> {
        let store = &**self.store;
        let now = self.clock.now();
        let tally = match store.get(partition, TALLIES, &number_key(number))? {
            Some(bytes) => Tally::decode(bytes)?,
            None => Tally::EMPTY,
        };
        let kind = record.config.kind;
        let mut state = State::new(kind, tally, self.limits, Arc::clone(self.cache), Recent::new(now));
        for (key, value) in entries(store, partition, LEASES, &number_key(number))? {
            let position = position_in(&key).ok_or(QueueError::Damaged("lease key"))?;
            if !state.is_purged(position) {
                state.restore_lease(position, LeaseRecord::decode(value)?, now);
            }
        }
        if tally.latest_vesting > now {
            restore_delays(store, partition, number, &record.config, &mut state, now)?;
        }
        state.mark = store.get(partition, MARKS, &number_key(number))?;
        let aged = ScanRange::prefix(number_key(number).to_vec());
        state.holds_aged = !store
            .scan(partition, EXPIRIES, aged, ScanLimit::entries(1))?
            .is_empty();
        let parts = QueueParts {
            number,
            key: record.key,
            config: record.config,
            attachment: record.attachment,
            state,
        };
        let directory = Arc::downgrade(&self.directory);
        Ok(Queue::new(
            parts,
            Arc::clone(self.store),
            Arc::clone(self.clock),
            directory,
        ))
    }
}

/// Counts the messages that have not vested yet: those behind the present moment.
fn restore_delays(
    store: &dyn Store,
    partition: PartitionId,
    number: u64,
    config: &QueueConfig,
    state: &mut State,
    now: ninefold_time::Timestamp,
) -> Result<(), QueueError> {
    let start = Position {
        vesting: now,
        sequence: 0,
    };
    let mut range = ScanRange::between(
        position_key(number, start).to_vec(),
        number_key(number + 1).to_vec(),
    );
    loop {
        let page = store.scan(partition, MESSAGES, range.clone(), PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        range = range.resume_after(last);
        for (key, _) in &page {
            let position = position_in(key).ok_or(QueueError::Damaged("message key"))?;
            if !state.is_purged(position) {
                state.restore_delay(config, position);
            }
        }
    }
}

/// Carries moves to their end that were under way when the server stopped.
async fn finish_moves(source: &Arc<Queue>, queues: &[Arc<Queue>]) -> Result<(), QueueError> {
    for (key, value) in entries(
        source.store(),
        source.partition(),
        OUTBOX,
        &number_key(source.number()),
    )? {
        let position = position_in(&key).ok_or(QueueError::Damaged("outbox key"))?;
        let record = TransferRecord::decode(value)?;
        let destination = queues.iter().find(|queue| queue.number() == record.destination);
        let Some(destination) = destination else {
            // The message stays where it is.
            let mut batch = source.batch();
            batch.delete(OUTBOX, key);
            source.push_relaxed(batch, "the end of a move");
            source.flush();
            continue;
        };
        let stored = source.store().get(source.partition(), MESSAGES, &key)?;
        if let Some(stored) = stored {
            let message = MessageRecord::decode(stored)?;
            source
                .lock()
                .restore_move(position, message.group.as_ref(), message.sent_at);
        }
        destination.lock().restore_reservation(record.position);
        source.deliver(&[(position, record)], destination).await?;
    }
    Ok(())
}

/// Drops the notes of moves that have come to their end.
fn forget_arrivals(queue: &Arc<Queue>) -> Result<(), QueueError> {
    let notes = entries(
        queue.store(),
        queue.partition(),
        ARRIVALS,
        &number_key(queue.number()),
    )?;
    if notes.is_empty() {
        return Ok(());
    }
    let mut batch = queue.batch();
    for (key, _) in notes {
        batch.delete(ARRIVALS, key);
    }
    queue.push_relaxed(batch, "the end of a move");
    queue.flush();
    Ok(())
}

/// Every entry whose key begins with `prefix`. For tables that hold little: queues, leases, moves under way.
fn entries(
    store: &dyn Store,
    partition: PartitionId,
    table: Table,
    prefix: &[u8],
) -> Result<Vec<(Bytes, Bytes)>, QueueError> {
    let mut found = Vec::new();
    let mut range = if prefix.is_empty() {
        ScanRange::all()
    } else {
        ScanRange::prefix(prefix.to_vec())
    };
    loop {
        let page = store.scan(partition, table, range.clone(), PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(found);
        };
        range = range.resume_after(last);
        found.extend(page);
    }
}

fn number_in(key: &[u8]) -> Result<u64, QueueError> {
    let bytes: [u8; 8] = key.try_into().map_err(|_| QueueError::Damaged("queue key"))?;
    Ok(u64::from_be_bytes(bytes))
}
