//! SNS message data protection: the policy language, the detection of sensitive data, and what is done about it.
//!
//! Pure functions over data. A [`DataProtectionPolicy`] is parsed once, when it is put on a topic, and is valid from
//! then on. [`DataProtectionPolicy::inspect`] then says about a message, on its way in or out, whether it may pass,
//! how it reads when what is sensitive has been masked or removed, and what is to be written to the audit log.
//!
//! The language is that of AWS's [data protection policies]. What is found:
//!
//! - **Custom data identifiers**: regular expressions of the policy.
//! - **Managed data identifiers** whose data has a check digit or an exact form. Where AWS wants a keyword near the data,
//!   so does this crate, with AWS's keywords: within 30 characters, in any case, with a space, `_`, `-` or nothing
//!   between its words. [`detectable_identifiers`] lists them.
//!
//! AWS finds names, postal addresses and the like by machine learning. A policy that asks for what can't be found
//! reliably is refused ([`DataProtectionError::UndetectableIdentifiers`]), rather than let through what its author
//! believes protected.
//!
//! Inspection takes time proportional to the message: every managed identifier's pattern has a bounded length, and is
//! looked for near its keywords only; the steps of custom expressions are counted, and what of a message would take too
//! many counts as sensitive.
//!
//! [data protection policies]: https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-policies.html

mod audit;
mod bounded_regex;
mod custom;
mod deidentify;
mod document;
mod error;
mod identifier;
mod inspect;
mod keyword;
mod managed;
mod policy;
mod principal;
mod statement;

pub use audit::{AuditOrder, LogDestinations};
pub use document::Direction;
pub use error::DataProtectionError;
pub use inspect::{DenyReason, Finding, Inspection, Verdict};
pub use managed::detectable_identifiers;
pub use policy::{DataProtectionPolicy, MAXIMUM_CUSTOM_IDENTIFIERS, MAXIMUM_POLICY_BYTES};
