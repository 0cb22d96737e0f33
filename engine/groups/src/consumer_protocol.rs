//! What consumers say to one another through classic groups, as far as the group has to read and write it
//! (`ConsumerProtocolSubscription` and `ConsumerProtocolAssignment` of Apache Kafka): a version, then what all versions have in
//! common, then what later ones add.

use std::sync::Arc;

use bytes::Bytes;

use crate::Partitions;
use crate::topics::Topics;

/// The protocol type of consumers.
pub(crate) const CONSUMER_PROTOCOL: &str = "consumer";

/// A subscription.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// The version that the member writes, and so reads.
    pub(crate) version: i16,
    pub(crate) topics: Vec<Arc<str>>,
    /// From version 1 on (KIP-429).
    pub(crate) owned: Option<Vec<TopicPartitions>>,
}

/// A topic by name, and partitions of it.
pub(crate) type TopicPartitions = (Arc<str>, Vec<u32>);

impl Subscription {
    /// Reads a subscription; none if it can't be read.
    pub(crate) fn read(metadata: &[u8]) -> Option<Self> {
        let mut input = Input(metadata);
        let version = input.i16().filter(|version| *version >= 0)?;
        let topics = input.list(Input::text)?;
        let owned = match version {
            0 => None,
            // What the assignor of the client keeps for itself comes before.
            _ => input.skip_bytes().and_then(|()| input.list(Input::partitions)),
        };
        Some(Subscription {
            version,
            topics,
            owned,
        })
    }
}

/// Reads an assignment; none if it can't be read. An empty one has not been made yet.
pub(crate) fn read_assignment(assignment: &[u8]) -> Option<Vec<TopicPartitions>> {
    if assignment.is_empty() {
        return Some(Vec::new());
    }
    let mut input = Input(assignment);
    input.i16().filter(|version| *version >= 0)?;
    input.list(Input::partitions)
}

/// Writes an assignment. Topics that are no more are left out.
pub(crate) fn write_assignment(version: i16, partitions: &Partitions, topics: &Topics) -> Bytes {
    let named: Vec<_> = partitions
        .iter()
        .filter_map(|(topic, numbers)| Some((topics.name_of(*topic)?, numbers)))
        .collect();
    let mut output = version.to_be_bytes().to_vec();
    output.extend((named.len() as u32).to_be_bytes());
    for (name, numbers) in named {
        output.extend((name.len() as u16).to_be_bytes());
        output.extend(name.as_bytes());
        output.extend((numbers.len() as u32).to_be_bytes());
        output.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    }
    // Nothing for the assignor of the client.
    output.extend((-1_i32).to_be_bytes());
    Bytes::from(output)
}

/// Partitions by the ids of topics that there are.
pub(crate) fn by_id(partitions: &[TopicPartitions], topics: &Topics) -> Partitions {
    let mut found = Partitions::new();
    for (name, numbers) in partitions {
        if let Some(topic) = topics.named(name)
            && !numbers.is_empty()
        {
            found.entry(topic.id).or_default().extend(numbers);
        }
    }
    found
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn i16(&mut self) -> Option<i16> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i16::from_be_bytes(*number))
    }

    fn u32(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn text(&mut self) -> Option<Arc<str>> {
        let length = usize::try_from(self.i16()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok()?.into())
    }

    /// Bytes that may be absent (a length below zero).
    fn skip_bytes(&mut self) -> Option<()> {
        let length = self.u32()?;
        if i32::from_be_bytes(length.to_be_bytes()) >= 0 {
            self.0 = self.0.split_at_checked(length as usize)?.1;
        }
        Some(())
    }

    fn partitions(&mut self) -> Option<TopicPartitions> {
        Some((self.text()?, self.list(Input::u32)?))
    }

    /// As many of something as the input says, which it must have: no room is made for them before.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.u32()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(read(self)?);
        }
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Topic, TopicId};

    #[test]
    fn subscriptions_of_any_version_are_read() {
        let read = Subscription::read(b"\0\x00\0\0\0\x02\0\x01a\0\x02bc\xff\xff\xff\xff").unwrap();
        assert_eq!(read.topics, ["a".into(), "bc".into()]);
        assert_eq!((read.version, read.owned), (0, None));
        let later = b"\0\x03\0\0\0\x01\0\x01a\0\0\0\x02xy\0\0\0\x01\0\x01a\0\0\0\x01\0\0\0\x07rest";
        let read = Subscription::read(later).unwrap();
        assert_eq!((read.version, read.owned), (3, Some(vec![("a".into(), vec![7])])));
    }

    #[test]
    fn what_is_no_subscription_is_refused() {
        for metadata in [
            &b""[..],
            b"\0",
            b"\xff\xff\0\0\0\0",
            b"\0\0\0\0\0\x01\0",
            b"\0\0\xff\xff\xff\xff",
            b"\0\0\0\0\0\x01\0\x05abc",
        ] {
            assert_eq!(Subscription::read(metadata), None, "{metadata:?}");
        }
    }

    #[test]
    fn assignments_read_back_as_written() {
        let topic = Topic {
            id: TopicId(1),
            name: "orders".into(),
            partitions: 9,
        };
        let topics = Topics::new(1, vec![topic]);
        let partitions: Partitions = [(TopicId(1), [0, 8].into()), (TopicId(2), [1].into())].into();
        let written = write_assignment(2, &partitions, &topics);
        assert_eq!(written[..2], [0, 2]);
        let read = read_assignment(&written).unwrap();
        assert_eq!(read, [("orders".into(), vec![0, 8])]);
        assert_eq!(by_id(&read, &topics), [(TopicId(1), [0, 8].into())].into());
        assert_eq!(read_assignment(b""), Some(Vec::new()));
        assert_eq!(read_assignment(b"\0\0\0\0\0\x01"), None);
    }
}
