//! Classic groups in the store.

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_time::Timestamp;

use super::{ClassicGroup, Member, Phase, Protocol, Timer};
use crate::records::{ClassicRecord, Reader, Writer};
use crate::{InstanceId, MemberId, OpenError};

const FORMAT: u8 = 1;
const NAME: &str = "classic member";

impl ClassicGroup {
    pub(crate) fn record(&self) -> ClassicRecord {
        ClassicRecord {
            since: self.since,
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
        }
    }

    /// A group as it was stored. Each member gets a whole session to be heard of.
    pub(crate) fn restore(
        record: ClassicRecord,
        members: BTreeMap<MemberId, Member>,
        now: Timestamp,
    ) -> Self {
        let mut group = ClassicGroup {
            phase: match members.is_empty() {
                true => Phase::Empty,
                false => Phase::Stable,
            },
            since: record.since,
            generation: record.generation,
            protocol_type: record.protocol_type,
            protocol: record.protocol,
            leader: record.leader,
            ..ClassicGroup::default()
        };
        for (id, member) in &members {
            if let Some(instance) = &member.instance {
                group.statics.insert(instance.clone(), id.clone());
            }
            let session = now + member.session_timeout;
            group.timers.set(Timer::Session(id.clone()), session);
        }
        group.members = members;
        group.read_subscriptions();
        group
    }
}

impl Member {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT);
        let instance = self.instance.as_ref().map(InstanceId::as_str);
        writer.optional(instance, Writer::text);
        writer.client(&self.client);
        writer.duration(self.session_timeout);
        writer.duration(self.rebalance_timeout);
        writer.count(self.protocols.len());
        for protocol in &self.protocols {
            writer.text(&protocol.name);
            writer.blob(&protocol.metadata);
        }
        writer.blob(&self.assignment);
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, OpenError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(Member {
            instance: reader.optional(Reader::text)?.map(InstanceId::from),
            client: reader.client()?,
            session_timeout: reader.duration()?,
            rebalance_timeout: reader.duration()?,
            protocols: reader.list(|reader| {
                Ok(Protocol {
                    name: reader.text()?,
                    metadata: reader.blob()?,
                })
            })?,
            assignment: reader.blob()?,
            is_new: false,
            join: None,
            sync: None,
        })
    }
}
