//! AWS JSON 1.1 in CBOR (RFC 8949): the same operations and members, as `application/x-amz-cbor-1.1`. The AWS SDK for Java
//! speaks it to Kinesis.
//!
//! Bytes are byte strings. Timestamps are tag 1 and a whole number of **milliseconds**, where the RFC has seconds
//! ([aws-sdk-java-v2 #4661](https://github.com/aws/aws-sdk-java-v2/issues/4661)).

mod deserialize;
mod error;
mod reader;
mod serialize;
mod write;

use bytes::Bytes;
use ninefold_model::{Map, Operation, ServiceModel, Value};
use serde::de::{DeserializeSeed, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::{Codec, DecodeError, ServiceError, shaped};

pub use error::CborError;

use deserialize::Deserializer;
use serialize::Serializer;

/// Reads a typed struct, which may borrow text and bytes.
///
/// # Errors
///
/// If the bytes are not one CBOR item, or not what the struct takes.
pub fn from_slice<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, CborError> {
    let mut deserializer = Deserializer::new(bytes);
    let value = T::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Writes a typed struct at the end of the bytes.
///
/// # Errors
///
/// If the struct refuses to be written, or holds a number beyond 64 bits.
pub fn write_to<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) -> Result<(), CborError> {
    value.serialize(Serializer::new(bytes))
}

/// Reads an input from a request body by the operation's input shape. Unknown members are ignored, nulls dropped;
/// an empty body is an empty structure.
///
/// # Errors
///
/// If the body is no CBOR, of other types than the model's, or larger than any real input.
pub fn decode_cbor(model: &ServiceModel, operation: &Operation, body: &[u8]) -> Result<Value, DecodeError> {
    if body.is_empty() {
        return Ok(Value::Map(Map::new()));
    }
    let Some(shape) = operation.input else {
        let ignored = from_slice::<IgnoredAny>(body);
        return ignored
            .map(|_| Value::Map(Map::new()))
            .map_err(|error| malformed(&error));
    };
    let mut deserializer = Deserializer::new(body);
    let value = shaped::value(
        Codec::Cbor,
        model,
        shape,
        |seed| {
            let value = seed.deserialize(&mut deserializer)?;
            deserializer.end().map(|()| value)
        },
        malformed,
    )?;
    match value {
        Value::Null => Ok(Value::Map(Map::new())),
        value => Ok(value),
    }
}

fn malformed(error: &CborError) -> DecodeError {
    DecodeError::Malformed(format!("Could not parse request body into cbor: {error}"))
}

/// Writes an output as a response body by the operation's output shape.
pub fn encode_cbor(model: &ServiceModel, operation: &Operation, output: &Value) -> Bytes {
    let mut body = Vec::with_capacity(256);
    match operation.output {
        Some(shape) => write::value(&mut body, model, shape, output),
        None => write::map(&mut body, 0),
    }
    body.into()
}

/// Writes an error as a response body: `__type` is the shape's name, `message` its text.
pub fn encode_cbor_error(error: &ServiceError) -> Bytes {
    let mut body = Vec::with_capacity(64 + error.message.len());
    write::map(&mut body, 2 + error.members.len());
    write::text(&mut body, "__type");
    write::text(&mut body, &error.code);
    write_message_and_members(&mut body, error);
    body.into()
}

/// Writes the error's shape itself, as events have it.
pub(crate) fn encode_cbor_exception(error: &ServiceError) -> Bytes {
    let mut body = Vec::with_capacity(32 + error.message.len());
    write::map(&mut body, 1 + error.members.len());
    write_message_and_members(&mut body, error);
    body.into()
}

fn write_message_and_members(body: &mut Vec<u8>, error: &ServiceError) {
    write::text(body, "message");
    write::text(body, &error.message);
    for (name, value) in error.members.iter() {
        write::text(body, name);
        write::untyped(body, value);
    }
}
