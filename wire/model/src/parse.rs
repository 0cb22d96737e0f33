//! Reading a compact model file.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Deserialize;
use thiserror::Error;

use crate::{
    ErrorTraits, Fault, ListShape, Location, MapShape, Member, NumberRange, Operation, Pattern, ServiceModel,
    Shape, ShapeId, ShapeKind, StringShape, StructureShape, TimestampFormat,
};

/// Why a model file was refused.
#[derive(Debug, Error)]
pub enum ModelError {
    /// It isn't the JSON that `tools/models/reduce.py` writes.
    #[error("the model is not in the expected form: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A reference leads nowhere.
    #[error("the model refers to shape {0}, which it lacks")]
    UnknownShape(String),
    /// A shape's type isn't one of the models' types.
    #[error("shape {0} has unknown type {1}")]
    UnknownType(&'static str, &'static str),
}

impl ServiceModel {
    /// Reads a compact model file; `name` is our short name of the service.
    pub fn parse(name: &'static str, text: &'static str) -> Result<ServiceModel, ModelError> {
        let raw: RawModel = serde_json::from_str(text)?;
        let shapes_by_name: HashMap<&'static str, ShapeId> = raw
            .shapes
            .keys()
            .enumerate()
            .map(|(index, name)| (*name, ShapeId(index as u32)))
            .collect();
        let names = Names(&shapes_by_name);
        let shapes = raw
            .shapes
            .into_iter()
            .map(|(name, shape)| names.shape(name, shape))
            .collect::<Result<Vec<_>, _>>()?;
        let operations = raw
            .operations
            .into_iter()
            .map(|(name, operation)| names.operation(name, operation, &shapes))
            .collect::<Result<Vec<_>, _>>()?;
        let operations_by_name = operations
            .iter()
            .enumerate()
            .map(|(index, operation)| (operation.name, index))
            .collect();
        let metadata = raw.metadata;
        Ok(ServiceModel {
            name,
            service_id: metadata.service_id,
            api_version: metadata.api_version,
            endpoint_prefix: metadata.endpoint_prefix,
            signing_name: metadata.signing_name,
            protocols: metadata.protocols,
            json_version: metadata.json_version,
            target_prefix: metadata.target_prefix,
            xml_namespace: metadata.xml_namespace,
            error_namespace: metadata.error_namespace,
            aws_query_compatible: metadata.aws_query_compatible,
            operations,
            operations_by_name,
            shapes,
            shapes_by_name,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    metadata: RawMetadata,
    #[serde(borrow)]
    operations: IndexMap<&'static str, RawOperation>,
    shapes: IndexMap<&'static str, RawShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawMetadata {
    service_id: &'static str,
    api_version: &'static str,
    endpoint_prefix: &'static str,
    signing_name: &'static str,
    protocols: Vec<&'static str>,
    json_version: Option<&'static str>,
    target_prefix: Option<&'static str>,
    xml_namespace: Option<&'static str>,
    error_namespace: Option<&'static str>,
    #[serde(default)]
    aws_query_compatible: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawOperation {
    method: &'static str,
    uri: &'static str,
    status: Option<u16>,
    input: Option<&'static str>,
    output: Option<&'static str>,
    result_wrapper: Option<&'static str>,
    #[serde(default)]
    unsigned: bool,
    #[serde(default)]
    errors: Vec<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawShape {
    #[serde(rename = "type")]
    kind: &'static str,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<Cow<'static, str>>,
    #[serde(rename = "enum", default)]
    values: Vec<Cow<'static, str>>,
    #[serde(default)]
    flattened: bool,
    timestamp_format: Option<RawTimestampFormat>,
    payload: Option<&'static str>,
    #[serde(default)]
    union: bool,
    #[serde(default)]
    document: bool,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    streaming: bool,
    #[serde(default, rename = "eventstream")]
    event_stream: bool,
    #[serde(default, rename = "event")]
    _event: bool,
    #[serde(default)]
    members: IndexMap<&'static str, RawMember>,
    member: Option<RawMember>,
    key: Option<RawMember>,
    value: Option<RawMember>,
    error: Option<RawError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawMember {
    shape: &'static str,
    #[serde(default)]
    required: bool,
    location: Option<RawLocation>,
    location_name: Option<&'static str>,
    query_name: Option<&'static str>,
    #[serde(default)]
    flattened: bool,
    #[serde(default)]
    xml_attribute: bool,
    timestamp_format: Option<RawTimestampFormat>,
    #[serde(default)]
    jsonvalue: bool,
    #[serde(default)]
    streaming: bool,
    #[serde(default)]
    idempotency_token: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawError {
    status: u16,
    query_code: Option<&'static str>,
    #[serde(default)]
    receiver_fault: bool,
}

#[derive(Clone, Copy, Deserialize)]
enum RawLocation {
    #[serde(rename = "header")]
    Header,
    #[serde(rename = "headers")]
    Headers,
    #[serde(rename = "querystring")]
    QueryString,
    #[serde(rename = "uri")]
    Uri,
    #[serde(rename = "statusCode")]
    StatusCode,
}

#[derive(Clone, Copy, Deserialize)]
enum RawTimestampFormat {
    #[serde(rename = "iso8601")]
    Iso8601,
    #[serde(rename = "unixTimestamp")]
    UnixTimestamp,
    #[serde(rename = "rfc822")]
    Rfc822,
}

impl From<RawLocation> for Location {
    fn from(location: RawLocation) -> Self {
        match location {
            RawLocation::Header => Location::Header,
            RawLocation::Headers => Location::Headers,
            RawLocation::QueryString => Location::QueryString,
            RawLocation::Uri => Location::Uri,
            RawLocation::StatusCode => Location::StatusCode,
        }
    }
}

impl From<RawTimestampFormat> for TimestampFormat {
    fn from(format: RawTimestampFormat) -> Self {
        match format {
            RawTimestampFormat::Iso8601 => TimestampFormat::Iso8601,
            RawTimestampFormat::UnixTimestamp => TimestampFormat::UnixTimestamp,
            RawTimestampFormat::Rfc822 => TimestampFormat::Rfc822,
        }
    }
}

/// Text of a model lives as long as the program. What JSON escapes is copied once, when the model is read.
fn permanent(text: Cow<'static, str>) -> &'static str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => Box::leak(text.into_boxed_str()),
    }
}

/// The shape of the member of an output that is a stream of events.
fn event_stream(output: ShapeId, shapes: &[Shape]) -> Option<ShapeId> {
    let structure = |shape: ShapeId| match &shapes[shape.0 as usize].kind {
        ShapeKind::Structure(structure) => Some(structure),
        _ => None,
    };
    let mut members = structure(output)?.members.iter().map(|member| member.shape);
    members.find(|shape| structure(*shape).is_some_and(|structure| structure.event_stream))
}

/// The names of a model's shapes, for resolving references.
struct Names<'a>(&'a HashMap<&'static str, ShapeId>);

impl Names<'_> {
    fn id(&self, name: &str) -> Result<ShapeId, ModelError> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| ModelError::UnknownShape(name.to_owned()))
    }

    fn operation(
        &self,
        name: &'static str,
        raw: RawOperation,
        shapes: &[Shape],
    ) -> Result<Operation, ModelError> {
        let output = raw.output.map(|output| self.id(output)).transpose()?;
        Ok(Operation {
            name,
            method: raw.method,
            uri: raw.uri,
            status: raw.status.unwrap_or(200),
            input: raw.input.map(|input| self.id(input)).transpose()?,
            output,
            event_stream: output.and_then(|output| event_stream(output, shapes)),
            result_wrapper: raw.result_wrapper,
            unsigned: raw.unsigned,
            errors: raw
                .errors
                .into_iter()
                .map(|error| self.id(error))
                .collect::<Result<_, _>>()?,
        })
    }

    fn shape(&self, name: &'static str, raw: RawShape) -> Result<Shape, ModelError> {
        let (sensitive, streaming) = (raw.sensitive, raw.streaming);
        let range = NumberRange {
            min: raw.min,
            max: raw.max,
        };
        let kind = match raw.kind {
            "structure" => ShapeKind::Structure(self.structure(raw)?),
            "list" => ShapeKind::List(ListShape {
                member: self.element(raw.member)?,
                length: range,
                flattened: raw.flattened,
            }),
            "map" => ShapeKind::Map(MapShape {
                key: self.element(raw.key)?,
                value: self.element(raw.value)?,
                length: range,
                flattened: raw.flattened,
            }),
            "string" | "character" => ShapeKind::String(StringShape {
                length: range,
                values: raw.values.into_iter().map(permanent).collect(),
                pattern: raw.pattern.map(|pattern| Pattern::new(permanent(pattern))),
            }),
            "blob" => ShapeKind::Blob(range),
            "boolean" => ShapeKind::Boolean,
            "integer" | "short" | "byte" => ShapeKind::Integer(range),
            "long" => ShapeKind::Long(range),
            "float" | "double" => ShapeKind::Float(range),
            "timestamp" => ShapeKind::Timestamp(raw.timestamp_format.map(Into::into)),
            other => return Err(ModelError::UnknownType(name, other)),
        };
        Ok(Shape {
            name,
            kind,
            sensitive,
            streaming,
        })
    }

    fn structure(&self, raw: RawShape) -> Result<StructureShape, ModelError> {
        let members = raw
            .members
            .into_iter()
            .map(|(name, member)| self.member(name, member))
            .collect::<Result<Vec<_>, _>>()?;
        let members_by_name = members
            .iter()
            .enumerate()
            .map(|(index, member)| (member.name, index))
            .collect();
        let members_by_json_name = members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.location == Location::Body)
            .map(|(index, member)| (member.location_name.unwrap_or(member.name), index))
            .collect();
        Ok(StructureShape {
            members,
            members_by_name,
            members_by_json_name,
            union: raw.union,
            document: raw.document,
            event_stream: raw.event_stream,
            payload: raw.payload,
            error: raw.error.map(|error| ErrorTraits {
                query_code: error.query_code,
                status: error.status,
                fault: if error.receiver_fault {
                    Fault::Receiver
                } else {
                    Fault::Sender
                },
            }),
        })
    }

    fn element(&self, raw: Option<RawMember>) -> Result<Member, ModelError> {
        self.member(
            "",
            raw.ok_or_else(|| ModelError::UnknownShape("of a list's or map's element".to_owned()))?,
        )
    }

    fn member(&self, name: &'static str, raw: RawMember) -> Result<Member, ModelError> {
        Ok(Member {
            name,
            shape: self.id(raw.shape)?,
            required: raw.required,
            location: raw.location.map(Into::into).unwrap_or_default(),
            location_name: raw.location_name,
            query_name: raw.query_name.or(raw.location_name),
            flattened: raw.flattened,
            xml_attribute: raw.xml_attribute,
            timestamp_format: raw.timestamp_format.map(Into::into),
            json_value: raw.jsonvalue,
            streaming: raw.streaming,
            idempotency_token: raw.idempotency_token,
        })
    }
}
