//! The STS door: who am I?
//!
//! `GetCallerIdentity` follows the [API reference](https://docs.aws.amazon.com/STS/latest/APIReference/); every
//! other operation of the model hands out temporary credentials, which this server has none of, and is refused.

mod door;
mod identity;

pub use door::StsDoor;
