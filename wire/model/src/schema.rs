//! What a service model states: operations and shapes, with every reference resolved to an index.

use std::collections::HashMap;

use crate::Pattern;

/// One service's API: its operations, shapes and how they go over the wire.
#[derive(Debug)]
pub struct ServiceModel {
    /// Our short name of the service, e.g. `sqs`.
    pub name: &'static str,
    /// e.g. `SQS`
    pub service_id: &'static str,
    /// e.g. `2012-11-05`: what query requests carry as `Version`.
    pub api_version: &'static str,
    /// First label of the service's host name, e.g. `sqs`.
    pub endpoint_prefix: &'static str,
    /// Service in the credential scope of a signature, e.g. `sqs`.
    pub signing_name: &'static str,
    /// Protocols as the model names them (`json`, `query`, `rest-json`), preferred first.
    pub protocols: Vec<&'static str>,
    /// `1.0` or `1.1` for AWS JSON.
    pub json_version: Option<&'static str>,
    /// What precedes the dot in `X-Amz-Target`, e.g. `AmazonSQS`.
    pub target_prefix: Option<&'static str>,
    /// Namespace of XML answers.
    pub xml_namespace: Option<&'static str>,
    /// What precedes `#` in the `__type` of a modelled error, e.g. `com.amazonaws.sqs`.
    pub error_namespace: Option<&'static str>,
    /// The JSON service answers `x-amzn-query-mode` clients with the error codes of its query protocol.
    pub aws_query_compatible: bool,
    pub(crate) operations: Vec<Operation>,
    pub(crate) operations_by_name: HashMap<&'static str, usize>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) shapes_by_name: HashMap<&'static str, ShapeId>,
}

impl ServiceModel {
    /// The operation of that exact name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations_by_name
            .get(name)
            .map(|index| &self.operations[*index])
    }

    /// Every operation, sorted by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The shape behind a reference of this model.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// Every shape.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// A shape by name: for set-up and tests, never needed while serving.
    pub fn shape_named(&self, name: &str) -> Option<ShapeId> {
        self.shapes_by_name.get(name).copied()
    }

    /// Codes and status of the error shape of that name, e.g. `QueueDoesNotExist`.
    pub fn error(&self, name: &str) -> Option<&ErrorTraits> {
        match &self.shape(self.shape_named(name)?).kind {
            ShapeKind::Structure(structure) => structure.error.as_ref(),
            _ => None,
        }
    }
}

/// A reference to a shape of the same [`ServiceModel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShapeId(pub(crate) u32);

/// One API operation.
#[derive(Debug)]
pub struct Operation {
    /// e.g. `SendMessage`
    pub name: &'static str,
    /// HTTP method, e.g. `POST`.
    pub method: &'static str,
    /// HTTP path template with `{label}` and `{label+}`, and fixed query parameters after `?`.
    pub uri: &'static str,
    /// HTTP status of a successful answer.
    pub status: u16,
    /// Structure that the input is, if it has any members.
    pub input: Option<ShapeId>,
    /// Structure that the output is, if any.
    pub output: Option<ShapeId>,
    /// Structure whose members are the events and exceptions that its answer consists of, one after another, if it is
    /// answered so.
    pub event_stream: Option<ShapeId>,
    /// Element that holds the output in a query answer, e.g. `SendMessageResult`.
    pub result_wrapper: Option<&'static str>,
    /// The operation may be called without a signature.
    pub unsigned: bool,
    /// Error shapes it documents.
    pub errors: Vec<ShapeId>,
}

/// A named type of the model.
#[derive(Debug)]
pub struct Shape {
    /// The model's name of the shape, e.g. `SendMessageRequest`.
    pub name: &'static str,
    /// What it is.
    pub kind: ShapeKind,
    /// Values must not appear in logs or messages.
    pub sensitive: bool,
    /// The blob is streamed.
    pub streaming: bool,
}

/// The kinds of shape, with the constraints each can have.
#[derive(Debug)]
pub enum ShapeKind {
    /// Named members.
    Structure(StructureShape),
    /// Elements of one shape.
    List(ListShape),
    /// String keys to values of one shape.
    Map(MapShape),
    /// Text, possibly from an enumeration.
    String(StringShape),
    /// Bytes; the range is of their number.
    Blob(NumberRange),
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits (`integer` of the models, and smaller ones).
    Integer(NumberRange),
    /// A whole number of 64 bits.
    Long(NumberRange),
    /// A floating point number (`float` and `double` of the models).
    Float(NumberRange),
    /// A moment; the format where the model fixes one.
    Timestamp(Option<TimestampFormat>),
}

/// Inclusive bounds of a number or a length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NumberRange {
    /// Smallest allowed.
    pub min: Option<f64>,
    /// Largest allowed.
    pub max: Option<f64>,
}

/// A structure, input, output or error.
#[derive(Debug)]
pub struct StructureShape {
    /// Members in the model's order.
    pub members: Vec<Member>,
    pub(crate) members_by_name: HashMap<&'static str, usize>,
    pub(crate) members_by_json_name: HashMap<&'static str, usize>,
    /// Exactly one member is set.
    pub union: bool,
    /// Free-form JSON.
    pub document: bool,
    /// Its members are events and exceptions, of which any number follow one another.
    pub event_stream: bool,
    /// Member that is the whole HTTP body (REST).
    pub payload: Option<&'static str>,
    /// Set when the structure is an error.
    pub error: Option<ErrorTraits>,
}

impl StructureShape {
    /// The member of that API name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members_by_name.get(name).map(|index| &self.members[*index])
    }

    /// The member that a key of a JSON body names.
    pub fn member_in_body(&self, key: &str) -> Option<&Member> {
        self.members_by_json_name
            .get(key)
            .map(|index| &self.members[*index])
    }
}

/// One member of a structure, or the element of a list, or the key or value of a map.
#[derive(Debug)]
pub struct Member {
    /// API name, e.g. `QueueUrl` (empty for elements of lists and maps).
    pub name: &'static str,
    /// Its type.
    pub shape: ShapeId,
    /// Must not be null in an input.
    pub required: bool,
    /// Where a REST protocol carries it.
    pub location: Location,
    /// Header, query parameter or JSON key in REST protocols, where it differs from `name`.
    pub location_name: Option<&'static str>,
    /// Name in the query protocol and its XML, where it differs from `name`.
    pub query_name: Option<&'static str>,
    /// The list or map has no wrapping element in XML and no `.member.` in query.
    pub flattened: bool,
    /// An attribute of the enclosing element in XML.
    pub xml_attribute: bool,
    /// Overrides the shape's and the protocol's format.
    pub timestamp_format: Option<TimestampFormat>,
    /// A JSON document carried as text.
    pub json_value: bool,
    /// The blob is streamed.
    pub streaming: bool,
    /// Clients fill it with a fresh token when the caller gives none.
    pub idempotency_token: bool,
}

/// Where a REST protocol carries a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// In the body's JSON.
    #[default]
    Body,
    /// One header.
    Header,
    /// A map: headers that start with `location_name`.
    Headers,
    /// Query parameter; a map stands for all parameters.
    QueryString,
    /// Label of the path template.
    Uri,
    /// The HTTP status (outputs only).
    StatusCode,
}

/// A list.
#[derive(Debug)]
pub struct ListShape {
    /// The elements.
    pub member: Member,
    /// Bounds of the number of elements.
    pub length: NumberRange,
    /// See [`Member::flattened`].
    pub flattened: bool,
}

/// A map with string keys.
#[derive(Debug)]
pub struct MapShape {
    /// The keys.
    pub key: Member,
    /// The values.
    pub value: Member,
    /// Bounds of the number of entries.
    pub length: NumberRange,
    /// See [`Member::flattened`].
    pub flattened: bool,
}

/// A string.
#[derive(Debug)]
pub struct StringShape {
    /// Bounds of the length in characters.
    pub length: NumberRange,
    /// The allowed values; empty when any is.
    pub values: Vec<&'static str>,
    /// What the whole value must match.
    pub pattern: Option<Pattern>,
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2026-11-24T10:00:00Z`
    Iso8601,
    /// Seconds since 1970, with fractions.
    UnixTimestamp,
    /// `Tue, 24 Nov 2026 10:00:00 GMT`
    Rfc822,
}

/// What a client sees of a modelled error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorTraits {
    /// Code in the query protocol where it differs from the shape's name, e.g. `AWS.SimpleQueueService.NonExistentQueue`.
    pub query_code: Option<&'static str>,
    /// HTTP status.
    pub status: u16,
    /// Whose fault it is.
    pub fault: Fault,
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client's (4xx).
    Sender,
    /// The server's (5xx).
    Receiver,
}

impl Fault {
    /// `Sender` or `Receiver`, as it goes over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::Sender => "Sender",
            Fault::Receiver => "Receiver",
        }
    }
}
