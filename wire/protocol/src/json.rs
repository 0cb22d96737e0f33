//! AWS JSON 1.0 and 1.1.

use bytes::Bytes;
use ninefold_model::{Operation, ServiceModel, Value};

use crate::{DecodeError, ServiceError};

/// Reads an input from a request body. Unknown members are ignored, null members dropped.
pub fn decode_json(model: &ServiceModel, operation: &Operation, body: &[u8]) -> Result<Value, DecodeError> {
    let _ = (model, operation, body);
    Err(DecodeError::Malformed(String::new()))
}

/// Writes an output as a response body.
pub fn encode_json(model: &ServiceModel, operation: &Operation, output: &Value) -> Bytes {
    let _ = (model, operation, output);
    Bytes::new()
}

/// Writes an error as a response body.
pub fn encode_json_error(error: &ServiceError) -> Bytes {
    let _ = error;
    Bytes::new()
}
