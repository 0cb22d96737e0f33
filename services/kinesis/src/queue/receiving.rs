//! Receiving records of a queue, and waiting for them.

use std::sync::Arc;
use std::time::Duration;

use ninefold_protocol::ServiceError;
use ninefold_record_batch::Record;
use ninefold_share::{AcquireRequest, Acquired, Lease, MemberId, Receipt, Verdict, Watching};
use ninefold_time::Timestamp;
use tokio::sync::Notify;

use super::open::{OpenQueue, QueueShard, Side};
use super::{Queue, ReceiptHandle};
use crate::KinesisDoor;
use crate::arn::QueueArn;
use crate::errors;
use crate::limits::{QUEUE_IN_FLIGHT, REQUEST_BYTES};
use crate::reading::{damaged, size};
use crate::stream::StreamView;

/// A compressed batch, which only other doors append, is taken apart up to this size.
const DECOMPRESSED_BYTES: usize = 64 << 20;
/// How often records that are too old are passed over in one shard for one call.
const ATTEMPTS: usize = 64;

/// A wish for records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) side: Side,
    pub(crate) limit: usize,
    /// If it isn't the queue's.
    pub(crate) visibility_seconds: Option<u32>,
    pub(crate) give_up_at: Timestamp,
}

/// A record as it is received.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) handle: ReceiptHandle,
    pub(crate) record: Record,
    pub(crate) lease: Lease,
}

impl KinesisDoor {
    /// Receives records, as soon as there are any.
    pub(crate) async fn receive(&self, arn: &QueueArn, wish: &Wish) -> Result<Vec<Delivery>, ServiceError> {
        let (mut queues, mut streams) = (self.queues.changes(), self.streams().changes());
        loop {
            queues.mark_unchanged();
            streams.mark_unchanged();
            let queue = self.queue_now(arn)?;
            let open = self.queues.opened(&queue, self.now_milliseconds()).await?;
            // It may have other shards then, or be gone.
            let changed = async {
                tokio::select! {
                    _ = queues.changed() => (),
                    _ = streams.changed() => (),
                }
            };
            if let Some(received) = self.receive_as_it_is(&queue, &open, wish, changed).await? {
                return Ok(received);
            }
        }
    }

    /// As [`KinesisDoor::receive`], until `changed`.
    async fn receive_as_it_is(
        &self,
        queue: &Queue,
        open: &OpenQueue,
        wish: &Wish,
        changed: impl Future<Output = ()>,
    ) -> Result<Option<Vec<Delivery>>, ServiceError> {
        tokio::pin!(changed);
        let notify = Arc::new(Notify::new());
        let _watching: Vec<Watching<'_>> = open
            .shards
            .iter()
            .map(|shard| shard.watch(wish.side, &notify))
            .collect();
        loop {
            let received = self.receive_now(queue, open, wish).await?;
            let now = self.clock.now();
            if !received.is_empty() || now >= wish.give_up_at {
                return Ok(Some(received));
            }
            let next_events = open.shards.iter().filter_map(|shard| shard.next_event(wish.side));
            let next_event = next_events.filter(|event| *event > now).min();
            let wake_at = next_event.map_or(wish.give_up_at, |event| event.min(wish.give_up_at));
            tokio::select! {
                () = notify.notified() => (),
                () = self.clock.sleep_until(wake_at) => (),
                // Only here: what was acquired is to be given.
                () = &mut changed => return Ok(None),
            }
        }
    }

    async fn receive_now(
        &self,
        queue: &Queue,
        open: &OpenQueue,
        wish: &Wish,
    ) -> Result<Vec<Delivery>, ServiceError> {
        if open.in_flight() >= QUEUE_IN_FLIGHT {
            return Err(errors::too_many_in_flight(&queue.arn));
        }
        let visibility_seconds = wish.visibility_seconds.unwrap_or(open.record.visibility_seconds);
        let mut taking = Taking {
            queue,
            side: wish.side,
            limit: wish.limit,
            visibility: Duration::from_secs(visibility_seconds.into()),
            horizon: horizon(&open.view, self.now_milliseconds()),
            bytes: 0,
            received: Vec::new(),
        };
        for shard in open.in_turn() {
            match taking.take_of(shard).await {
                // What has been received so far is to be given.
                Err(error) if taking.received.is_empty() => return Err(error),
                _ => (),
            }
            if taking.is_full() {
                break;
            }
        }
        Ok(taking.received)
    }
}

impl OpenQueue {
    /// Lets go of records that the stream doesn't retain any more.
    pub(super) async fn let_go(&self, now_milliseconds: u64) -> Result<(), ServiceError> {
        let horizon = horizon(&self.view, now_milliseconds);
        for shard in &self.shards {
            shard.let_go(horizon).await?;
        }
        Ok(())
    }
}

/// Records of before then are not received any more.
fn horizon(view: &StreamView, now_milliseconds: u64) -> i64 {
    let horizon = view.horizon_milliseconds(now_milliseconds).unwrap_or(0);
    i64::try_from(horizon).unwrap_or(i64::MAX)
}

impl QueueShard {
    async fn let_go(&self, horizon: i64) -> Result<(), ServiceError> {
        let partition = self.share.partition();
        let first = partition.offset_for_time(horizon).await;
        let first = first.map_err(|error| errors::from_read(&error))?;
        let offset = first.map_or_else(|| partition.end_offset(), |first| first.offset);
        self.share.let_go_before(offset);
        Ok(())
    }
}

/// What is taken of shards, one after the other.
struct Taking<'a> {
    queue: &'a Queue,
    side: Side,
    limit: usize,
    visibility: Duration,
    horizon: i64,
    bytes: usize,
    received: Vec<Delivery>,
}

impl Taking<'_> {
    fn is_full(&self) -> bool {
        self.received.len() >= self.limit || self.bytes >= REQUEST_BYTES
    }

    async fn take_of(&mut self, shard: &QueueShard) -> Result<(), ServiceError> {
        for _ in 0..ATTEMPTS {
            let acquired = self.acquire(shard).await?;
            if acquired.is_empty() {
                return Ok(());
            }
            let too_old = self.add(shard, &acquired)?;
            if too_old.is_empty() {
                return Ok(());
            }
            self.pass_over(shard, &too_old).await?;
            if self.is_full() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn acquire(&self, shard: &QueueShard) -> Result<Acquired, ServiceError> {
        let max_records = self.limit - self.received.len();
        let max_bytes = REQUEST_BYTES - self.bytes;
        let acquired = match self.side {
            Side::Records => {
                let request = AcquireRequest {
                    // Who has a record is who has its receipt handle.
                    member: MemberId("".into()),
                    max_records,
                    max_bytes,
                    lease: self.visibility,
                };
                shard.share.acquire(&request).await
            }
            Side::DeadLetters => {
                let acquired = shard
                    .share
                    .acquire_dead_letters(max_records, max_bytes, self.visibility);
                acquired.await
            }
        };
        acquired.map_err(|error| errors::from_share(&error, &self.queue.arn))
    }

    /// Adds what was acquired; returns what of it is too old.
    fn add(&mut self, shard: &QueueShard, acquired: &Acquired) -> Result<Vec<(i64, Receipt)>, ServiceError> {
        let mut too_old = Vec::new();
        for batch in &acquired.batches {
            let mut leases = batch.leases.iter().peekable();
            let records = batch.batch.records(DECOMPRESSED_BYTES);
            for record in records.map_err(|error| damaged(&error))? {
                let record = record.map_err(|error| damaged(&error))?;
                let Some(lease) = leases.next_if(|lease| lease.offset == record.offset) else {
                    continue;
                };
                if record.timestamp < self.horizon {
                    too_old.push((lease.offset, lease.receipt));
                    continue;
                }
                self.bytes += size(&record);
                self.received.push(Delivery {
                    handle: ReceiptHandle {
                        queue: self.queue.arn.id,
                        side: self.side,
                        shard: shard.id,
                        offset: lease.offset,
                        receipt: lease.receipt,
                    },
                    record,
                    lease: *lease,
                });
            }
        }
        Ok(too_old)
    }

    /// Finishes records that are too old, so that others take their place.
    async fn pass_over(&self, shard: &QueueShard, too_old: &[(i64, Receipt)]) -> Result<(), ServiceError> {
        shard.let_go(self.horizon).await?;
        let finished = match self.side {
            Side::Records => {
                let verdicts: Vec<_> = too_old
                    .iter()
                    .map(|(offset, receipt)| (*offset, *receipt, Verdict::Reject))
                    .collect();
                shard.share.decide_by_receipt(&verdicts).await
            }
            Side::DeadLetters => {
                let verdicts: Vec<_> = too_old
                    .iter()
                    .map(|(_, receipt)| (*receipt, Verdict::Reject))
                    .collect();
                shard.share.decide_on_dead_letters(&verdicts).await
            }
        };
        // Whether each of them was still held doesn't matter.
        finished
            .map(drop)
            .map_err(|error| errors::from_share(&error, &self.queue.arn))
    }
}
