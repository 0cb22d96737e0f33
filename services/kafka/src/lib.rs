//! The MSK door: the control plane of Kafka clusters.
//!
//! Follows the [API reference](https://docs.aws.amazon.com/msk/1.0/apireference/) and the service's model.
//!
//! How it is laid out, as every door is: [`KafkaDoor`] finds the operation; `operations` has them by resource; `record` is the state
//! kept, `clusters` and `configurations` are that state ready for use; `errors` has every error in one place. What is special about this
//! one: clusters are run by a [`host::ClusterHost`], which the control plane knows nothing else of.

mod arn;
mod clusters;
mod configurations;
mod door;
mod errors;
pub mod host;
mod limits;
mod operations;
mod record;
mod secrets;
mod security;
mod server_properties;
mod versions;

pub use door::{KafkaDoor, KafkaParts};
pub use secrets::ScramSecrets;
