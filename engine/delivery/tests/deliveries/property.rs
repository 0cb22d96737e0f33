//! Whatever happens, every item that was accepted ends, and ends once: taken or dead-lettered.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use crate::fixture::{Behaviour, Fixture};

#[derive(Clone, Debug)]
enum Step {
    Accept { target: u8, items: u8 },
    Behave { target: u8, behaviour: Behaviour },
    Pass { seconds: u16 },
    BurialsFail(bool),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let behaviour = prop::sample::select(vec![
        Behaviour::Takes,
        Behaviour::Fails,
        Behaviour::Refuses,
        Behaviour::Hangs,
        Behaviour::FailsFirst(2),
    ]);
    prop_oneof![
        4 => (0..3_u8, 1..20_u8).prop_map(|(target, items)| Step::Accept { target, items }),
        3 => (0..3_u8, behaviour).prop_map(|(target, behaviour)| Step::Behave { target, behaviour }),
        3 => (0..200_u16).prop_map(|seconds| Step::Pass { seconds }),
        1 => any::<bool>().prop_map(Step::BurialsFail),
        1 => Just(Step::Restart),
    ]
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut fixture = Fixture::new().await;
    let mut accepted: u128 = 0;
    for step in steps {
        match step {
            Step::Accept { target, items } => {
                let next = accepted + u128::from(items);
                fixture.accept(&target.to_string(), accepted..next).await;
                accepted = next;
            }
            Step::Behave { target, behaviour } => fixture.behave(&target.to_string(), behaviour),
            Step::Pass { seconds } => fixture.pass(Duration::from_secs(seconds.into())).await,
            Step::BurialsFail(fail) => fixture.courier.script.lock().burials_fail = fail,
            Step::Restart => fixture.restart().await,
        }
    }
    fixture.courier.script.lock().burials_fail = false;
    (0..3).for_each(|target| fixture.behave(&target.to_string(), Behaviour::Takes));
    fixture.pass(Duration::from_secs(7_200)).await;
    for target in fixture.engine.targets() {
        prop_assert_eq!(fixture.engine.backlog(&target).unwrap().items(), 0);
    }
    let script = fixture.courier.script.lock();
    let buried = script.buried.iter().map(|(item, _)| *item);
    let ended: BTreeSet<u128> = script.taken.iter().copied().chain(buried).collect();
    prop_assert_eq!(ended, (0..accepted).collect::<BTreeSet<u128>>());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_item_ends(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps))?;
    }
}
