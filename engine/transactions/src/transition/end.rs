//! A producer decides about its transaction.

use ninefold_time::Timestamp;
use serde::{Deserialize, Serialize};

use super::Step;
use crate::transaction::{Outcome, State, Transaction};
use crate::{Participants, Producer, ProducerId, TransactionError};

/// Which rules a transaction is ended by (`transaction.version`, KIP-890).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TransactionVersion {
    /// The producer keeps its epoch: EndTxn before version 5.
    One,
    /// Every transaction has an epoch of its own, so that nothing that comes late gets into the next one: EndTxn from version 5 on.
    Two,
}

/// EndTxn. Answers with who the producer is from now on. `fresh` is a producer id that nobody had yet.
///
/// The table of version 2, for those who are the present producer and those who were before (who repeat a request):
///
/// | state    | present, commit        | present, abort | former, same outcome      | former, other outcome |
/// |----------|------------------------|----------------|---------------------------|-----------------------|
/// | Empty    | INVALID_TXN_STATE      | next epoch     | PRODUCER_FENCED           | PRODUCER_FENCED       |
/// | Ongoing  | next epoch             | next epoch     | PRODUCER_FENCED           | PRODUCER_FENCED       |
/// | Prepare  | CONCURRENT             | CONCURRENT     | CONCURRENT                | INVALID_TXN_STATE     |
/// | Complete | INVALID_TXN_STATE      | next epoch     | the answer, again         | INVALID_TXN_STATE     |
pub(crate) fn end(
    current: Option<&Transaction>,
    producer: Producer,
    outcome: Outcome,
    version: TransactionVersion,
    fresh: Option<ProducerId>,
    now: Timestamp,
) -> Result<Step<Producer>, TransactionError> {
    let current = current.ok_or(TransactionError::InvalidProducerIdMapping)?;
    match version {
        TransactionVersion::One => end_keeping_epoch(current, producer, outcome, now),
        TransactionVersion::Two if current.former == Some(producer) => end_again(current, outcome),
        TransactionVersion::Two => end_in_next_epoch(current, producer, outcome, fresh, now),
    }
}

fn end_keeping_epoch(
    current: &Transaction,
    producer: Producer,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Step<Producer>, TransactionError> {
    current.check_producer(producer)?;
    match &current.state {
        State::Ongoing {
            started_at,
            participants,
        } => {
            let prepared = State::Prepared {
                started_at: *started_at,
                participants: participants.clone(),
                outcome,
                version: TransactionVersion::One,
                marked: producer,
            };
            let mut next = current.with(prepared, now);
            // Nobody was told anything by this end, so nobody repeats it under an earlier name.
            next.former = None;
            Ok(Step::Change(next, producer))
        }
        State::Prepared { outcome: decided, .. } if *decided == outcome => {
            Err(TransactionError::ConcurrentTransactions)
        }
        State::Completed { outcome: decided, .. } if *decided == outcome => Ok(Step::Keep(producer)),
        State::Empty | State::Prepared { .. } | State::Completed { .. } => {
            Err(TransactionError::InvalidState)
        }
    }
}

/// The present producer did not hear that its transaction has been ended.
fn end_again(current: &Transaction, outcome: Outcome) -> Result<Step<Producer>, TransactionError> {
    match &current.state {
        State::Empty | State::Ongoing { .. } => Err(TransactionError::ProducerFenced),
        State::Prepared { outcome: decided, .. } if *decided == outcome => {
            Err(TransactionError::ConcurrentTransactions)
        }
        State::Completed { outcome: decided, .. } if *decided == outcome => Ok(Step::Keep(current.producer)),
        State::Prepared { .. } | State::Completed { .. } => Err(TransactionError::InvalidState),
    }
}

fn end_in_next_epoch(
    current: &Transaction,
    producer: Producer,
    outcome: Outcome,
    fresh: Option<ProducerId>,
    now: Timestamp,
) -> Result<Step<Producer>, TransactionError> {
    current.check_producer(producer)?;
    let (started_at, participants) = match &current.state {
        State::Ongoing {
            started_at,
            participants,
        } => (*started_at, participants.clone()),
        State::Prepared { .. } => return Err(TransactionError::ConcurrentTransactions),
        // It can't know whether anything was written, and wants nothing of it to come late.
        State::Empty | State::Completed { .. } if outcome == Outcome::Abort => (now, Participants::default()),
        State::Empty | State::Completed { .. } => return Err(TransactionError::InvalidState),
    };
    let Some(next) = producer.next(fresh) else {
        return Ok(Step::DrawProducerId);
    };
    let state = if participants.is_empty() {
        State::Completed { started_at, outcome }
    } else {
        State::Prepared {
            started_at,
            participants,
            outcome,
            version: TransactionVersion::Two,
            // The last epoch of a producer id is for its last markers.
            marked: producer.bumped(),
        }
    };
    let mut ended = current.with(state, now);
    ended.producer = next;
    ended.former = Some(producer);
    Ok(Step::Change(ended, next))
}
