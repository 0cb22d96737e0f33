//! The load on Kafka's brokers: requests encoded once, by the codec of `protocols/kafka`, on blocking connections.

mod connection;
mod consuming;
mod producing;
mod record_batch;
mod topic;

pub use connection::{KafkaConnection, KafkaError};
pub use consuming::{Consuming, consume};
pub use producing::{Producing, produce};
pub use topic::{Topic, create};
