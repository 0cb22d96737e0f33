//! Tables of what is asked in which state, and what comes of it.

use std::time::Duration;

use ninefold_time::Timestamp;

use super::*;
use crate::TransactionError::{
    ConcurrentTransactions, InvalidProducerIdMapping, InvalidState, ProducerFenced,
};
use crate::transaction::{Outcome, State};
use crate::{Participant, Participants, Producer, ProducerId, TransactionError, TransactionsConfig};
use Outcome::{Abort, Commit};
use TransactionVersion::{One, Two};

const ID: ProducerId = ProducerId(7);
const FRESH: ProducerId = ProducerId(8);
const THEN: Timestamp = Timestamp::from_millis(1_000);
const NOW: Timestamp = Timestamp::from_millis(5_000);
/// The last epoch that somebody may be given.
const LAST: i16 = i16::MAX - 1;
const ORDERS: Participant<'_> = Participant::Partition {
    topic: "orders",
    partition: 3,
};
const BILLING: Participant<'_> = Participant::Group("billing");
/// The present producer, and who it was before.
const PRESENT: Producer = producer(5);
const FORMER: Producer = producer(4);

const fn producer(epoch: i16) -> Producer {
    Producer { id: ID, epoch }
}

const fn fresh(epoch: i16) -> Producer {
    Producer { id: FRESH, epoch }
}

fn with_state(state: State) -> Transaction {
    Transaction {
        producer: PRESENT,
        former: Some(FORMER),
        timeout: Duration::from_secs(60),
        changed_at: THEN,
        state,
    }
}

fn empty() -> Transaction {
    with_state(State::Empty)
}

fn ongoing() -> Transaction {
    with_state(State::Ongoing {
        started_at: THEN,
        participants: Participants::from_iter([ORDERS]),
    })
}

fn prepared(outcome: Outcome, version: TransactionVersion) -> Transaction {
    let mut prepared = with_state(State::Prepared {
        started_at: THEN,
        participants: Participants::from_iter([ORDERS]),
        outcome,
        version,
        marked: PRESENT,
    });
    if version == One {
        prepared.former = None;
    }
    prepared
}

fn completed(outcome: Outcome) -> Transaction {
    with_state(State::Completed {
        started_at: THEN,
        outcome,
    })
}

fn in_epoch(mut transaction: Transaction, epoch: i16) -> Transaction {
    transaction.producer.epoch = epoch;
    transaction
}

fn request(expected: Option<Producer>) -> Initialize {
    Initialize {
        timeout: Duration::from_secs(30),
        expected,
        two_phase_commit: false,
        keep_prepared: false,
    }
}

fn initialized(
    current: Option<&Transaction>,
    request: &Initialize,
) -> Result<(Transaction, Initialized), TransactionError> {
    let config = TransactionsConfig::default();
    match initialize(current, request, Some(FRESH), &config, NOW)? {
        Step::Change(next, answer) => Ok((next, answer)),
        other => panic!("an initialization comes to {other:?}"),
    }
}

fn stranger() -> Producer {
    Producer {
        id: ProducerId(99),
        epoch: 5,
    }
}

#[test]
fn an_initialization_makes_a_producer() {
    // Present state, expected producer, then: the producer, and who it was.
    let rotating = || in_epoch(empty(), LAST);
    let mut rotated = empty();
    rotated.producer = fresh(0);
    rotated.former = Some(producer(LAST));
    let cases = [
        (None, None, fresh(0), None),
        // It was forgotten.
        (None, Some(PRESENT), fresh(0), None),
        (Some(empty()), None, producer(6), None),
        (Some(completed(Commit)), None, producer(6), None),
        (Some(completed(Abort)), None, producer(6), None),
        (Some(empty()), Some(PRESENT), producer(6), Some(PRESENT)),
        (Some(completed(Commit)), Some(PRESENT), producer(6), Some(PRESENT)),
        // It did not hear the answer.
        (Some(empty()), Some(FORMER), PRESENT, Some(FORMER)),
        (Some(completed(Abort)), Some(FORMER), PRESENT, Some(FORMER)),
        // One epoch is left for fencing.
        (Some(in_epoch(empty(), LAST - 1)), None, producer(LAST), None),
        (Some(rotating()), None, fresh(0), None),
        (
            Some(rotating()),
            Some(producer(LAST)),
            fresh(0),
            Some(producer(LAST)),
        ),
        (Some(in_epoch(completed(Abort), i16::MAX)), None, fresh(0), None),
        (
            Some(rotated),
            Some(producer(LAST)),
            fresh(0),
            Some(producer(LAST)),
        ),
    ];
    for (current, expected, producer, former) in cases {
        let (next, answer) = initialized(current.as_ref(), &request(expected)).unwrap();
        assert_eq!(answer, Initialized::As(producer), "{current:?} {expected:?}");
        let made = Transaction {
            producer,
            former,
            timeout: Duration::from_secs(30),
            changed_at: NOW,
            state: State::Empty,
        };
        assert_eq!(next, made, "{current:?} {expected:?}");
    }
}

#[test]
fn an_initialization_that_finds_a_transaction_aborts_it() {
    for (expected, former) in [(None, None), (Some(PRESENT), Some(PRESENT))] {
        let (next, answer) = initialized(Some(&ongoing()), &request(expected)).unwrap();
        assert_eq!(answer, Initialized::Aborting);
        assert_eq!((next.producer, next.former), (producer(6), former));
        let State::Prepared {
            participants,
            outcome,
            version,
            marked,
            started_at,
        } = next.state
        else {
            panic!("it is {next:?}");
        };
        assert_eq!(
            (outcome, version, marked, started_at),
            (Abort, Two, producer(6), THEN)
        );
        assert_eq!(participants, Participants::from_iter([ORDERS]));
    }
    let (next, _) = initialized(Some(&in_epoch(ongoing(), LAST)), &request(None)).unwrap();
    assert_eq!(next.producer, producer(i16::MAX));
}

#[test]
fn an_initialization_is_refused() {
    let cases = [
        (empty(), Some(producer(3)), ProducerFenced),
        (empty(), Some(producer(6)), ProducerFenced),
        (empty(), Some(stranger()), ProducerFenced),
        (completed(Commit), Some(producer(3)), ProducerFenced),
        (ongoing(), Some(producer(3)), ProducerFenced),
        // Whoever has begun has heard who it is.
        (ongoing(), Some(FORMER), ProducerFenced),
        (prepared(Commit, Two), Some(producer(3)), ProducerFenced),
        (prepared(Commit, One), Some(PRESENT), ConcurrentTransactions),
        (prepared(Commit, Two), Some(FORMER), ConcurrentTransactions),
        (prepared(Commit, Two), None, ConcurrentTransactions),
        (prepared(Abort, One), None, ConcurrentTransactions),
    ];
    for (current, expected, error) in cases {
        let refused = initialized(Some(&current), &request(expected));
        assert_eq!(refused, Err(error), "{current:?} {expected:?}");
    }
}

#[test]
fn an_initialization_is_checked_before_anything_else() {
    let config = TransactionsConfig::default();
    let longest = Initialize {
        timeout: config.longest_timeout,
        ..request(None)
    };
    assert!(initialized(None, &longest).is_ok());
    let too_long = Initialize {
        timeout: config.longest_timeout + Duration::from_millis(1),
        ..longest
    };
    let none = Initialize {
        timeout: Duration::ZERO,
        ..longest
    };
    let two_phases = Initialize {
        two_phase_commit: true,
        ..too_long
    };
    let keeping = Initialize {
        keep_prepared: true,
        ..too_long
    };
    let cases = [
        (too_long, TransactionError::InvalidTimeout),
        (none, TransactionError::InvalidTimeout),
        (two_phases, TransactionError::TwoPhaseCommitDisabled),
        (keeping, TransactionError::KeepPreparedUnsupported),
    ];
    for (request, error) in cases {
        assert_eq!(initialized(None, &request), Err(error.clone()), "{request:?}");
        assert_eq!(initialized(Some(&ongoing()), &request), Err(error), "{request:?}");
    }
}

#[test]
fn a_producer_id_is_drawn_only_where_one_is_needed() {
    let config = TransactionsConfig::default();
    let drawing = |current: Option<&Transaction>| {
        initialize(current, &request(None), None, &config, NOW) == Ok(Step::DrawProducerId)
    };
    assert!(drawing(None) && drawing(Some(&in_epoch(empty(), LAST))));
    assert!(!drawing(Some(&empty())) && !drawing(Some(&in_epoch(ongoing(), LAST))));
    let ending = |current: &Transaction, version| {
        end(Some(current), current.producer, Commit, version, None, NOW) == Ok(Step::DrawProducerId)
    };
    let last = in_epoch(ongoing(), LAST);
    assert!(ending(&last, Two) && !ending(&last, One) && !ending(&ongoing(), Two));
}

/// What comes of adding participants: those that take part then, and since when.
fn added(
    current: Option<&Transaction>,
    producer: Producer,
    additional: &[Participant<'_>],
) -> Result<Option<(Participants, Timestamp)>, TransactionError> {
    let config = TransactionsConfig {
        participants: 2,
        ..TransactionsConfig::default()
    };
    match add(current, producer, additional, &config, NOW)? {
        Step::Keep(()) => Ok(None),
        Step::Change(
            Transaction {
                state:
                    State::Ongoing {
                        started_at,
                        participants,
                    },
                producer: owner,
                changed_at: NOW,
                ..
            },
            (),
        ) if owner == producer => Ok(Some((participants, started_at))),
        other => panic!("adding comes to {other:?}"),
    }
}

#[test]
fn the_first_participant_begins_a_transaction() {
    let billing = Participants::from_iter([BILLING]);
    for current in [empty(), completed(Commit), completed(Abort)] {
        let begun = added(Some(&current), PRESENT, &[BILLING]);
        assert_eq!(begun, Ok(Some((billing.clone(), NOW))), "{current:?}");
        assert_eq!(added(Some(&current), PRESENT, &[]), Ok(None));
    }
    let both = Participants::from_iter([ORDERS, BILLING]);
    assert_eq!(
        added(Some(&ongoing()), PRESENT, &[BILLING]),
        Ok(Some((both, THEN)))
    );
    assert_eq!(added(Some(&ongoing()), PRESENT, &[ORDERS]), Ok(None));
    let third = [BILLING, Participant::Group("third")];
    let full = TransactionError::TooManyParticipants;
    assert_eq!(added(Some(&ongoing()), PRESENT, &third), Err(full));
}

#[test]
fn adding_is_refused() {
    let cases = [
        (None, PRESENT, InvalidProducerIdMapping),
        (Some(empty()), stranger(), InvalidProducerIdMapping),
        (Some(empty()), FORMER, ProducerFenced),
        (Some(empty()), producer(6), ProducerFenced),
        (Some(ongoing()), FORMER, ProducerFenced),
        (Some(prepared(Commit, Two)), FORMER, ProducerFenced),
        (Some(prepared(Commit, Two)), PRESENT, ConcurrentTransactions),
        (Some(prepared(Abort, One)), PRESENT, ConcurrentTransactions),
        (Some(prepared(Abort, One)), stranger(), InvalidProducerIdMapping),
    ];
    for (current, producer, error) in cases {
        assert_eq!(
            added(current.as_ref(), producer, &[ORDERS]),
            Err(error),
            "{current:?}"
        );
    }
}

/// What ending comes to, in short.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// Nothing changes; the producer is this one.
    Again(Producer),
    /// Markers have to be written, which name the first one; the producer is the second.
    Prepared(Producer, Producer),
    /// There is nothing to mark.
    At(Producer),
}

fn ended(
    current: Option<&Transaction>,
    producer: Producer,
    outcome: Outcome,
    version: TransactionVersion,
) -> Result<Ended, TransactionError> {
    let (next, answer) = match end(current, producer, outcome, version, Some(FRESH), NOW)? {
        Step::Keep(answer) => return Ok(Ended::Again(answer)),
        Step::Change(next, answer) => (next, answer),
        Step::DrawProducerId => panic!("there was one"),
    };
    assert_eq!((next.producer, next.changed_at), (answer, NOW));
    let former = (version == Two).then_some(producer);
    assert_eq!(next.former, former, "{current:?}");
    match next.state {
        State::Prepared {
            started_at: THEN,
            participants,
            outcome: decided,
            version: decided_by,
            marked,
        } => {
            assert_eq!((decided, decided_by), (outcome, version));
            assert_eq!(participants, Participants::from_iter([ORDERS]));
            Ok(Ended::Prepared(marked, answer))
        }
        State::Completed {
            started_at: NOW,
            outcome: decided,
        } if decided == outcome => Ok(Ended::At(answer)),
        other => panic!("ending comes to {other:?}"),
    }
}

#[test]
fn ending_by_version_1() {
    let last = in_epoch(ongoing(), LAST);
    let cases = [
        (None, PRESENT, Commit, Err(InvalidProducerIdMapping)),
        (
            Some(ongoing()),
            PRESENT,
            Commit,
            Ok(Ended::Prepared(PRESENT, PRESENT)),
        ),
        (
            Some(ongoing()),
            PRESENT,
            Abort,
            Ok(Ended::Prepared(PRESENT, PRESENT)),
        ),
        (
            Some(last),
            producer(LAST),
            Commit,
            Ok(Ended::Prepared(producer(LAST), producer(LAST))),
        ),
        (Some(ongoing()), FORMER, Commit, Err(ProducerFenced)),
        (Some(ongoing()), producer(6), Commit, Err(ProducerFenced)),
        (Some(ongoing()), stranger(), Commit, Err(InvalidProducerIdMapping)),
        (Some(empty()), PRESENT, Commit, Err(InvalidState)),
        (Some(empty()), PRESENT, Abort, Err(InvalidState)),
        (
            Some(prepared(Commit, One)),
            PRESENT,
            Commit,
            Err(ConcurrentTransactions),
        ),
        (Some(prepared(Commit, One)), PRESENT, Abort, Err(InvalidState)),
        (
            Some(prepared(Abort, One)),
            PRESENT,
            Abort,
            Err(ConcurrentTransactions),
        ),
        (Some(prepared(Abort, One)), PRESENT, Commit, Err(InvalidState)),
        (Some(prepared(Abort, Two)), FORMER, Abort, Err(ProducerFenced)),
        (
            Some(completed(Commit)),
            PRESENT,
            Commit,
            Ok(Ended::Again(PRESENT)),
        ),
        (Some(completed(Commit)), PRESENT, Abort, Err(InvalidState)),
        (Some(completed(Abort)), PRESENT, Abort, Ok(Ended::Again(PRESENT))),
        (Some(completed(Abort)), PRESENT, Commit, Err(InvalidState)),
        (Some(completed(Abort)), FORMER, Abort, Err(ProducerFenced)),
    ];
    for (current, producer, outcome, expected) in cases {
        let found = ended(current.as_ref(), producer, outcome, One);
        assert_eq!(found, expected, "{current:?} {producer:?} {outcome:?}");
    }
}

#[test]
fn ending_by_version_2() {
    let next = producer(6);
    let cases = [
        (None, PRESENT, Commit, Err(InvalidProducerIdMapping)),
        (Some(ongoing()), PRESENT, Commit, Ok(Ended::Prepared(next, next))),
        (Some(ongoing()), PRESENT, Abort, Ok(Ended::Prepared(next, next))),
        (Some(ongoing()), FORMER, Commit, Err(ProducerFenced)),
        (Some(ongoing()), FORMER, Abort, Err(ProducerFenced)),
        (Some(ongoing()), producer(6), Commit, Err(ProducerFenced)),
        (Some(ongoing()), stranger(), Commit, Err(InvalidProducerIdMapping)),
        (Some(empty()), PRESENT, Commit, Err(InvalidState)),
        (Some(empty()), PRESENT, Abort, Ok(Ended::At(next))),
        (Some(empty()), FORMER, Abort, Err(ProducerFenced)),
        (
            Some(prepared(Commit, Two)),
            FORMER,
            Commit,
            Err(ConcurrentTransactions),
        ),
        (Some(prepared(Commit, Two)), FORMER, Abort, Err(InvalidState)),
        (
            Some(prepared(Abort, Two)),
            FORMER,
            Abort,
            Err(ConcurrentTransactions),
        ),
        (Some(prepared(Abort, Two)), FORMER, Commit, Err(InvalidState)),
        (
            Some(prepared(Abort, Two)),
            PRESENT,
            Abort,
            Err(ConcurrentTransactions),
        ),
        (
            Some(prepared(Abort, Two)),
            producer(3),
            Abort,
            Err(ProducerFenced),
        ),
        (Some(completed(Commit)), FORMER, Commit, Ok(Ended::Again(PRESENT))),
        (Some(completed(Commit)), FORMER, Abort, Err(InvalidState)),
        (Some(completed(Abort)), FORMER, Abort, Ok(Ended::Again(PRESENT))),
        (Some(completed(Abort)), FORMER, Commit, Err(InvalidState)),
        (Some(completed(Commit)), PRESENT, Commit, Err(InvalidState)),
        (Some(completed(Abort)), PRESENT, Commit, Err(InvalidState)),
        (Some(completed(Commit)), PRESENT, Abort, Ok(Ended::At(next))),
        (Some(completed(Abort)), PRESENT, Abort, Ok(Ended::At(next))),
        (Some(completed(Abort)), producer(3), Abort, Err(ProducerFenced)),
    ];
    for (current, producer, outcome, expected) in cases {
        let found = ended(current.as_ref(), producer, outcome, Two);
        assert_eq!(found, expected, "{current:?} {producer:?} {outcome:?}");
    }
}

#[test]
fn the_last_epoch_of_a_producer_id_is_for_its_last_markers() {
    let owner = producer(LAST);
    let last = in_epoch(ongoing(), LAST);
    let Ok(Step::Change(prepared, answer)) = end(Some(&last), owner, Commit, Two, Some(FRESH), NOW) else {
        panic!("it is ended");
    };
    assert_eq!(answer, fresh(0));
    let again = |current: &Transaction, outcome| ended(Some(current), owner, outcome, Two);
    assert_eq!(again(&prepared, Commit), Err(ConcurrentTransactions));
    assert_eq!(
        added(Some(&prepared), fresh(0), &[ORDERS]),
        Err(ConcurrentTransactions)
    );
    let completed = complete(&prepared, NOW).unwrap();
    assert_eq!(again(&completed, Commit), Ok(Ended::Again(fresh(0))));
    assert_eq!(again(&completed, Abort), Err(InvalidState));
    let State::Prepared { marked, .. } = prepared.state else {
        panic!("it is {prepared:?}");
    };
    assert_eq!(marked, producer(i16::MAX));
}

#[test]
fn what_happens_by_itself() {
    let timed_out = time_out(&ongoing(), NOW).unwrap();
    assert_eq!((timed_out.producer, timed_out.former), (producer(6), None));
    // Its producer is fenced, and can't say what it wanted.
    for outcome in [Commit, Abort] {
        let completed = complete(&timed_out, NOW).unwrap();
        for version in [One, Two] {
            assert_eq!(
                ended(Some(&completed), PRESENT, outcome, version),
                Err(ProducerFenced)
            );
        }
        assert_eq!(
            initialized(Some(&completed), &request(Some(PRESENT))),
            Err(ProducerFenced)
        );
    }
    let quiet = [
        empty(),
        prepared(Commit, One),
        completed(Commit),
        completed(Abort),
    ];
    for current in &quiet {
        assert_eq!(time_out(current, NOW), None);
    }
    for (current, outcome) in [(prepared(Commit, One), Commit), (prepared(Abort, Two), Abort)] {
        let completed = complete(&current, NOW).unwrap();
        let state = State::Completed {
            started_at: THEN,
            outcome,
        };
        assert_eq!(completed, current.with(state, NOW));
    }
    for current in [empty(), ongoing(), completed(Commit)] {
        assert_eq!(complete(&current, NOW), None);
    }
}

#[test]
fn an_owner_who_aborts_by_initializing_is_told_its_new_epoch() {
    let (fenced, _) = initialized(Some(&ongoing()), &request(Some(PRESENT))).unwrap();
    let again = request(Some(PRESENT));
    assert_eq!(initialized(Some(&fenced), &again), Err(ConcurrentTransactions));
    let completed = complete(&fenced, NOW).unwrap();
    let (_, answer) = initialized(Some(&completed), &again).unwrap();
    assert_eq!(answer, Initialized::As(producer(6)));
    // Nobody is told of the epoch that is for fencing.
    let again = request(Some(producer(LAST)));
    let (fenced, _) = initialized(Some(&in_epoch(ongoing(), LAST)), &again).unwrap();
    assert!(matches!(fenced.state, State::Prepared { marked, .. } if marked == producer(i16::MAX)));
    let completed = complete(&fenced, NOW).unwrap();
    let (_, answer) = initialized(Some(&completed), &again).unwrap();
    assert_eq!(answer, Initialized::As(fresh(0)));
    let ended = ended(Some(&completed), producer(LAST), Abort, Two);
    assert_eq!(ended, Ok(Ended::Again(fresh(0))));
}

#[test]
fn errors_are_told_as_clients_know_them() {
    let told = |error: TransactionError| error.before_fencing();
    assert_eq!(told(ProducerFenced), TransactionError::InvalidProducerEpoch);
    for error in [ConcurrentTransactions, InvalidState, InvalidProducerIdMapping] {
        assert_eq!(told(error.clone()), error);
    }
}
