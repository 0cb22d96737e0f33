//! Webhooks of other services: who sent them, whether they were seen before, and what they become as events.
//!
//! Pure functions over a request that has been read: no I/O, and the time is an argument. A caller
//!
//! 1. reads the source's [`Scheme`] and [`Secrets`] from its configuration,
//! 2. has [`verify`] check a request, which gives a challenge to be answered or a [`Webhook`],
//! 3. asks the source's [`ReplayWindow`] whether that one is new,
//! 4. publishes [`Webhook::detail_type`] and [`Webhook::detail`], and
//! 5. keeps the [`SeenDelivery`] for after a restart and has the window settle it, or, where something has failed,
//!    [`ReplayWindow::forget`] it, so that the sender may try again.
//!
//! What becomes the source, the detail type and the detail follows the functions that AWS offers for inbound webhooks
//! (["Receiving events from a SaaS application using AWS Lambda function
//! URLs"](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas-furls.html)).

mod body;
mod claim;
mod configuration;
mod error;
mod mac;
mod replay;
mod scheme;
mod secret;
mod verify;
mod webhook;

pub use error::{SchemeError, SecretError, WebhookError};
pub use mac::{Digest, Encoding};
pub use replay::{Freshness, ReplayError, ReplayKey, ReplayLimit, ReplayWindow, SeenDelivery};
pub use scheme::{DetailTypeRule, HmacScheme, Place, Scheme, SignedTimestamp, TimestampUnit};
pub use secret::{Secret, Secrets};
pub use verify::{BODY_LIMIT_BYTES, Verified, verify};
pub use webhook::{DETAIL_TYPE_LIMIT_CHARACTERS, Webhook};
