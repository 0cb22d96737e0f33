//! The way of a request: routed, authenticated, and handed to its door.

mod panics;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use ninefold_http::{Handler, Refusal, ResponseBody};
use ninefold_model::{Operation, ServiceModel};
use ninefold_protocol::{
    Authorizer, CallContext, Door, Endpoint, ErrorForm, Page, Protocol, Registry, RequestId, Route,
    RouteError, ServiceError, answer, answer_streaming, refuse,
};
use ninefold_sigv4::{Credential, RequestView, credential};

use crate::health::Health;
use crate::identity::{Authenticator, OperatorToken};
use crate::metrics::{Metrics, OperationFigures, ServiceFigures};
use panics::{UntilPanic, catch_panic};

/// Paths that belong to no API.
const OWN_PATHS: &str = "/_ninefold/";

/// Answers every HTTP request.
pub(crate) struct Gateway {
    pub(crate) registry: Registry,
    pub(crate) doors: Vec<Service>,
    /// Requests that name no operation.
    pub(crate) unrouted: Arc<OperationFigures>,
    pub(crate) authenticator: Authenticator,
    pub(crate) authorizer: Arc<dyn Authorizer>,
    /// Who may look at what the server does; `None`: everybody.
    pub(crate) operator: Option<OperatorToken>,
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
    async fn handle(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<ResponseBody> {
        if let Some(response) = self.operate(&request) {
            return response.map(ResponseBody::Whole);
        }
        match request.uri().path().starts_with(OWN_PATHS) {
            true => self.receive(request).await.map(ResponseBody::Whole),
            false => self.call(request, peer).await,
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
        refuse(
            ErrorForm::of(Protocol::presumed(head), &head.headers),
            RequestId::random(),
            None,
            error,
        )
    }
}

impl Gateway {
    /// Answers what is asked of the server itself and not of a door.
    fn operate(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        if request.method() != Method::GET || request.headers().contains_key(AUTHORIZATION) {
            return None;
        }
        match request.uri().path() {
            // Calls of operations by link.
            "/" => None,
            "/metrics" => Some(self.metrics.answer()),
            path => {
                let query = request.uri().query().unwrap_or_default();
                self.health.answer(path).or_else(|| self.page(path, query))
            }
        }
    }

    /// Lets a door take what is none of its API, or show something to whoever runs the server.
    async fn receive(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if parts.method == Method::GET {
            return self.inspect(&parts);
        }
        let mut doors = self.doors.iter();
        match doors.find_map(|service| service.door.receive(&parts, &body)) {
            Some(received) => catch_panic(received)
                .await
                .unwrap_or_else(|_| with_status(StatusCode::INTERNAL_SERVER_ERROR)),
            None => with_status(StatusCode::NOT_FOUND),
        }
    }

    fn inspect(&self, parts: &Parts) -> Response<Bytes> {
        let operator = self.operator.as_ref();
        if operator.is_some_and(|operator| !operator.is_proven_by(&parts.headers)) {
            return with_status(StatusCode::FORBIDDEN);
        }
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let mut doors = self.doors.iter();
        match doors.find_map(|service| service.door.inspect(path, query)) {
            Some(page) => response_of(page),
            None => with_status(StatusCode::NOT_FOUND),
        }
    }

    /// What a door serves outside of its API.
    fn page(&self, path: &str, query: &str) -> Option<Response<Bytes>> {
        let page = self
            .doors
            .iter()
            .find_map(|service| service.door.page(path, query))?;
        Some(response_of(page))
    }

    async fn call(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<ResponseBody> {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let request_id = RequestId::random();
        let admitted = match self.admit(&parts, &body, request_id, peer) {
            Ok(admitted) => admitted,
            Err(RouteError {
                protocol,
                model,
                error,
            }) => {
                self.unrouted.record(started.elapsed(), Some(&error.code));
                let form = ErrorForm::of(protocol, &parts.headers);
                return refuse(form, request_id, model, error).map(ResponseBody::Whole);
            }
        };
        let Admitted {
            service,
            route,
            context,
        } = admitted;
        let (operation, form) = (route.operation, ErrorForm::of(route.protocol, &parts.headers));
        let refused = |error: ServiceError| {
            refuse(form, request_id, Some(service.model), error).map(ResponseBody::Whole)
        };
        let response = match context {
            Ok(context) => {
                // Boxed: a connection's future is moved about, and small ones are moved faster.
                let answered = Box::pin(answer_by(&*service.door, context, route, parts, body));
                catch_panic(answered).await.unwrap_or_else(|_| {
                    // The panic hook has logged where and why.
                    refused(ServiceError::internal("The request processing has failed."))
                })
            }
            Err(error) => refused(error),
        };
        record(service, operation, request_id, started.elapsed(), &response);
        response
    }

    /// Finds out what is asked, of which door, and by whom.
    fn admit(
        &self,
        parts: &Parts,
        body: &Bytes,
        request_id: RequestId,
        peer: SocketAddr,
    ) -> Result<Admitted<'_>, RouteError> {
        let view = RequestView::new(&parts.method, &parts.uri, &parts.headers);
        let credential = credential(&view);
        let signing_name = credential.as_ref().map(Credential::service);
        let route = self.registry.route(parts, body, signing_name)?;
        let mut doors = self.doors.iter();
        let service = doors
            .find(|service| ptr::eq(service.model, route.model))
            .ok_or_else(|| RouteError {
                protocol: route.protocol,
                model: Some(route.model),
                error: ServiceError::not_implemented(route.operation.name),
            })?;
        let unsigned = service.door.unsigned_operations();
        let caller = match credential.is_none() && unsigned.contains(&route.operation.name) {
            true => Ok(self.authenticator.nobody()),
            false => {
                let signing_name = route.model.signing_name;
                self.authenticator
                    .authenticate(&view, body, credential.as_ref(), signing_name)
            }
        };
        let context = caller.map(|caller| CallContext {
            request_id,
            principal: caller.principal,
            region: caller.region,
            endpoint: self.endpoint(parts),
            source_ip: Some(peer.ip()),
            protocol: route.protocol,
            source: None,
            authorizer: Arc::clone(&self.authorizer),
        });
        Ok(Admitted {
            service,
            route,
            context,
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

/// The door's answer, whole or one event after another.
async fn answer_by(
    door: &dyn Door,
    context: CallContext,
    route: Route,
    parts: Parts,
    body: Bytes,
) -> Response<ResponseBody> {
    if route.operation.event_stream.is_none() {
        return answer(door, context, route, parts, body)
            .await
            .map(ResponseBody::Whole);
    }
    match Box::pin(answer_streaming(door, context, route, parts, body)).await {
        Ok(streaming) => streaming.map(|frames| ResponseBody::Streaming(Box::pin(UntilPanic::new(frames)))),
        Err(refused) => refused.map(ResponseBody::Whole),
    }
}

/// A request that has found its door.
struct Admitted<'a> {
    service: &'a Service,
    route: Route,
    /// Who calls and how, unless they are refused.
    context: Result<CallContext, ServiceError>,
}

fn response_of(page: Page) -> Response<Bytes> {
    let mut response = Response::new(page.body);
    let content_type = HeaderValue::from_static(page.content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn with_status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// Counts a request and logs it.
fn record(
    service: &Service,
    operation: &'static Operation,
    request_id: RequestId,
    elapsed: Duration,
    response: &Response<ResponseBody>,
) {
    let error = response.extensions().get::<ServiceError>();
    let code = error.map(|error| &*error.code);
    if let Some(figures) = service.figures.operation(operation) {
        figures.record(elapsed, code);
    }
    let (service, operation, status) = (service.model.name, operation.name, response.status());
    if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
        let error = error.map(tracing::field::display);
        tracing::error!(service, operation, %request_id, error, "request failed");
    } else {
        tracing::debug!(service, operation, %request_id, status = status.as_u16(), code, ?elapsed, "request");
    }
}
