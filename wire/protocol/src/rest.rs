//! REST JSON: members bound to path, query string, headers and body.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_model::{
    Location, Map, Member, Operation, ServiceModel, ShapeKind, StructureShape, TimestampFormat, Value,
};

use crate::query::Form;
use crate::{DecodeError, json, scalar};

/// What a REST request carries besides its body.
#[derive(Clone, Copy, Debug)]
pub struct RestRequest<'a> {
    /// Labels of the path, decoded.
    pub labels: &'a [(&'static str, String)],
    /// Parameters of the query string.
    pub query: &'a Form,
    /// Headers.
    pub headers: &'a HeaderMap,
}

/// An output in REST form.
#[derive(Clone, Debug, PartialEq)]
pub struct RestResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers that members are bound to.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Its content type.
    pub content_type: &'static str,
}

const JSON: &str = "application/json";
const BINARY: &str = "application/octet-stream";
const TEXT: &str = "text/plain";
/// The status of an answer that has no body (RFC 9110, section 15.3.5).
const NO_CONTENT: u16 = 204;

/// Reads an input from a request by the bindings of the operation's input shape.
pub fn decode_rest_json(
    model: &ServiceModel,
    operation: &Operation,
    request: RestRequest<'_>,
    body: &[u8],
) -> Result<Value, DecodeError> {
    let Some(structure) = structure(model, operation.input) else {
        return Ok(Value::Map(Map::new()));
    };
    let mut input = match payload(structure) {
        Some(payload) => decode_payload(model, payload, body)?,
        None => match json::decode_json(model, operation, body)? {
            Value::Map(map) => map,
            _ => Map::new(),
        },
    };
    for member in &structure.members {
        let value = match member.location {
            Location::Body | Location::StatusCode => continue,
            Location::Uri => from_label(model, member, request.labels)?,
            Location::QueryString => from_query(model, member, request.query)?,
            Location::Header => from_header(model, member, request.headers)?,
            Location::Headers => from_prefixed_headers(member, request.headers)?,
        };
        if let Some(value) = value {
            input.insert(member.name, value);
        }
    }
    Ok(Value::Map(input))
}

/// Writes an output by the bindings of the operation's output shape.
pub fn encode_rest_json(model: &ServiceModel, operation: &Operation, output: &Value) -> RestResponse {
    let mut response = RestResponse {
        status: operation.status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        content_type: JSON,
    };
    match (structure(model, operation.output), output.as_map()) {
        (Some(structure), Some(map)) => {
            for member in &structure.members {
                if let Some(value) = map.get(member.name).filter(|value| !value.is_null()) {
                    encode_outside_body(model, member, value, &mut response);
                }
            }
            match payload(structure) {
                Some(payload) => encode_payload(model, payload, map.get(payload.name), &mut response),
                None => response.body = json::encode_json(model, operation, output),
            }
        }
        _ => response.body = Bytes::from_static(b"{}"),
    }
    if response.status == NO_CONTENT {
        response.body = Bytes::new();
    }
    response
}

fn structure(model: &ServiceModel, shape: Option<ninefold_model::ShapeId>) -> Option<&StructureShape> {
    match &model.shape(shape?).kind {
        ShapeKind::Structure(structure) => Some(structure),
        _ => None,
    }
}

fn payload(structure: &StructureShape) -> Option<&Member> {
    structure.member(structure.payload?)
}

fn decode_payload(model: &ServiceModel, member: &Member, body: &[u8]) -> Result<Map, DecodeError> {
    let mut map = Map::new();
    if body.is_empty() {
        return Ok(map);
    }
    let value = match model.shape(member.shape).kind {
        ShapeKind::Blob(_) => Value::Blob(Bytes::copy_from_slice(body)),
        ShapeKind::String(_) => match std::str::from_utf8(body) {
            Ok(text) => Value::from(text),
            Err(_) => return Err(DecodeError::Malformed("The body is not valid UTF-8".to_owned())),
        },
        _ => json::decode_shape(model, member.shape, body)?,
    };
    if !value.is_null() {
        map.insert(member.name, value);
    }
    Ok(map)
}

fn from_label(
    model: &ServiceModel,
    member: &Member,
    labels: &[(&'static str, String)],
) -> Result<Option<Value>, DecodeError> {
    let name = member.location_name.unwrap_or(member.name);
    let label = labels.iter().find(|(label, _)| *label == name);
    label
        .map(|(_, text)| scalar::parse(model.shape(member.shape), text))
        .transpose()
}

fn from_query(model: &ServiceModel, member: &Member, query: &Form) -> Result<Option<Value>, DecodeError> {
    let name = member.location_name.unwrap_or(member.name);
    let mut texts = query
        .iter()
        .filter(|(key, _)| *key == name)
        .map(|(_, text)| text)
        .peekable();
    match &model.shape(member.shape).kind {
        ShapeKind::List(list) => {
            if texts.peek().is_none() {
                return Ok(None);
            }
            let element = model.shape(list.member.shape);
            let elements = texts
                .map(|text| scalar::parse(element, text))
                .collect::<Result<_, _>>()?;
            Ok(Some(Value::List(elements)))
        }
        ShapeKind::Map(map) => every_parameter(model, map, query).map(Some),
        _ => texts
            .next()
            .map(|text| scalar::parse(model.shape(member.shape), text))
            .transpose(),
    }
}

/// A map bound to the query string stands for all its parameters.
fn every_parameter(
    model: &ServiceModel,
    map: &ninefold_model::MapShape,
    query: &Form,
) -> Result<Value, DecodeError> {
    let mut parameters = Map::new();
    for (key, text) in query.iter() {
        match &model.shape(map.value.shape).kind {
            ShapeKind::List(list) => {
                let element = scalar::parse(model.shape(list.member.shape), text)?;
                match parameters.get_mut(key) {
                    Some(Value::List(elements)) => elements.push(element),
                    _ => drop(parameters.insert(key.to_owned(), vec![element])),
                }
            }
            _ => drop(parameters.insert(key.to_owned(), scalar::parse(model.shape(map.value.shape), text)?)),
        }
    }
    Ok(Value::Map(parameters))
}

fn from_header(
    model: &ServiceModel,
    member: &Member,
    headers: &HeaderMap,
) -> Result<Option<Value>, DecodeError> {
    let Some(header) = headers.get(member.location_name.unwrap_or(member.name)) else {
        return Ok(None);
    };
    let text = header_text(header)?;
    match &model.shape(member.shape).kind {
        ShapeKind::List(list) => {
            let element = model.shape(list.member.shape);
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Ok(Some(Value::List(
                parts
                    .map(|part| scalar::parse(element, part))
                    .collect::<Result<_, _>>()?,
            )))
        }
        _ => scalar::parse(model.shape(member.shape), text).map(Some),
    }
}

fn from_prefixed_headers(member: &Member, headers: &HeaderMap) -> Result<Option<Value>, DecodeError> {
    let prefix = member.location_name.unwrap_or_default().to_ascii_lowercase();
    let mut map = Map::new();
    for (name, header) in headers {
        if let Some(key) = name.as_str().strip_prefix(&prefix) {
            map.insert(key.to_owned(), header_text(header)?);
        }
    }
    Ok((!map.is_empty()).then_some(Value::Map(map)))
}

fn header_text(header: &HeaderValue) -> Result<&str, DecodeError> {
    header
        .to_str()
        .map_err(|_| DecodeError::Malformed("A header holds characters beyond ASCII".to_owned()))
}

fn encode_outside_body(model: &ServiceModel, member: &Member, value: &Value, response: &mut RestResponse) {
    match (member.location, value) {
        (Location::StatusCode, Value::Integer(status)) => {
            response.status = u16::try_from(*status).unwrap_or(response.status);
        }
        (Location::Header, value) => {
            let shape = model.shape(member.shape);
            let format = match shape.kind {
                ShapeKind::Timestamp(format) => member.timestamp_format.or(format),
                _ => None,
            };
            let text = header_value(value, format.unwrap_or(TimestampFormat::Rfc822));
            add_header(response, member.location_name.unwrap_or(member.name), text);
        }
        (Location::Headers, Value::Map(map)) => {
            for (key, value) in map.iter() {
                let name = format!("{}{key}", member.location_name.unwrap_or_default());
                add_header(response, &name, header_value(value, TimestampFormat::Rfc822));
            }
        }
        _ => {}
    }
}

fn header_value(value: &Value, format: TimestampFormat) -> Option<String> {
    match value {
        Value::List(elements) => {
            let parts: Vec<String> = elements
                .iter()
                .filter_map(|element| scalar::format(element, format))
                .collect();
            Some(parts.join(","))
        }
        value => scalar::format(value, format),
    }
}

/// Adds a header; one that HTTP cannot carry is left out.
fn add_header(response: &mut RestResponse, name: &str, text: Option<String>) {
    let value = text.and_then(|text| HeaderValue::try_from(text).ok());
    if let (Ok(name), Some(value)) = (HeaderName::try_from(name), value) {
        response.headers.append(name, value);
    }
}

fn encode_payload(model: &ServiceModel, member: &Member, value: Option<&Value>, response: &mut RestResponse) {
    match value {
        Some(Value::Blob(bytes)) => {
            response.content_type = BINARY;
            response.body = bytes.clone();
        }
        Some(Value::String(text)) => {
            response.content_type = TEXT;
            response.body = Bytes::copy_from_slice(text.as_bytes());
        }
        Some(value) => response.body = json::encode_shape(model, member.shape, value),
        None => {}
    }
}
