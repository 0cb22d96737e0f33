//! Appending a batch: it gets its offset at once and is answered when it is durable.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use ninefold_record_batch::{Batch, EndTransactionMarker, HEADER_BYTES, Header, TimestampType, place, stamp};
use parking_lot::MutexGuard;
use tokio::sync::oneshot;

use crate::AppendError;
use crate::committer::{Submission, SubmittedBatch};
use crate::lookup::DECOMPRESSED_BYTES;
use crate::partition::{Partition, State};
use crate::progress::Standing;
use crate::tail::TailBatch;

/// The log has one leader only, so far.
const LEADER_EPOCH: i32 = 0;

/// Where a batch went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The offset of its first record.
    pub base_offset: i64,
    /// The offset of its last record.
    pub last_offset: i64,
    /// When it was appended, in milliseconds since the epoch.
    pub appended_at_milliseconds: i64,
    /// The first offset of the partition that can be read.
    pub start_offset: i64,
    /// Whether it had been appended before: a producer sent it again.
    pub is_duplicate: bool,
}

/// The outcome of an append; resolves when it is durable. Dropping it does not withdraw the batch.
#[derive(Debug)]
pub struct Append {
    appended: Appended,
    /// `None` for what was durable before.
    durable: Option<oneshot::Receiver<Result<(), AppendError>>>,
}

impl Append {
    /// Where the batch goes, if it does.
    pub fn appended(&self) -> &Appended {
        &self.appended
    }
}

impl Future for Append {
    type Output = Result<Appended, AppendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(durable) = &mut self.durable {
            let outcome = ready!(Pin::new(durable).poll(context));
            outcome.unwrap_or(Err(AppendError::Closed))?;
        }
        Poll::Ready(Ok(self.appended))
    }
}

impl Partition {
    /// Appends a batch of a client: its checksum and counts are verified, its producer's sequence too. It has its place as
    /// soon as this returns.
    ///
    /// # Errors
    ///
    /// See [`AppendError`]. Nothing was appended then.
    pub fn append(self: &Arc<Self>, batch: &Batch) -> Result<Append, AppendError> {
        let appended = self.try_append(batch);
        if appended.is_err() {
            self.shared.figures.refused(1);
        }
        appended
    }

    fn try_append(self: &Arc<Self>, batch: &Batch) -> Result<Append, AppendError> {
        batch.verify_from_client()?;
        if self.state().settings.cleanup.compacts() {
            check_keys(batch)?;
        }
        let header = *batch.header();
        let mut bytes = batch.bytes().to_vec();
        let now_milliseconds = self.shared.now_milliseconds();
        let state = self.state();
        check(&state, &header, bytes.len())?;
        match state.progress.check(&header)? {
            Standing::New => {}
            Standing::Duplicate {
                base_offset,
                appended_at_milliseconds,
            } => {
                let duplicate = duplicate(&state, &header, base_offset, appended_at_milliseconds);
                return self.once_durable(&state, duplicate);
            }
        }
        if state.settings.timestamp_type == TimestampType::LogAppendTime {
            stamp(&mut bytes, now_milliseconds);
        }
        self.place(state, bytes, None, now_milliseconds)
    }

    /// Ends a producer's transaction in this partition.
    ///
    /// # Errors
    ///
    /// If the producer or its coordinator is a newer one by now, and as [`Partition::append`].
    pub fn append_marker(
        self: &Arc<Self>,
        producer_id: i64,
        producer_epoch: i16,
        marker: &EndTransactionMarker,
    ) -> Result<Append, AppendError> {
        let now_milliseconds = self.shared.now_milliseconds();
        let bytes = marker.encode(producer_id, producer_epoch, now_milliseconds, 0);
        let header = Header::parse(&bytes)?;
        let state = self.state();
        if state.is_deleted {
            return Err(AppendError::Deleted);
        }
        state.progress.check_marker(&header, marker)?;
        self.place(state, bytes.to_vec(), Some(marker), now_milliseconds)
    }

    /// Gives a batch its offset and hands it to the committer.
    fn place(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        mut bytes: Vec<u8>,
        marker: Option<&EndTransactionMarker>,
        now_milliseconds: i64,
    ) -> Result<Append, AppendError> {
        self.shared.check_append()?;
        place(&mut bytes, state.next_offset, LEADER_EPOCH);
        let bytes = Bytes::from(bytes);
        let header = Header::parse(&bytes[..HEADER_BYTES])?;
        let (sender, durable) = oneshot::channel();
        // Under the lock: the journal has batches in the order of their offsets.
        self.shared.submit(Submission::Batch(SubmittedBatch {
            partition: Arc::clone(self),
            bytes: bytes.clone(),
            next_offset: header.next_offset(),
            durable: sender,
        }))?;
        state.progress.apply(&header, marker, now_milliseconds);
        state.next_offset = header.next_offset();
        state.tail.push(TailBatch {
            header,
            bytes,
            appended_at_milliseconds: now_milliseconds,
        });
        if !state.is_dirty {
            state.is_dirty = true;
            self.shared.mark_dirty(Arc::clone(self));
        }
        let appended = Appended {
            base_offset: header.base_offset,
            last_offset: header.last_offset(),
            appended_at_milliseconds: now_milliseconds,
            start_offset: state.start_offset,
            is_duplicate: false,
        };
        Ok(Append {
            appended,
            durable: Some(durable),
        })
    }

    /// The answer to what was appended before, as soon as that is durable: the first attempt may be on its way still.
    fn once_durable(&self, state: &State, appended: Appended) -> Result<Append, AppendError> {
        if appended.last_offset < state.durable_offset {
            return Ok(Append {
                appended,
                durable: None,
            });
        }
        let (sender, durable) = oneshot::channel();
        self.shared.submit(Submission::Barrier(sender))?;
        Ok(Append {
            appended,
            durable: Some(durable),
        })
    }
}

/// Whether a partition takes a batch, apart from its producer.
fn check(state: &State, header: &Header, bytes: usize) -> Result<(), AppendError> {
    if state.is_deleted {
        return Err(AppendError::Deleted);
    }
    if state.is_sealed {
        return Err(AppendError::Sealed);
    }
    let limit_bytes = state.settings.batch_bytes as usize;
    if bytes > limit_bytes {
        return Err(AppendError::TooLarge { bytes, limit_bytes });
    }
    debug_assert!(
        !header.attributes.is_control(),
        "the caller refuses control batches of clients"
    );
    Ok(())
}

/// Whether every record has a key. It is only for this that a batch is decompressed.
fn check_keys(batch: &Batch) -> Result<(), AppendError> {
    for (index, record) in batch.records(DECOMPRESSED_BYTES)?.enumerate() {
        if record?.key.is_none() {
            return Err(AppendError::KeyMissing { index });
        }
    }
    Ok(())
}

fn duplicate(state: &State, header: &Header, base_offset: i64, appended_at_milliseconds: i64) -> Appended {
    Appended {
        base_offset,
        last_offset: base_offset + i64::from(header.last_offset_delta),
        appended_at_milliseconds,
        start_offset: state.start_offset,
        is_duplicate: true,
    }
}
