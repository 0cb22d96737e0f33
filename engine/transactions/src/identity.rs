//! Names of things.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::TransactionError;

/// The longest transactional id, in bytes: it is a key of the store.
const TRANSACTIONAL_ID_BYTES: usize = 1_024;

/// What an application calls the producer whose transactions it wants to go on with, across its restarts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionalId(Arc<str>);

impl TransactionalId {
    /// The id with this text.
    ///
    /// # Errors
    ///
    /// If it is empty or longer than 1,024 bytes.
    pub fn new(text: &str) -> Result<Self, TransactionError> {
        if text.is_empty() || text.len() > TRANSACTIONAL_ID_BYTES {
            return Err(TransactionError::InvalidRequest(
                "the transactional id is empty or too long",
            ));
        }
        Ok(TransactionalId(text.into()))
    }

    /// The text as clients give it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for TransactionalId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Names a producer. Never given out twice, and never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProducerId(pub i64);

impl fmt::Display for ProducerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A producer in one of its epochs: of those with the same id, the one with the highest epoch is the one that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Producer {
    /// The producer's id.
    pub id: ProducerId,
    /// Its epoch, from 0 on.
    pub epoch: i16,
}

impl Producer {
    /// A producer's first epoch.
    pub(crate) const fn first(id: ProducerId) -> Self {
        Producer { id, epoch: 0 }
    }

    /// Whether nobody may be given a higher epoch of this id. The highest there is remains for fencing this one.
    const fn is_exhausted(self) -> bool {
        self.epoch >= i16::MAX - 1
    }

    /// Who is to be told that it follows this one: the next epoch if somebody may be given that, or else a `fresh` producer. None
    /// is that one is needed.
    pub(crate) fn next(self, fresh: Option<ProducerId>) -> Option<Self> {
        if self.is_exhausted() {
            fresh.map(Producer::first)
        } else {
            Some(self.bumped())
        }
    }

    /// The same producer in its next epoch, which is higher than whatever somebody was given.
    pub(crate) const fn bumped(self) -> Self {
        Producer {
            id: self.id,
            epoch: self.epoch.saturating_add(1),
        }
    }
}

/// Tells a coordinator from those before it: every start of the engine has a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoordinatorEpoch(pub i32);
