//! Random operations on a share with dead letters, against a specification that is simple enough to be obviously right.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod driver;
#[path = "../fixture/mod.rs"]
mod fixture;
mod specification;

use proptest::prelude::*;

use crate::driver::{Driver, Step};

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pick = any::<prop::sample::Index>();
    let step = prop_oneof![
        3 => (1..5_usize).prop_map(Step::Append),
        8 => (1..9_usize).prop_map(Step::Acquire),
        4 => (1..9_usize).prop_map(Step::AcquireDeadLetters),
        8 => (pick.clone(), 0..3_u8).prop_map(|(pick, verdict)| Step::Decide { pick, verdict }),
        2 => pick.prop_map(Step::Restore),
        4 => (1..40_u64).prop_map(Step::Advance),
        1 => any::<bool>().prop_map(Step::Restart),
    ];
    prop::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn dead_letters_behave_as_specified(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut driver = Driver::new().await;
            for step in steps {
                driver.take(step).await;
            }
            driver.drain().await;
        });
    }
}
