//! Random operations on the engine, against a specification that is simple enough to be obviously right.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod dead_letters;
mod driver;
mod specification;
mod steps;

use ninefold_queue::{DeduplicationScope, Limits, QueueKind};
use proptest::prelude::*;

use crate::driver::Driver;
use crate::steps::{Step, steps};

/// Limits so small that a handful of messages is paged in and out.
const TIGHT: Limits = Limits {
    cache_bytes: 1_024,
    visible_messages: 4,
    overtaking_messages: 8,
    page_messages: 2,
};

fn check(kind: QueueKind, limits: Limits, steps: Vec<Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut driver = Driver::new(kind, limits).await;
        for step in steps {
            driver.take(step).await;
        }
        driver.drain().await;
    });
}

fn limits() -> impl Strategy<Value = Limits> {
    prop_oneof![Just(Limits::default()), Just(TIGHT)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn standard_queues_behave_as_specified(limits in limits(), steps in steps()) {
        check(QueueKind::Standard, limits, steps);
    }

    #[test]
    fn fifo_queues_behave_as_specified(
        by_group in any::<bool>(),
        limits in limits(),
        steps in steps(),
    ) {
        let deduplication_scope =
            if by_group { DeduplicationScope::MessageGroup } else { DeduplicationScope::Queue };
        check(QueueKind::Fifo { deduplication_scope }, limits, steps);
    }
}
