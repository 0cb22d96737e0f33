use bytes::Bytes;
use ninefold_time::Timestamp;

use super::codec::{Reader, Writer};
use crate::{GroupId, QueueError};

const FORMAT: u8 = 1;
const NAME: &str = "lease";

/// What is known of a message that was received at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeaseRecord {
    /// When the lease ends; a time that has passed for a message that is visible again.
    pub(crate) deadline: Timestamp,
    /// When the lease began.
    pub(crate) taken_at: Timestamp,
    pub(crate) first_received_at: Timestamp,
    pub(crate) receive_count: u32,
    /// Repeated from the message, so that a lease comes back without reading the message.
    pub(crate) sent_at: Timestamp,
    pub(crate) group: Option<GroupId>,
}

impl LeaseRecord {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT, 48);
        writer.timestamp(self.deadline);
        writer.timestamp(self.taken_at);
        writer.timestamp(self.first_received_at);
        writer.u32(self.receive_count);
        writer.timestamp(self.sent_at);
        writer.optional(self.group.as_deref(), |writer, group| {
            writer.blob(group.as_bytes())
        });
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(LeaseRecord {
            deadline: reader.timestamp()?,
            taken_at: reader.timestamp()?,
            first_received_at: reader.timestamp()?,
            receive_count: reader.u32()?,
            sent_at: reader.timestamp()?,
            group: reader.optional(Reader::text)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        let record = LeaseRecord {
            deadline: Timestamp::from_millis(9),
            taken_at: Timestamp::from_millis(5),
            first_received_at: Timestamp::from_millis(4),
            receive_count: 3,
            sent_at: Timestamp::from_millis(1),
            group: Some("group".into()),
        };
        assert_eq!(LeaseRecord::decode(record.encode()).unwrap(), record);
    }
}
