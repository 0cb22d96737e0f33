//! Where to begin to read: what the starting positions of iterators and subscriptions mean.
//!
//! Source: [GetShardIterator](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html).

use ninefold_model::Timestamp;
use ninefold_protocol::ServiceError;
use serde::Deserialize;

use crate::errors;
use crate::sequence::SequenceNumber;
use crate::stream::{Shard, StreamView};

/// `ShardIteratorType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PositionKind {
    AtSequenceNumber,
    AfterSequenceNumber,
    TrimHorizon,
    Latest,
    AtTimestamp,
}

impl PositionKind {
    fn name(self) -> &'static str {
        match self {
            PositionKind::AtSequenceNumber => "AT_SEQUENCE_NUMBER",
            PositionKind::AfterSequenceNumber => "AFTER_SEQUENCE_NUMBER",
            PositionKind::TrimHorizon => "TRIM_HORIZON",
            PositionKind::Latest => "LATEST",
            PositionKind::AtTimestamp => "AT_TIMESTAMP",
        }
    }
}

/// A position as a caller gives it, to which operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'a> {
    pub(crate) operation: &'static str,
    pub(crate) kind: PositionKind,
    pub(crate) sequence_number: Option<&'a str>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl Position<'_> {
    /// The offset that is meant in a shard.
    pub(crate) async fn offset(
        &self,
        view: &StreamView,
        shard: &Shard,
        now_milliseconds: u64,
    ) -> Result<i64, ServiceError> {
        match (self.kind, self.sequence_number) {
            (PositionKind::AtSequenceNumber, Some(text)) => Ok(self.sequence(view, shard, text)?.offset()),
            (PositionKind::AfterSequenceNumber, Some(text)) => {
                Ok(self.sequence(view, shard, text)?.next_offset())
            }
            (PositionKind::AtTimestamp, None) => self.offset_at_time(shard, now_milliseconds).await,
            (PositionKind::TrimHorizon, None) => Ok(shard.partition.start_offset()),
            (PositionKind::Latest, None) => Ok(shard.partition.end_offset()),
            (kind, sequence_number) => Err(contradiction(kind, sequence_number.is_some())),
        }
    }

    fn sequence(&self, view: &StreamView, shard: &Shard, text: &str) -> Result<SequenceNumber, ServiceError> {
        let used = format!(
            "StartingSequenceNumber {text} used in {} on shard {} in stream {} under account {} is invalid",
            self.operation, shard.id, view.arn.name, view.arn.account
        );
        let Some(number) = SequenceNumber::parse(text) else {
            return Err(errors::invalid_argument(format!("{used}.")));
        };
        if number.shard != shard.id {
            return Err(errors::invalid_argument(format!(
                "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with {}",
                number.shard, shard.id
            )));
        }
        match number.era_seconds == shard.era_seconds {
            true => Ok(number),
            false => Err(errors::invalid_argument(format!(
                "{used} because it did not come from this stream."
            ))),
        }
    }

    async fn offset_at_time(&self, shard: &Shard, now_milliseconds: u64) -> Result<i64, ServiceError> {
        let timestamp = self.timestamp.ok_or_else(|| {
            errors::invalid_argument("Must specify a Timestamp parameter for the AT_TIMESTAMP iterator type.")
        })?;
        let milliseconds = timestamp.milliseconds();
        if u64::try_from(milliseconds).is_ok_and(|milliseconds| milliseconds > now_milliseconds) {
            return Err(errors::invalid_argument(format!(
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. \
                 timestampInMillis: {milliseconds}, currentTimestampInMillis: {now_milliseconds}"
            )));
        }
        let first = shard.partition.offset_for_time(milliseconds).await;
        let first = first.map_err(|error| errors::from_read(&error))?;
        Ok(first.map_or_else(|| shard.partition.end_offset(), |first| first.offset))
    }
}

fn contradiction(kind: PositionKind, has_sequence_number: bool) -> ServiceError {
    let given = match has_sequence_number {
        true => "and also a StartingSequenceNumber",
        false => "and no StartingSequenceNumber",
    };
    errors::invalid_argument(format!(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) \
         TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {} {given}.",
        kind.name()
    ))
}
