//! Bringing groups back from the store.

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_store::{PartitionId, ScanLimit, ScanRange, Store, Table};

use crate::answers::Work;
use crate::classic::{self, ClassicGroup};
use crate::consumer::{self, ConsumerGroup};
use crate::group::{Group, Kind};
use crate::offsets::{Offsets, StoredOffset, parse_offset_key, parse_pending_key};
use crate::records::{
    GROUPS, GroupRecord, MEMBERS, OFFSETS, PENDING_OFFSETS, group_key, parse_group, parse_member,
    partition_of,
};
use crate::share::{self, ShareGroup};
use crate::{GroupId, MemberId, OpenError};

/// Entries read at a time.
const PAGE: ScanLimit = ScanLimit::entries(1_000);

/// Every group of a partition.
pub(crate) fn load(
    store: &dyn Store,
    partition: PartitionId,
    work: &Work<'_>,
) -> Result<BTreeMap<GroupId, Group>, OpenError> {
    let mut groups: BTreeMap<GroupId, Group> = BTreeMap::new();
    let all = ScanRange::all();
    for (id, (kind, members)) in load_kinds(store, partition, &all, work)? {
        let group = Group {
            kind,
            is_stored: true,
            stored_members: members.into_iter().collect(),
            ..Group::default()
        };
        groups.insert(id, group);
    }
    let offsets_of = |groups: &mut BTreeMap<GroupId, Group>, id: GroupId, restore: &dyn Fn(&mut Offsets)| {
        restore(&mut groups.entry(id).or_default().offsets);
    };
    for_each(store, partition, OFFSETS, &all, |key, value| {
        let (id, named) = parse_offset_key(&key).ok_or(OpenError::Damaged("offset key"))?;
        let offset = StoredOffset::decode(value)?;
        offsets_of(&mut groups, id, &|offsets| {
            offsets.restore(named.clone(), offset.clone());
        });
        Ok(())
    })?;
    for_each(store, partition, PENDING_OFFSETS, &all, |key, value| {
        let (id, producer, named) =
            parse_pending_key(&key).ok_or(OpenError::Damaged("pending offset key"))?;
        let offset = StoredOffset::decode(value)?;
        offsets_of(&mut groups, id, &|offsets| {
            offsets.restore_pending(producer, named.clone(), offset.clone());
        });
        Ok(())
    })?;
    Ok(groups)
}

/// Makes of a group what the store has of it, but for its offsets: those are never ahead of the store.
pub(crate) fn reload(
    store: &dyn Store,
    id: &GroupId,
    group: &mut Group,
    work: &Work<'_>,
) -> Result<(), OpenError> {
    let partition = partition_of(id);
    let of_group = ScanRange::prefix(group_key(id));
    let found = load_kinds(store, partition, &of_group, work)?.remove(id);
    group.is_stored = found.is_some();
    let (kind, members) = found.unwrap_or_else(|| (Group::default().kind, Vec::new()));
    group.kind = kind;
    group.stored_members = members.into_iter().collect();
    group.broken = None;
    Ok(())
}

/// Groups of a range of keys, with the members stored of each.
fn load_kinds(
    store: &dyn Store,
    partition: PartitionId,
    range: &ScanRange,
    work: &Work<'_>,
) -> Result<BTreeMap<GroupId, (Kind, Vec<MemberId>)>, OpenError> {
    let mut records = BTreeMap::new();
    for_each(store, partition, GROUPS, range, |key, value| {
        let (id, _) = parse_group(&key).ok_or(OpenError::Damaged("group key"))?;
        records.insert(id, GroupRecord::decode(value)?);
        Ok(())
    })?;
    let mut members: BTreeMap<GroupId, Vec<(MemberId, Bytes)>> = BTreeMap::new();
    for_each(store, partition, MEMBERS, range, |key, value| {
        let (id, member) = parse_member(&key).ok_or(OpenError::Damaged("member key"))?;
        members.entry(id).or_default().push((member, value));
        Ok(())
    })?;
    let mut kinds = BTreeMap::new();
    for (id, record) in records {
        let members = members.remove(&id).unwrap_or_default();
        let ids = members.iter().map(|(member, _)| member.clone()).collect();
        kinds.insert(id, (restore(record, members, work)?, ids));
    }
    if members.is_empty() {
        Ok(kinds)
    } else {
        Err(OpenError::Damaged("member without a group"))
    }
}

fn restore(record: GroupRecord, members: Vec<(MemberId, Bytes)>, work: &Work<'_>) -> Result<Kind, OpenError> {
    Ok(match record {
        GroupRecord::Classic(record) => {
            let members = decode(members, classic::Member::decode)?;
            Kind::Classic(Box::new(ClassicGroup::restore(record, members, work.now)))
        }
        GroupRecord::Consumer(record) => {
            let members = decode(members, consumer::Member::decode)?;
            Kind::Consumer(Box::new(ConsumerGroup::restore(record, members, work)))
        }
        GroupRecord::Share(record) => {
            let members = decode(members, share::Member::decode)?;
            Kind::Share(Box::new(ShareGroup::restore(record, members, work)))
        }
    })
}

fn decode<M>(
    members: Vec<(MemberId, Bytes)>,
    decode: impl Fn(Bytes) -> Result<M, OpenError>,
) -> Result<BTreeMap<MemberId, M>, OpenError> {
    let members = members.into_iter();
    members.map(|(id, record)| Ok((id, decode(record)?))).collect()
}

fn for_each(
    store: &dyn Store,
    partition: PartitionId,
    table: Table,
    range: &ScanRange,
    mut take: impl FnMut(Bytes, Bytes) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let mut range = range.clone();
    loop {
        let page = store.scan(partition, table, range.clone(), PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        range = range.resume_after(last);
        for (key, value) in page {
            take(key, value)?;
        }
    }
}
