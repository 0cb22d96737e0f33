//! What a machine needs for an operation, and what it answers to those who wait.

use ninefold_store::StoreError;
use ninefold_time::Timestamp;
use tokio::sync::oneshot;

use crate::classic::{Joined, Synced};
use crate::topics::Topics;
use crate::{GroupError, GroupsConfig};

/// Somebody waiting for an answer of this kind.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, GroupError>>;

/// What operations see of the world, and what they answer.
pub(crate) struct Work<'a> {
    pub(crate) now: Timestamp,
    pub(crate) config: &'a GroupsConfig,
    pub(crate) topics: &'a Topics,
    /// To be sent when the state they come from is durable.
    pub(crate) answers: Vec<Answer>,
}

/// An answer and who waits for it. Those who don't any more are no concern.
pub(crate) enum Answer {
    Join(Reply<Joined>, Result<Joined, GroupError>),
    Sync(Reply<Synced>, Result<Synced, GroupError>),
}

impl Work<'_> {
    pub(crate) fn answer_join(&mut self, reply: Reply<Joined>, answer: Result<Joined, GroupError>) {
        self.answers.push(Answer::Join(reply, answer));
    }

    pub(crate) fn answer_sync(&mut self, reply: Reply<Synced>, answer: Result<Synced, GroupError>) {
        self.answers.push(Answer::Sync(reply, answer));
    }
}

impl Answer {
    /// Sends the answer, unless what it comes from was not stored.
    pub(crate) fn send(self, stored: Result<(), StoreError>) {
        match self {
            Answer::Join(reply, answer) => deliver(reply, answer, stored),
            Answer::Sync(reply, answer) => deliver(reply, answer, stored),
        }
    }
}

fn deliver<T>(reply: Reply<T>, answer: Result<T, GroupError>, stored: Result<(), StoreError>) {
    let answer = match stored {
        Ok(()) => answer,
        Err(error) => Err(error.into()),
    };
    drop(reply.send(answer));
}
