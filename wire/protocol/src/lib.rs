//! Between HTTP and a door: routing a request to an operation, decoding its input by the model, and encoding
//! the output or error in the protocol the client speaks.
//!
//! The flow: [`Registry::route`] finds the operation, [`answer`] decodes, validates, calls the [`Door`] and
//! encodes. The codecs ([`json`], [`cbor`], [`query`], [`xml`], [`rest`]) are pure functions between bytes and
//! [`ninefold_model::Value`].

mod answer;
pub mod cbor;
mod codec;
mod consignment;
mod context;
mod dispatch;
mod door;
mod error;
mod event_stream;
pub mod json;
mod log_groups;
mod operation;
mod push;
pub mod query;
pub mod rest;
mod route;
mod scalar;
mod shaped;
pub mod xml;

pub use answer::{ErrorForm, answer, answer_streaming, refuse};
pub use codec::Codec;
pub use consignment::{Consignment, QueueAttribute, QueueAttributeValue, QueueMessage, QueueName, Untaken};
pub use context::{
    AccountId, Authorizer, CallContext, CallSource, Endpoint, InvalidIdentifier, Principal, PrincipalKind,
    Region, RequestId,
};
pub use dispatch::Dispatcher;
pub use door::{BoxFuture, Door, Page, TextMembers};
pub use error::{DecodeError, ServiceError};
pub use event_stream::{Event, EventFrames, EventStream};
pub use log_groups::LogGroups;
pub use operation::{read_input, write_output};
pub use push::{Push, PushTarget};
pub use route::{Protocol, Registry, Route, RouteError};
