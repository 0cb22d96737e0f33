//! Push notifications to phones, tablets and browsers: Firebase Cloud Messaging and the Apple Push Notification
//! service.
//!
//! An [`FcmClient`] or [`ApnsClient`] stands for one app's credentials. It keeps the short-lived tokens that the
//! providers want, sends one notification to one device at a time, and sorts what the providers say into
//! [`PushErrorKind`]s. Retrying is up to the caller.

mod apns;
mod endpoint;
mod error;
mod fcm;
mod jwt;
mod options;

pub use apns::{ApnsClient, ApnsCredentials, ApnsEndpoint};
pub use error::{CredentialsError, PushError, PushErrorKind};
pub use fcm::{FcmClient, FcmEndpoints};
pub use options::{ApnsPushType, PushOptions, PushPriority, PushReceipt, UnknownPushType};
