//! The way of a request: routed, authenticated, and handed to its door.

mod panics;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use ninefold_http::{Handler, Refusal};
use ninefold_model::ServiceModel;
use ninefold_protocol::{
    Authorizer, CallContext, Door, Endpoint, Protocol, Registry, RequestId, Route, RouteError, ServiceError,
    answer, refuse,
};
use ninefold_sigv4::{Credential, RequestView, credential};

use crate::health::Health;
use crate::identity::Authenticator;
use crate::metrics::{Metrics, OperationFigures, ServiceFigures};
use panics::catch_panic;

/// Answers every HTTP request.
pub(crate) struct Gateway {
    pub(crate) registry: Registry,
    pub(crate) doors: Vec<Service>,
    /// Requests that name no operation.
    pub(crate) unrouted: Arc<OperationFigures>,
    pub(crate) authenticator: Authenticator,
    pub(crate) authorizer: Arc<dyn Authorizer>,
    pub(crate) health: Health,
    pub(crate) metrics: Metrics,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// What a client addressed that doesn't say.
    pub(crate) default_host: String,
}

/// A door and its figures.
pub(crate) struct Service {
    pub(crate) model: &'static ServiceModel,
    pub(crate) door: Arc<dyn Door>,
    pub(crate) figures: Arc<ServiceFigures>,
}

impl Handler for Gateway {
    async fn handle(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        match self.operate(&request) {
            Some(response) => response,
            None => self.call(request, peer).await,
        }
    }

    fn refuse(&self, head: &Parts, refusal: Refusal) -> Response<Bytes> {
        let code = match refusal {
            Refusal::TooLarge { .. } => "RequestEntityTooLarge",
            Refusal::TooSlow => "RequestTimeout",
            Refusal::NoRoom => "ServiceUnavailable",
            Refusal::Broken => "MalformedInput",
        };
        self.unrouted.record(Duration::ZERO, Some(code));
        let error = ServiceError::common(refusal.status().as_u16(), code, refusal.to_string());
        refuse(presumed_protocol(head), RequestId::random(), head, None, error)
    }
}

impl Gateway {
    /// Answers what is asked of the server itself and not of a door.
    fn operate(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        if request.method() != Method::GET || request.headers().contains_key(AUTHORIZATION) {
            return None;
        }
        match request.uri().path() {
            "/metrics" => Some(self.metrics.answer()),
            path => self.health.answer(path),
        }
    }

    async fn call(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let request_id = RequestId::random();
        let view = RequestView::new(&parts.method, &parts.uri, &parts.headers);
        let credential = credential(&view);
        let signing_name = credential.as_ref().map(Credential::service);
        match self.registry.route(&parts, &body, signing_name) {
            Ok(route) => {
                let routed = Routed {
                    started,
                    request_id,
                    peer,
                    parts: &parts,
                    credential: credential.as_ref(),
                };
                self.call_door(routed, route, body).await
            }
            Err(error) => {
                self.unrouted.record(started.elapsed(), Some(&error.error.code));
                let RouteError {
                    protocol,
                    model,
                    error,
                } = error;
                refuse(protocol, request_id, &parts, model, error)
            }
        }
    }

    async fn call_door(&self, request: Routed<'_>, route: Route, body: Bytes) -> Response<Bytes> {
        let (model, operation, protocol) = (route.model, route.operation, route.protocol);
        let refused =
            |error: ServiceError| refuse(protocol, request.request_id, request.parts, Some(model), error);
        let Some(service) = self.doors.iter().find(|service| ptr::eq(service.model, model)) else {
            return refused(ServiceError::not_implemented(operation.name));
        };
        let response = match self.context(&request, &route, &body) {
            Ok(context) => {
                let answered = answer(&*service.door, context, route, request.parts, body);
                catch_panic(answered).await.unwrap_or_else(|_| {
                    // The panic hook has logged where and why.
                    refused(ServiceError::internal("The request processing has failed."))
                })
            }
            Err(error) => refused(error),
        };
        let code = response
            .extensions()
            .get::<ServiceError>()
            .map(|error| &*error.code);
        let elapsed = request.started.elapsed();
        if let Some(figures) = service.figures.operation(operation) {
            figures.record(elapsed, code);
        }
        let (request_id, status) = (request.request_id, response.status());
        if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
            let error = response
                .extensions()
                .get::<ServiceError>()
                .map(tracing::field::display);
            tracing::error!(service = model.name, operation = operation.name, %request_id, error, "request failed");
        } else {
            tracing::debug!(
                service = model.name,
                operation = operation.name,
                %request_id,
                status = status.as_u16(),
                code,
                ?elapsed,
                "request"
            );
        }
        response
    }

    /// Finds out who calls and how.
    fn context(&self, request: &Routed<'_>, route: &Route, body: &[u8]) -> Result<CallContext, ServiceError> {
        let parts = request.parts;
        let view = RequestView::new(&parts.method, &parts.uri, &parts.headers);
        let caller =
            self.authenticator
                .authenticate(&view, body, request.credential, route.model.signing_name)?;
        Ok(CallContext {
            request_id: request.request_id,
            principal: caller.principal,
            region: caller.region,
            endpoint: self.endpoint(parts),
            source_ip: Some(request.peer.ip()),
            protocol: route.protocol,
            authorizer: Arc::clone(&self.authorizer),
        })
    }

    fn endpoint(&self, parts: &Parts) -> Endpoint {
        let of_header = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = of_header.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
        Endpoint {
            scheme: self.scheme,
            host: host.unwrap_or(&self.default_host).to_owned(),
        }
    }
}

/// What is known of a request once it is routed.
struct Routed<'a> {
    started: Instant,
    request_id: RequestId,
    peer: SocketAddr,
    parts: &'a Parts,
    credential: Option<&'a Credential<'a>>,
}

/// The protocol of a request of which only the head is known.
fn presumed_protocol(head: &Parts) -> Protocol {
    if head.headers.contains_key("x-amz-target") {
        Protocol::AwsJson10
    } else {
        Protocol::Query
    }
}
