//! `shardId-000000000007`

use std::fmt;

/// Which shard of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShardId(pub(crate) u32);

/// The largest one that there can be, since its highest bit has no place in sequence numbers.
const LARGEST: u32 = i32::MAX as u32;

impl ShardId {
    /// Reads what a caller means: as AWS does, the number behind the first hyphen, or all of it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = match text.split_once('-') {
            Some((_, behind)) => behind.split('-').next().unwrap_or_default(),
            None => text,
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = is_number.then(|| digits.parse().ok())??;
        (number <= LARGEST).then_some(ShardId(number))
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "shardId-{:012}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_named_in_several_ways() {
        for text in ["7", "shardId-000000000007", "shard-7", "-7", "a-7-b"] {
            assert_eq!(ShardId::parse(text), Some(ShardId(7)), "{text}");
        }
        assert_eq!(ShardId(7).to_string(), "shardId-000000000007");
        assert_eq!(ShardId::parse("2147483647"), Some(ShardId(LARGEST)));
        for text in ["", "2147483648", "ABKLFD8", "2.14E4", "shardId-", "+7"] {
            assert_eq!(ShardId::parse(text), None, "{text}");
        }
    }
}
