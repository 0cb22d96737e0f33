use std::sync::Arc;

use bytes::Bytes;
use ninefold_time::Timestamp;

use super::{Reader, Writer};
use crate::{MemberId, OpenError};

const FORMAT: u8 = 1;
const NAME: &str = "group";

/// A group as stored, without its members and offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupRecord {
    Classic(ClassicRecord),
    Consumer(ConsumerRecord),
    Share(ShareRecord),
}

/// A classic group. With members it is stable, without it is empty: what is between is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassicRecord {
    pub(crate) since: Timestamp,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<Arc<str>>,
    pub(crate) protocol: Option<Arc<str>>,
    pub(crate) leader: Option<MemberId>,
}

/// A consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsumerRecord {
    pub(crate) epoch: i32,
    pub(crate) assignment_epoch: i32,
    pub(crate) fingerprint: u64,
    pub(crate) empty_since: Timestamp,
}

/// A share group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShareRecord {
    pub(crate) epoch: i32,
    pub(crate) assignment_epoch: i32,
    pub(crate) fingerprint: u64,
}

impl GroupRecord {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT);
        match self {
            GroupRecord::Classic(record) => {
                writer.byte(1);
                writer.timestamp(record.since);
                writer.i32(record.generation);
                writer.optional(record.protocol_type.as_deref(), Writer::text);
                writer.optional(record.protocol.as_deref(), Writer::text);
                writer.optional(record.leader.as_ref().map(MemberId::as_str), Writer::text);
            }
            GroupRecord::Consumer(record) => {
                writer.byte(2);
                writer.i32(record.epoch);
                writer.i32(record.assignment_epoch);
                writer.u64(record.fingerprint);
                writer.timestamp(record.empty_since);
            }
            GroupRecord::Share(record) => {
                writer.byte(3);
                writer.i32(record.epoch);
                writer.i32(record.assignment_epoch);
                writer.u64(record.fingerprint);
            }
        }
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, OpenError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        match reader.byte()? {
            1 => Ok(GroupRecord::Classic(ClassicRecord {
                since: reader.timestamp()?,
                generation: reader.i32()?,
                protocol_type: reader.optional(Reader::text)?,
                protocol: reader.optional(Reader::text)?,
                leader: reader.optional(Reader::text)?.map(MemberId::from),
            })),
            2 => Ok(GroupRecord::Consumer(ConsumerRecord {
                epoch: reader.i32()?,
                assignment_epoch: reader.i32()?,
                fingerprint: reader.u64()?,
                empty_since: reader.timestamp()?,
            })),
            3 => Ok(GroupRecord::Share(ShareRecord {
                epoch: reader.i32()?,
                assignment_epoch: reader.i32()?,
                fingerprint: reader.u64()?,
            })),
            _ => Err(reader.damaged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        let classic = ClassicRecord {
            since: Timestamp::from_millis(7),
            generation: 3,
            protocol_type: Some("consumer".into()),
            protocol: None,
            leader: Some("leader".into()),
        };
        let consumer = ConsumerRecord {
            epoch: 5,
            assignment_epoch: 4,
            fingerprint: 9,
            empty_since: Timestamp::from_millis(8),
        };
        let share = ShareRecord {
            epoch: 2,
            assignment_epoch: 1,
            fingerprint: 6,
        };
        for record in [
            GroupRecord::Classic(classic),
            GroupRecord::Consumer(consumer),
            GroupRecord::Share(share),
        ] {
            assert_eq!(GroupRecord::decode(record.encode()).unwrap(), record);
        }
        let cut = GroupRecord::decode(Bytes::from_static(&[FORMAT, 2, 0]));
        assert!(matches!(cut, Err(OpenError::Damaged(NAME))));
    }
}
