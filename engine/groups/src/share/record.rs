//! Share groups in the store.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Member, ShareGroup};
use crate::answers::Work;
use crate::records::{Reader, ShareRecord, Writer};
use crate::{MemberId, OpenError};

const FORMAT: u8 = 1;
const NAME: &str = "share member";

impl ShareGroup {
    pub(crate) fn record(&self) -> ShareRecord {
        ShareRecord {
            epoch: self.epoch,
            assignment_epoch: self.assignment_epoch,
            fingerprint: self.fingerprint,
        }
    }

    /// A group as it was stored. Each member gets a whole session to be heard of.
    pub(crate) fn restore(record: ShareRecord, members: BTreeMap<MemberId, Member>, work: &Work<'_>) -> Self {
        let mut group = ShareGroup {
            epoch: record.epoch,
            assignment_epoch: record.assignment_epoch,
            fingerprint: record.fingerprint,
            ..ShareGroup::default()
        };
        for id in members.keys() {
            let session = work.now + work.config.share.pace().session_timeout;
            group.timers.set(id.clone(), session);
        }
        group.members = members;
        group
    }
}

impl Member {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT);
        writer.optional(self.rack.as_deref(), Writer::text);
        writer.client(&self.client);
        writer.count(self.topics.len());
        for topic in &self.topics {
            writer.text(topic);
        }
        writer.i32(self.epoch);
        writer.i32(self.previous_epoch);
        writer.partitions(&self.assigned);
        writer.partitions(&self.target);
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, OpenError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(Member {
            rack: reader.optional(Reader::text)?,
            client: reader.client()?,
            topics: reader.list(Reader::text)?,
            epoch: reader.i32()?,
            previous_epoch: reader.i32()?,
            assigned: reader.partitions()?,
            target: reader.partitions()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, TopicId};

    #[test]
    fn a_member_reads_back_as_written() {
        let member = Member {
            rack: Some("rack".into()),
            client: Client {
                id: "client".into(),
                host: "127.0.0.1".into(),
            },
            topics: ["a".into(), "b".into()].into(),
            epoch: 7,
            previous_epoch: 6,
            assigned: BTreeMap::from([(TopicId(1), [0, 5].into())]),
            target: BTreeMap::from([(TopicId(1), [0].into())]),
        };
        for member in [Member::default(), member] {
            assert_eq!(Member::decode(member.encode()).unwrap(), member);
        }
    }
}
