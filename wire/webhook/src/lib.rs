//! Webhooks of other services: who sent them, whether they were seen before, and what they become as events.
//!
//! Pure functions over a request that has been read: no I/O, and the time is an argument. A caller
//!
//! 1. reads the source's [`Scheme`] and [`Secrets`] from its configuration,
//! 2. has [`verify`] check a request, which gives a challenge to be answered or a [`Webhook`],
//! 3. asks the source's [`ReplayWindow`] whether that one is new, and
//! 4. publishes [`Webhook::detail_type`] and [`Webhook::detail`]. If that fails, [`ReplayWindow::forget`] lets the
//!    sender try again.
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
pub use replay::{Freshness, ReplayError, ReplayKey, ReplayWindow};
pub use scheme::{DetailTypeRule, HmacScheme, Place, Scheme, SignedTimestamp, TimestampUnit};
pub use secret::{Secret, Secrets};
pub use verify::{BODY_LIMIT_BYTES, Verified, verify};
pub use webhook::{DETAIL_TYPE_LIMIT_CHARACTERS, Webhook};
