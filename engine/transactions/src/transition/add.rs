//! A transaction extends to further partitions and groups, and begins with the first of them.

use ninefold_time::Timestamp;

use super::Step;
use crate::transaction::{State, Transaction};
use crate::{Participant, Participants, Producer, TransactionError, TransactionsConfig};

/// AddPartitionsToTxn, AddOffsetsToTxn, and what is written as part of a transaction without being added before (KIP-890).
pub(crate) fn add(
    current: Option<&Transaction>,
    producer: Producer,
    additional: &[Participant<'_>],
    config: &TransactionsConfig,
    now: Timestamp,
) -> Result<Step<()>, TransactionError> {
    let current = current.ok_or(TransactionError::InvalidProducerIdMapping)?;
    current.check_producer(producer)?;
    let (started_at, participants) = match &current.state {
        State::Prepared { .. } => return Err(TransactionError::ConcurrentTransactions),
        State::Ongoing { participants, .. }
            if additional.iter().all(|added| participants.contains(*added)) =>
        {
            return Ok(Step::Keep(()));
        }
        State::Ongoing {
            started_at,
            participants,
        } => (
            *started_at,
            participants.extended(additional, config.participants)?,
        ),
        State::Empty | State::Completed { .. } if additional.is_empty() => return Ok(Step::Keep(())),
        State::Empty | State::Completed { .. } => (
            now,
            Participants::default().extended(additional, config.participants)?,
        ),
    };
    let ongoing = State::Ongoing {
        started_at,
        participants,
    };
    Ok(Step::Change(current.with(ongoing, now), ()))
}
