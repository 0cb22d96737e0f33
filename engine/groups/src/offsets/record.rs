//! Offsets in the store.

use bytes::Bytes;

use super::{NamedPartition, ProducerId, StoredOffset};
use crate::records::{Reader, Writer, group_key, parse_group};
use crate::{GroupId, OpenError};

const FORMAT: u8 = 1;
const NAME: &str = "offset";

/// Group, topic, partition.
pub(crate) fn offset_key(group: &GroupId, partition: &NamedPartition) -> Vec<u8> {
    let mut key = group_key(group);
    push_partition(&mut key, partition);
    key
}

/// Group, producer.
pub(crate) fn producer_key(group: &GroupId, producer: ProducerId) -> Vec<u8> {
    let mut key = group_key(group);
    key.extend_from_slice(&producer.0.to_be_bytes());
    key
}

/// Group, producer, topic, partition.
pub(crate) fn pending_key(group: &GroupId, producer: ProducerId, partition: &NamedPartition) -> Vec<u8> {
    let mut key = producer_key(group, producer);
    push_partition(&mut key, partition);
    key
}

fn push_partition(key: &mut Vec<u8>, (topic, partition): &NamedPartition) {
    key.extend_from_slice(topic.as_bytes());
    key.extend_from_slice(&partition.to_be_bytes());
}

pub(crate) fn parse_offset_key(key: &[u8]) -> Option<(GroupId, NamedPartition)> {
    let (group, rest) = parse_group(key)?;
    Some((group, parse_partition(rest)?))
}

pub(crate) fn parse_pending_key(key: &[u8]) -> Option<(GroupId, ProducerId, NamedPartition)> {
    let (group, rest) = parse_group(key)?;
    let (producer, rest) = rest.split_first_chunk()?;
    let producer = ProducerId(i64::from_be_bytes(*producer));
    Some((group, producer, parse_partition(rest)?))
}

fn parse_partition(key: &[u8]) -> Option<NamedPartition> {
    let (topic, partition) = key.split_last_chunk()?;
    let topic = std::str::from_utf8(topic).ok()?;
    Some((topic.into(), u32::from_be_bytes(*partition)))
}

impl StoredOffset {
    pub(crate) fn encode(&self) -> Bytes {
        let mut writer = Writer::new(FORMAT);
        writer.i64(self.offset);
        writer.optional(self.leader_epoch, Writer::i32);
        writer.timestamp(self.committed_at);
        writer.optional(self.expires_at, Writer::timestamp);
        writer.u64(self.sequence);
        writer.text(&self.metadata);
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, OpenError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(StoredOffset {
            offset: reader.i64()?,
            leader_epoch: reader.optional(Reader::i32)?,
            committed_at: reader.timestamp()?,
            expires_at: reader.optional(Reader::timestamp)?,
            sequence: reader.u64()?,
            metadata: reader.text()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ninefold_time::Timestamp;

    use super::*;

    #[test]
    fn an_offset_reads_back_as_written() {
        let offset = StoredOffset {
            offset: 42,
            leader_epoch: Some(3),
            metadata: "what the client remembers".into(),
            committed_at: Timestamp::from_millis(5),
            expires_at: Some(Timestamp::from_millis(6)),
            sequence: 7,
        };
        assert_eq!(StoredOffset::decode(offset.encode()).unwrap(), offset);
    }

    #[test]
    fn keys_read_back_as_written() {
        let (group, partition) = (GroupId::from("group"), ("topic".into(), 258));
        let key = offset_key(&group, &partition);
        assert_eq!(parse_offset_key(&key), Some((group.clone(), partition.clone())));
        let key = pending_key(&group, ProducerId(9), &partition);
        assert_eq!(parse_pending_key(&key), Some((group, ProducerId(9), partition)));
        assert_eq!(parse_offset_key(b"\0\x05grou"), None);
    }
}
