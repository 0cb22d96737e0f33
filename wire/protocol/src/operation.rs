//! Between the values that operations are called with and the types that doors work on.

use ninefold_model::{Value, to_value};
use serde::{Deserialize, Serialize};

use crate::ServiceError;

/// Reads an operation's input.
///
/// # Errors
///
/// `SerializationException`, if it is none of what the operation takes.
pub fn read_input<'a, T: Deserialize<'a>>(input: &'a Value) -> Result<T, ServiceError> {
    T::deserialize(input).map_err(|error| ServiceError::serialization(error.to_string()))
}

/// Writes an operation's output.
///
/// # Errors
///
/// `InternalFailure`, if it can't be a value.
pub fn write_output<T: Serialize>(output: &T) -> Result<Value, ServiceError> {
    to_value(output).map_err(|error| ServiceError::internal(error.to_string()))
}
