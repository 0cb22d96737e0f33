//! Which shards of a stream are to be listed.
//!
//! Source: [ShardFilter](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html).

use ninefold_model::Timestamp;
use ninefold_protocol::ServiceError;
use serde::{Deserialize, Serialize};

use crate::errors;
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};

/// `ShardFilter`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShardFilterInput {
    r#type: FilterKind,
    shard_id: Option<String>,
    timestamp: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FilterKind {
    AfterShardId,
    AtTrimHorizon,
    FromTrimHorizon,
    AtLatest,
    AtTimestamp,
    FromTimestamp,
}

/// A filter, ready for use. Times are milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ShardFilter {
    All,
    After(u32),
    Open,
    /// Those that were open at a time.
    OpenAt(u64),
    /// Those that were open at a time or later.
    OpenFrom(u64),
}

impl ShardFilterInput {
    pub(crate) fn read(&self, view: &StreamView, now_milliseconds: u64) -> Result<ShardFilter, ServiceError> {
        let created_at = view.stream.record.created_at_milliseconds;
        let horizon = view
            .horizon_milliseconds(now_milliseconds)
            .unwrap_or(0)
            .max(created_at);
        if self.shard_id.is_some() && self.kind_is_not(&[FilterKind::AfterShardId]) {
            return Err(errors::invalid_argument(
                "ShardId can only be given with the ShardFilter type AFTER_SHARD_ID.",
            ));
        }
        if self.timestamp.is_some() && self.kind_is_not(&[FilterKind::AtTimestamp, FilterKind::FromTimestamp])
        {
            return Err(errors::invalid_argument(
                "Timestamp can only be given with the ShardFilter types AT_TIMESTAMP and FROM_TIMESTAMP.",
            ));
        }
        match self.r#type {
            FilterKind::AfterShardId => {
                let text = self.shard_id.as_deref().ok_or_else(|| {
                    errors::invalid_argument(
                        "ShardId must be given with the ShardFilter type AFTER_SHARD_ID.",
                    )
                })?;
                let id = ShardId::parse(text).ok_or_else(|| errors::no_shard_id(text, &view.arn))?;
                Ok(ShardFilter::After(id.0))
            }
            FilterKind::AtTrimHorizon => Ok(ShardFilter::OpenAt(horizon)),
            FilterKind::FromTrimHorizon => Ok(ShardFilter::All),
            FilterKind::AtLatest => Ok(ShardFilter::Open),
            FilterKind::AtTimestamp => Ok(ShardFilter::OpenAt(self.time(now_milliseconds)?.max(horizon))),
            FilterKind::FromTimestamp => Ok(ShardFilter::OpenFrom(self.time(now_milliseconds)?.max(horizon))),
        }
    }

    fn kind_is_not(&self, kinds: &[FilterKind]) -> bool {
        !kinds.contains(&self.r#type)
    }

    fn time(&self, now_milliseconds: u64) -> Result<u64, ServiceError> {
        let timestamp = self.timestamp.ok_or_else(|| {
            errors::invalid_argument(
                "Timestamp must be given with the ShardFilter types AT_TIMESTAMP and FROM_TIMESTAMP.",
            )
        })?;
        let milliseconds = u64::try_from(timestamp.milliseconds()).unwrap_or(0);
        match milliseconds > now_milliseconds {
            true => Err(errors::invalid_argument(
                "The Timestamp of a ShardFilter cannot be in the future.",
            )),
            false => Ok(milliseconds),
        }
    }
}

impl ShardFilter {
    pub(crate) fn takes(&self, shard: &Shard) -> bool {
        match *self {
            ShardFilter::All => true,
            ShardFilter::After(number) => shard.id.0 > number,
            ShardFilter::Open => shard.is_open(),
            ShardFilter::OpenAt(milliseconds) => shard.was_open_at(milliseconds),
            ShardFilter::OpenFrom(milliseconds) => {
                let closed_at = shard.closed_at_milliseconds;
                closed_at.is_none_or(|closed_at| closed_at >= milliseconds)
            }
        }
    }
}
