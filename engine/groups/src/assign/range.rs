//! The assignor `range`: for each topic, consecutive partitions to its subscribers in order, so that topics of as many
//! partitions are split alike.

use std::collections::BTreeMap;

use super::{Partitions, Subscriptions};
use crate::MemberId;

pub(super) fn range(subscriptions: &Subscriptions<'_>) -> BTreeMap<MemberId, Partitions> {
    let mut assigned = subscriptions.nothing();
    // Static members first, by what doesn't change when they restart.
    let mut order: Vec<_> = subscriptions.members.iter().collect();
    order.sort_by_key(|(member, subscriber)| (subscriber.instance.is_none(), subscriber.instance, **member));
    for (topic, count) in &subscriptions.topics {
        let subscribers: Vec<&MemberId> = order
            .iter()
            .filter(|(_, subscriber)| subscriber.topics.contains(topic))
            .map(|(member, _)| **member)
            .collect();
        let Ok(members) = u32::try_from(subscribers.len()) else {
            continue;
        };
        let (Some(share), Some(larger)) = (count.checked_div(members), count.checked_rem(members)) else {
            continue;
        };
        let mut next = 0;
        for (place, member) in (0..).zip(subscribers) {
            let length = share + u32::from(place < larger);
            if length > 0 {
                let partitions = (next..next + length).collect();
                assigned
                    .entry(member.clone())
                    .or_default()
                    .insert(*topic, partitions);
            }
            next += length;
        }
    }
    assigned
}
