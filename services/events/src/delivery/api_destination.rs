//! To API destinations: HTTP endpoints with a connection.
//!
//! Source: [API destinations](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_delivery::{Answer, FailureKind, Outcome, Terms};
use ninefold_outbound_authorization::{self as authorization, Endpoint, Invocation, InvocationError};
use ninefold_outbound_http::OutboundResponse;

use super::{failed, refused};
use crate::EventsDoor;
use crate::connections::ReadyConnection;
use crate::errors;
use crate::event::Event;
use crate::record::{ApiDestinationRecord, ConnectionRecord, ConnectionState};
use crate::resource_name::ResourceName;
use crate::target::Target;

/// What AWS begins the message of every failure with.
pub(super) const UNABLE: &str = "Unable to invoke ApiDestination endpoint: ";
/// Getting a token and sending a request, each of which has five seconds, and a little for the rest.
const TIMEOUT: Duration = Duration::from_secs(12);
/// How much of an answer's body the history keeps, in characters.
const ANSWER_CHARACTERS: usize = 512;

/// A connection that may be used.
struct Usable {
    name: ResourceName,
    ready: Arc<ReadyConnection>,
}

impl EventsDoor {
    /// What holds for invocations of an API destination besides what the target says.
    pub(super) fn invocation_terms(&self, target: &Target, terms: Terms) -> Terms {
        let record = self.api_destinations.of_arn(&target.record.arn);
        Terms {
            timeout: TIMEOUT,
            pushes_per_second: record.map(|record| f64::from(record.invocations_per_second)),
            // It is the destination's, however many rules have it as a target.
            shared_rate: Some(Arc::from(&*target.record.arn)),
            ..terms
        }
    }

    /// Sends an event to the endpoint of an API destination.
    pub(super) async fn invoke(&self, target: &Target, event: &Event) -> Outcome {
        let Some(destination) = self.api_destinations.of_arn(&target.record.arn) else {
            return failed(&errors::not_found(format!(
                "The API destination {} does not exist.",
                target.record.arn
            )));
        };
        let usable = match self.usable_connection(&destination) {
            Ok(usable) => usable,
            // Somebody may make it usable before the event is too old.
            Err(reason) => return unable(FailureKind::Transient, None, &reason),
        };
        let body = match target.input.body(event) {
            Ok(Some(body)) => Bytes::from(body.into_owned()),
            Ok(None) => return Outcome::Delivered(Answer::default()),
            Err(error) => return refused(&error.to_string()),
        };
        self.invoke_with(&usable, target, &destination, event, body).await
    }

    async fn invoke_with(
        &self,
        usable: &Usable,
        target: &Target,
        destination: &ApiDestinationRecord,
        event: &Event,
        body: Bytes,
    ) -> Outcome {
        let parameters = match target.http.of(&event.json) {
            Ok(parameters) => parameters,
            Err(reason) => return unable(FailureKind::Permanent, None, &reason),
        };
        let (endpoint, method) = match (
            destination.invocation_endpoint.parse::<Endpoint>(),
            destination.http_method.parse(),
        ) {
            (Ok(endpoint), Ok(method)) => (endpoint, method),
            (Err(error), _) | (_, Err(error)) => {
                return unable(FailureKind::Permanent, None, &error.to_string());
            }
        };
        let invocation = Invocation {
            endpoint: &endpoint,
            method,
            target: &parameters,
            body,
        };
        match usable.ready.connection.invoke(&invocation).await {
            Ok(response) => self.answered(usable, &response).await,
            Err(error) => self.unanswered(usable, &error).await,
        }
    }

    /// The connection of an API destination, if it may be used: authorized, or about to be, so that an event which comes
    /// early waits for the token and not for its next attempt.
    fn usable_connection(&self, destination: &ApiDestinationRecord) -> Result<Usable, String> {
        let found = self.connections.of_arn(&destination.connection_arn);
        let (name, record) =
            found.ok_or_else(|| format!("The connection {} does not exist.", destination.connection_arn))?;
        let ready = match record.state {
            ConnectionState::Authorized | ConnectionState::Authorizing => self.connections.ready(&name),
            ConnectionState::Deauthorized => None,
        };
        match ready {
            Some(ready) => Ok(Usable { name, ready }),
            None => Err(not_authorized(&name, &record)),
        }
    }

    async fn answered(&self, usable: &Usable, response: &OutboundResponse) -> Outcome {
        let status = response.status.as_u16();
        let answer = excerpt(&response.body);
        // A token is replaced; a credential that never changes will be refused again.
        if matches!(status, 401 | 407) && usable.ready.is_fixed() {
            let reason = format!("The endpoint has refused the credential with status {status}.");
            self.connections
                .deauthorize(&usable.name, usable.ready.sealed(), &reason)
                .await;
        }
        match authorization::Outcome::of(response.status, &response.headers, self.clock.now()) {
            authorization::Outcome::Delivered => Outcome::Delivered(Answer {
                code: Some(status),
                text: answer,
            }),
            authorization::Outcome::Retry { after } => {
                let kind = after.map_or(FailureKind::Transient, FailureKind::Postponed);
                unable(kind, Some(status), &answer)
            }
            authorization::Outcome::Refused => unable(FailureKind::Permanent, Some(status), &answer),
        }
    }

    async fn unanswered(&self, usable: &Usable, error: &InvocationError) -> Outcome {
        if let InvocationError::Token(token) = error
            && !token.is_transient()
        {
            self.connections
                .deauthorize(&usable.name, usable.ready.sealed(), &token.to_string())
                .await;
            return unable(FailureKind::Transient, None, &error.to_string());
        }
        let kind = match error.is_transient() {
            true => FailureKind::Transient,
            false => FailureKind::Permanent,
        };
        unable(kind, None, &error.to_string())
    }
}

fn not_authorized(name: &ResourceName, record: &ConnectionRecord) -> String {
    let state = record.state.name();
    match &record.state_reason {
        Some(reason) => format!("The connection {} is {state}: {reason}", name.name),
        None => format!("The connection {} is {state}.", name.name),
    }
}

fn unable(kind: FailureKind, code: Option<u16>, reason: &str) -> Outcome {
    let text = match code {
        Some(status) => format!("{UNABLE}It has answered with status {status}. {reason}"),
        None => format!("{UNABLE}{reason}"),
    };
    Outcome::Failed(kind, Answer { code, text })
}

/// The beginning of an answer's body.
fn excerpt(body: &[u8]) -> String {
    let beginning = &body[..body.len().min(ANSWER_CHARACTERS * 4)];
    let text = String::from_utf8_lossy(beginning);
    text.chars().take(ANSWER_CHARACTERS).collect()
}
