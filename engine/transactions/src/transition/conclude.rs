//! What happens to a transaction by itself.

use ninefold_time::Timestamp;

use crate::transaction::{Outcome, State, Transaction};
use crate::{Producer, TransactionVersion};

/// Aborts a transaction whose producer's epoch is over. `next` is the producer from now on, and `former` who is to be told of that,
/// if anybody.
pub(super) fn fence(
    current: &Transaction,
    next: Producer,
    former: Option<Producer>,
    now: Timestamp,
) -> Transaction {
    let prepared = State::Prepared {
        started_at: current.started_at().unwrap_or(now),
        participants: current.state.participants().cloned().unwrap_or_default(),
        outcome: Outcome::Abort,
        version: TransactionVersion::Two,
        marked: current.producer.bumped(),
    };
    let mut fenced = current.with(prepared, now);
    fenced.producer = next;
    fenced.former = former;
    fenced
}

/// Aborts what is ongoing, whatever its producer thinks of it: its time is over, or an operator wants it.
pub(crate) fn time_out(current: &Transaction, now: Timestamp) -> Option<Transaction> {
    let is_ongoing = matches!(current.state, State::Ongoing { .. });
    is_ongoing.then(|| fence(current, current.producer.bumped(), None, now))
}

/// All markers are written.
pub(crate) fn complete(current: &Transaction, now: Timestamp) -> Option<Transaction> {
    let State::Prepared {
        started_at, outcome, ..
    } = current.state
    else {
        return None;
    };
    Some(current.with(State::Completed { started_at, outcome }, now))
}
