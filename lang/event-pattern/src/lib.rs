//! The event pattern language of EventBridge, which SNS filter policies share.
//!
//! Pure functions over data. An [`EventPattern`] is parsed once and is valid from then on. Two matchers
//! decide the same: [`EventPattern::matches`] takes one pattern and is simple on purpose; [`PatternIndex`]
//! takes an event against all of its patterns at once, so that the time doesn't grow with their number. What a pattern
//! misses an event by, [`EventPattern::explain`] says.
//!
//! The language is the one of the [EventBridge user guide]; where the guide is silent, or where the service does
//! otherwise, it is that of [event-ruler], the library behind EventBridge and SNS:
//!
//! - A pattern's fields are all to hold; of a field's values any. `$or` takes one of several objects.
//! - A dot in a name separates as nesting does: `{"a.b": …}` and `{"a": {"b": …}}` are the same, in patterns and
//!   in events.
//! - Numbers are equal by value: `300`, `300.0` and `3.0e2` are. (The guide says the contrary of the service.) Those beyond
//!   ±5.0e9, or with more than six decimals, are equal by their text only.
//! - A string is never equal to a number, a boolean or null.
//! - Arrays are looked through: any element may fit. Fields found below objects in an array have to be found below the same
//!   element.
//! - Of fields with the same path in one object of a pattern, the last one counts. In an event all do.
//!
//! [EventBridge user guide]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
//! [event-ruler]: https://github.com/aws/event-ruler

mod branch;
mod case;
mod error;
mod event;
mod explain;
mod grammar;
mod index;
mod jackson;
mod json;
mod number;
mod pattern;
mod predicate;
mod range;
mod scalar;
mod tree;
mod wildcard;
mod written;

pub use error::{EventError, PatternError};
pub use event::Event;
pub use explain::{Found, Mismatch};
pub use index::PatternIndex;
pub use number::Number;
pub use pattern::{EventPattern, Limits};
pub use predicate::{Excluded, Predicate};
pub use range::Range;
pub use scalar::Scalar;
pub use tree::{Condition, Entry, Tree, ValueTest};
pub use wildcard::Wildcard;
