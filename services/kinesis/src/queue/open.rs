//! A queue as it is at one moment: the shares of its stream's shards.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninefold_log::Isolation;
use ninefold_share::{Exhausted, LONGEST_WINDOW, Orphans, Settings, Share, StartPosition, Watching};
use ninefold_time::Timestamp;
use tokio::sync::Notify;

use crate::record::{QueueRecord, QueueStart};
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};

/// Which of a queue's records are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Those to be processed.
    Records,
    /// Those that were received too often.
    DeadLetters,
}

/// A queue, ready for use.
pub(crate) struct OpenQueue {
    pub(crate) record: Arc<QueueRecord>,
    pub(crate) view: Arc<StreamView>,
    pub(crate) shards: Vec<QueueShard>,
    /// Where the next one who asks begins, so that no shard is always the last.
    turn: AtomicUsize,
}

/// A shard, as the queue shares it.
pub(crate) struct QueueShard {
    pub(crate) id: ShardId,
    pub(crate) share: Arc<Share>,
}

impl OpenQueue {
    pub(super) fn new(record: Arc<QueueRecord>, view: Arc<StreamView>, shards: Vec<QueueShard>) -> Self {
        OpenQueue {
            record,
            view,
            shards,
            turn: AtomicUsize::new(0),
        }
    }

    pub(crate) fn shard(&self, id: ShardId) -> Option<&QueueShard> {
        self.shards.iter().find(|shard| shard.id == id)
    }

    /// All shards, from another one on each time.
    pub(super) fn in_turn(&self) -> impl Iterator<Item = &QueueShard> {
        let count = self.shards.len();
        let first = self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(count);
        let (before, from) = self.shards.split_at(first.unwrap_or(0));
        from.iter().chain(before)
    }

    /// Records received and not acknowledged, dead letters among them.
    pub(super) fn in_flight(&self) -> u64 {
        let shares = self.shards.iter().map(|shard| &shard.share);
        shares
            .map(|share| share.in_flight() + share.count_dead_letters().1)
            .sum()
    }
}

impl QueueShard {
    pub(super) fn watch<'a>(&'a self, side: Side, notify: &Arc<Notify>) -> Watching<'a> {
        match side {
            Side::Records => self.share.watch(notify),
            Side::DeadLetters => self.share.watch_dead_letters(notify),
        }
    }

    pub(super) fn next_event(&self, side: Side) -> Option<Timestamp> {
        match side {
            Side::Records => self.share.next_event(),
            Side::DeadLetters => self.share.next_dead_letter_event(),
        }
    }
}

/// How a queue shares records.
pub(super) fn settings(record: &QueueRecord) -> Settings {
    Settings {
        delivery_limit: record.largest_receive_count.unwrap_or(u32::MAX),
        exhausted: Exhausted::SetAside,
        window_records: LONGEST_WINDOW,
        isolation: Isolation::Committed,
        orphans: Orphans::Keep,
    }
}

/// Where a queue begins in a shard; none if it has nothing of it.
pub(super) fn start_in(record: &QueueRecord, shard: &Shard) -> Option<StartPosition> {
    match &record.start {
        QueueStart::Oldest => Some(StartPosition::Earliest),
        QueueStart::At(milliseconds) => Some(StartPosition::At(*milliseconds)),
        QueueStart::Behind(offsets) => match offsets.get(shard.id.0 as usize) {
            Some(offset) => offset.map(StartPosition::Offset),
            None => Some(StartPosition::Earliest),
        },
    }
}
