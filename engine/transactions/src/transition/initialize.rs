//! A producer says that it is the one from now on.

use std::time::Duration;

use ninefold_time::Timestamp;

use super::Step;
use super::conclude::fence;
use crate::transaction::{State, Transaction};
use crate::{Producer, ProducerId, TransactionError, TransactionsConfig};

/// A request to be the producer of a transactional id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialize {
    /// For so long may a transaction be ongoing. Zero stands for whatever isn't positive, and is refused.
    pub timeout: Duration,
    /// Who it thinks that it is, and wants to go on as in the next epoch (KIP-360); none if it has just begun.
    pub expected: Option<Producer>,
    /// Whether transactions may be prepared by this producer (KIP-939). Refused.
    pub two_phase_commit: bool,
    /// Whether a prepared transaction is to be kept (KIP-939). Refused.
    pub keep_prepared: bool,
}

/// What has come of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initialized {
    /// It is this one.
    As(Producer),
    /// The transaction that was under way is being aborted first.
    Aborting,
}

/// Who asks.
enum Claim {
    /// Somebody new.
    Newcomer,
    /// The present producer.
    Owner,
    /// The present producer, who has not heard that it is.
    FormerOwner,
}

/// See [`Initialize`]. `fresh` is a producer id that nobody had yet.
pub(crate) fn initialize(
    current: Option<&Transaction>,
    request: &Initialize,
    fresh: Option<ProducerId>,
    config: &TransactionsConfig,
    now: Timestamp,
) -> Result<Step<Initialized>, TransactionError> {
    check(request, config)?;
    let Some(current) = current else {
        return Ok(match fresh {
            Some(id) => begin(Producer::first(id), None, request, now),
            None => Step::DrawProducerId,
        });
    };
    let claim = match request.expected {
        None => Claim::Newcomer,
        Some(expected) if expected == current.producer => Claim::Owner,
        Some(expected) if Some(expected) == current.former => Claim::FormerOwner,
        Some(_) => return Err(TransactionError::ProducerFenced),
    };
    match (&current.state, claim) {
        (State::Prepared { .. }, _) => Err(TransactionError::ConcurrentTransactions),
        // It was the owner, who has heard of it, that has begun: this is a request that was delayed.
        (State::Ongoing { .. }, Claim::FormerOwner) => Err(TransactionError::ProducerFenced),
        (State::Ongoing { .. }, Claim::Newcomer) => {
            // Nobody is told of this epoch: it is for the markers.
            let fenced = fence(current, current.producer.bumped(), None, now);
            Ok(Step::Change(fenced, Initialized::Aborting))
        }
        (State::Ongoing { .. }, Claim::Owner) => Ok(match current.producer.next(fresh) {
            Some(next) => {
                let fenced = fence(current, next, Some(current.producer), now);
                Step::Change(fenced, Initialized::Aborting)
            }
            None => Step::DrawProducerId,
        }),
        (State::Empty | State::Completed { .. }, Claim::FormerOwner) => {
            Ok(begin(current.producer, current.former, request, now))
        }
        (State::Empty | State::Completed { .. }, Claim::Newcomer | Claim::Owner) => {
            Ok(bump(current, request, fresh, now))
        }
    }
}

fn check(request: &Initialize, config: &TransactionsConfig) -> Result<(), TransactionError> {
    if request.two_phase_commit {
        Err(TransactionError::TwoPhaseCommitDisabled)
    } else if request.keep_prepared {
        Err(TransactionError::KeepPreparedUnsupported)
    } else if request.timeout.is_zero() || request.timeout > config.longest_timeout {
        Err(TransactionError::InvalidTimeout)
    } else {
        Ok(())
    }
}

fn bump(
    current: &Transaction,
    request: &Initialize,
    fresh: Option<ProducerId>,
    now: Timestamp,
) -> Step<Initialized> {
    match current.producer.next(fresh) {
        // Whoever is new may have been nobody before.
        Some(next) => begin(next, request.expected, request, now),
        None => Step::DrawProducerId,
    }
}

fn begin(
    producer: Producer,
    former: Option<Producer>,
    request: &Initialize,
    now: Timestamp,
) -> Step<Initialized> {
    let transaction = Transaction {
        producer,
        former,
        timeout: request.timeout,
        changed_at: now,
        state: State::Empty,
    };
    Step::Change(transaction, Initialized::As(producer))
}
