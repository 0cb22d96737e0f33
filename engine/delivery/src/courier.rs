//! Whoever knows how to push: the engine's counterpart.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{GroupId, MessageId};
use ninefold_time::Timestamp;

use crate::{RetryPolicy, TargetKey};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Pushes items to targets, and knows what each target allows.
pub trait Courier: Send + Sync + 'static {
    /// What holds for a target now; `None` when there is no such target any more, and its backlog can go.
    fn terms(&self, target: &TargetKey) -> Option<Terms>;

    /// Pushes one item once.
    fn push<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome>;

    /// Takes an item that can't be delivered: puts it into a dead-letter queue, durably, where there is one. An error is
    /// a reason to try this again later.
    fn bury<'a>(
        &'a self,
        delivery: &'a Delivery,
        ending: &'a Ending,
    ) -> BoxFuture<'a, Result<Burial, String>>;
}

/// What holds for the deliveries to one target.
#[derive(Clone, Debug)]
pub struct Terms {
    /// When failed deliveries are tried again.
    pub retry: RetryPolicy,
    /// An item older than this is not pushed any more.
    pub maximum_age: Duration,
    /// How long one push may take.
    pub timeout: Duration,
    /// How many pushes may be under way at one time, at most.
    pub concurrency: u32,
    /// How many pushes may begin in a second.
    pub pushes_per_second: Option<f64>,
    /// The targets that name the same share those pushes; otherwise this one has them alone.
    pub shared_rate: Option<Arc<str>>,
}

/// One attempt to deliver one item.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where to.
    pub target: TargetKey,
    /// The item's identity, the same in every attempt.
    pub id: MessageId,
    /// What was accepted.
    pub payload: Bytes,
    /// Its place in the target's order.
    pub sequence: u64,
    /// The group it is ordered in.
    pub group: Option<GroupId>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Which attempt this is, from 1. After a crash the last numbers may come again.
    pub attempt: u32,
}

/// What a target answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// A status code, where the protocol has them.
    pub code: Option<u16>,
    /// For people: what was answered, or why there was no answer.
    pub text: String,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target has taken the item.
    Delivered(Answer),
    /// It has not.
    Failed(FailureKind, Answer),
}

/// Whether a failure may be over when the item is pushed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It may.
    Transient,
    /// It may, but not before so much time has passed: the target has asked for it.
    Postponed(Duration),
    /// The item will never be taken.
    Permanent,
}

/// Why an item is not pushed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The target won't take it.
    Refused(Answer),
    /// It was tried as often as it may be.
    Exhausted(Answer),
    /// It became too old.
    Expired,
}

/// What became of an item that could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burial {
    /// It is in the dead-letter queue.
    Buried,
    /// There is no dead-letter queue: it is dropped.
    Dropped,
}
