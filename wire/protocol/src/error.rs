//! Errors as services answer them, independent of the protocol.

use std::borrow::Cow;

use ninefold_model::{Fault, Map, ServiceModel, Value};
use thiserror::Error;

/// Namespace of errors that the common AWS service framework answers with.
pub(crate) const COMMON_NAMESPACE: &str = "com.amazon.coral.service";
/// Namespace of its validation errors.
const VALIDATION_NAMESPACE: &str = "com.amazon.coral.validate";

/// An error that a service answers with.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// The error shape's name, e.g. `QueueDoesNotExist`.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// Whose fault it is.
    pub fault: Fault,
    /// Code in the query protocol, where it differs from `code`.
    pub query_code: Option<Cow<'static, str>>,
    /// What precedes `#` in the JSON `__type`, e.g. `com.amazonaws.sqs`; none gives the bare code.
    pub namespace: Option<&'static str>,
    /// Members of the error shape besides the message.
    pub members: Map,
}

impl ServiceError {
    /// An error of the service's model, with the status and codes stated there. `code` is the error shape's
    /// name; one that the model lacks becomes a sender's error with status 400.
    pub fn modelled(model: &ServiceModel, code: &'static str, message: impl Into<String>) -> Self {
        let traits = model.error(code);
        ServiceError {
            code: code.into(),
            message: message.into(),
            status: traits.map_or(400, |traits| traits.status),
            fault: traits.map_or(Fault::Sender, |traits| traits.fault),
            query_code: traits.and_then(|traits| traits.query_code).map(Cow::Borrowed),
            namespace: model.error_namespace,
            members: Map::new(),
        }
    }

    /// An error of the framework that all services share, a sender's fault.
    pub fn common(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        ServiceError {
            code: code.into(),
            message: message.into(),
            status,
            fault: if status < 500 {
                Fault::Sender
            } else {
                Fault::Receiver
            },
            query_code: None,
            namespace: Some(COMMON_NAMESPACE),
            members: Map::new(),
        }
    }

    /// The input breaks a constraint of the model.
    pub fn validation(message: impl Into<String>) -> Self {
        let error = ServiceError {
            namespace: Some(VALIDATION_NAMESPACE),
            ..Self::common(400, "ValidationException", message)
        };
        error.with_query_code("ValidationError")
    }

    /// The input could not be decoded.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::common(400, "SerializationException", message).with_query_code("MalformedInput")
    }

    /// No such operation.
    pub fn unknown_operation(message: impl Into<String>) -> Self {
        Self::common(400, "UnknownOperationException", message).with_query_code("InvalidAction")
    }

    /// A parameter is missing: what the services that once were query only say instead of a validation error.
    pub fn missing_parameter(message: impl Into<String>) -> Self {
        Self::common(400, "MissingRequiredParameterException", message).with_query_code("MissingParameter")
    }

    /// A parameter's value is refused; likewise.
    pub fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::common(400, "InvalidParameterValueException", message).with_query_code("InvalidParameterValue")
    }

    /// The principal may not do this.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::common(403, "AccessDeniedException", message).with_query_code("AccessDenied")
    }

    /// The server failed; the message must not tell internals.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::common(500, "InternalFailure", message)
    }

    /// The server cannot do it now; clients retry.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::common(503, "ServiceUnavailable", message)
    }

    /// The operation exists but isn't provided here.
    pub fn not_implemented(operation: &str) -> Self {
        let message = format!("The operation {operation} is not implemented by this server.");
        Self::common(501, "NotImplemented", message)
    }

    /// With another code in the query protocol.
    pub fn with_query_code(mut self, query_code: impl Into<Cow<'static, str>>) -> Self {
        self.query_code = Some(query_code.into());
        self
    }

    /// With a further member of the error shape.
    pub fn with_member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.insert(name, value);
        self
    }

    /// The code in the query protocol.
    pub fn query_code(&self) -> &str {
        self.query_code.as_deref().unwrap_or(&self.code)
    }
}

/// An input that could not be decoded.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes are not in the protocol's syntax.
    #[error("{0}")]
    Malformed(String),
    /// A value is of another type than the model's.
    #[error("{0}")]
    Type(String),
    /// The input is nested deeper, or has more parts, than any real one.
    #[error("{0}")]
    Limit(String),
}

impl From<DecodeError> for ServiceError {
    fn from(error: DecodeError) -> Self {
        ServiceError::serialization(error.to_string())
    }
}
