//! Random producers beside what they may expect: whatever they and the world around them do, across crashes,
//!
//! - every transaction has one outcome, everywhere, and all of them have one in the end;
//! - nothing is committed whose producer did not ask for that, and what was acknowledged is what happens;
//! - whoever is fenced changes nothing, and what comes late of an earlier epoch gets into no later transaction;
//! - nobody is given an identity that somebody else has had.

mod ledger;
mod producers;
mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use self::producers::Model;
use self::steps::step;

proptest! {
    #![proptest_config(Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::with_cases(200)
    })]

    #[test]
    fn transactions_are_what_their_producers_may_expect(steps in prop::collection::vec(step(), 1..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new().await;
            for step in steps {
                model.take(step).await;
            }
            model.conclude().await;
        });
    }
}
