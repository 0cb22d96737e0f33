//! The filter policies of SNS subscriptions.
//!
//! Pure functions over data. A [`FilterPolicy`] is parsed once and is valid from then on. It decides about one message with
//! [`matches_attributes`](FilterPolicy::matches_attributes) or [`matches_body`](FilterPolicy::matches_body), as its scope is;
//! a [`FilterIndex`] holds those of all subscriptions of a topic and finds the ones that match, so that the time doesn't
//! grow with their number.
//!
//! A policy is an [event pattern](ninefold_event_pattern) with limits of its own. SNS has documented the language on the pages
//! below [subscription filter policies]; what is special about it:
//!
//! - In the scope of attributes a policy has no nested objects. `String.Array` attributes have several values, of which any may
//!   fit. `Binary` attributes are ignored. A message without any attribute matches no policy, `exists: false` neither.
//! - In the scope of the body, what is not a JSON object matches no policy.
//! - The empty policy `{}` lets everything through: it is how clients take a filter policy away.
//!
//! [subscription filter policies]: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html

mod attribute;
mod complexity;
mod error;
mod index;
mod policy;

pub use attribute::{Attribute, AttributeValue};
pub use complexity::{
    MAXIMUM_ASTERISKS, MAXIMUM_COMBINATIONS, MAXIMUM_KEYS, MAXIMUM_POLICY_BYTES, MAXIMUM_WILDCARD_POINTS,
};
pub use error::FilterPolicyError;
pub use index::FilterIndex;
pub use policy::{FilterPolicy, FilterScope};
