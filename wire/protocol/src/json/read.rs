//! JSON to [`Value`], driven by the shapes. Depth is bounded by serde_json's recursion limit (128).

use ninefold_model::{Map, ServiceModel, ShapeId, Value};
use serde::de::{DeserializeSeed, IgnoredAny};

use crate::{Codec, DecodeError, shaped};

pub(super) fn structure(
    model: &ServiceModel,
    shape: Option<ShapeId>,
    body: &[u8],
) -> Result<Value, DecodeError> {
    match shape {
        _ if body.is_empty() => Ok(Value::Map(Map::new())),
        Some(shape) => match value(model, shape, body)? {
            Value::Null => Ok(Value::Map(Map::new())),
            value => Ok(value),
        },
        None => serde_json::from_slice::<IgnoredAny>(body)
            .map(|_| Value::Map(Map::new()))
            .map_err(|error| malformed(&error)),
    }
}

pub(super) fn value(model: &ServiceModel, shape: ShapeId, body: &[u8]) -> Result<Value, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    shaped::value(
        Codec::Json,
        model,
        shape,
        |seed| {
            let value = seed.deserialize(&mut deserializer)?;
            deserializer.end().map(|()| value)
        },
        malformed,
    )
}

fn malformed(error: &serde_json::Error) -> DecodeError {
    DecodeError::Malformed(format!("Could not parse request body into json: {error}"))
}
