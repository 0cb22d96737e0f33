use bytes::Bytes;

use super::codec::{Reader, Writer};
use crate::transfer::Move;
use crate::{Position, QueueError};

const FORMAT: u8 = 1;
const NAME: &str = "outbox";

/// Where a message is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TransferRecord {
    /// The number of the destination queue.
    pub(crate) destination: u64,
    /// The position kept free there.
    pub(crate) position: Position,
    pub(crate) reason: Move,
}

impl TransferRecord {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT, 25);
        writer.u64(self.destination);
        writer.position(self.position);
        writer.byte(match self.reason {
            Move::Bury => 1,
            Move::Redrive => 2,
            Move::Restore => 3,
        });
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(TransferRecord {
            destination: reader.u64()?,
            position: reader.position()?,
            reason: match reader.byte()? {
                1 => Move::Bury,
                2 => Move::Redrive,
                3 => Move::Restore,
                _ => return Err(reader.damaged()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        for reason in [Move::Bury, Move::Redrive, Move::Restore] {
            let record = TransferRecord {
                destination: 4,
                position: Position::LAST,
                reason,
            };
            assert_eq!(TransferRecord::decode(record.encode()).unwrap(), record);
        }
    }
}
