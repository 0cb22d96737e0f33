//! The pieces of the load generator: requests written once, responses parsed only as far as a client must,
//! one thread and one `epoll` for every connection, so that the generator costs less than what it measures.
//!
//! Two programs stand on it: `load` (the generator) and `bare` (the limit it is compared with). The runner
//! `bench/run` starts the contenders and calls both.

pub mod closed_loop;
pub mod connection;
pub mod http1;
pub mod report;
pub mod request;
pub mod wake;
