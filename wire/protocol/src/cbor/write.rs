//! Items as bytes, each in its shortest form, and [`Value`] by the shapes. Lengths are definite.

use ninefold_model::{Location, ServiceModel, ShapeId, ShapeKind, Timestamp, Value};

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
/// The tag of moments.
const MOMENT: u64 = 1;

/// The initial byte, and the argument in as few bytes as it takes.
fn head(output: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    if argument < 24 {
        output.push(major | argument as u8);
    } else if let Ok(argument) = u8::try_from(argument) {
        output.extend_from_slice(&[major | 24, argument]);
    } else if let Ok(argument) = u16::try_from(argument) {
        output.push(major | 25);
        output.extend_from_slice(&argument.to_be_bytes());
    } else if let Ok(argument) = u32::try_from(argument) {
        output.push(major | 26);
        output.extend_from_slice(&argument.to_be_bytes());
    } else {
        output.push(major | 27);
        output.extend_from_slice(&argument.to_be_bytes());
    }
}

pub(super) fn unsigned(output: &mut Vec<u8>, number: u64) {
    head(output, UNSIGNED, number);
}

pub(super) fn integer(output: &mut Vec<u8>, number: i64) {
    match u64::try_from(number) {
        Ok(number) => unsigned(output, number),
        Err(_) => head(output, NEGATIVE, !number as u64),
    }
}

pub(super) fn bytes(output: &mut Vec<u8>, bytes: &[u8]) {
    head(output, BYTES, bytes.len() as u64);
    output.extend_from_slice(bytes);
}

pub(super) fn text(output: &mut Vec<u8>, text: &str) {
    head(output, TEXT, text.len() as u64);
    output.extend_from_slice(text.as_bytes());
}

pub(super) fn array(output: &mut Vec<u8>, length: usize) {
    head(output, ARRAY, length as u64);
}

pub(super) fn map(output: &mut Vec<u8>, length: usize) {
    head(output, MAP, length as u64);
}

/// An array that a break ends.
pub(super) fn open_array(output: &mut Vec<u8>) {
    output.push(ARRAY << 5 | 31);
}

/// A map that a break ends.
pub(super) fn open_map(output: &mut Vec<u8>) {
    output.push(MAP << 5 | 31);
}

pub(super) fn end(output: &mut Vec<u8>) {
    output.push(0xff);
}

pub(super) fn boolean(output: &mut Vec<u8>, flag: bool) {
    output.push(if flag { 0xf5 } else { 0xf4 });
}

pub(super) fn null(output: &mut Vec<u8>) {
    output.push(0xf6);
}

pub(super) fn float(output: &mut Vec<u8>, number: f64) {
    output.push(0xfb);
    output.extend_from_slice(&number.to_be_bytes());
}

/// What makes the whole number of milliseconds that follows a moment.
pub(super) fn moment_tag(output: &mut Vec<u8>) {
    head(output, TAG, MOMENT);
}

fn timestamp(output: &mut Vec<u8>, timestamp: Timestamp) {
    moment_tag(output);
    integer(output, timestamp.milliseconds());
}

/// Writes a value of that shape. Members that the shape lacks are left out, as are nulls.
pub(super) fn value(output: &mut Vec<u8>, model: &ServiceModel, shape: ShapeId, content: &Value) {
    match (&model.shape(shape).kind, content) {
        (ShapeKind::Structure(structure), Value::Map(members)) if !structure.document => {
            let in_body = |location| location == Location::Body;
            let shaped = structure.members.iter().filter(|member| in_body(member.location));
            let present = shaped
                .filter_map(|member| members.get(member.name).map(|content| (member, content)))
                .filter(|(_, content)| !content.is_null());
            map(output, present.clone().count());
            for (member, content) in present {
                text(output, member.location_name.unwrap_or(member.name));
                value(output, model, member.shape, content);
            }
        }
        (ShapeKind::Map(shape), Value::Map(entries)) => {
            map(output, entries.len());
            for (key, content) in entries.iter() {
                text(output, key);
                value(output, model, shape.value.shape, content);
            }
        }
        (ShapeKind::List(list), Value::List(elements)) => {
            array(output, elements.len());
            for element in elements {
                value(output, model, list.member.shape, element);
            }
        }
        (_, content) => untyped(output, content),
    }
}

/// Writes a value without a shape: documents, and further members of errors.
pub(super) fn untyped(output: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => null(output),
        Value::Bool(flag) => boolean(output, *flag),
        Value::Integer(number) => integer(output, *number),
        Value::Float(number) => float(output, *number),
        Value::String(string) => text(output, string),
        Value::Blob(blob) => bytes(output, blob),
        Value::Timestamp(moment) => timestamp(output, *moment),
        Value::List(elements) => {
            array(output, elements.len());
            elements.iter().for_each(|element| untyped(output, element));
        }
        Value::Map(entries) => {
            map(output, entries.len());
            for (key, value) in entries.iter() {
                text(output, key);
                untyped(output, value);
            }
        }
    }
}
