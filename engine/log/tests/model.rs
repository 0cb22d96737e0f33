//! Random operations on a log and on a list, which have to come to the same: appends, plain and of producers, transactions,
//! reads, flushes, retention, compaction, restarts, crashes, and disks that fail.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;
#[path = "model/operations.rs"]
mod operations;
#[path = "model/specification.rs"]
mod specification;
#[path = "model/world.rs"]
mod world;

use operations::operation;
use proptest::collection::vec;
use proptest::prelude::*;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_is_a_list_of_records(
        operations in vec(operation(), 1..120),
        compaction_keys in prop_oneof![Just(1_usize), Just(3), Just(1_000)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new(compaction_keys).await;
            for operation in operations {
                world.perform(&operation).await;
            }
            world.check().await;
        });
    }
}
