//! From an HTTP request to an operation.

mod path;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use ninefold_model::{Operation, ServiceModel};

use self::path::RestOperation;
use crate::query::Form;
use crate::{DecodeError, ServiceError};

/// Header that names service and operation of AWS JSON.
const TARGET: &str = "x-amz-target";
/// Content type of AWS JSON, without its version.
const AWS_JSON: &str = "application/x-amz-json-";
/// Content type of AWS JSON's structures in CBOR.
const AWS_CBOR: &str = "application/x-amz-cbor-1.1";
/// Content type of the query protocol.
const FORM: &str = "application/x-www-form-urlencoded";

/// How inputs, outputs and errors go over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// AWS JSON 1.0.
    AwsJson10,
    /// AWS JSON 1.1.
    AwsJson11,
    /// AWS JSON 1.1, in CBOR.
    AwsCbor11,
    /// AWS query, with XML answers.
    Query,
    /// REST JSON.
    RestJson,
}

impl Protocol {
    /// Content type of its answers.
    pub fn content_type(self) -> &'static str {
        match self {
            Protocol::AwsJson10 => "application/x-amz-json-1.0",
            Protocol::AwsJson11 => "application/x-amz-json-1.1",
            Protocol::AwsCbor11 => AWS_CBOR,
            Protocol::Query => "text/xml",
            Protocol::RestJson => "application/json",
        }
    }

    /// The protocol that a request seems to be in, by its head.
    pub fn presumed(head: &Parts) -> Self {
        match head.headers.contains_key(TARGET) {
            true => target_protocol(head, None),
            false => Protocol::Query,
        }
    }
}

/// The operation a request asks for.
#[derive(Debug)]
pub struct Route {
    /// The service's model.
    pub model: &'static ServiceModel,
    /// The operation.
    pub operation: &'static Operation,
    /// The protocol of the request, and so of the answer.
    pub protocol: Protocol,
    /// The request's path, still percent-encoded, e.g. `/123456789012/orders`.
    pub path: String,
    /// Query protocol: the parameters of query string and body. REST: those of the query string.
    pub form: Form,
    /// REST: the labels of the path, decoded.
    pub labels: Vec<(&'static str, String)>,
}

/// A request that names no operation we know.
#[derive(Clone, Debug)]
pub struct RouteError {
    /// The protocol the request seems to be in, to answer in.
    pub protocol: Protocol,
    /// The service it seems to be for.
    pub model: Option<&'static ServiceModel>,
    /// The answer.
    pub error: ServiceError,
}

/// The models that requests are routed to.
#[derive(Debug)]
pub struct Registry {
    models: Vec<&'static ServiceModel>,
    rest_operations: Vec<RestOperation>,
}

impl Registry {
    /// Routes to the operations of these models.
    pub fn new(models: impl IntoIterator<Item = &'static ServiceModel>) -> Self {
        let models: Vec<&'static ServiceModel> = models.into_iter().collect();
        let rest_operations = models
            .iter()
            .filter(|model| model.protocols.contains(&"rest-json"))
            .flat_map(|model| {
                model
                    .operations()
                    .iter()
                    .map(|operation| RestOperation::new(model, operation))
            })
            .collect();
        Registry {
            models,
            rest_operations,
        }
    }

    /// Finds the operation: by `X-Amz-Target`, then by `Action` and `Version` of a form body or query string,
    /// then by method and path among the REST services. `signing_name`, the service in the signature's credential
    /// scope, decides where these leave more than one service.
    pub fn route(&self, parts: &Parts, body: &[u8], signing_name: Option<&str>) -> Result<Route, RouteError> {
        if let Some(target) = parts.headers.get(TARGET) {
            return self.by_target(parts, target.to_str().unwrap_or_default());
        }
        let form = form(parts, body).map_err(|error| RouteError {
            protocol: Protocol::Query,
            model: self.signed_for(signing_name),
            error: error.into(),
        })?;
        match form.get("Action").map(str::to_owned) {
            Some(action) => self.by_action(parts, form, &action, signing_name),
            None => self.by_path(parts, signing_name),
        }
    }

    fn by_target(&self, parts: &Parts, target: &str) -> Result<Route, RouteError> {
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
        let model = self
            .models
            .iter()
            .copied()
            .find(|model| model.target_prefix == Some(prefix));
        let protocol = target_protocol(parts, model);
        match model.and_then(|model| Some((model, model.operation(name)?))) {
            Some((model, operation)) => Ok(route(parts, model, operation, protocol)),
            None => Err(RouteError {
                protocol,
                model,
                error: ServiceError::unknown_operation(""),
            }),
        }
    }

    fn by_action(
        &self,
        parts: &Parts,
        form: Form,
        action: &str,
        signing_name: Option<&str>,
    ) -> Result<Route, RouteError> {
        let version = form.get("Version");
        let speaks_query = |model: &&'static ServiceModel| {
            model.protocols.contains(&"query") && version.is_none_or(|version| model.api_version == version)
        };
        let candidates: Vec<&'static ServiceModel> =
            self.models.iter().copied().filter(speaks_query).collect();
        let signed_for = candidates
            .iter()
            .copied()
            .find(|model| Some(model.signing_name) == signing_name);
        let with_action = || {
            candidates
                .iter()
                .copied()
                .find(|model| model.operation(action).is_some())
        };
        let model = signed_for.or_else(with_action).or(candidates.first().copied());
        match model.and_then(|model| Some((model, model.operation(action)?))) {
            Some((model, operation)) => Ok(Route {
                form,
                ..route(parts, model, operation, Protocol::Query)
            }),
            None => {
                let error = ServiceError::unknown_operation(format!(
                    "The action {action} is not valid for this endpoint."
                ));
                Err(RouteError {
                    protocol: Protocol::Query,
                    model,
                    error,
                })
            }
        }
    }

    fn by_path(&self, parts: &Parts, signing_name: Option<&str>) -> Result<Route, RouteError> {
        let query = query_string(parts).map_err(|error| RouteError {
            protocol: Protocol::RestJson,
            model: self.signed_for(signing_name),
            error: error.into(),
        })?;
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let signed_for = |rest: &&RestOperation| Some(rest.model.signing_name) == signing_name;
        let any_service = !self.rest_operations.iter().any(|rest| signed_for(&rest));
        let found = self
            .rest_operations
            .iter()
            .filter(|rest| any_service || signed_for(rest))
            .filter_map(|rest| Some((rest, rest.matches(method, path, &query)?)))
            .min_by_key(|(rest, _)| rest.specificity());
        let Some((rest, labels)) = found else {
            return Err(self.names_no_operation(parts, signing_name));
        };
        Ok(Route {
            form: query,
            labels,
            ..route(parts, rest.model, rest.operation, Protocol::RestJson)
        })
    }

    /// A request without target, action or a path we know.
    fn names_no_operation(&self, parts: &Parts, signing_name: Option<&str>) -> RouteError {
        let (protocol, error) = if content_type(parts).starts_with(AWS_JSON) || is_cbor(parts) {
            (target_protocol(parts, None), ServiceError::unknown_operation(""))
        } else if content_type(parts).starts_with(FORM) {
            let message = "The request is missing an action or a required parameter.";
            (
                Protocol::Query,
                ServiceError::common(400, "MissingAction", message),
            )
        } else {
            let error = ServiceError {
                status: 404,
                ..ServiceError::unknown_operation("")
            };
            (Protocol::RestJson, error)
        };
        RouteError {
            protocol,
            model: self.signed_for(signing_name),
            error,
        }
    }

    fn signed_for(&self, signing_name: Option<&str>) -> Option<&'static ServiceModel> {
        self.models
            .iter()
            .copied()
            .find(|model| Some(model.signing_name) == signing_name)
    }
}

fn route(
    parts: &Parts,
    model: &'static ServiceModel,
    operation: &'static Operation,
    protocol: Protocol,
) -> Route {
    let path = parts.uri.path().to_owned();
    Route {
        model,
        operation,
        protocol,
        path,
        form: Form::default(),
        labels: Vec::new(),
    }
}

/// CBOR if the request's content type says so; else AWS JSON as the model has it, or, where the model is unknown, as the
/// content type says.
fn target_protocol(parts: &Parts, model: Option<&ServiceModel>) -> Protocol {
    if is_cbor(parts) {
        return Protocol::AwsCbor11;
    }
    let is_1_1 = match model.and_then(|model| model.json_version) {
        Some(version) => version == "1.1",
        None => content_type(parts).contains("1.1"),
    };
    if is_1_1 {
        Protocol::AwsJson11
    } else {
        Protocol::AwsJson10
    }
}

fn is_cbor(parts: &Parts) -> bool {
    content_type(parts).starts_with(AWS_CBOR)
}

/// The parameters of the query string and, where the body is a form, those in it.
fn form(parts: &Parts, body: &[u8]) -> Result<Form, DecodeError> {
    let mut form = query_string(parts)?;
    if content_type(parts).starts_with(FORM) {
        form.append(body)?;
    }
    Ok(form)
}

fn query_string(parts: &Parts) -> Result<Form, DecodeError> {
    Form::parse(parts.uri.query().unwrap_or_default().as_bytes())
}

fn content_type(parts: &Parts) -> &str {
    parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
