//! Where a transaction writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::TransactionError;

/// The longest name of a topic or group, in bytes.
const NAME_BYTES: usize = 1_024;

/// One of the places where a transaction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Participant<'a> {
    /// Records of a topic's partition.
    Partition {
        /// The topic's name.
        topic: &'a str,
        /// The partition's number in it.
        partition: u32,
    },
    /// The committed offsets of a consumer group, by its id.
    Group(&'a str),
}

/// All places where a transaction writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participants {
    partitions: BTreeMap<Arc<str>, BTreeSet<u32>>,
    groups: BTreeSet<Arc<str>>,
}

impl Participants {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty() && self.groups.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.partitions.values().map(BTreeSet::len).sum::<usize>() + self.groups.len()
    }

    /// Whether this is one of them.
    pub fn contains(&self, participant: Participant<'_>) -> bool {
        match participant {
            Participant::Partition { topic, partition } => {
                let partitions = self.partitions.get(topic);
                partitions.is_some_and(|partitions| partitions.contains(&partition))
            }
            Participant::Group(group) => self.groups.contains(group),
        }
    }

    /// Adds one that may be there already.
    pub fn insert(&mut self, participant: Participant<'_>) {
        match participant {
            Participant::Partition { topic, partition } => match self.partitions.get_mut(topic) {
                Some(partitions) => drop(partitions.insert(partition)),
                None => drop(self.partitions.insert(topic.into(), BTreeSet::from([partition]))),
            },
            Participant::Group(group) if self.groups.contains(group) => (),
            Participant::Group(group) => drop(self.groups.insert(group.into())),
        }
    }

    /// The partitions, by topic.
    pub fn partitions(&self) -> &BTreeMap<Arc<str>, BTreeSet<u32>> {
        &self.partitions
    }

    /// The groups.
    pub fn groups(&self) -> &BTreeSet<Arc<str>> {
        &self.groups
    }

    /// Each of them, groups last.
    pub fn iter(&self) -> impl Iterator<Item = Participant<'_>> {
        let partitions = self.partitions.iter().flat_map(|(topic, partitions)| {
            let numbers = partitions.iter();
            numbers.map(|partition| Participant::Partition {
                topic,
                partition: *partition,
            })
        });
        partitions.chain(self.groups.iter().map(|group| Participant::Group(group)))
    }

    /// These and those; fails at the bound.
    pub(crate) fn extended(
        &self,
        additional: &[Participant<'_>],
        limit: usize,
    ) -> Result<Participants, TransactionError> {
        let mut extended = self.clone();
        for participant in additional {
            if participant.name().len() > NAME_BYTES {
                return Err(TransactionError::InvalidRequest("a name is too long"));
            }
            extended.insert(*participant);
        }
        if extended.len() > limit {
            return Err(TransactionError::TooManyParticipants);
        }
        Ok(extended)
    }
}

impl<'a> Participant<'a> {
    fn name(self) -> &'a str {
        match self {
            Participant::Partition { topic, .. } => topic,
            Participant::Group(group) => group,
        }
    }
}

impl<'a> FromIterator<Participant<'a>> for Participants {
    fn from_iter<I: IntoIterator<Item = Participant<'a>>>(participants: I) -> Self {
        let mut all = Participants::default();
        for participant in participants {
            all.insert(participant);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: Participant<'_> = Participant::Partition {
        topic: "orders",
        partition: 3,
    };
    const BILLING: Participant<'_> = Participant::Group("billing");

    #[test]
    fn each_is_there_once() {
        let all = Participants::from_iter([BILLING, ORDERS, ORDERS, BILLING]);
        assert_eq!(all.len(), 2);
        assert_eq!(all.iter().collect::<Vec<_>>(), [ORDERS, BILLING]);
        assert!(all.contains(ORDERS) && all.contains(BILLING));
        let other = Participant::Partition {
            topic: "orders",
            partition: 4,
        };
        assert!(!all.contains(other) && !all.contains(Participant::Group("orders")));
        assert!(Participants::default().is_empty() && !all.is_empty());
    }

    #[test]
    fn they_are_bounded() {
        let one = Participants::from_iter([ORDERS]);
        assert_eq!(one.extended(&[ORDERS], 1), Ok(one.clone()));
        assert_eq!(
            one.extended(&[BILLING], 1),
            Err(TransactionError::TooManyParticipants)
        );
        let long = "x".repeat(NAME_BYTES + 1);
        let refused = one.extended(&[Participant::Group(&long)], 9);
        assert!(matches!(refused, Err(TransactionError::InvalidRequest(_))));
    }
}
