//! The delivery engine: at-least-once push to targets that may be slow, wrong or away.
//!
//! An item that was accepted is durable. It is pushed to its target until it ends in one of three ways: delivered,
//! dead-lettered, or dropped with a record of why. Each target has a [backlog](Backlog) of its own, a queue of the queue
//! engine, so a target never delays another, memory is bounded whatever the backlog, and a restart goes on where it was.
//! How a thing is pushed is up to whoever uses the engine: the [`Courier`].
//!
//! The engine knows nothing of protocols and services: a target is an opaque key, an item an opaque payload.

mod backlog;
mod breaker;
mod courier;
mod engine;
mod error;
mod figures;
mod history;
mod pace;
mod rate;
mod retry;
mod window;

pub use backlog::Backlog;
pub use courier::{Answer, BoxFuture, Burial, Courier, Delivery, Ending, FailureKind, Outcome, Terms};
pub use engine::{DeliveryEngine, Item, Limits, Ordering, TargetKey};
pub use error::DeliveryError;
pub use figures::DeliveryFigures;
pub use history::{Attempt, Then};
pub use ninefold_queue::{DeduplicationId, DeduplicationScope, GroupId, MessageId, Sent};
pub use retry::{Curve, Phases, RetryPolicy};
