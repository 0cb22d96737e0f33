//! AWS JSON 1.0 and 1.1, and the bodies of REST JSON.

mod read;
mod write;

use std::borrow::Cow;

use bytes::Bytes;
use ninefold_model::{Operation, ServiceModel, ShapeId, Value};

use crate::error::COMMON_NAMESPACE;
use crate::{DecodeError, Protocol, ServiceError};

/// Reads an input from a request body by the operation's input shape. Unknown members are ignored, nulls dropped;
/// an empty body is an empty structure.
pub fn decode_json(model: &ServiceModel, operation: &Operation, body: &[u8]) -> Result<Value, DecodeError> {
    read::structure(model, operation.input, body)
}

/// Reads a value of any shape from JSON.
pub(crate) fn decode_shape(model: &ServiceModel, shape: ShapeId, body: &[u8]) -> Result<Value, DecodeError> {
    read::value(model, shape, body)
}

/// Writes an output as a response body by the operation's output shape.
pub fn encode_json(model: &ServiceModel, operation: &Operation, output: &Value) -> Bytes {
    let mut body = Vec::with_capacity(256);
    match operation.output {
        Some(shape) => write::value(&mut body, model, shape, output),
        None => body.extend_from_slice(b"{}"),
    }
    body.into()
}

/// Writes a value of any shape as JSON.
pub(crate) fn encode_shape(model: &ServiceModel, shape: ShapeId, value: &Value) -> Bytes {
    let mut body = Vec::with_capacity(256);
    write::value(&mut body, model, shape, value);
    body.into()
}

/// Writes an error as a response body: `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"..."}`.
/// The framework's own errors carry their text as `Message`. AWS JSON 1.1 has the shape's name without a namespace
/// ([Smithy](https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization)).
pub fn encode_json_error(protocol: Protocol, error: &ServiceError) -> Bytes {
    let kind = match error.namespace.filter(|_| protocol != Protocol::AwsJson11) {
        Some(namespace) => Cow::Owned(format!("{namespace}#{}", error.code)),
        None => Cow::Borrowed(&*error.code),
    };
    let mut body = Vec::with_capacity(128 + error.message.len());
    body.extend_from_slice(b"{\"__type\":");
    write::string(&mut body, &kind);
    body.push(b',');
    write_message_and_members(&mut body, error);
    body.into()
}

/// Writes an error as a REST JSON response body, where its code is in a header: `{"message":"..."}`. Exceptions in a stream
/// of events look the same.
pub(crate) fn encode_rest_error(error: &ServiceError) -> Bytes {
    let mut body = Vec::with_capacity(64 + error.message.len());
    body.push(b'{');
    write_message_and_members(&mut body, error);
    body.into()
}

fn write_message_and_members(body: &mut Vec<u8>, error: &ServiceError) {
    let key = if error.namespace == Some(COMMON_NAMESPACE) {
        "Message"
    } else {
        "message"
    };
    write::string(body, key);
    body.push(b':');
    write::string(body, &error.message);
    for (name, value) in error.members.iter() {
        body.push(b',');
        write::string(body, name);
        body.push(b':');
        write::untyped(body, value);
    }
    body.push(b'}');
}
