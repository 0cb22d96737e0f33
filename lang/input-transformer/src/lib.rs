//! What a target gets of an event: `Input`, `InputPath` and `InputTransformer` of EventBridge's `PutTargets`.
//!
//! All three are read once, when a target is put, and applied to events as bytes: values go from the event to the output
//! as they are written there, so a number keeps its digits and a string its escapes. The sources are the user guide's
//! [Input transformation], what LocalStack's tests recorded of the service, and what cdk-preflight measured of
//! `PutTargets` (2026-09-07). Where they say nothing, the choice is stated at the item.
//!
//! One deliberate difference: the guide says that "EventBridge doesn't escape values extracted by Input Path". Here, what
//! is put into a string keeps the escapes it has in the event, so that a template that is valid gives valid JSON for every
//! event.
//!
//! [Input transformation]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html

mod error;
mod event;
mod input;
mod output;
mod path;
mod selection;
mod template;
mod transformer;

pub use error::{ApplyError, InputError, PathError, TransformError};
pub use input::{Constant, Input};
pub use output::MAXIMUM_OUTPUT_BYTES;
pub use path::{InputPath, MAXIMUM_PATH_LENGTH};
pub use template::{MAXIMUM_TEMPLATE_LENGTH, Reserved};
pub use transformer::{InputTransformer, MAXIMUM_PATHS, MAXIMUM_VARIABLE_LENGTH};
