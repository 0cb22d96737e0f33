//! The IAM policy language: parsing, validation, and evaluation.
//!
//! Pure functions over data, shared by every door. A [`Policy`] is parsed once, when it is stored, and is valid from
//! then on; [`evaluate`] decides about a [`Request`] from the policies of the caller and that of the resource.
//!
//! The language is the one of the [IAM JSON policy reference]; [`evaluate`] states the rules by which policies
//! combine. What is not here: permissions boundaries, session policies, service and resource control
//! policies, and principals of trust policies (`Federated`, `CanonicalUser`), which are refused.
//!
//! [IAM JSON policy reference]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html

mod account;
mod condition;
mod context;
mod document;
mod error;
mod evaluate;
mod operator;
mod pattern;
mod permission;
mod policy;
mod principal;
mod principal_element;
mod statement;

pub use account::AccountId;
pub use context::Context;
pub use document::Version;
pub use error::PolicyError;
pub use evaluate::{Decision, DenyReason, Request, Source, evaluate};
pub use permission::permission;
pub use policy::{MAXIMUM_POLICY_BYTES, Policy, PolicyKind};
pub use principal::Principal;
