//! The Kinesis door: data streams on the log engine.
//!
//! Follows the [API reference](https://docs.aws.amazon.com/kinesis/latest/APIReference/) and the service's model.
//!
//! How it is laid out, as every door is: [`KinesisDoor`] finds the operation; `operations` has them by resource; `record` is the
//! state kept, `stream` is that state ready for use; `errors` has every error in one place. What is special about this one: `putting`
//! brings records to shards, `reading` takes them out, `subscription` waits for them; `sequence` is how a record's place in its shard
//! becomes a number, `iterator` how it becomes something that clients keep; `scaling` changes shards; `channel`
//! brings records to an object store.

mod arn;
mod binary;
mod channel;
mod door;
mod errors;
mod iterator;
mod limits;
mod operations;
mod position;
mod putting;
mod queue;
mod reading;
mod record;
mod scaling;
mod seal;
mod sequence;
mod shard_filter;
mod shard_id;
mod stream;
mod subscription;
mod throttle;
mod token;

pub use channel::{ChannelDelivery, ChannelFigures};
pub use door::{KinesisDoor, KinesisParts};
pub use operations::records::{ChildShard, RecordOutput};
pub use subscription::{Subscription, SubscriptionEvent};
pub use throttle::Throttling;
