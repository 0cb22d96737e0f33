//! What can happen.

use std::time::Duration;

use ninefold_transactions::Outcome;
use proptest::prelude::*;

/// Applications there are.
pub(super) const APPLICATIONS: usize = 4;
/// Where they write: partitions, and then groups.
pub(super) const PLACES: usize = 4;

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An application says that it is the one from now on; or, when it knows who it is, that it wants to go on.
    Initialize {
        application: usize,
        goes_on: bool,
    },
    /// It asks for a producer id without a transactional id.
    NewProducer,
    /// It extends its transaction.
    Add {
        application: usize,
        place: usize,
    },
    /// It writes.
    Write {
        application: usize,
        place: usize,
    },
    /// It is let in, and takes its time.
    WriteSlowly {
        application: usize,
        place: usize,
    },
    /// Those who took their time write.
    WriteAtLast,
    /// It sends something that stays on its way.
    WriteLate {
        application: usize,
        place: usize,
    },
    /// What was on its way arrives.
    Arrive {
        letter: usize,
    },
    /// It ends its transaction; again and as before if it doesn't know whether it has.
    End {
        application: usize,
        outcome: Outcome,
    },
    /// An operator aborts a transaction.
    Abort {
        application: usize,
    },
    /// Some places can't be reached.
    Unreachable {
        places: Vec<bool>,
    },
    /// Only so many markers can be written.
    Budget {
        budget: Option<usize>,
    },
    Advance {
        time: Duration,
    },
    /// The store takes its time, until it is released.
    Hold,
    Release,
    /// The store refuses a batch.
    Refuse,
    /// The server is killed. What was under way is in the store, or isn't.
    Crash {
        is_written: bool,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let application = 0..APPLICATIONS;
    let of_one = (application.clone(), 0..PLACES);
    let outcome = prop_oneof![3 => Just(Outcome::Commit), 1 => Just(Outcome::Abort)];
    let milliseconds = prop_oneof![
        10 => prop::sample::select(vec![1, 100, 1_000, 4_000]),
        3 => Just(11_000),
        1 => Just(8 * 24 * 3_600_000),
    ];
    let flags = prop::collection::vec(prop::bool::weighted(0.3), PLACES);
    prop_oneof![
        5 => (application.clone(), prop::bool::weighted(0.3))
            .prop_map(|(application, goes_on)| Step::Initialize { application, goes_on }),
        1 => Just(Step::NewProducer),
        3 => of_one.clone().prop_map(|(application, place)| Step::Add { application, place }),
        30 => of_one.clone().prop_map(|(application, place)| Step::Write { application, place }),
        5 => of_one.clone().prop_map(|(application, place)| Step::WriteSlowly { application, place }),
        5 => Just(Step::WriteAtLast),
        6 => of_one.prop_map(|(application, place)| Step::WriteLate { application, place }),
        6 => (0..8_usize).prop_map(|letter| Step::Arrive { letter }),
        25 => (application.clone(), outcome)
            .prop_map(|(application, outcome)| Step::End { application, outcome }),
        1 => application.prop_map(|application| Step::Abort { application }),
        2 => flags.prop_map(|places| Step::Unreachable { places }),
        2 => prop::option::weighted(0.4, 0..3_usize).prop_map(|budget| Step::Budget { budget }),
        8 => milliseconds.prop_map(|time| Step::Advance { time: Duration::from_millis(time) }),
        2 => Just(Step::Hold),
        6 => Just(Step::Release),
        1 => Just(Step::Refuse),
        3 => any::<bool>().prop_map(|is_written| Step::Crash { is_written }),
    ]
}
