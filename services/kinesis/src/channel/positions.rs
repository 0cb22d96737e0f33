//! Up to where the shards of a stream are read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::stream::{Shard, StreamView};

/// Positions in all shards of a stream. Shards that were closed before the channel began aren't read; those that were opened
/// later are read from their start, once all that came before them in their parents is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Positions {
    first_new_shard: u32,
    /// The next offset, by shard.
    offsets: BTreeMap<u32, i64>,
}

impl Positions {
    /// Behind all that is in a stream now.
    pub(crate) fn at_tip(view: &StreamView) -> Self {
        Positions {
            first_new_shard: u32::try_from(view.shards.len()).unwrap_or(u32::MAX),
            offsets: view
                .open()
                .map(|shard| (shard.id.0, shard.partition.end_offset()))
                .collect(),
        }
    }

    /// The offset at which a shard is to be read on, if it is to be read at all.
    fn offset(&self, shard: &Shard) -> Option<i64> {
        let known = self.offsets.get(&shard.id.0).copied();
        known.or((shard.id.0 >= self.first_new_shard).then_some(0))
    }

    pub(crate) fn advance(&mut self, shard: &Shard, next_offset: i64) {
        self.offsets.insert(shard.id.0, next_offset);
    }

    /// Where to read on in a shard; none if there is nothing for now, or if it isn't its turn.
    pub(crate) fn next_in(&self, view: &StreamView, shard: &Shard) -> Option<i64> {
        let offset = self.offset(shard)?;
        let has_more = offset < shard.partition.last_stable_offset();
        let mut parents = shard
            .parents
            .iter()
            .filter_map(|parent| view.shards.get(*parent as usize));
        (has_more && parents.all(|parent| self.is_behind(parent))).then_some(offset)
    }

    /// Whether a shard has ended and is read to its end.
    fn is_behind(&self, shard: &Shard) -> bool {
        let is_read = |offset| offset >= shard.partition.end_offset();
        !shard.is_open() && self.offset(shard).is_none_or(is_read)
    }
}
