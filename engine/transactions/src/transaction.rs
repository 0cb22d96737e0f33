//! A transactional id: its producer, and where its transaction is.

use std::time::Duration;

use ninefold_time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::records::milliseconds;
use crate::{Participants, Producer, TransactionError, TransactionVersion, TransactionsConfig};

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// What it wrote is valid.
    Commit,
    /// What it wrote is void.
    Abort,
}

/// Where a transaction is, as it is shown and searched for (KIP-664).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionState {
    /// There was none since the producer was initialized.
    Empty,
    /// It takes part somewhere, and is not decided.
    Ongoing,
    /// It is to be committed, and not all markers are written.
    PrepareCommit,
    /// It is to be aborted, and not all markers are written.
    PrepareAbort,
    /// It was committed.
    CompleteCommit,
    /// It was aborted.
    CompleteAbort,
    /// The transactional id has expired. It is never seen so, since it is gone then.
    Dead,
}

impl TransactionState {
    const ALL: [TransactionState; 7] = [
        TransactionState::Empty,
        TransactionState::Ongoing,
        TransactionState::PrepareCommit,
        TransactionState::PrepareAbort,
        TransactionState::CompleteCommit,
        TransactionState::CompleteAbort,
        TransactionState::Dead,
    ];

    /// Its name in Kafka's protocol.
    pub const fn name(self) -> &'static str {
        match self {
            TransactionState::Empty => "Empty",
            TransactionState::Ongoing => "Ongoing",
            TransactionState::PrepareCommit => "PrepareCommit",
            TransactionState::PrepareAbort => "PrepareAbort",
            TransactionState::CompleteCommit => "CompleteCommit",
            TransactionState::CompleteAbort => "CompleteAbort",
            TransactionState::Dead => "Dead",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is known of a transactional id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transaction {
    /// The one that counts.
    pub(crate) producer: Producer,
    /// Who the present owner was before it was made `producer`. It may not have heard of that, and ask again.
    pub(crate) former: Option<Producer>,
    /// For so long may a transaction be ongoing.
    pub(crate) timeout: Duration,
    #[serde(with = "milliseconds")]
    pub(crate) changed_at: Timestamp,
    pub(crate) state: State,
}

/// Where the transaction of a transactional id is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    /// There is none.
    Empty,
    /// It is not decided.
    Ongoing {
        #[serde(with = "milliseconds")]
        started_at: Timestamp,
        /// Never empty.
        participants: Participants,
    },
    /// It is decided, and markers have to be written.
    Prepared {
        #[serde(with = "milliseconds")]
        started_at: Timestamp,
        participants: Participants,
        outcome: Outcome,
        version: TransactionVersion,
        /// Whom the markers name.
        marked: Producer,
    },
    /// It has ended everywhere.
    Completed {
        #[serde(with = "milliseconds")]
        started_at: Timestamp,
        outcome: Outcome,
    },
}

impl Transaction {
    /// The same, but for the state.
    pub(crate) fn with(&self, state: State, now: Timestamp) -> Transaction {
        Transaction {
            state,
            changed_at: now,
            ..self.clone_without_state()
        }
    }

    /// Spares a copy of the participants.
    fn clone_without_state(&self) -> Transaction {
        Transaction {
            producer: self.producer,
            former: self.former,
            timeout: self.timeout,
            changed_at: self.changed_at,
            state: State::Empty,
        }
    }

    /// Whether somebody may ask for something as this producer, and if not, why.
    pub(crate) fn check_producer(&self, producer: Producer) -> Result<(), TransactionError> {
        if producer == self.producer {
            Ok(())
        } else if producer.id == self.producer.id {
            Err(TransactionError::ProducerFenced)
        } else {
            Err(TransactionError::InvalidProducerIdMapping)
        }
    }

    /// Whether it is decided, and not ended everywhere.
    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.state, State::Prepared { .. })
    }

    /// Whether it has not been used for so long that nothing needs to be known of it.
    pub(crate) fn is_forgotten(&self, config: &TransactionsConfig, now: Timestamp) -> bool {
        let is_at_rest = matches!(self.state, State::Empty | State::Completed { .. });
        is_at_rest && self.due_at(config) <= now
    }

    /// When something has to be done about it, if nothing happens before.
    pub(crate) fn due_at(&self, config: &TransactionsConfig) -> Timestamp {
        match &self.state {
            State::Ongoing { started_at, .. } => *started_at + self.timeout,
            State::Prepared { .. } => Timestamp::EPOCH,
            State::Empty | State::Completed { .. } => self.changed_at + config.expiration,
        }
    }

    pub(crate) fn shown_state(&self) -> TransactionState {
        match &self.state {
            State::Empty => TransactionState::Empty,
            State::Ongoing { .. } => TransactionState::Ongoing,
            State::Prepared { outcome, .. } => match outcome {
                Outcome::Commit => TransactionState::PrepareCommit,
                Outcome::Abort => TransactionState::PrepareAbort,
            },
            State::Completed { outcome, .. } => match outcome {
                Outcome::Commit => TransactionState::CompleteCommit,
                Outcome::Abort => TransactionState::CompleteAbort,
            },
        }
    }

    /// When the last transaction began.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Empty => None,
            State::Ongoing { started_at, .. }
            | State::Prepared { started_at, .. }
            | State::Completed { started_at, .. } => Some(*started_at),
        }
    }
}

impl State {
    /// Who takes part, until it has ended.
    pub(crate) fn participants(&self) -> Option<&Participants> {
        match self {
            State::Ongoing { participants, .. } | State::Prepared { participants, .. } => Some(participants),
            State::Empty | State::Completed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_known_by_their_names() {
        for state in TransactionState::ALL {
            assert_eq!(TransactionState::from_name(state.name()), Some(state));
        }
        assert_eq!(TransactionState::from_name("ongoing"), None);
    }
}
