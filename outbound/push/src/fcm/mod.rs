//! [Firebase Cloud Messaging](https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send), HTTP v1.

mod access_token;
mod answer;
mod client;
mod legacy;
mod payload;
mod service_account;

pub use client::{FcmClient, FcmEndpoints};
