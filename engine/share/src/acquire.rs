//! Acquiring records.

use std::sync::Arc;
use std::time::Duration;

use ninefold_log::{Isolation, ReadError, ReadRequest};
use ninefold_queue::{Disposition, Queue, Receipt, Received, Strictness};
use ninefold_record_batch::{Batch, split};
use ninefold_time::Timestamp;
use tokio::sync::Notify;

use crate::feeder::{load, offset_of};
use crate::offsets::Offsets;
use crate::{MemberId, Share, ShareError};

/// How often the log is read for one call: records that were released lie about in it.
const READS: usize = 64;

/// A wish for records.
#[derive(Clone, Debug)]
pub struct AcquireRequest {
    /// Who wants them.
    pub member: MemberId,
    /// So many at most.
    pub max_records: usize,
    /// So many bytes of batches at most, except that one batch is always given.
    pub max_bytes: usize,
    /// How long they are the member's.
    pub lease: Duration,
}

/// Records that were acquired, in the order of the log.
#[derive(Clone, Debug, Default)]
pub struct Acquired {
    /// The batches that hold them, as they are in the log: there may be other records in these too.
    pub batches: Vec<AcquiredBatch>,
}

/// A batch of which records were acquired.
#[derive(Clone, Debug)]
pub struct AcquiredBatch {
    /// The whole batch.
    pub batch: Batch,
    /// Those of its records that were acquired, in order; at least one.
    pub leases: Vec<Lease>,
}

/// A record that was acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Where it is.
    pub offset: i64,
    /// How often it was delivered, this time included.
    pub delivery_count: u32,
    /// When it was delivered for the first time.
    pub first_delivered_at: Timestamp,
    /// Stands for this lease, for those who have no members.
    pub receipt: Receipt,
}

/// Consecutive records that were delivered equally often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcquiredRange {
    /// The first offset.
    pub first: i64,
    /// The last offset.
    pub last: i64,
    /// How often they were delivered, this time included.
    pub delivery_count: u32,
}

impl Acquired {
    /// Whether there was nothing to acquire.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Every record.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.batches.iter().flat_map(|batch| &batch.leases)
    }

    /// The records, as few ranges.
    pub fn ranges(&self) -> Vec<AcquiredRange> {
        let mut ranges: Vec<AcquiredRange> = Vec::new();
        for lease in self.leases() {
            match ranges.last_mut() {
                Some(range)
                    if range.last + 1 == lease.offset && range.delivery_count == lease.delivery_count =>
                {
                    range.last = lease.offset;
                }
                _ => ranges.push(AcquiredRange {
                    first: lease.offset,
                    last: lease.offset,
                    delivery_count: lease.delivery_count,
                }),
            }
        }
        ranges
    }
}

/// What an attempt to lease references has come to.
enum Leasing {
    /// These, in order.
    Leased(Vec<Lease>),
    /// Those there were are not to be delivered any more.
    Exhausted,
    /// There are none.
    Nothing,
}

/// What reading the records that were leased has come to.
#[derive(Default)]
struct Reading {
    acquired: Acquired,
    /// What is no more: compaction or retention took it.
    gone: Vec<Lease>,
    bytes: usize,
}

impl Share {
    /// Acquires records, if there are any now: the first that nobody has, in the order of the log.
    ///
    /// # Errors
    ///
    /// If the share is gone, or the log or the store can't be read; then nothing is acquired.
    pub async fn acquire(self: &Arc<Self>, request: &AcquireRequest) -> Result<Acquired, ShareError> {
        let leases = loop {
            self.set_exhausted_aside().await?;
            self.feed(request.max_records).await?;
            match self.lease(request)? {
                Leasing::Leased(leases) => break leases,
                Leasing::Nothing => return Ok(Acquired::default()),
                // Which has made room for others.
                Leasing::Exhausted => (),
            }
        };
        self.read_leased(self.queue(), &leases, request.max_bytes).await
    }

    /// The records of what was leased from a queue of references; what can't be given is given up.
    pub(crate) async fn read_leased(
        &self,
        queue: &Arc<Queue>,
        leases: &[Lease],
        max_bytes: usize,
    ) -> Result<Acquired, ShareError> {
        let mut reading = Reading::default();
        match self.read(leases, max_bytes, &mut reading).await {
            Ok(left) => {
                self.give_up(queue, &reading.gone, Disposition::Delete)?;
                self.give_up(queue, left, Disposition::Undo)?;
                Ok(reading.acquired)
            }
            Err(error) => {
                self.give_up(queue, leases, Disposition::Undo)?;
                Err(error)
            }
        }
    }

    /// As [`Share::acquire`], waiting for a first record up to a time.
    ///
    /// # Errors
    ///
    /// As [`Share::acquire`].
    pub async fn acquire_until(
        self: &Arc<Self>,
        request: &AcquireRequest,
        give_up_at: Timestamp,
    ) -> Result<Acquired, ShareError> {
        let notify = Arc::new(Notify::new());
        let _watching = self.watch(&notify);
        loop {
            let acquired = self.acquire(request).await?;
            let now = self.clock().now();
            if !acquired.is_empty() || now >= give_up_at {
                return Ok(acquired);
            }
            let next_event = self.next_event().filter(|event| *event > now);
            let wake_at = next_event.map_or(give_up_at, |event| event.min(give_up_at));
            tokio::select! {
                () = notify.notified() => (),
                () = self.clock().sleep_until(wake_at) => (),
            }
        }
    }

    /// Leases references, in order; those of records that are not to be delivered any more are deleted instead, or set aside next.
    fn lease(&self, request: &AcquireRequest) -> Result<Leasing, ShareError> {
        let limit = self.settings().delivery_limit;
        let start_offset = self.start_offset();
        // So that what is known of who holds what is always the queue's latest.
        let mut holdings = self.holdings().lock();
        let received = self.queue().lease(request.max_records, request.lease)?;
        let (mut leases, mut finished) = (Vec::with_capacity(received.len()), Vec::new());
        for reference in received {
            let lease = Lease::of(&reference);
            if lease.offset < start_offset || lease.delivery_count > limit {
                holdings.remove(lease.offset);
                let disposition = match self.sets_aside() && lease.offset >= start_offset {
                    true => {
                        self.note_exhausted();
                        // It was not delivered this time.
                        Disposition::Undo
                    }
                    false => Disposition::Delete,
                };
                finished.push((lease.receipt, disposition));
                continue;
            }
            if lease.delivery_count == limit {
                self.note_exhausted();
            }
            holdings.acquired(lease.offset, request.member.clone(), lease.receipt);
            leases.push(lease);
        }
        if !finished.is_empty() {
            // Nobody waits for it: what a crash brings back is deleted again.
            drop(self.queue().begin_to_dispose(&finished, Strictness::Each)?);
        }
        leases.sort_unstable_by_key(|lease| lease.offset);
        Ok(match (leases.is_empty(), finished.is_empty()) {
            (false, _) => Leasing::Leased(leases),
            (true, false) => Leasing::Exhausted,
            (true, true) => Leasing::Nothing,
        })
    }

    /// Reads the batches of what was leased; returns what there was no room for.
    async fn read<'a>(
        &self,
        leases: &'a [Lease],
        max_bytes: usize,
        reading: &mut Reading,
    ) -> Result<&'a [Lease], ShareError> {
        let mut left = leases;
        for _ in 0..READS {
            let Some(first) = left.first() else { break };
            let request = ReadRequest {
                from_offset: first.offset,
                max_bytes: max_bytes.saturating_sub(reading.bytes),
                at_least_one: reading.acquired.is_empty(),
                // What is referred to may be seen.
                isolation: Isolation::Uncommitted,
            };
            let read = match self.partition().read(request).await {
                Err(ReadError::OutOfRange { start_offset, .. }) if first.offset < start_offset => {
                    left = reading.skip_before(left, start_offset);
                    continue;
                }
                outcome => outcome?,
            };
            if read.chunks.is_empty() {
                if request.at_least_one {
                    // Compaction has left nothing of this or of what comes after it.
                    left = reading.skip_before(left, i64::MAX);
                }
                break;
            }
            for batch in split(load(read.chunks).await?) {
                left = reading.take(left, batch?)?;
            }
        }
        Ok(left)
    }

    fn give_up(
        &self,
        queue: &Arc<Queue>,
        leases: &[Lease],
        disposition: Disposition,
    ) -> Result<(), ShareError> {
        if leases.is_empty() {
            return Ok(());
        }
        let mut holdings = self.holdings().lock();
        let dispositions: Vec<_> = leases.iter().map(|lease| (lease.receipt, disposition)).collect();
        drop(queue.begin_to_dispose(&dispositions, Strictness::Each)?);
        for lease in leases {
            holdings.forget(lease.offset, lease.receipt);
        }
        drop(holdings);
        if disposition == Disposition::Undo {
            self.wake();
        }
        Ok(())
    }
}

impl Lease {
    /// A lease of a reference.
    pub(crate) fn of(reference: &Received) -> Self {
        Lease {
            offset: offset_of(reference.id),
            delivery_count: reference.receive_count,
            first_delivered_at: reference
                .first_received_at_origin
                .unwrap_or(reference.first_received_at),
            receipt: reference.receipt,
        }
    }
}

impl Reading {
    /// Takes what was leased of a batch; returns what is left.
    fn take<'a>(&mut self, left: &'a [Lease], batch: Batch) -> Result<&'a [Lease], ShareError> {
        let header = batch.header();
        let left = self.skip_before(left, header.base_offset);
        let count = left.partition_point(|lease| lease.offset <= header.last_offset());
        if count == 0 {
            return Ok(left);
        }
        let (within, left) = left.split_at(count);
        let offsets = Offsets::of(&batch)?;
        let (leases, gone): (Vec<Lease>, Vec<Lease>) =
            within.iter().partition(|lease| offsets.contains(lease.offset));
        self.gone.extend(gone);
        if !leases.is_empty() {
            self.bytes += batch.bytes().len();
            self.acquired.batches.push(AcquiredBatch { batch, leases });
        }
        Ok(left)
    }

    /// What was leased before an offset is no more; returns what is left.
    fn skip_before<'a>(&mut self, left: &'a [Lease], offset: i64) -> &'a [Lease] {
        let count = left.partition_point(|lease| lease.offset < offset);
        self.gone.extend_from_slice(&left[..count]);
        &left[count..]
    }
}
