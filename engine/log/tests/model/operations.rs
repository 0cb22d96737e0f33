//! What is done to a log, at random.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A record: key, value, and how many seconds ago it was made.
pub(crate) type Written = (u8, Option<u8>, u16);

#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Append {
        partition: usize,
        records: Vec<Written>,
    },
    /// A batch of a producer; `again` says which of its batches, counted from the next one back.
    Sequenced {
        partition: usize,
        producer: i64,
        again: usize,
        records: Vec<Written>,
    },
    /// A batch that does not come next.
    Gap {
        partition: usize,
        producer: i64,
    },
    EndTransaction {
        partition: usize,
        producer: i64,
        is_committed: bool,
    },
    Read {
        partition: usize,
        from_thousandth: i64,
        max_bytes: usize,
        at_least_one: bool,
        is_committed: bool,
    },
    LookUp {
        partition: usize,
        seconds_ago: u16,
    },
    DeleteBefore {
        partition: usize,
        thousandth: i64,
    },
    Seal {
        partition: usize,
        is_sealed: bool,
    },
    Flush,
    Sweep,
    Compact {
        limit_bytes: u64,
    },
    Advance {
        seconds: u64,
    },
    Restart,
    /// The process or the machine ends while these partitions are appended to.
    Crash {
        partitions: Vec<usize>,
    },
    /// One of the next writes or syncs fails.
    Fail {
        after: usize,
        flushes: bool,
    },
}

pub(crate) const PARTITIONS: usize = 4;
/// The first one has transactions, the other one has not.
pub(crate) const PRODUCERS: [i64; 2] = [700, 800];

fn records() -> impl Strategy<Value = Vec<Written>> {
    vec((0..6_u8, option::weighted(0.8, any::<u8>()), 0..600_u16), 1..5)
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let partition = 0..PARTITIONS;
    let producer = prop::sample::select(PRODUCERS.to_vec());
    prop_oneof![
        8 => (partition.clone(), records()).prop_map(|(partition, records)| Append { partition, records }),
        8 => (partition.clone(), producer.clone(), prop_oneof![5 => Just(0), 1 => 1..8_usize], records()).prop_map(
            |(partition, producer, again, records)| Sequenced { partition, producer, again, records }
        ),
        1 => (partition.clone(), producer).prop_map(|(partition, producer)| Gap { partition, producer }),
        4 => (partition.clone(), any::<bool>()).prop_map(|(partition, is_committed)| {
            EndTransaction { partition, producer: PRODUCERS[0], is_committed }
        }),
        6 => (partition.clone(), 0..=1_000_i64, 0..2_000_usize, any::<bool>(), any::<bool>()).prop_map(
            |(partition, from_thousandth, max_bytes, at_least_one, is_committed)| {
                Read { partition, from_thousandth, max_bytes, at_least_one, is_committed }
            }
        ),
        3 => (partition.clone(), 0..700_u16)
            .prop_map(|(partition, seconds_ago)| LookUp { partition, seconds_ago }),
        1 => (partition.clone(), 0..=1_000_i64)
            .prop_map(|(partition, thousandth)| DeleteBefore { partition, thousandth }),
        1 => (partition.clone(), any::<bool>())
            .prop_map(|(partition, is_sealed)| Seal { partition, is_sealed }),
        5 => Just(Flush),
        1 => Just(Sweep),
        4 => prop_oneof![Just(1_u64), Just(u64::MAX)].prop_map(|limit_bytes| Compact { limit_bytes }),
        2 => (0..400_u64).prop_map(|seconds| Advance { seconds }),
        1 => Just(Restart),
        1 => vec(partition, 0..6).prop_map(|partitions| Crash { partitions }),
        1 => (0..14_usize, any::<bool>()).prop_map(|(after, flushes)| Fail { after, flushes }),
    ]
}
