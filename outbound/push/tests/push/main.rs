//! The clients against local servers that look at what they get as the providers would.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod apns;
mod fcm;
mod stub;
mod token;
