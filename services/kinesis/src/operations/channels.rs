//! Channels, which bring a stream's records to an object store: there is none to bring them to.
//!
//! Source: [CreateChannel](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateChannel.html).

use ninefold_protocol::{CallContext, ServiceError};

use crate::errors;

/// Refuses an operation on channels.
pub(crate) fn refuse(context: &CallContext, operation: &str) -> ServiceError {
    match context.authorize(&format!("kinesis:{operation}"), &"*", None) {
        Ok(()) => errors::invalid(format!(
            "{operation} is not available: channels bring records to an object store, and this server has none configured."
        )),
        Err(error) => error,
    }
}
