//! What is kept in the store: tables, keys and the layout of values.
//!
//! Everything of a group lives in the partition of its id, and every key begins with the id and its length. Every value begins
//! with a format byte. Integers are big endian.

mod codec;
mod group;

use ninefold_store::{PartitionId, Table};

use crate::{GroupId, MemberId};

pub(crate) use codec::{Reader, Writer};
pub(crate) use group::{ClassicRecord, ConsumerRecord, GroupRecord, ShareRecord};

/// Group -> [`GroupRecord`].
pub(crate) const GROUPS: Table = Table::new(60, "groups.groups");
/// Group, member -> the member, as its kind of group keeps it.
pub(crate) const MEMBERS: Table = Table::new(61, "groups.members");
/// Group, topic, partition -> the offset.
pub(crate) const OFFSETS: Table = Table::new(62, "groups.offsets");
/// Group, producer, topic, partition -> the offset in a transaction.
pub(crate) const PENDING_OFFSETS: Table = Table::new(63, "groups.pending-offsets");

/// Every table of this engine.
pub(crate) const TABLES: [Table; 4] = [GROUPS, MEMBERS, OFFSETS, PENDING_OFFSETS];

/// The partition that everything of a group lives in.
pub(crate) fn partition_of(group: &GroupId) -> PartitionId {
    PartitionId::of(group.as_str().as_bytes())
}

/// The length of the group's id, and the id.
pub(crate) fn group_key(group: &GroupId) -> Vec<u8> {
    let id = group.as_str().as_bytes();
    let length = u16::try_from(id.len()).expect("ids are checked to be far shorter");
    let mut key = Vec::with_capacity(2 + id.len() + 64);
    key.extend_from_slice(&length.to_be_bytes());
    key.extend_from_slice(id);
    key
}

/// Group, member.
pub(crate) fn member_key(group: &GroupId, member: &MemberId) -> Vec<u8> {
    let mut key = group_key(group);
    key.extend_from_slice(member.as_str().as_bytes());
    key
}

/// The group that a key begins with, and what follows.
pub(crate) fn parse_group(key: &[u8]) -> Option<(GroupId, &[u8])> {
    let (length, rest) = key.split_first_chunk()?;
    let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((GroupId::from(std::str::from_utf8(id).ok()?), rest))
}

/// Group, member.
pub(crate) fn parse_member(key: &[u8]) -> Option<(GroupId, MemberId)> {
    let (group, member) = parse_group(key)?;
    Some((group, MemberId::from(std::str::from_utf8(member).ok()?)))
}
