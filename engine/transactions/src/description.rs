//! What there is, for those who look at it (KIP-664, KIP-994).

use std::collections::BTreeSet;
use std::time::Duration;

use ninefold_time::Timestamp;
use regex::{Regex, RegexBuilder};

use crate::coordinator::not_found;
use crate::transaction::{State, Transaction};
use crate::{
    Participants, Producer, ProducerId, TransactionError, TransactionState, TransactionalId, Transactions,
};

/// The longest pattern, in bytes.
const PATTERN_BYTES: usize = 1_024;
/// The most that a compiled pattern takes, in bytes.
const COMPILED_BYTES: usize = 1 << 20;

/// A transactional id, described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Where its transaction is.
    pub state: TransactionState,
    /// Whose transaction it is: while markers are written, as they name it.
    pub producer: Producer,
    /// For so long may a transaction be ongoing.
    pub timeout: Duration,
    /// When its last transaction began.
    pub started_at: Option<Timestamp>,
    /// What takes part, until it has ended.
    pub participants: Participants,
}

/// A transactional id in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The transactional id.
    pub id: TransactionalId,
    /// Its producer, as in a [`Description`].
    pub producer_id: ProducerId,
    /// Where its transaction is.
    pub state: TransactionState,
}

/// Which transactional ids are wanted: those that fit everything that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these states. Empty says nothing.
    pub states: BTreeSet<TransactionState>,
    /// Of one of these producers. Empty says nothing.
    pub producer_ids: BTreeSet<ProducerId>,
    /// Whose last transaction began longer ago than this.
    pub running_longer_than: Option<Duration>,
    /// Whose id is, as a whole, of this regular expression.
    pub id_pattern: Option<String>,
}

impl Transactions {
    /// DescribeTransactions.
    ///
    /// # Errors
    ///
    /// [`TransactionError::NoSuchTransactionalId`], or if the id is empty.
    pub fn describe(&self, id: &str) -> Result<Description, TransactionError> {
        let transaction = self.known(id).map_err(not_found)?.transaction();
        Ok(Description {
            state: transaction.shown_state(),
            producer: shown_producer(&transaction),
            timeout: transaction.timeout,
            started_at: transaction.started_at(),
            participants: transaction.state.participants().cloned().unwrap_or_default(),
        })
    }

    /// ListTransactions, in the order of ids.
    ///
    /// # Errors
    ///
    /// [`TransactionError::InvalidPattern`].
    pub fn list(&self, filter: &Filter) -> Result<Vec<Listing>, TransactionError> {
        let pattern = filter.id_pattern.as_deref().map(whole).transpose()?;
        let now = self.clock.now();
        let slots: Vec<_> = self.slots.read().values().cloned().collect();
        let mut listings: Vec<Listing> = slots
            .iter()
            .filter(|slot| {
                pattern
                    .as_ref()
                    .is_none_or(|pattern| pattern.is_match(slot.id.as_str()))
            })
            .filter_map(|slot| {
                let transaction = slot.transaction();
                filter.takes(&transaction, now).then(|| Listing {
                    id: slot.id.clone(),
                    producer_id: shown_producer(&transaction).id,
                    state: transaction.shown_state(),
                })
            })
            .collect();
        listings.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(listings)
    }
}

impl Filter {
    fn takes(&self, transaction: &Transaction, now: Timestamp) -> bool {
        let has_run = |longer_than: Duration| {
            let started_at = transaction.started_at();
            started_at.is_some_and(|started_at| now.duration_since(started_at) > longer_than)
        };
        (self.states.is_empty() || self.states.contains(&transaction.shown_state()))
            && (self.producer_ids.is_empty() || self.producer_ids.contains(&shown_producer(transaction).id))
            && self.running_longer_than.is_none_or(has_run)
    }
}

fn shown_producer(transaction: &Transaction) -> Producer {
    match &transaction.state {
        State::Prepared { marked, .. } => *marked,
        State::Empty | State::Ongoing { .. } | State::Completed { .. } => transaction.producer,
    }
}

/// The regular expression of texts that a pattern matches from beginning to end.
fn whole(pattern: &str) -> Result<Regex, TransactionError> {
    if pattern.len() > PATTERN_BYTES {
        return Err(TransactionError::InvalidPattern("it is too long".to_owned()));
    }
    let invalid = |error: regex::Error| TransactionError::InvalidPattern(error.to_string());
    // By itself first: `a)(b` is none, and would be one within brackets.
    RegexBuilder::new(pattern)
        .size_limit(COMPILED_BYTES)
        .build()
        .map_err(invalid)?;
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(COMPILED_BYTES)
        .build()
        .map_err(invalid)
}
