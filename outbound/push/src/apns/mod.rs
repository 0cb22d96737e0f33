//! The [Apple Push Notification service](https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns)
//! with [token-based authentication](https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns).

mod answer;
mod client;
mod provider_token;

pub use client::{ApnsClient, ApnsCredentials, ApnsEndpoint};
