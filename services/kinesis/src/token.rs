//! Tokens that say where a list goes on. They are sealed, and good for five minutes.

use ninefold_protocol::ServiceError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arn::StreamArn;
use crate::errors;
use crate::limits::TOKEN_MILLISECONDS;
use crate::seal::Sealer;
use crate::shard_filter::ShardFilter;
use crate::shard_id::ShardId;

/// Tokens of different lists don't pass for each other.
const SHARDS_FORMAT: u8 = 2;
const NAMES_FORMAT: u8 = 3;

/// Where the list of a stream's shards goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShardsToken {
    pub(crate) stream: StreamArn,
    pub(crate) stream_id: Uuid,
    pub(crate) after: ShardId,
    pub(crate) filter: ShardFilter,
    pub(crate) created_at_milliseconds: u64,
}

/// What is sealed of it.
#[derive(Serialize, Deserialize)]
struct StoredShards {
    stream: String,
    stream_id: u128,
    after: u32,
    filter: ShardFilter,
    created_at_milliseconds: u64,
}

/// Where a list of names goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamesToken {
    /// What is listed: a namespace, or an ARN.
    pub(crate) of: String,
    pub(crate) after: String,
    pub(crate) created_at_milliseconds: u64,
}

impl ShardsToken {
    pub(crate) fn seal(&self, sealer: &Sealer) -> String {
        let stored = StoredShards {
            stream: self.stream.to_string(),
            stream_id: self.stream_id.as_u128(),
            after: self.after.0,
            filter: self.filter,
            created_at_milliseconds: self.created_at_milliseconds,
        };
        seal(sealer, SHARDS_FORMAT, &stored)
    }

    pub(crate) fn open(text: &str, sealer: &Sealer, now_milliseconds: u64) -> Result<Self, ServiceError> {
        let stored: StoredShards = open(text, sealer, SHARDS_FORMAT)?;
        check_age(stored.created_at_milliseconds, now_milliseconds)?;
        Ok(ShardsToken {
            stream: StreamArn::parse(&stored.stream).ok_or_else(errors::invalid_token)?,
            stream_id: Uuid::from_u128(stored.stream_id),
            after: ShardId(stored.after),
            filter: stored.filter,
            created_at_milliseconds: stored.created_at_milliseconds,
        })
    }
}

impl NamesToken {
    pub(crate) fn seal(&self, sealer: &Sealer) -> String {
        seal(sealer, NAMES_FORMAT, self)
    }

    /// Reads a token that was given out for this list.
    pub(crate) fn open(
        text: &str,
        of: &str,
        sealer: &Sealer,
        now_milliseconds: u64,
    ) -> Result<Self, ServiceError> {
        let token: NamesToken = open(text, sealer, NAMES_FORMAT)?;
        if token.of != of {
            return Err(errors::invalid_token());
        }
        check_age(token.created_at_milliseconds, now_milliseconds)?;
        Ok(token)
    }
}

fn seal<T: Serialize>(sealer: &Sealer, format: u8, token: &T) -> String {
    let mut content = vec![format];
    serde_json::to_writer(&mut content, token).expect("a token is text and numbers");
    sealer.seal(content)
}

fn open<T: DeserializeOwned>(text: &str, sealer: &Sealer, format: u8) -> Result<T, ServiceError> {
    let content = sealer.open_sealed(text).ok_or_else(errors::invalid_token)?;
    let json = content
        .strip_prefix(&[format])
        .ok_or_else(errors::invalid_token)?;
    serde_json::from_slice(json).map_err(|_| errors::invalid_token())
}

fn check_age(created_at_milliseconds: u64, now_milliseconds: u64) -> Result<(), ServiceError> {
    match now_milliseconds.saturating_sub(created_at_milliseconds) > TOKEN_MILLISECONDS {
        true => Err(errors::token_expired("NextToken")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_good_for_their_list_and_five_minutes() {
        let sealer = Sealer::new([3; 32]);
        let names = NamesToken {
            of: "123456789012/eu-central-1".to_owned(),
            after: "orders".to_owned(),
            created_at_milliseconds: 1_000,
        };
        let text = names.seal(&sealer);
        let open = |of: &str, now| NamesToken::open(&text, of, &sealer, now);
        assert_eq!(open(&names.of, 301_000).unwrap(), names);
        assert_eq!(
            open(&names.of, 301_001).unwrap_err().code,
            "ExpiredNextTokenException"
        );
        assert_eq!(open("other", 1_000).unwrap_err().code, "InvalidArgumentException");
        assert!(ShardsToken::open(&text, &sealer, 1_000).is_err());
        let shards = ShardsToken {
            stream: StreamArn::parse("arn:aws:kinesis:eu-central-1:123456789012:stream/orders").unwrap(),
            stream_id: Uuid::from_u128(u128::MAX),
            after: ShardId(7),
            filter: ShardFilter::OpenAt(5),
            created_at_milliseconds: 1_000,
        };
        let text = shards.seal(&sealer);
        assert_eq!(ShardsToken::open(&text, &sealer, 1_000).unwrap(), shards);
    }
}
