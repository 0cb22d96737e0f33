//! Streams: named series of shards, each a partition of the [log](ninefold_log).
//!
//! Two doors stand on them and see the same ones: what one calls a stream with shards, the other calls a topic with
//! partitions. A shard's number is its place in the series, and never given again: a stream that is split or merged closes
//! shards and opens others behind them. What a door knows of a stream in its own vocabulary is an attachment.

mod error;
mod record;
mod stream;
mod streams;

pub use error::StreamsError;
pub use record::{Birth, HashRange, ShardRecord, StreamRecord};
pub use stream::Stream;
pub use streams::{NewShard, NewStream, Reshaping, StreamKey, Streams};
