//! The SNS door: Amazon SNS's API on the delivery engine.
//!
//! Follows the [API reference](https://docs.aws.amazon.com/sns/latest/api/) and the service's model.
//!
//! How it is laid out, as every door is: [`SnsDoor`] finds the operation; `operations` has them by resource; `record` is the
//! state kept, `topics` and `subscribers` are that state ready for use; `errors` has every error in one place. What is
//! special about this one: `fan_out` brings a message to its subscribers, and `delivery` to those that can't be reached
//! at once.

mod arn;
mod attempts;
mod attributes;
mod data_protection;
mod delivery;
mod delivery_policy;
mod destination;
mod door;
mod errors;
mod fan_out;
mod feedback;
mod identifiers;
mod limits;
mod message;
mod operations;
mod orphans;
mod outbox;
mod phones;
mod platforms;
mod record;
mod replay;
mod signer;
mod subscribers;
mod topics;

pub use delivery::Transports;
pub use door::{SnsDoor, SnsParts};
pub use outbox::Outbox;
pub use signer::KeySource;
