//! What becomes of a transactional id when something is asked of it: pure functions of what it is.

mod add;
mod conclude;
mod end;
mod initialize;
#[cfg(test)]
mod tests;

use crate::transaction::Transaction;

pub(crate) use add::add;
pub(crate) use conclude::{complete, time_out};
pub use end::TransactionVersion;
pub(crate) use end::end;
pub use initialize::Initialize;
pub(crate) use initialize::{Initialized, initialize};

/// What a request that isn't refused comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<T> {
    /// Nothing changes, and this is the answer.
    Keep(T),
    /// It is this from now on, and when it is durable this is the answer.
    Change(Transaction, T),
    /// It can't be told without a producer id that nobody had yet: to be asked again with one.
    DrawProducerId,
}
