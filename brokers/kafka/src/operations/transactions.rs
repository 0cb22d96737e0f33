//! Transactions: who is their producer, where they write, how they end.

pub(crate) mod description;
pub(crate) mod ending;
pub(crate) mod offsets;
pub(crate) mod participants;
pub(crate) mod producer_ids;
