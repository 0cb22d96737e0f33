//! A routed request, done and answered.

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use crate::{CallContext, Door, Protocol, RequestId, Route, ServiceError};

/// Decodes the input, validates it, calls the door and encodes its output or error, with the headers of the
/// protocol. `Date` is left to the HTTP server.
pub async fn answer(
    door: &dyn Door,
    context: CallContext,
    route: Route,
    parts: &Parts,
    body: Bytes,
) -> Response<Bytes> {
    let _ = (door, body, &route);
    refuse(
        route.protocol,
        context.request_id,
        parts,
        None,
        &ServiceError::internal(""),
    )
}

/// The answer to a request that is refused before it reaches a door (no route, a bad signature, too large):
/// the error in that protocol.
pub fn refuse(
    protocol: Protocol,
    request_id: RequestId,
    parts: &Parts,
    model: Option<&ninefold_model::ServiceModel>,
    error: &ServiceError,
) -> Response<Bytes> {
    let _ = (protocol, request_id, parts, model);
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
