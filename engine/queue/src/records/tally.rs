use bytes::Bytes;
use ninefold_time::Timestamp;

use super::codec::{Reader, Writer};
use crate::{Position, QueueError};

const FORMAT: u8 = 1;
const NAME: &str = "tally";

/// The counters of a queue, written with every change to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Messages in the queue.
    pub(crate) total: u64,
    /// The sequence of the next message.
    pub(crate) next_sequence: u64,
    /// No message of the queue stands before this position.
    pub(crate) lowest: Position,
    /// No message of the queue vests later than this.
    pub(crate) latest_vesting: Timestamp,
    /// Messages with a lower sequence were purged.
    pub(crate) purged_below: u64,
    /// What a purge by an earlier release has left to be removed.
    pub(crate) garbage: Option<Garbage>,
}

/// A range of positions in which purged messages may still be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Garbage {
    pub(crate) from: Position,
    pub(crate) until: Position,
}

impl Tally {
    /// The tally of a new queue.
    pub(crate) const EMPTY: Tally = Tally {
        total: 0,
        next_sequence: 1,
        lowest: Position::FIRST,
        latest_vesting: Timestamp::EPOCH,
        purged_below: 0,
        garbage: None,
    };

    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT, 82);
        writer.u64(self.total);
        writer.u64(self.next_sequence);
        writer.position(self.lowest);
        writer.timestamp(self.latest_vesting);
        writer.u64(self.purged_below);
        writer.optional(self.garbage, |writer, garbage| {
            writer.position(garbage.from);
            writer.position(garbage.until);
        });
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(Tally {
            total: reader.u64()?,
            next_sequence: reader.u64()?,
            lowest: reader.position()?,
            latest_vesting: reader.timestamp()?,
            purged_below: reader.u64()?,
            garbage: reader.optional(|reader| {
                Ok(Garbage {
                    from: reader.position()?,
                    until: reader.position()?,
                })
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_reads_back_as_written() {
        let tally = Tally {
            total: 3,
            garbage: Some(Garbage {
                from: Position::FIRST,
                until: Position::LAST,
            }),
            ..Tally::EMPTY
        };
        for tally in [Tally::EMPTY, tally] {
            assert_eq!(Tally::decode(tally.encode()).unwrap(), tally);
        }
    }
}
