//! Moving messages to another queue for whoever keeps both and decides by itself what is a dead letter.

use std::sync::Arc;

use ninefold_store::StoreError;

use super::Queue;
use crate::transfer::Move;
use crate::{LeaseError, Position, QueueError, Receipt};

/// Messages that were received too often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exhausted {
    /// The latest leases of those that were moved.
    pub moved: Vec<Receipt>,
    /// Whether there are others, which are in flight.
    pub has_leased: bool,
}

impl Queue {
    /// Moves to another queue what was received at least `limit` times and is in flight no more, as dead letters: the same messages,
    /// which know how often they were received. For standard queues. Durable when it returns; it goes on when this is dropped.
    ///
    /// # Errors
    ///
    /// If one of the queues is gone or the store fails; what was not moved is visible again.
    pub async fn move_exhausted(
        self: &Arc<Self>,
        limit: u32,
        destination: &Arc<Queue>,
    ) -> Result<Exhausted, QueueError> {
        let (positions, exhausted) = {
            let mut state = self.lock_active()?;
            let lapsed = state.lapse(self.clock.now());
            self.announce(lapsed);
            let (found, has_leased) = state.received_often(limit);
            let receipt = |(position, lease)| Receipt {
                queue: self.number,
                position,
                lease,
            };
            let moved: Vec<Receipt> = found.into_iter().map(receipt).collect();
            let positions: Vec<Position> = moved.iter().map(|receipt| receipt.position).collect();
            for position in &positions {
                state.start_move(*position);
            }
            (positions, Exhausted { moved, has_leased })
        };
        self.move_all(positions, destination, Move::Bury).await?;
        Ok(exhausted)
    }

    /// Moves messages under leases in force to another queue, each by itself: the same messages, as if they had not been received yet;
    /// answers in the order of the receipts. For standard queues. Durable when it returns; it goes on when this is dropped.
    ///
    /// # Errors
    ///
    /// As [`Queue::move_exhausted`].
    pub async fn move_leased(
        self: &Arc<Self>,
        receipts: &[Receipt],
        destination: &Arc<Queue>,
    ) -> Result<Vec<Result<(), LeaseError>>, QueueError> {
        let (positions, answers) = {
            let mut state = self.lock_active()?;
            let now = self.clock.now();
            let lapsed = state.lapse(now);
            self.announce(lapsed);
            // All of them first: once a move has begun, nothing may come in between.
            let mut answers = receipts
                .iter()
                .map(|receipt| self.check_lease(&state, receipt, now))
                .collect::<Result<Vec<_>, QueueError>>()?;
            let mut positions = Vec::with_capacity(receipts.len());
            for (receipt, answer) in receipts.iter().zip(&mut answers) {
                if answer.is_ok() {
                    *answer = state.start_move_of_leased(receipt.position, now);
                }
                if answer.is_ok() {
                    positions.push(receipt.position);
                }
            }
            (positions, answers)
        };
        self.move_all(positions, destination, Move::Restore).await?;
        Ok(answers)
    }

    /// Moves what is out of delivery already. In a task of its own: half of it would stay out of delivery.
    async fn move_all(
        self: &Arc<Self>,
        positions: Vec<Position>,
        destination: &Arc<Queue>,
        reason: Move,
    ) -> Result<(), QueueError> {
        if positions.is_empty() {
            return Ok(());
        }
        let (source, destination) = (Arc::clone(self), Arc::clone(destination));
        let moved = tokio::spawn(async move {
            let moved = source.transfer(&positions, &destination, reason).await;
            if moved.is_err() {
                source.announce(positions.len());
            }
            moved
        });
        match moved.await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(StoreError::Closed.into()),
        }
    }
}
