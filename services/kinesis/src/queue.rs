//! Queues: consumers lease a stream's records one by one, and acknowledge them.
//!
//! A queue is a group that shares the partitions of all shards of its stream (`engine/share`), also of those that are opened later.
//! The shares are opened when somebody first asks for records: where each of them begins is in the queue's record.
//!
//! Source: [CreateQueue](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateQueue.html).

mod open;
mod queues;
mod receipt_handle;
mod receiving;

pub(crate) use open::{QueueShard, Side};
pub(crate) use queues::{Queue, Queues, stream_arn};
pub(crate) use receipt_handle::ReceiptHandle;
pub(crate) use receiving::{Delivery, Wish};
