//! What is done to a queue.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// One operation. Groups, deduplication ids and receipts are few, so that they meet.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Vec<Sending>),
    Receive {
        maximum: usize,
        visibility_seconds: Option<u32>,
    },
    /// Uses the receipt of this number, counted around those given out so far.
    Delete(usize),
    ChangeVisibility {
        receipt: usize,
        seconds: u32,
    },
    AdvanceMilliseconds(u64),
    Purge,
    Sweep,
    Restart,
    Configure {
        delay_seconds: u32,
        visibility_timeout_seconds: u32,
        retention_seconds: u32,
    },
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) group: Option<u8>,
    pub(crate) deduplication: u8,
    pub(crate) delay_seconds: Option<u32>,
}

fn sending() -> impl Strategy<Value = Sending> {
    (
        option::weighted(0.6, 0..4_u8),
        any::<u8>(),
        option::weighted(0.2, 0..60_u32),
    )
        .prop_map(|(group, deduplication, delay_seconds)| Sending {
            group,
            deduplication: deduplication % 40,
            delay_seconds,
        })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => vec(sending(), 1..=10).prop_map(Step::Send),
        10 => (1..=10_usize, option::of(0..120_u32)).prop_map(|(maximum, visibility_seconds)| Step::Receive {
            maximum,
            visibility_seconds,
        }),
        6 => any::<usize>().prop_map(Step::Delete),
        3 => (any::<usize>(), prop_oneof![Just(0), 1..100_u32, 43_100..43_300_u32])
            .prop_map(|(receipt, seconds)| Step::ChangeVisibility { receipt, seconds }),
        5 => prop_oneof![1..2_000_u64, 1_000..90_000_u64, Just(301_000), Just(7_200_000)]
            .prop_map(Step::AdvanceMilliseconds),
        1 => Just(Step::Purge),
        2 => Just(Step::Sweep),
        2 => Just(Step::Restart),
        1 => (0..20_u32, 0..60_u32, prop_oneof![Just(60), Just(3_600), Just(345_600)]).prop_map(
            |(delay_seconds, visibility_timeout_seconds, retention_seconds)| Step::Configure {
                delay_seconds,
                visibility_timeout_seconds,
                retention_seconds,
            }
        ),
    ]
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..80)
}
