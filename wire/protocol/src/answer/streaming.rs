use bytes::Bytes;
use http::Response;
use http::request::Parts;

use super::{ErrorForm, input, refuse, with_headers};
use crate::event_stream::CONTENT_TYPE;
use crate::{CallContext, Door, EventFrames, Route, ServiceError, dispatch};

/// As [`answer`](fn@crate::answer), for an operation whose answer is a stream of events
/// ([`Operation::event_stream`](ninefold_model::Operation::event_stream)). Once the door has taken the call the answer begins;
/// what fails after that is an exception among the events.
///
/// # Errors
///
/// The answer of a call that was refused.
pub async fn answer_streaming(
    door: &dyn Door,
    context: CallContext,
    route: Route,
    parts: Parts,
    body: Bytes,
) -> Result<Response<EventFrames>, Response<Bytes>> {
    let request_id = context.request_id;
    let form = ErrorForm::of(route.protocol, &parts.headers);
    match call(door, context, &route, &parts, &body).await {
        Ok(frames) => Ok(with_headers(CONTENT_TYPE, request_id, frames)),
        Err(error) => Err(refuse(form, request_id, Some(route.model), error)),
    }
}

async fn call(
    door: &dyn Door,
    context: CallContext,
    route: &Route,
    parts: &Parts,
    body: &[u8],
) -> Result<EventFrames, ServiceError> {
    let input = input(door, &context, route, parts, body)?;
    let input = dispatch::check(door, route.operation, input)?;
    let events = door.call_streaming(context, route.operation, input).await?;
    Ok(EventFrames::new(
        route.model,
        route.operation,
        route.protocol,
        events,
    ))
}
