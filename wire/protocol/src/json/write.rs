//! [`Value`] to JSON, driven by the shapes, straight into the response's bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ninefold_model::{Location, Member, ServiceModel, ShapeId, ShapeKind, TimestampFormat, Value};

use crate::scalar;

/// Writes a value of that shape. Members that the shape lacks are left out, as are nulls.
pub(super) fn value(output: &mut Vec<u8>, model: &ServiceModel, shape: ShapeId, value: &Value) {
    element(output, model, shape, None, value);
}

fn element(
    output: &mut Vec<u8>,
    model: &ServiceModel,
    shape: ShapeId,
    member: Option<&Member>,
    value: &Value,
) {
    match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure(structure), Value::Map(map)) if !structure.document => {
            let members = structure
                .members
                .iter()
                .filter(|member| member.location == Location::Body);
            let present = members.filter_map(|member| map.get(member.name).map(|value| (member, value)));
            sequence(
                output,
                *b"{}",
                present.filter(|(_, value)| !value.is_null()),
                |output, (member, value)| {
                    string(output, member.location_name.unwrap_or(member.name));
                    output.push(b':');
                    element(output, model, member.shape, Some(member), value);
                },
            );
        }
        (ShapeKind::Map(map), Value::Map(entries)) => {
            sequence(output, *b"{}", entries.iter(), |output, (key, value)| {
                string(output, key);
                output.push(b':');
                element(output, model, map.value.shape, Some(&map.value), value);
            });
        }
        (ShapeKind::List(list), Value::List(elements)) => {
            sequence(output, *b"[]", elements.iter(), |output, value| {
                element(output, model, list.member.shape, Some(&list.member), value);
            });
        }
        (ShapeKind::Timestamp(format), Value::Timestamp(timestamp)) => {
            let stated = member.and_then(|member| member.timestamp_format).or(*format);
            match stated.unwrap_or(TimestampFormat::UnixTimestamp) {
                TimestampFormat::UnixTimestamp => {
                    output.extend_from_slice(timestamp.format(TimestampFormat::UnixTimestamp).as_bytes());
                }
                text => string(output, &timestamp.format(text)),
            }
        }
        (_, value) => untyped(output, value),
    }
}

/// Writes a value without a shape: documents, and further members of errors.
pub(super) fn untyped(output: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => output.extend_from_slice(b"null"),
        Value::Bool(flag) => output.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Value::Integer(number) => output.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        Value::Float(number) if number.is_finite() => output.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => string(output, &scalar::format_float(*number)),
        Value::String(text) => string(output, text),
        Value::Blob(bytes) => string(output, &BASE64.encode(bytes)),
        Value::Timestamp(timestamp) => {
            output.extend_from_slice(timestamp.format(TimestampFormat::UnixTimestamp).as_bytes());
        }
        Value::List(elements) => sequence(output, *b"[]", elements.iter(), untyped),
        Value::Map(map) => sequence(output, *b"{}", map.iter(), |output, (key, value)| {
            string(output, key);
            output.push(b':');
            untyped(output, value);
        }),
    }
}

/// Writes text as a JSON string.
pub(super) fn string(output: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(output, text).expect("text is written to memory as JSON");
}

fn sequence<T>(
    output: &mut Vec<u8>,
    brackets: [u8; 2],
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    output.push(brackets[0]);
    for (index, item) in items.enumerate() {
        if index > 0 {
            output.push(b',');
        }
        write(output, item);
    }
    output.push(brackets[1]);
}
