use bytes::Bytes;
use ninefold_time::Timestamp;

use super::codec::{Reader, Writer};
use crate::{DeduplicationId, GroupId, MessageId, NewMessage, QueueError, QueueKey};

const FORMAT: u8 = 2;
/// Of dead letters it isn't known when they were first received.
const FORMAT_BEFORE: u8 = 1;
const NAME: &str = "message";

/// A message as stored; its position is its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageRecord {
    pub(crate) id: MessageId,
    pub(crate) sent_at: Timestamp,
    pub(crate) group: Option<GroupId>,
    pub(crate) deduplication: Option<DeduplicationId>,
    pub(crate) origin: Option<Origin>,
    pub(crate) payload: Bytes,
}

/// Where a dead letter came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) queue: QueueKey,
    /// How often it was received before it came here.
    pub(crate) receive_count: u32,
    /// When it was first received there, if that is known.
    pub(crate) first_received_at: Option<Timestamp>,
}

impl MessageRecord {
    /// How often the message was received from other queues.
    pub(crate) fn earlier_receives(&self) -> u32 {
        self.origin.as_ref().map_or(0, |origin| origin.receive_count)
    }

    pub(crate) fn new(message: NewMessage, sent_at: Timestamp) -> Self {
        MessageRecord {
            id: message.id,
            sent_at,
            group: message.group,
            deduplication: message.deduplication,
            origin: None,
            payload: message.payload,
        }
    }

    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT, 48 + self.payload.len());
        writer.u128(self.id.0);
        writer.timestamp(self.sent_at);
        writer.optional(self.group.as_deref(), |writer, group| {
            writer.blob(group.as_bytes())
        });
        writer.optional(self.deduplication.as_deref(), |writer, id| {
            writer.blob(id.as_bytes())
        });
        writer.optional(self.origin.as_ref(), |writer, origin| {
            writer.blob(&origin.queue.0);
            writer.u32(origin.receive_count);
            writer.optional(origin.first_received_at, Writer::timestamp);
        });
        writer.rest(&self.payload);
        writer.finish()
    }

    /// The payload stays a slice of `bytes`.
    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let (mut reader, format) = Reader::versioned(bytes, NAME)?;
        if format != FORMAT && format != FORMAT_BEFORE {
            return Err(reader.damaged());
        }
        Ok(MessageRecord {
            id: MessageId(reader.u128()?),
            sent_at: reader.timestamp()?,
            group: reader.optional(Reader::text)?,
            deduplication: reader.optional(Reader::text)?,
            origin: reader.optional(|reader| {
                Ok(Origin {
                    queue: QueueKey(reader.owned_blob()?),
                    receive_count: reader.u32()?,
                    first_received_at: match format {
                        FORMAT_BEFORE => None,
                        _ => reader.optional(Reader::timestamp)?,
                    },
                })
            })?,
            payload: reader.rest(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        let bare = MessageRecord {
            id: MessageId(7),
            sent_at: Timestamp::from_millis(12),
            group: None,
            deduplication: None,
            origin: None,
            payload: Bytes::new(),
        };
        let full = MessageRecord {
            group: Some("group".into()),
            deduplication: Some("once".into()),
            origin: Some(Origin {
                queue: QueueKey(Bytes::from_static(b"elsewhere")),
                receive_count: 3,
                first_received_at: Some(Timestamp::from_millis(9)),
            }),
            payload: Bytes::from_static(b"payload"),
            ..bare.clone()
        };
        for record in [bare, full] {
            assert_eq!(MessageRecord::decode(record.encode()).unwrap(), record);
        }
    }

    #[test]
    fn a_dead_letter_of_before_reads_back() {
        let mut writer = Writer::new(FORMAT_BEFORE, 0);
        writer.u128(7);
        writer.timestamp(Timestamp::from_millis(12));
        writer.byte(0);
        writer.byte(0);
        writer.byte(1);
        writer.blob(b"elsewhere");
        writer.u32(3);
        writer.rest(b"payload");
        let record = MessageRecord::decode(writer.finish()).unwrap();
        let origin = record.origin.unwrap();
        assert_eq!((origin.receive_count, origin.first_received_at), (3, None));
        assert_eq!(record.payload, "payload");
    }

    #[test]
    fn a_cut_record_is_damaged() {
        let record = MessageRecord {
            id: MessageId(7),
            sent_at: Timestamp::EPOCH,
            group: Some("group".into()),
            deduplication: None,
            origin: None,
            payload: Bytes::new(),
        };
        let bytes = record.encode();
        for length in 0..bytes.len() {
            assert!(MessageRecord::decode(bytes.slice(..length)).is_err());
        }
    }
}
