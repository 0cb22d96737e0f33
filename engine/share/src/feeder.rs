//! Referring to further records of the log.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ninefold_log::{Chunk, Partition, ReadError, ReadRequest};
use ninefold_queue::{MessageId, NewMessage};
use ninefold_record_batch::split;
use tokio::task::spawn_blocking;

use crate::offsets::{Offsets, is_visible};
use crate::{Settings, Share, ShareError};

/// Bytes of the log looked through at a time, and how often for one call.
const READ_BYTES: usize = 1 << 20;
const READS: usize = 64;
/// References made at a time.
const REFERENCES: usize = 2_000;

const CURSOR_FORMAT: u8 = 1;

/// What was found in the log.
struct Found {
    /// Records to refer to.
    offsets: Vec<i64>,
    /// Behind everything that was looked at.
    next_offset: i64,
}

impl Share {
    /// Refers to further records if fewer than so many can be acquired.
    pub(crate) async fn feed(self: &Arc<Self>, wanted: usize) -> Result<(), ShareError> {
        if !self.is_hungry(wanted) {
            return Ok(());
        }
        // In a task of its own: whoever feeds has to see the end of it, also when nobody waits for it any more.
        let share = Arc::clone(self);
        let fed = tokio::spawn(async move { share.feed_in_turn(wanted).await });
        match fed.await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(ShareError::Stopping),
        }
    }

    /// Whether there are too few references, and room and records for more.
    fn is_hungry(&self, wanted: usize) -> bool {
        let counts = self.queue().counts();
        (counts.visible as usize) < wanted && self.room() > 0 && self.cursor() < self.partition().end_offset()
    }

    fn room(&self) -> usize {
        let window = self.settings().window_records;
        window.saturating_sub(self.references()).min(REFERENCES)
    }

    async fn feed_in_turn(self: &Arc<Self>, wanted: usize) -> Result<(), ShareError> {
        let _turn = self.feeding().lock().await;
        // Somebody else may have fed meanwhile.
        if !self.is_hungry(wanted) {
            return Ok(());
        }
        let settings = self.settings();
        let found = look_up(self.partition(), self.cursor(), self.room(), &settings).await?;
        if !found.offsets.is_empty() {
            let references = found.offsets.into_iter().map(reference).collect();
            let mark = encode_cursor(found.next_offset);
            let sending = self.queue().begin_to_send_marked(references, mark)?;
            sending.finish().await?;
        }
        // Where there was nothing to refer to it need not be stored: there still isn't, after a crash.
        self.set_cursor(found.next_offset);
        Ok(())
    }
}

fn reference(offset: i64) -> NewMessage {
    NewMessage {
        id: MessageId(offset.unsigned_abs().into()),
        payload: Bytes::new(),
        group: None,
        deduplication: None,
        delay_seconds: None,
    }
}

/// The offset that a reference's id stands for.
pub(crate) fn offset_of(id: MessageId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

pub(crate) fn encode_cursor(offset: i64) -> Bytes {
    let mut bytes = BytesMut::with_capacity(9);
    bytes.extend_from_slice(&[CURSOR_FORMAT]);
    bytes.extend_from_slice(&offset.to_be_bytes());
    bytes.freeze()
}

pub(crate) fn decode_cursor(bytes: &[u8]) -> Result<i64, ShareError> {
    match bytes.split_first() {
        Some((&CURSOR_FORMAT, offset)) => {
            let offset = offset.try_into().map_err(|_| ShareError::DamagedCursor)?;
            Ok(i64::from_be_bytes(offset))
        }
        _ => Err(ShareError::DamagedCursor),
    }
}

/// Looks for up to `maximum` records from an offset on.
async fn look_up(
    partition: &Arc<Partition>,
    from_offset: i64,
    maximum: usize,
    settings: &Settings,
) -> Result<Found, ShareError> {
    let mut found = Found {
        offsets: Vec::new(),
        next_offset: from_offset,
    };
    for _ in 0..READS {
        // What was let go is not there to be shared.
        found.next_offset = found.next_offset.max(partition.start_offset());
        let request = ReadRequest {
            from_offset: found.next_offset,
            max_bytes: READ_BYTES,
            at_least_one: true,
            isolation: settings.isolation,
        };
        let read = match partition.read(request).await {
            // Let go meanwhile, or not there yet.
            Err(ReadError::OutOfRange { .. }) => break,
            outcome => outcome?,
        };
        if read.chunks.is_empty() {
            break;
        }
        for batch in split(load(read.chunks).await?) {
            let batch = batch?;
            let header = batch.header();
            if is_visible(header, &read.aborted) {
                let room = maximum - found.offsets.len();
                let offsets = Offsets::of(&batch)?.from(found.next_offset, room.saturating_add(1));
                if let Some(first_left_out) = offsets.get(room) {
                    found.next_offset = *first_left_out;
                    found.offsets.extend_from_slice(&offsets[..room]);
                    return Ok(found);
                }
                found.offsets.extend(offsets);
            }
            found.next_offset = header.next_offset();
        }
    }
    Ok(found)
}

/// What was read, in one piece.
pub(crate) async fn load(chunks: Vec<Chunk>) -> Result<Bytes, ShareError> {
    match &*chunks {
        [Chunk::Memory(bytes)] => Ok(bytes.clone()),
        _ => {
            let load = move || {
                let mut whole = BytesMut::with_capacity(chunks.iter().map(Chunk::len).sum());
                for chunk in chunks {
                    whole.extend_from_slice(&chunk.load()?);
                }
                Ok(whole.freeze())
            };
            spawn_blocking(load).await.map_err(|_| ShareError::Stopping)?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_written() {
        assert_eq!(decode_cursor(&encode_cursor(1 << 40)).unwrap(), 1 << 40);
        for damaged in [&[][..], &[CURSOR_FORMAT, 1], &[9; 9]] {
            assert!(decode_cursor(damaged).is_err());
        }
    }
}
