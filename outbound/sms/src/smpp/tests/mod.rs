//! The provider against a small message centre on loopback.

mod center;
mod incoming;
mod messages;
mod sessions;
