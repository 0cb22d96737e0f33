//! The load on Kinesis: requests in AWS JSON 1.1, over HTTP/1.1.

mod event_stream;
mod fan_out;
mod getting;
mod request;
mod stream;

pub use fan_out::{FanOutDelay, fan_out};
pub use getting::get_records;
pub use request::{KinesisEndpoint, acknowledged};
pub use stream::{KinesisError, Shards, create};
