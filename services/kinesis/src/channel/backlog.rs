//! What waits to be delivered: how much, and since when.

use ninefold_protocol::ServiceError;

use super::positions::Positions;
use super::worker::{PAGE_BYTES, wanted};
use crate::stream::{Shard, StreamView};

/// What waits behind the positions up to which a channel has delivered. It is counted and not kept.
pub(super) struct Backlog {
    /// Up to where it is counted.
    counted: Positions,
    bytes: usize,
    oldest_milliseconds: Option<u64>,
}

impl Backlog {
    /// Of which nothing is counted yet.
    pub(super) fn behind(positions: &Positions) -> Self {
        Backlog {
            counted: positions.clone(),
            bytes: 0,
            oldest_milliseconds: None,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// When the oldest record came, in milliseconds since the epoch; none if there is no record.
    pub(super) fn oldest_milliseconds(&self) -> Option<u64> {
        self.oldest_milliseconds
    }

    /// Counts what has come, unless it is enough already.
    pub(super) async fn look(&mut self, view: &StreamView, enough_bytes: usize) -> Result<(), ServiceError> {
        for shard in &view.shards {
            self.look_at(view, shard, enough_bytes).await?;
        }
        Ok(())
    }

    async fn look_at(
        &mut self,
        view: &StreamView,
        shard: &Shard,
        enough_bytes: usize,
    ) -> Result<(), ServiceError> {
        while self.bytes < enough_bytes
            && let Some(from_offset) = self.counted.next_in(view, shard)
        {
            let reading = shard.read(&wanted(from_offset, PAGE_BYTES)).await?;
            if reading.next_offset <= from_offset {
                break;
            }
            if let Some(first) = reading.records.first() {
                let came_at = u64::try_from(first.timestamp).unwrap_or(0);
                let oldest = self.oldest_milliseconds.unwrap_or(came_at);
                self.oldest_milliseconds = Some(oldest.min(came_at));
            }
            self.bytes += reading.bytes;
            self.counted.advance(shard, reading.next_offset);
        }
        Ok(())
    }
}
