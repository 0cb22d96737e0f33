//! Offsets that nobody needs any more (KIP-211).

use std::time::Duration;

use ninefold_time::Timestamp;

use super::{NamedPartition, Offsets};

/// So many offsets of a group expire at one time; the others have to wait for the next.
const EXPIRED_AT_A_TIME: usize = 10_000;

/// From when on the retention of a group's offsets counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retention {
    /// From the commit, or from when the group has become empty if that was later.
    Since(Timestamp),
    /// From the commit.
    SinceCommit,
    /// None expires.
    Forever,
}

impl Offsets {
    /// The partitions whose offsets have expired. `is_needed` says whether a topic's are exempt.
    pub(crate) fn expired(
        &self,
        since: Retention,
        retention: Duration,
        is_needed: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Vec<NamedPartition> {
        if since == Retention::Forever {
            return Vec::new();
        }
        let committed = self.committed.iter();
        let expired = committed.filter(|((topic, _), offset)| {
            let expires_at = match (offset.expires_at, since) {
                (Some(expires_at), _) => expires_at,
                (None, Retention::Since(begin)) => offset.committed_at.max(begin) + retention,
                (None, _) => offset.committed_at + retention,
            };
            expires_at <= now && !is_needed(topic)
        });
        expired
            .map(|(partition, _)| partition)
            .filter(|partition| !self.is_pending(partition) && !self.under_way.contains_key(*partition))
            .take(EXPIRED_AT_A_TIME)
            .cloned()
            .collect()
    }
}
