//! Sequence numbers: where a record is, as a decimal number that is larger for later records.
//!
//! 47 hexadecimal digits: `2`, nine of the second in which the shard was opened, the last one of its number, sixteen of the
//! place in the shard, `00`, nine of the second in which the record came, eight of the shard's number, `2`. That is how AWS's look, as
//! [Kinesalite](https://github.com/mhart/kinesalite) found out. The place is the record's offset and one, so that a shard's own number,
//! with place 0, is before all of its records'.

use std::fmt;

use crate::shard_id::ShardId;

/// The largest place: what the end of a closed shard has.
const LAST_PLACE: u64 = i64::MAX as u64;
/// Seconds have 36 bits.
const LARGEST_SECONDS: u64 = (1 << 36) - 1;
/// The only version of the format that is given out.
const VERSION: u64 = 2;
/// As much of a number as 64 bits hold of decimal digits.
const CHUNK: u64 = 10_000_000_000_000_000_000;
const CHUNK_DIGITS: usize = 19;
/// No number has more digits.
const DIGITS: usize = 57;

/// The parts of a sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SequenceNumber {
    /// When the shard was opened, in seconds since the epoch, and later than its parents were.
    pub(crate) era_seconds: u64,
    pub(crate) shard: ShardId,
    /// The offset and one.
    place: u64,
    /// When the record came, in seconds since the epoch.
    pub(crate) record_seconds: u64,
}

impl SequenceNumber {
    /// That of a record.
    pub(crate) fn of_record(era_seconds: u64, shard: ShardId, offset: i64, record_milliseconds: i64) -> Self {
        let milliseconds = u64::try_from(record_milliseconds).unwrap_or(0);
        SequenceNumber {
            era_seconds,
            shard,
            place: u64::try_from(offset)
                .unwrap_or(0)
                .saturating_add(1)
                .min(LAST_PLACE),
            record_seconds: milliseconds / 1_000,
        }
    }

    /// Before all of a shard's records.
    pub(crate) fn start(era_seconds: u64, shard: ShardId) -> Self {
        SequenceNumber {
            era_seconds,
            shard,
            place: 0,
            record_seconds: era_seconds,
        }
    }

    /// Behind all of a shard's records.
    pub(crate) fn end(era_seconds: u64, shard: ShardId, closed_at_milliseconds: u64) -> Self {
        SequenceNumber {
            era_seconds,
            shard,
            place: LAST_PLACE,
            record_seconds: closed_at_milliseconds / 1_000,
        }
    }

    /// The offset of the record, or where one would be.
    pub(crate) fn offset(&self) -> i64 {
        i64::try_from(self.place.saturating_sub(1)).unwrap_or(i64::MAX)
    }

    /// The offset behind the record.
    pub(crate) fn next_offset(&self) -> i64 {
        i64::try_from(self.place).unwrap_or(i64::MAX)
    }

    /// Reads a number that was given out here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let limbs = from_decimal(text)?;
        let number = Self::from_limbs(limbs);
        let is_ours = number.place <= LAST_PLACE && number.shard.0 <= i32::MAX as u32;
        (is_ours && number.limbs() == limbs).then_some(number)
    }

    /// The number's 192 bits, the highest first.
    fn limbs(&self) -> [u64; 3] {
        let era = self.era_seconds.min(LARGEST_SECONDS);
        let seconds = self.record_seconds.min(LARGEST_SECONDS);
        let shard = u64::from(self.shard.0);
        [
            VERSION << 56 | era << 20 | (shard & 0xf) << 16 | self.place >> 48,
            self.place << 16 | seconds >> 28,
            seconds << 36 | shard << 4 | VERSION,
        ]
    }

    fn from_limbs([high, middle, low]: [u64; 3]) -> Self {
        SequenceNumber {
            era_seconds: high >> 20 & LARGEST_SECONDS,
            shard: ShardId((low >> 4) as u32),
            place: (high & 0xffff) << 48 | middle >> 16,
            record_seconds: (middle & 0xff) << 28 | low >> 36,
        }
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limbs = self.limbs();
        let mut chunks = [0; 3];
        for chunk in chunks.iter_mut().rev() {
            *chunk = divide(&mut limbs);
        }
        let [first, second, third] = chunks;
        write!(formatter, "{first}{second:019}{third:019}")
    }
}

/// Divides by [`CHUNK`]; returns what is left over.
fn divide(limbs: &mut [u64; 3]) -> u64 {
    let mut rest = 0_u128;
    for limb in limbs {
        let dividend = rest << 64 | u128::from(*limb);
        *limb = (dividend / u128::from(CHUNK)) as u64;
        rest = dividend % u128::from(CHUNK);
    }
    rest as u64
}

fn from_decimal(text: &str) -> Option<[u64; 3]> {
    if text.is_empty() || text.len() > DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut limbs = [0_u64; 3];
    let (mut start, mut end) = (0, text.len() % CHUNK_DIGITS);
    while start < text.len() {
        let digits = &text[start..end];
        let factor = 10_u128.pow(digits.len() as u32);
        let mut carry: u128 = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
        for limb in limbs.iter_mut().rev() {
            let product = u128::from(*limb) * factor + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        if carry != 0 {
            return None;
        }
        (start, end) = (end, end + CHUNK_DIGITS);
    }
    Some(limbs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_look_as_those_of_aws() {
        // As answers of PutRecord have them.
        let text = "49543463076548007577105092703039560359975228518395019266";
        let number = SequenceNumber::from_limbs(from_decimal(text).unwrap());
        assert_eq!((number.shard, number.era_seconds), (ShardId(0), 1_411_403_981));
        let start = SequenceNumber::start(1_411_403_981, ShardId(3)).to_string();
        assert_eq!(start.len(), 56);
        assert!(start.starts_with("49"));
        assert_eq!(SequenceNumber::parse(&start).unwrap().offset(), 0);
    }

    #[test]
    fn what_was_not_given_out_is_none() {
        for text in [
            "",
            "0",
            "1",
            "x",
            "-1",
            "49543463076548007577105092703039560359975228518395019267",
        ] {
            assert_eq!(SequenceNumber::parse(text), None, "{text}");
        }
        assert_eq!(SequenceNumber::parse(&"9".repeat(57)), None);
        assert_eq!(SequenceNumber::parse(&"9".repeat(129)), None);
    }

    proptest! {
        #[test]
        fn numbers_read_back_and_are_in_order(
            era in 1_400_000_000_u64..4_000_000_000,
            shard in 0..100_000_u32,
            offset in 0..1_i64 << 60,
            later in 1..1_000_i64,
            milliseconds in 1_400_000_000_000_i64..4_000_000_000_000,
        ) {
            let shard = ShardId(shard);
            let number = SequenceNumber::of_record(era, shard, offset, milliseconds);
            let text = number.to_string();
            prop_assert_eq!(SequenceNumber::parse(&text), Some(number));
            prop_assert_eq!((number.offset(), number.next_offset()), (offset, offset + 1));
            let next = SequenceNumber::of_record(era, shard, offset + later, milliseconds - 5_000).to_string();
            let child = SequenceNumber::start(era + 1, ShardId(0)).to_string();
            let end = SequenceNumber::end(era, shard, 0).to_string();
            let order = [SequenceNumber::start(era, shard).to_string(), text, next, end, child];
            prop_assert!(order.iter().all(|text| text.len() == order[0].len()));
            prop_assert!(order.is_sorted(), "{:?}", order);
        }
    }
}
