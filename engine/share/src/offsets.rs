//! Which offsets of a batch are those of records.

use std::ops::RangeInclusive;

use ninefold_log::AbortedTransaction;
use ninefold_record_batch::{Batch, BatchError, Header};

/// A batch is not taken apart beyond this many bytes of records.
const DECOMPRESSED_BYTES: usize = 256 << 20;

/// The offsets of the records of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Offsets {
    /// Without a gap, as producers send them.
    All(RangeInclusive<i64>),
    /// What compaction has left, in order.
    Some(Vec<i64>),
}

impl Offsets {
    pub(crate) fn of(batch: &Batch) -> Result<Self, BatchError> {
        let header = batch.header();
        if i64::from(header.record_count) == i64::from(header.last_offset_delta) + 1 {
            return Ok(Offsets::All(header.base_offset..=header.last_offset()));
        }
        let records = batch.records(DECOMPRESSED_BYTES)?;
        let offsets = records.map(|record| record.map(|record| record.offset));
        offsets.collect::<Result<_, _>>().map(Offsets::Some)
    }

    pub(crate) fn contains(&self, offset: i64) -> bool {
        match self {
            Offsets::All(range) => range.contains(&offset),
            Offsets::Some(offsets) => offsets.binary_search(&offset).is_ok(),
        }
    }

    /// Up to `maximum` of them from an offset on.
    pub(crate) fn from(self, first: i64, maximum: usize) -> Vec<i64> {
        match self {
            Offsets::All(range) => (first.max(*range.start())..=*range.end()).take(maximum).collect(),
            Offsets::Some(offsets) => {
                let from = offsets.into_iter().filter(|offset| *offset >= first);
                from.take(maximum).collect()
            }
        }
    }
}

/// Whether a batch has records for anybody who leaves out these transactions.
pub(crate) fn is_visible(header: &Header, aborted: &[AbortedTransaction]) -> bool {
    if header.attributes.is_control() {
        return false;
    }
    let is_of = |transaction: &AbortedTransaction| {
        transaction.producer_id == header.producer_id
            && (transaction.first_offset..transaction.marker_offset).contains(&header.base_offset)
    };
    !(header.attributes.is_transactional() && aborted.iter().any(is_of))
}

#[cfg(test)]
mod tests {
    use ninefold_record_batch::{BatchBuilder, Filtered};

    use super::*;

    fn batch(records: usize, base_offset: i64) -> Batch {
        let mut builder = BatchBuilder::new();
        for _ in 0..records {
            builder.push(1, None, Some(b"value"), &[]).unwrap();
        }
        Batch::parse(builder.build(base_offset)).unwrap()
    }

    #[test]
    fn offsets_without_a_gap_need_no_records() {
        let offsets = Offsets::of(&batch(3, 10)).unwrap();
        assert_eq!(offsets, Offsets::All(10..=12));
        assert!(offsets.contains(12) && !offsets.contains(13));
        assert_eq!(offsets.clone().from(11, 9), [11, 12]);
        assert_eq!(offsets.from(0, 2), [10, 11]);
    }

    #[test]
    fn what_compaction_has_left_out_is_no_offset() {
        let filtered = batch(4, 10)
            .filter(1 << 20, None, |record| record.offset % 2 == 1)
            .unwrap();
        let Filtered::Some(batch) = filtered else {
            panic!("two of four records were kept");
        };
        let offsets = Offsets::of(&batch).unwrap();
        assert_eq!(offsets, Offsets::Some(vec![11, 13]));
        assert!(offsets.contains(13) && !offsets.contains(12));
        assert_eq!(offsets.from(12, 9), [13]);
    }
}
