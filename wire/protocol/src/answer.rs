//! A routed request, done and answered.

mod streaming;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use ninefold_model::{Map, Operation, ServiceModel, Value};

use crate::cbor::{decode_cbor, encode_cbor, encode_cbor_error};
use crate::dispatch;
use crate::json::{decode_json, encode_json, encode_json_error, encode_rest_error};
use crate::query::decode_query;
use crate::rest::{RestRequest, decode_rest_json, encode_rest_json};
use crate::xml::{encode_query_error, encode_query_texts, encode_query_xml};
use crate::{BoxFuture, CallContext, Door, Protocol, RequestId, Route, ServiceError, TextMembers};

pub use streaming::answer_streaming;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const QUERY_MODE: HeaderName = HeaderName::from_static("x-amzn-query-mode");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// Decodes the input, validates it, calls the door and encodes its output or error, with the headers of the
/// protocol; `Date` is left to the HTTP server. The answer to an error carries the [`ServiceError`] among its
/// extensions, for logs and metrics.
pub async fn answer(
    door: &dyn Door,
    context: CallContext,
    route: Route,
    parts: Parts,
    body: Bytes,
) -> Response<Bytes> {
    let request_id = context.request_id;
    let form = ErrorForm::of(route.protocol, &parts.headers);
    let result = match fast_call(door, &context, &route, &body) {
        Some(call) => {
            // They share the connection's read buffer, which is used again once nobody holds a part of it.
            drop((parts, body));
            call.finish(route.model, route.operation, request_id)
                .await
                .map(|body| success(route.protocol, request_id, body))
        }
        // Boxed, so that hot operations don't move the room of all others around.
        None => Box::pin(call(door, context, &route, &parts, &body))
            .await
            .map(|output| encode(&route, request_id, &output)),
    };
    result.unwrap_or_else(|error| refuse(form, request_id, Some(route.model), error))
}

/// What decides how an error is answered.
#[derive(Clone, Copy, Debug)]
pub struct ErrorForm {
    protocol: Protocol,
    /// Whether the client asks for the query protocol's code beside the JSON one's.
    query_mode: bool,
}

impl ErrorForm {
    /// The form of errors to a request of this protocol with these headers.
    pub fn of(protocol: Protocol, headers: &HeaderMap) -> Self {
        ErrorForm {
            protocol,
            query_mode: headers.get(QUERY_MODE).is_some_and(|value| value == "true"),
        }
    }
}

/// The answer to a request that is refused, by a door or before it reaches one (no route, a bad signature, too
/// large): the error in the request's protocol.
pub fn refuse(
    form: ErrorForm,
    request_id: RequestId,
    model: Option<&ServiceModel>,
    error: ServiceError,
) -> Response<Bytes> {
    let body = match form.protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => encode_json_error(form.protocol, &error),
        Protocol::AwsCbor11 => encode_cbor_error(&error),
        Protocol::Query => {
            encode_query_error(model.and_then(|model| model.xml_namespace), &error, request_id)
        }
        Protocol::RestJson => encode_rest_error(&error),
    };
    let mut response = success(form.protocol, request_id, body);
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    add_error_headers(response.headers_mut(), form, model, &error);
    response.extensions_mut().insert(error);
    response
}

/// A hot operation under way.
enum FastCall<'a> {
    ToBody(BoxFuture<'a, Result<Bytes, ServiceError>>),
    ToTexts(BoxFuture<'a, Result<TextMembers, ServiceError>>),
}

impl FastCall<'_> {
    /// The answer's body.
    async fn finish(
        self,
        model: &ServiceModel,
        operation: &Operation,
        request_id: RequestId,
    ) -> Result<Bytes, ServiceError> {
        match self {
            FastCall::ToBody(call) => call.await,
            FastCall::ToTexts(call) => call
                .await
                .map(|texts| encode_query_texts(model, operation, &texts, request_id)),
        }
    }
}

fn fast_call<'a>(
    door: &'a dyn Door,
    context: &CallContext,
    route: &Route,
    body: &Bytes,
) -> Option<FastCall<'a>> {
    let operation = route.operation;
    match route.protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => {
            door.call_bytes(context, operation, body).map(FastCall::ToBody)
        }
        Protocol::AwsCbor11 => door.call_cbor(context, operation, body).map(FastCall::ToBody),
        Protocol::Query => door
            .call_form(context, operation, &route.form)
            .map(FastCall::ToTexts),
        Protocol::RestJson => None,
    }
}

async fn call(
    door: &dyn Door,
    context: CallContext,
    route: &Route,
    parts: &Parts,
    body: &[u8],
) -> Result<Value, ServiceError> {
    let input = input(door, &context, route, parts, body)?;
    dispatch::call(door, context, route.operation, input).await
}

/// What the operation is called with, as yet unchecked.
fn input(
    door: &dyn Door,
    context: &CallContext,
    route: &Route,
    parts: &Parts,
    body: &[u8],
) -> Result<Map, ServiceError> {
    let mut input = decode(route, parts, body)?;
    door.complete(context, route, &mut input);
    Ok(input)
}

fn decode(route: &Route, parts: &Parts, body: &[u8]) -> Result<Map, ServiceError> {
    let input = match route.protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => decode_json(route.model, route.operation, body)?,
        Protocol::AwsCbor11 => decode_cbor(route.model, route.operation, body)?,
        Protocol::Query => decode_query(route.model, route.operation, &route.form)?,
        Protocol::RestJson => {
            let request = RestRequest {
                labels: &route.labels,
                query: &route.form,
                headers: &parts.headers,
            };
            decode_rest_json(route.model, route.operation, request, body)?
        }
    };
    match input {
        Value::Map(map) => Ok(map),
        _ => Err(ServiceError::serialization("Expected a structure")),
    }
}

fn encode(route: &Route, request_id: RequestId, output: &Value) -> Response<Bytes> {
    let (model, operation) = (route.model, route.operation);
    match route.protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => {
            success(route.protocol, request_id, encode_json(model, operation, output))
        }
        Protocol::AwsCbor11 => success(route.protocol, request_id, encode_cbor(model, operation, output)),
        Protocol::Query => success(
            route.protocol,
            request_id,
            encode_query_xml(model, operation, output, request_id),
        ),
        Protocol::RestJson => {
            let rest = encode_rest_json(model, operation, output);
            let mut response = success(route.protocol, request_id, rest.body);
            *response.status_mut() = StatusCode::from_u16(rest.status).unwrap_or(StatusCode::OK);
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(rest.content_type));
            response.headers_mut().extend(rest.headers);
            response
        }
    }
}

fn success(protocol: Protocol, request_id: RequestId, body: Bytes) -> Response<Bytes> {
    with_headers(protocol.content_type(), request_id, body)
}

fn with_headers<T>(content_type: &'static str, request_id: RequestId, body: T) -> Response<T> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(REQUEST_ID, request_id.header_value());
    response
}

fn add_error_headers(
    headers: &mut HeaderMap,
    form: ErrorForm,
    model: Option<&ServiceModel>,
    error: &ServiceError,
) {
    match form.protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => {
            if form.query_mode && model.is_some_and(|model| model.aws_query_compatible) {
                let text = format!("{};{}", error.query_code(), error.fault.as_str());
                headers.extend(HeaderValue::try_from(text).ok().map(|value| (QUERY_ERROR, value)));
            }
        }
        Protocol::RestJson => {
            headers.extend(
                HeaderValue::try_from(&*error.code)
                    .ok()
                    .map(|value| (ERROR_TYPE, value)),
            );
        }
        Protocol::AwsCbor11 | Protocol::Query => {}
    }
}
