//! Consumer groups in the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::member::Subscription;
use super::{AssignedPartitions, ClassicProtocol, ConsumerGroup, Member, Pattern, Progress, Timer};
use crate::answers::Work;
use crate::assign::Assignor;
use crate::classic::Protocol;
use crate::records::{ConsumerRecord, Reader, Writer};
use crate::{InstanceId, MemberId, OpenError};

const FORMAT: u8 = 1;
const NAME: &str = "consumer member";

impl ConsumerGroup {
    pub(crate) fn record(&self) -> ConsumerRecord {
        ConsumerRecord {
            epoch: self.epoch,
            assignment_epoch: self.assignment_epoch,
            fingerprint: self.fingerprint,
            empty_since: self.empty_since,
        }
    }

    /// A group as it was stored. Each member gets a whole session to be heard of, and those that have to give up partitions
    /// the whole time for that.
    pub(crate) fn restore(
        record: ConsumerRecord,
        members: BTreeMap<MemberId, Member>,
        work: &Work<'_>,
    ) -> Self {
        let mut group = ConsumerGroup {
            epoch: record.epoch,
            assignment_epoch: record.assignment_epoch,
            fingerprint: record.fingerprint,
            empty_since: record.empty_since,
            ..ConsumerGroup::default()
        };
        for (id, member) in &members {
            if let Some(instance) = &member.instance {
                group.statics.insert(instance.clone(), id.clone());
            }
            for one in member.held() {
                group.owners.insert(one, id.clone());
            }
            if let Some(source) = &member.subscription.pattern
                && let Ok(pattern) = Pattern::compile(source, work.topics)
            {
                group.patterns.insert(Arc::clone(source), pattern);
            }
            if member.progress == Progress::Revoking {
                let deadline = work.now + member.rebalance_timeout;
                group.timers.set(Timer::Revocation(id.clone()), deadline);
            }
        }
        let ids: Vec<MemberId> = members.keys().cloned().collect();
        group.members = members;
        for id in &ids {
            group.start_session(id, work);
        }
        group
    }
}

impl Member {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT);
        let instance = self.instance.as_ref().map(InstanceId::as_str);
        writer.optional(instance, Writer::text);
        writer.optional(self.rack.as_deref(), Writer::text);
        writer.client(&self.client);
        writer.duration(self.rebalance_timeout);
        writer.count(self.subscription.names.len());
        for name in &self.subscription.names {
            writer.text(name);
        }
        writer.optional(self.subscription.pattern.as_deref(), Writer::text);
        writer.optional(self.assignor.map(Assignor::name), Writer::text);
        writer.i32(self.epoch);
        writer.i32(self.previous_epoch);
        writer.byte(match self.progress {
            Progress::Stable => 1,
            Progress::Revoking => 2,
            Progress::Waiting => 3,
        });
        write_assigned(&mut writer, &self.assigned);
        write_assigned(&mut writer, &self.revoking);
        writer.partitions(&self.target);
        writer.optional(self.classic.as_ref(), |writer, classic| {
            writer.duration(classic.session_timeout);
            writer.count(classic.protocols.len());
            for protocol in &classic.protocols {
                writer.text(&protocol.name);
                writer.blob(&protocol.metadata);
            }
        });
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, OpenError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(Member {
            instance: reader.optional(Reader::text)?.map(InstanceId::from),
            rack: reader.optional(Reader::text)?,
            client: reader.client()?,
            rebalance_timeout: reader.duration()?,
            subscription: Subscription {
                names: reader.list(Reader::text)?,
                pattern: reader.optional(Reader::text)?,
            },
            assignor: read_assignor(&mut reader)?,
            epoch: reader.i32()?,
            previous_epoch: reader.i32()?,
            progress: match reader.byte()? {
                1 => Progress::Stable,
                2 => Progress::Revoking,
                3 => Progress::Waiting,
                _ => return Err(reader.damaged()),
            },
            assigned: read_assigned(&mut reader)?,
            revoking: read_assigned(&mut reader)?,
            target: reader.partitions()?,
            classic: reader.optional(|reader| {
                Ok(ClassicProtocol {
                    session_timeout: reader.duration()?,
                    protocols: reader.list(|reader| {
                        Ok(Protocol {
                            name: reader.text()?,
                            metadata: reader.blob()?,
                        })
                    })?,
                })
            })?,
        })
    }
}

fn read_assignor(reader: &mut Reader) -> Result<Option<Assignor>, OpenError> {
    match reader.optional(Reader::text)? {
        None => Ok(None),
        Some(name) => Assignor::named(&name).map(Some).ok_or_else(|| reader.damaged()),
    }
}

fn write_assigned(writer: &mut Writer, assigned: &AssignedPartitions) {
    writer.count(assigned.len());
    for (topic, partitions) in assigned {
        writer.topic(*topic);
        writer.count(partitions.len());
        for (partition, since) in partitions {
            writer.u32(*partition);
            writer.i32(*since);
        }
    }
}

fn read_assigned(reader: &mut Reader) -> Result<AssignedPartitions, OpenError> {
    reader.list(|reader| {
        let topic = reader.topic()?;
        let partitions = reader.list(|reader| Ok((reader.u32()?, reader.i32()?)))?;
        Ok((topic, partitions))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Client, TopicId};

    #[test]
    fn a_member_reads_back_as_written() {
        let member = Member {
            instance: Some("instance".into()),
            rack: Some("rack".into()),
            client: Client {
                id: "client".into(),
                host: "127.0.0.1".into(),
            },
            rebalance_timeout: Duration::from_secs(9),
            subscription: Subscription {
                names: ["a".into(), "b".into()].into(),
                pattern: Some("c.*".into()),
            },
            assignor: Some(Assignor::Range),
            epoch: 7,
            previous_epoch: 6,
            progress: Progress::Revoking,
            assigned: BTreeMap::from([(TopicId(1), BTreeMap::from([(0, 3), (5, 7)]))]),
            revoking: BTreeMap::from([(TopicId(2), BTreeMap::from([(1, 2)]))]),
            target: BTreeMap::from([(TopicId(1), [0, 5].into())]),
            classic: Some(ClassicProtocol {
                session_timeout: Duration::from_secs(8),
                protocols: vec![Protocol {
                    name: "range".into(),
                    metadata: Bytes::from_static(b"metadata"),
                }],
            }),
        };
        for member in [Member::default(), member] {
            assert_eq!(Member::decode(member.encode()).unwrap(), member);
        }
    }
}
