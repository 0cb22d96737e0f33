//! The pieces of the load generator: requests written once, responses parsed only as far as a client must,
//! one thread and one `epoll` for all connections, so that the generator costs less than what it measures. (What is
//! measured beside a load has a thread of its own.)
//!
//! Five programs stand on it: `load` (the generator), `bare` (the limit it is compared with), `receiver` (a web endpoint
//! that counts what is delivered), `push` (the limit of delivering to it) and `streams` (the generator for Kafka and Kinesis, whose
//! connections have threads: there are few, and what goes over each is large). The runners `bench/run` and `bench/streams/run`
//! start the contenders and call them.

pub mod caller;
pub mod closed_loop;
pub mod connection;
pub mod delivery;
pub mod event;
pub mod event_bus;
pub mod fan_out;
pub mod http1;
pub mod http_stream;
pub mod kafka;
pub mod kinesis;
pub mod limit;
pub mod paced;
#[cfg(test)]
mod path_server;
pub mod queue_set;
pub mod report;
pub mod request;
pub mod sending;
pub mod topic;
pub mod wake;
