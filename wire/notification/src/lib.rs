//! SNS notifications as they go out: what they say, how they look on each way, and how they are signed.
//!
//! - A [`Notification`] is a published message; a [`Confirmation`] asks an endpoint whether it wants to be subscribed,
//!   or tells it that it no longer is.
//! - To HTTP endpoints and queues both go as an [envelope](Notification::envelope) in JSON, laid out as SNS lays it out,
//!   with [`HttpHeaders`]; to mailboxes as [`Mail`].
//! - A [`SigningKey`] signs the [`StringToSign`] of either. What is signed of a notification is the same for all
//!   subscribers who get the same text: it is signed once, and its [`Envelope`] is made once, too.
//!
//! The formats are those of the pages on [message formats] and [verifying signatures].
//!
//! [message formats]: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
//! [verifying signatures]: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html

mod attribute;
mod certificate;
mod confirmation;
mod envelope;
mod http_headers;
mod link;
mod mail;
mod notification;
mod signature;
mod signing_key;
mod timestamp;

pub use attribute::{Attribute, AttributeValue};
pub use certificate::{CERTIFICATE_VALIDITY_DAYS, Certificate};
pub use confirmation::{Confirmation, ConfirmationSubject};
pub use envelope::Envelope;
pub use http_headers::{DEFAULT_CONTENT_TYPE, HttpHeaders, USER_AGENT};
pub use link::{certificate_url, subscribe_url, unsubscribe_url};
pub use mail::Mail;
pub use notification::{MessageType, Notification};
pub use signature::{Signature, SignatureVersion, StringToSign};
pub use signing_key::{SigningKey, SigningKeyError};
pub use timestamp::Timestamp;
