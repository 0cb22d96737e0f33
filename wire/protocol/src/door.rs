//! The mould of every service crate.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use ninefold_model::{Map, Operation, ServiceModel, Value, Violation};

use crate::query::Form;
use crate::{CallContext, Consignment, EventStream, PushTarget, Route, ServiceError, Untaken};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The members of an output that has texts only, in the order of its shape.
pub type TextMembers = Vec<(&'static str, String)>;

/// A document that a door serves outside of its API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its media type.
    pub content_type: &'static str,
    /// Its contents.
    pub body: Bytes,
}

/// One system's API: it takes decoded inputs and gives outputs, whatever the protocol.
pub trait Door: Send + Sync + 'static {
    /// The API it serves.
    fn model(&self) -> &'static ServiceModel;

    /// The operations that work; the others are refused (`ninefold api --missing` lists them).
    fn operations(&self) -> &'static [&'static str];

    /// Does an operation, from any protocol, on a decoded and validated input (an empty structure where the
    /// operation takes none). The output is the operation's output structure, or an empty one.
    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>>;

    /// Does a hot operation over AWS JSON straight from the body's bytes to the answer's body. `None` leaves
    /// the request to [`Door::call`]: for other operations, and whenever anything in the body is unusual, so that
    /// errors of decoding and validation come from one place.
    fn call_bytes<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        let _ = (context, operation, body);
        None
    }

    /// As [`Door::call_bytes`], over [CBOR](crate::Codec::Cbor).
    fn call_cbor<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        let _ = (context, operation, body);
        None
    }

    /// As [`Door::call_bytes`], over the query protocol: from the request's parameters to the members of the output.
    fn call_form<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        form: &Form,
    ) -> Option<BoxFuture<'a, Result<TextMembers, ServiceError>>> {
        let _ = (context, operation, form);
        None
    }

    /// Does an operation whose answer is a stream of events ([`Operation::event_stream`]), on a decoded and validated input.
    /// [`Door::call`] never gets such an operation. The events are asked for as the client takes them, and dropped when the
    /// client goes away or the server stops. They are written in the [codec](crate::Protocol::codec) of the context's protocol.
    fn call_streaming(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<EventStream, ServiceError>> {
        let _ = (context, input);
        Box::pin(async move { Err(ServiceError::not_implemented(operation.name)) })
    }

    /// Sends messages to queues as the context's principal, each as if it were sent by itself: every queue is asked whether the
    /// principal may, and what it takes is durable when this returns. Says what was not taken. Without queues, that is
    /// everything.
    fn send_to_queues(
        &self,
        context: CallContext,
        consignments: Vec<Consignment>,
    ) -> BoxFuture<'_, Vec<Untaken>> {
        let _ = context;
        Box::pin(async move { Untaken::all(&consignments, &ServiceError::not_implemented("SendMessage")) })
    }

    /// Completes an input with what the request says outside of it, before validation: SQS takes the queue's URL
    /// from the request path of a query request ([`Route::path`]).
    fn complete(&self, context: &CallContext, route: &Route, input: &mut Map) {
        let _ = (context, route, input);
    }

    /// Operations that may be called without a signature, by nobody in particular, also where signatures are checked.
    fn unsigned_operations(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a `GET` of this path and query, outside of the API, answers: certificates and the like, for everyone to see.
    fn page(&self, path: &str, query: &str) -> Option<Page> {
        let _ = (path, query);
        None
    }

    /// What a `GET` of this path and query shows to whoever runs the server, and to nobody else.
    fn inspect(&self, path: &str, query: &str) -> Option<Page> {
        let _ = (path, query);
        None
    }

    /// Takes a request that is none of its API and is not signed as calls are, such as a webhook; `None` leaves it to
    /// others.
    fn receive<'a>(&'a self, parts: &'a Parts, body: &'a Bytes) -> Option<BoxFuture<'a, Response<Bytes>>> {
        let _ = (parts, body);
        None
    }

    /// How its resources take what other services push to them, if they do.
    fn push_target(&self) -> Option<&dyn PushTarget> {
        None
    }

    /// What an input that breaks the model's constraints (at least one) is answered with. The default is the
    /// `ValidationException` most services answer with; a service with errors of its own overrides it, and may
    /// let an input through where the service is more lenient than its model.
    fn reject(&self, operation: &'static Operation, violations: &[Violation]) -> Result<(), ServiceError> {
        let _ = operation;
        Err(ServiceError::validation(ninefold_model::describe(violations)))
    }
}
