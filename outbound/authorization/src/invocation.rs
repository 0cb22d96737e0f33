use std::time::Duration;

use bytes::Bytes;
use ninefold_outbound_http::OutboundRequest;

use crate::content::with_parameters;
use crate::headers::headers;
use crate::{ConnectionParameters, Credential, Endpoint, InvocationError, Method, TargetParameters};

/// How long an endpoint may take to answer.
pub const INVOCATION_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of an answer is read, in bytes: what `Range` asks for.
pub const RESPONSE_LIMIT_BYTES: usize = 1024 * 1024;

/// One event on its way to an endpoint.
#[derive(Clone, Debug)]
pub struct Invocation<'a> {
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// How.
    pub method: Method,
    /// What the target adds for this event.
    pub target: &'a TargetParameters,
    /// The event, or what the target's input made of it.
    pub body: Bytes,
}

impl Invocation<'_> {
    /// The request, with what the connection adds.
    ///
    /// Where the connection and the target say different things, the connection
    /// [wins](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_HttpParameters.html). With a method that
    /// has no body, neither the event nor body parameters are sent.
    ///
    /// # Errors
    /// See [`InvocationError`]; nothing transient.
    pub fn request(
        &self,
        connection: &ConnectionParameters,
        credential: &Credential,
    ) -> Result<OutboundRequest, InvocationError> {
        let body = match self.method.has_body() {
            true => with_parameters(&self.body, &connection.body)?,
            false => Bytes::new(),
        };
        Ok(OutboundRequest {
            method: self.method.into(),
            uri: self
                .endpoint
                .uri(&self.target.path, &[&self.target.query, &connection.query])?,
            headers: headers(self.target, connection, credential),
            body,
            timeout: INVOCATION_TIMEOUT,
            response_limit_bytes: RESPONSE_LIMIT_BYTES,
        })
    }
}
