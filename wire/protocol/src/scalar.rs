//! Scalars as text: in form parameters, XML elements, headers and path labels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ninefold_model::{Shape, ShapeKind, Timestamp, TimestampFormat, Value};

use crate::DecodeError;

/// Reads a scalar of that shape from text.
pub(crate) fn parse(shape: &Shape, text: &str) -> Result<Value, DecodeError> {
    match &shape.kind {
        ShapeKind::String(_) => Ok(Value::String(text.to_owned())),
        ShapeKind::Boolean => parse_boolean(text).map(Value::Bool),
        ShapeKind::Integer(_) => {
            number(text.parse::<i32>().ok().map(i64::from), "an Integer").map(Value::Integer)
        }
        ShapeKind::Long(_) => number(text.parse::<i64>().ok(), "a Long").map(Value::Integer),
        ShapeKind::Float(_) => number(parse_float(text), "a Double").map(Value::Float),
        ShapeKind::Blob(_) => decode_blob(text).map(Value::Blob),
        ShapeKind::Timestamp(_) => Timestamp::parse(text)
            .map(Value::Timestamp)
            .map_err(|error| DecodeError::Type(error.to_string())),
        ShapeKind::Structure(_) => Err(DecodeError::Type("Expected null".to_owned())),
        ShapeKind::List(_) => Err(DecodeError::Type("Expected list or null".to_owned())),
        ShapeKind::Map(_) => Err(DecodeError::Type("Expected map or null".to_owned())),
    }
}

/// Writes a scalar as text; `format` is that of timestamps. Nothing for lists, maps and null.
pub(crate) fn format(value: &Value, format: TimestampFormat) -> Option<String> {
    match value {
        Value::Null | Value::List(_) | Value::Map(_) => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(format_float(*number)),
        Value::String(text) => Some(text.clone()),
        Value::Blob(bytes) => Some(BASE64.encode(bytes)),
        Value::Timestamp(timestamp) => Some(timestamp.format(format)),
    }
}

/// Reads base64, with the messages of AWS's decoder.
pub(crate) fn decode_blob(text: &str) -> Result<bytes::Bytes, DecodeError> {
    if !text.len().is_multiple_of(4) {
        let message = format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            text.len()
        );
        return Err(DecodeError::Type(message));
    }
    let decoded = BASE64
        .decode(text)
        .map_err(|error| DecodeError::Type(format!("Invalid Base64: {error}")))?;
    Ok(decoded.into())
}

/// A number as the protocols write it; what JSON and XML have no number for is a word.
pub(crate) fn format_float(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}

/// Reads a number or one of the words for what is none.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse::<f64>().ok().filter(|number| number.is_finite()),
    }
}

fn parse_boolean(text: &str) -> Result<bool, DecodeError> {
    if text.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(not_convertible("a Boolean"))
    }
}

fn number<T>(number: Option<T>, kind: &str) -> Result<T, DecodeError> {
    number.ok_or_else(|| not_convertible(kind))
}

fn not_convertible(kind: &str) -> DecodeError {
    DecodeError::Type(format!("STRING_VALUE can not be converted to {kind}"))
}
