//! The SQS door: Amazon SQS's API on the queue engine.
//!
//! Follows the [API reference](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/) and the
//! service's model. KMS and SSE attributes are accepted, stored and returned; messages are not encrypted at rest.
//!
//! How it is laid out, as every door is: [`SqsDoor`] finds the operation; `operations` has them by resource;
//! `record` is the state kept of a queue; `errors` has every error in one place.

mod address;
mod attributes;
mod batch;
mod binary;
mod contents;
mod digest;
mod door;
mod errors;
mod limits;
mod operations;
mod page;
mod payload;
mod receipt;
mod record;

pub use door::SqsDoor;
