//! Shard iterators: a place in a shard, for five minutes. All of it is in the iterator; the server keeps nothing.

use ninefold_protocol::{AccountId, Region, ServiceError};
use uuid::Uuid;

use crate::arn::StreamArn;
use crate::errors;
use crate::limits::ITERATOR_MILLISECONDS;
use crate::seal::Sealer;
use crate::shard_id::ShardId;

/// The layout of an iterator; nothing else that is sealed begins so.
const FORMAT: u8 = 1;
const ACCOUNT_BYTES: usize = 12;
/// Format, time, stream's id, shard, offset, account, length of the region.
const FIXED_BYTES: usize = 1 + 8 + 16 + 4 + 8 + ACCOUNT_BYTES + 1;

/// What an iterator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShardIterator {
    pub(crate) stream: StreamArn,
    /// Tells the stream from a later one of its name.
    pub(crate) stream_id: Uuid,
    pub(crate) shard: ShardId,
    /// The next one to be read.
    pub(crate) offset: i64,
    pub(crate) created_at_milliseconds: u64,
}

impl ShardIterator {
    pub(crate) fn seal(&self, sealer: &Sealer) -> String {
        let region = self.stream.region.as_str();
        let mut content = Vec::with_capacity(FIXED_BYTES + region.len() + self.stream.name.len() + 16);
        content.push(FORMAT);
        content.extend_from_slice(&self.created_at_milliseconds.to_be_bytes());
        content.extend_from_slice(self.stream_id.as_bytes());
        content.extend_from_slice(&self.shard.0.to_be_bytes());
        content.extend_from_slice(&self.offset.to_be_bytes());
        content.extend_from_slice(self.stream.account.as_str().as_bytes());
        // A region has 64 bytes at most.
        content.push(region.len() as u8);
        content.extend_from_slice(region.as_bytes());
        content.extend_from_slice(self.stream.name.as_bytes());
        sealer.seal(content)
    }

    /// Reads an iterator that was given out here and has not expired.
    pub(crate) fn open(text: &str, sealer: &Sealer, now_milliseconds: u64) -> Result<Self, ServiceError> {
        let content = sealer.open_sealed(text).ok_or_else(errors::invalid_iterator)?;
        let iterator = Self::read(&content).ok_or_else(errors::invalid_iterator)?;
        let created_at_milliseconds = iterator.created_at_milliseconds;
        if now_milliseconds.saturating_sub(created_at_milliseconds) > ITERATOR_MILLISECONDS {
            return Err(errors::iterator_expired(
                created_at_milliseconds,
                now_milliseconds,
            ));
        }
        Ok(iterator)
    }

    fn read(content: &[u8]) -> Option<Self> {
        let (fixed, rest) = content.split_at_checked(FIXED_BYTES)?;
        let (region, name) = rest.split_at_checked(usize::from(fixed[FIXED_BYTES - 1]))?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        if fixed[0] != FORMAT {
            return None;
        }
        Some(ShardIterator {
            created_at_milliseconds: u64::from_be_bytes(fixed[1..9].try_into().ok()?),
            stream_id: Uuid::from_bytes(fixed[9..25].try_into().ok()?),
            shard: ShardId(u32::from_be_bytes(fixed[25..29].try_into().ok()?)),
            offset: i64::from_be_bytes(fixed[29..37].try_into().ok()?),
            stream: StreamArn {
                account: AccountId::parse(&text(&fixed[37..37 + ACCOUNT_BYTES])?).ok()?,
                region: Region::parse(&text(region)?).ok()?,
                name: text(name)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn iterator() -> ShardIterator {
        ShardIterator {
            stream: StreamArn::parse("arn:aws:kinesis:eu-central-1:123456789012:stream/orders").unwrap(),
            stream_id: Uuid::from_u128(7),
            shard: ShardId(3),
            offset: 42,
            created_at_milliseconds: 1_700_000_000_000,
        }
    }

    #[test]
    fn an_iterator_is_good_for_five_minutes() {
        let sealer = Sealer::new([1; 32]);
        let text = iterator().seal(&sealer);
        assert!(text.len() <= 512);
        let open = |now| ShardIterator::open(&text, &sealer, now);
        assert_eq!(open(1_700_000_300_000).unwrap(), iterator());
        assert_eq!(
            open(1_700_000_300_001).unwrap_err().code,
            "ExpiredIteratorException"
        );
    }

    #[test]
    fn the_longest_one_has_its_place() {
        let mut longest = iterator();
        longest.stream.name = "n".repeat(128);
        longest.stream.region = Region::parse(&"r".repeat(64)).unwrap();
        assert!(longest.seal(&Sealer::new([1; 32])).len() <= 512);
    }

    #[test]
    fn what_was_changed_is_refused() {
        let sealer = Sealer::new([1; 32]);
        let text = iterator().seal(&sealer);
        let bytes = STANDARD.decode(&text).unwrap();
        let refused = |text: &str| {
            let refused = ShardIterator::open(text, &sealer, 1_700_000_000_000).unwrap_err();
            assert_eq!(refused.message, "Invalid ShardIterator.");
        };
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            refused(&STANDARD.encode(changed));
        }
        for text in [
            "",
            "x",
            "AAAA",
            &format!("{text}="),
            text.trim_end_matches('='),
            &sealer.seal(vec![1; 20]),
        ] {
            if *text != iterator().seal(&sealer) {
                refused(text);
            }
        }
        assert!(ShardIterator::open(&text, &Sealer::new([2; 32]), 1_700_000_000_000).is_err());
    }
}
