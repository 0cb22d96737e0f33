//! The Kafka broker: the protocol that Kafka's clients speak, on the log and the streams of this server.
//!
//! A [`Cluster`] is what clients know by that name: topics, groups and transactions under one cluster id, of one node. It
//! listens where it is [told to](Cluster::listen). A connection's requests are answered one after the other, as the protocol
//! wants it; only produce requests overlap, so that many of them share a sync.

mod administration;
mod cluster;
mod configs;
mod connection;
mod dispatch;
mod errors;
mod features;
mod fetch;
mod groups;
mod limits;
mod listener;
mod meter;
mod namespace;
mod operations;
mod security;
mod session;
mod share;
mod topics;
mod transactions;
mod transport;

pub use administration::{AdministrationError, TopicDescription};
pub use cluster::{Cluster, ClusterParts, TopicOptions};
pub use configs::GroupConfigRecords;
pub use groups::StreamTopics;
pub use listener::{ListenerOptions, Listening};
pub use ninefold_kafka_protocol::sasl::Mechanism;
pub use ninefold_kafka_protocol::sasl::scram::ScramHash;
pub use security::{
    ClusterArn, IamAccessKey, IamAuthority, IamOptions, IamRequest, Sealer, SecurityOptions, SecurityRecords,
    UserError, UserPassword,
};
pub use transactions::StreamMarkers;
