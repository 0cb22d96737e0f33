//! XML answers of the AWS query protocol.

use bytes::Bytes;
use ninefold_model::{
    ListShape, MapShape, Member, Operation, ServiceModel, ShapeId, ShapeKind, TimestampFormat, Value,
};

use crate::{RequestId, ServiceError, scalar};

const DECLARATION: &str = "<?xml version=\"1.0\"?>";

/// Writes an output as a response body:
/// `<SendMessageResponse xmlns="..."><SendMessageResult>...</SendMessageResult><ResponseMetadata>...`.
pub fn encode_query_xml(
    model: &ServiceModel,
    operation: &Operation,
    output: &Value,
    request_id: RequestId,
) -> Bytes {
    encode_response(model, operation, request_id, |document| {
        if let Some(shape) = operation.output {
            document.contents(model, shape, output);
        }
    })
}

/// As [`encode_query_xml`], for an output that has texts only.
pub fn encode_query_texts(
    model: &ServiceModel,
    operation: &Operation,
    texts: &[(&'static str, String)],
    request_id: RequestId,
) -> Bytes {
    encode_response(model, operation, request_id, |document| {
        for (name, text) in texts {
            document.text_element(name, text);
        }
    })
}

fn encode_response(
    model: &ServiceModel,
    operation: &Operation,
    request_id: RequestId,
    output: impl FnOnce(&mut Document),
) -> Bytes {
    let mut document = Document(String::with_capacity(512));
    let response = format!("{}Response", operation.name);
    document.0.push_str(DECLARATION);
    document.open_with_namespace(&response, model.xml_namespace);
    match operation.result_wrapper {
        Some(wrapper) => document.element(wrapper, output),
        None => output(&mut document),
    }
    document.element("ResponseMetadata", |document| {
        document.text_element("RequestId", &request_id.to_string())
    });
    document.close(&response);
    document.0.into()
}

/// Writes an error as a response body; `xml_namespace` is the service's, if one is known.
pub fn encode_query_error(xml_namespace: Option<&str>, error: &ServiceError, request_id: RequestId) -> Bytes {
    let mut document = Document(String::with_capacity(512));
    document.0.push_str(DECLARATION);
    document.open_with_namespace("ErrorResponse", xml_namespace);
    document.element("Error", |document| {
        document.text_element("Type", error.fault.as_str());
        document.text_element("Code", error.query_code());
        document.text_element("Message", &error.message);
        for (name, value) in error.members.iter() {
            if let Some(text) = scalar::format(value, TimestampFormat::Iso8601) {
                document.text_element(name, &text);
            }
        }
        document.0.push_str("<Detail/>");
    });
    document.text_element("RequestId", &request_id.to_string());
    document.close("ErrorResponse");
    document.0.into()
}

/// An XML document being written.
struct Document(String);

impl Document {
    fn open_with_namespace(&mut self, name: &str, namespace: Option<&str>) {
        self.0.push('<');
        self.0.push_str(name);
        if let Some(namespace) = namespace {
            self.0.push_str(" xmlns=\"");
            self.text(namespace);
            self.0.push('"');
        }
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    fn element(&mut self, name: &str, contents: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        contents(self);
        self.close(name);
    }

    fn text_element(&mut self, name: &str, text: &str) {
        self.element(name, |document| document.text(text));
    }

    /// Writes text, escaped so that a parser gives it back unchanged. What XML cannot hold becomes U+FFFD.
    fn text(&mut self, text: &str) {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"');
        if text.bytes().all(is_plain) {
            self.0.push_str(text);
            return;
        }
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\r' => self.0.push_str("&#xD;"),
                '\n' | '\t' => self.0.push(character),
                '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                _ => self.0.push(character),
            }
        }
    }

    /// What goes between the tags of a value: the members of a structure, the text of a scalar.
    fn contents(&mut self, model: &ServiceModel, shape: ShapeId, value: &Value) {
        let shape = model.shape(shape);
        match (&shape.kind, value) {
            (ShapeKind::Structure(structure), Value::Map(map)) => {
                for member in &structure.members {
                    if let Some(value) = map.get(member.name) {
                        self.member(model, member, value);
                    }
                }
            }
            (ShapeKind::List(list), Value::List(elements)) => {
                let name = list.member.query_name.unwrap_or("member");
                self.list(model, list, name, elements);
            }
            (ShapeKind::Map(map), Value::Map(_)) => self.map(model, map, "entry", value),
            (ShapeKind::Timestamp(format), value) => {
                self.scalar(value, format.unwrap_or(TimestampFormat::Iso8601))
            }
            (_, value) => self.scalar(value, TimestampFormat::Iso8601),
        }
    }

    fn member(&mut self, model: &ServiceModel, member: &Member, value: &Value) {
        let name = member.query_name.unwrap_or(member.name);
        match (&model.shape(member.shape).kind, value) {
            (_, Value::Null) => {}
            (ShapeKind::List(list), Value::List(elements)) if list.flattened || member.flattened => {
                self.list(model, list, list.member.query_name.unwrap_or(name), elements);
            }
            (ShapeKind::Map(map), Value::Map(_)) if map.flattened || member.flattened => {
                self.map(model, map, name, value);
            }
            (ShapeKind::Timestamp(format), Value::Timestamp(timestamp)) => {
                let format = member
                    .timestamp_format
                    .or(*format)
                    .unwrap_or(TimestampFormat::Iso8601);
                self.text_element(name, &timestamp.format(format));
            }
            _ => self.element(name, |document| document.contents(model, member.shape, value)),
        }
    }

    fn list(&mut self, model: &ServiceModel, list: &ListShape, name: &str, elements: &[Value]) {
        for element in elements {
            self.element(name, |document| {
                document.contents(model, list.member.shape, element)
            });
        }
    }

    fn map(&mut self, model: &ServiceModel, map: &MapShape, name: &str, value: &Value) {
        let Value::Map(entries) = value else { return };
        for (key, value) in entries.iter() {
            self.element(name, |document| {
                document.text_element(map.key.query_name.unwrap_or("key"), key);
                let value_name = map.value.query_name.unwrap_or("value");
                document.element(value_name, |document| {
                    document.contents(model, map.value.shape, value)
                });
            });
        }
    }

    fn scalar(&mut self, value: &Value, format: TimestampFormat) {
        if let Some(text) = scalar::format(value, format) {
            self.text(&text);
        }
    }
}
