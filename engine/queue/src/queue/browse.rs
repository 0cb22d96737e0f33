//! Looking at messages without receiving them.

use ninefold_store::{ScanLimit, ScanRange};
use ninefold_time::Timestamp;

use super::Queue;
use crate::records::{MESSAGES, MessageRecord, number_key, position_in, position_key};
use crate::{MessageId, QueueError, Receipt};

/// The most bytes read at once.
const PAGE_BYTES: usize = 4 << 20;

/// A message as it stands in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// Its identity.
    pub id: MessageId,
    /// Stands for its latest lease, whether or not that is in force; with a count of zero for none.
    pub receipt: Receipt,
    /// Whether that lease is in force.
    pub is_leased: bool,
}

impl Queue {
    /// The first messages in order, leased or not: as many as asked for, or as can be read at once.
    ///
    /// # Errors
    ///
    /// If the queue is gone or the store fails.
    pub fn browse(&self, messages: usize) -> Result<Vec<Glimpse>, QueueError> {
        let (lowest, now) = (self.lock_active()?.tally().lowest, self.clock.now());
        let range = ScanRange::between(
            position_key(self.number, lowest).to_vec(),
            number_key(self.number + 1).to_vec(),
        );
        let limit = ScanLimit {
            entries: messages,
            bytes: PAGE_BYTES,
        };
        let page = self.store.scan(self.partition, MESSAGES, range, limit)?;
        let mut found = Vec::with_capacity(page.len());
        for (key, stored) in page {
            found.extend(self.glimpse(&key, stored, now)?);
        }
        Ok(found)
    }

    fn glimpse(
        &self,
        key: &[u8],
        stored: bytes::Bytes,
        now: Timestamp,
    ) -> Result<Option<Glimpse>, QueueError> {
        let position = position_in(key).ok_or(QueueError::Damaged("message key"))?;
        let Some((lease, is_leased)) = self.lock_active()?.receives(position, now) else {
            return Ok(None);
        };
        Ok(Some(Glimpse {
            id: MessageRecord::decode(stored)?.id,
            receipt: Receipt {
                queue: self.number,
                position,
                lease,
            },
            is_leased,
        }))
    }
}
