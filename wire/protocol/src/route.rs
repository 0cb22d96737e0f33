//! From an HTTP request to an operation.

use http::request::Parts;
use ninefold_model::{Operation, ServiceModel};

use crate::ServiceError;
use crate::query::Form;

/// How inputs, outputs and errors go over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// AWS JSON 1.0.
    AwsJson10,
    /// AWS JSON 1.1.
    AwsJson11,
    /// AWS query, with XML answers.
    Query,
    /// REST JSON.
    RestJson,
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
    /// Query protocol: the parameters of body and query string, in order.
    pub form: Form,
    /// REST: the labels of the path, decoded.
    pub labels: Vec<(&'static str, String)>,
}

/// A request that names no operation we know.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteError {
    /// The protocol the request seems to be in, to answer in.
    pub protocol: Protocol,
    /// The answer.
    pub error: ServiceError,
}

/// The models that requests are routed to.
#[derive(Debug)]
pub struct Registry {
    models: Vec<&'static ServiceModel>,
}

impl Registry {
    /// Routes to the operations of these models.
    pub fn new(models: impl IntoIterator<Item = &'static ServiceModel>) -> Self {
        Registry {
            models: models.into_iter().collect(),
        }
    }

    /// Finds the operation: by `X-Amz-Target`, then by `Action` and `Version` of a form body or query string,
    /// then by method and path among the REST services, where `signing_name` (the service in the signature's
    /// credential scope) breaks ties.
    pub fn route(&self, parts: &Parts, body: &[u8], signing_name: Option<&str>) -> Result<Route, RouteError> {
        let _ = (parts, body, signing_name, &self.models);
        Err(RouteError {
            protocol: Protocol::AwsJson10,
            error: ServiceError::unknown_operation(""),
        })
    }
}
