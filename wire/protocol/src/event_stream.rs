//! Answers that are one event after another (`application/vnd.amazon.eventstream`).
//!
//! Source: [Amazon Event Stream Specification](https://smithy.io/2.0/aws/amazon-eventstream.html).

mod frame;

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use ninefold_model::{Operation, ServiceModel, ShapeKind};
use serde::Serialize;

use self::frame::Frame;
use crate::cbor::{encode_cbor, encode_cbor_exception};
use crate::json::{encode_json, encode_rest_error};
use crate::{Codec, Protocol, ServiceError};

/// Content type of the answer as a whole.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// The largest payload that clients take (16 MiB in botocore and the SDKs).
const MAX_PAYLOAD_BYTES: usize = 16 * 1024 * 1024;

/// What a door answers a streaming operation with. It ends after an error, which the client gets as an exception.
pub type EventStream = Pin<Box<dyn Stream<Item = Result<Event, ServiceError>> + Send>>;

/// One event, as it goes to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    name: &'static str,
    payload: Bytes,
}

impl Event {
    /// The event that is the stream's member of that name, e.g. `SubscribeToShardEvent`.
    ///
    /// # Errors
    ///
    /// `InternalFailure`, if it can't be written or is larger than clients take.
    pub fn new<T: Serialize + ?Sized>(
        name: &'static str,
        codec: Codec,
        event: &T,
    ) -> Result<Self, ServiceError> {
        Self::encoded(name, codec.write(event)?)
    }

    /// As [`Event::new`], of what [`Codec::write`] has made: once, for several streams.
    ///
    /// # Errors
    ///
    /// `InternalFailure`, if it is larger than clients take.
    pub fn encoded(name: &'static str, payload: Bytes) -> Result<Self, ServiceError> {
        match payload.len() <= MAX_PAYLOAD_BYTES {
            true => Ok(Event { name, payload }),
            false => Err(ServiceError::internal("An event is larger than clients take.")),
        }
    }
}

/// The bytes of an answer, a frame at a time: the initial response, the events, and the exception that ended them, if one did.
pub struct EventFrames {
    model: &'static ServiceModel,
    operation: &'static Operation,
    protocol: Protocol,
    /// The initial response, until it is taken.
    initial: Option<Bytes>,
    /// Dropped when they have ended.
    events: Option<EventStream>,
}

impl EventFrames {
    pub(crate) fn new(
        model: &'static ServiceModel,
        operation: &'static Operation,
        protocol: Protocol,
        events: EventStream,
    ) -> Self {
        let nothing = ninefold_model::Map::new().into();
        let payload = match protocol.codec() {
            Codec::Json => encode_json(model, operation, &nothing),
            Codec::Cbor => encode_cbor(model, operation, &nothing),
        };
        // botocore waits for it before it gives the caller the stream.
        let initial = Frame::event("initial-response", protocol.content_type(), &payload);
        EventFrames {
            model,
            operation,
            protocol,
            initial: Some(initial.encode()),
            events: Some(events),
        }
    }

    /// The frame of an error: an exception where the model has it among the events.
    fn failure(&self, error: &ServiceError) -> Bytes {
        let is_modelled = self.operation.event_stream.is_some_and(|shape| {
            matches!(&self.model.shape(shape).kind, ShapeKind::Structure(events) if events.member(&error.code).is_some())
        });
        if !is_modelled {
            return Frame::error(&error.code, &error.message).encode();
        }
        let payload = match self.protocol.codec() {
            Codec::Json => encode_rest_error(error),
            Codec::Cbor => encode_cbor_exception(error),
        };
        Frame::exception(&error.code, self.protocol.content_type(), &payload).encode()
    }
}

impl Stream for EventFrames {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(initial) = self.initial.take() {
            return Poll::Ready(Some(initial));
        }
        let Some(events) = &mut self.events else {
            return Poll::Ready(None);
        };
        let next = std::task::ready!(events.as_mut().poll_next(context));
        if let Some(Ok(event)) = next {
            let frame = Frame::event(event.name, self.protocol.content_type(), &event.payload);
            return Poll::Ready(Some(frame.encode()));
        }
        self.events = None;
        Poll::Ready(next.and_then(Result::err).map(|error| self.failure(&error)))
    }
}
