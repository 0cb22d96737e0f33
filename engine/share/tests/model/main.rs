//! Random operations on a share, against a specification that is simple enough to be obviously right.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod driver;
#[path = "../fixture/mod.rs"]
mod fixture;
mod specification;

use proptest::prelude::*;

use crate::driver::{Driver, Step};

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let member = 0..3_usize;
    let step = prop_oneof![
        3 => (1..7_usize).prop_map(Step::Append),
        2 => (1..4_usize, any::<bool>()).prop_map(|(records, commits)| Step::Transaction { records, commits }),
        6 => (member.clone(), 1..9_usize, any::<bool>())
            .prop_map(|(member, records, is_narrow)| Step::Acquire { member, records, is_narrow }),
        6 => (member.clone(), 0..6_usize, 1..5_usize, 0..4_u8)
            .prop_map(|(member, from, records, verdict)| Step::Decide { member, from, records, verdict }),
        1 => member.clone().prop_map(Step::ReleaseAll),
        3 => (1..40_u64).prop_map(Step::Advance),
        1 => (1..9_i64).prop_map(Step::LetGo),
        1 => Just(Step::Sweep),
        1 => any::<bool>().prop_map(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn shares_behave_as_specified(window in 2..12_usize, steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut driver = Driver::new(window).await;
            for step in steps {
                driver.take(step).await;
            }
            driver.drain().await;
        });
    }
}
