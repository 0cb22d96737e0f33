//! Where a connection is on the way to be authenticated, and again when its session ends.

use std::time::Duration;

use bytes::Bytes;
use ninefold_kafka_protocol::messages::sasl_authenticate::{
    SaslAuthenticateRequest, SaslAuthenticateResponse,
};
use ninefold_kafka_protocol::messages::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};
use ninefold_kafka_protocol::sasl::Mechanism;
use ninefold_kafka_protocol::{ApiKey, ErrorCode};
use ninefold_time::Timestamp;

use super::exchange::{Exchange, Identity, Site, Step};
use crate::security::Security;
use crate::session::{Caller, Principal};

/// Before this version of SaslHandshake, what a mechanism says goes in frames of its own, without headers (KIP-152).
const HEADERS_SINCE: i16 = 1;
/// Since this version of SaslAuthenticate, clients are told how long a session lasts (KIP-368).
const LIFETIME_SINCE: i16 = 1;

/// How a connection is authenticated.
#[derive(Debug)]
pub(crate) struct Authentication {
    /// None if clients may be anonymous.
    mechanisms: Vec<Mechanism>,
    /// What this server is called by clients.
    hosts: Vec<String>,
    state: State,
    /// Who the client has shown to be.
    session: Option<Session>,
}

#[derive(Debug)]
enum State {
    /// Nothing is under way.
    Idle,
    UnderWay {
        mechanism: Mechanism,
        exchange: Exchange,
        has_headers: bool,
    },
}

#[derive(Debug)]
struct Session {
    mechanism: Mechanism,
    expires_at: Option<Timestamp>,
}

/// What becomes of a connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Stays,
    /// It has failed to authenticate: it is answered after a while, so that trying passwords takes long, and closed.
    Ends,
}

/// Why a request can't be answered on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutOfTurn {
    #[error("a request before the client is authenticated")]
    Unauthenticated,
    #[error("a request while the client is being authenticated")]
    UnderWay,
    #[error("the session of the client has expired")]
    Expired,
}

/// What came of a message of a mechanism.
enum Outcome {
    Answer(Bytes),
    Known {
        answer: Bytes,
        lifetime: Option<Duration>,
    },
    Refused(String),
}

impl Authentication {
    /// A connection to a listener with these mechanisms, none if clients may be anonymous.
    pub(crate) fn new(mechanisms: Vec<Mechanism>, hosts: Vec<String>) -> Self {
        Authentication {
            mechanisms,
            hosts,
            state: State::Idle,
            session: None,
        }
    }

    /// Whether the client may be served, and is to be believed that it has much to say.
    pub(crate) fn is_authenticated(&self) -> bool {
        self.mechanisms.is_empty() || self.session.is_some()
    }

    /// Whether the next frame has no header, but what a mechanism says.
    pub(crate) fn expects_bare_message(&self) -> bool {
        matches!(
            self.state,
            State::UnderWay {
                has_headers: false,
                ..
            }
        )
    }

    /// Whether a request may be answered now.
    pub(crate) fn check(&self, api_key: ApiKey, now: Timestamp) -> Result<(), OutOfTurn> {
        if matches!(
            api_key,
            ApiKey::ApiVersions | ApiKey::SaslHandshake | ApiKey::SaslAuthenticate
        ) || self.mechanisms.is_empty()
        {
            return Ok(());
        }
        let session = self.session.as_ref().ok_or(OutOfTurn::Unauthenticated)?;
        if matches!(self.state, State::UnderWay { .. }) {
            return Err(OutOfTurn::UnderWay);
        }
        match session.expires_at {
            Some(expires_at) if expires_at <= now => Err(OutOfTurn::Expired),
            _ => Ok(()),
        }
    }

    /// SaslHandshake: the client chooses a mechanism.
    pub(crate) fn handshake(
        &mut self,
        request: &SaslHandshakeRequest,
        version: i16,
    ) -> (SaslHandshakeResponse, Fate) {
        let names = self.mechanisms.iter().map(|mechanism| mechanism.name().into());
        let answer = |code: ErrorCode| SaslHandshakeResponse {
            error_code: code.code(),
            mechanisms: names.collect(),
        };
        if self.mechanisms.is_empty() {
            return (answer(ErrorCode::IllegalSaslState), Fate::Stays);
        }
        if matches!(self.state, State::UnderWay { .. }) {
            return (answer(ErrorCode::IllegalSaslState), Fate::Ends);
        }
        let chosen = Mechanism::from_name(&request.mechanism)
            .filter(|mechanism| self.mechanisms.contains(mechanism))
            // A session goes on with the mechanism that it was begun with.
            .filter(|mechanism| {
                let session = self.session.as_ref();
                session.is_none_or(|session| session.mechanism == *mechanism)
            });
        let Some(mechanism) = chosen else {
            return (answer(ErrorCode::UnsupportedSaslMechanism), Fate::Ends);
        };
        let response = answer(ErrorCode::None);
        self.state = State::UnderWay {
            mechanism,
            exchange: Exchange::Begin(mechanism),
            has_headers: version >= HEADERS_SINCE,
        };
        (response, Fate::Stays)
    }

    /// SaslAuthenticate: what the client says by the mechanism it has chosen.
    pub(crate) async fn authenticate(
        &mut self,
        security: &Security,
        caller: &mut Caller,
        request: &SaslAuthenticateRequest,
        version: i16,
    ) -> (SaslAuthenticateResponse, Fate) {
        let refused = |code: ErrorCode, message: String| SaslAuthenticateResponse {
            error_code: code.code(),
            error_message: Some(message.into()),
            ..SaslAuthenticateResponse::default()
        };
        let answered = |auth_bytes: Bytes, session_lifetime_ms: i64| SaslAuthenticateResponse {
            error_code: 0,
            error_message: None,
            auth_bytes,
            session_lifetime_ms,
        };
        match self.go_on(security, caller, &request.auth_bytes).await {
            None => {
                let message = "SaslAuthenticate request received without a SaslHandshake before it";
                let fate = if self.mechanisms.is_empty() {
                    Fate::Stays
                } else {
                    Fate::Ends
                };
                (refused(ErrorCode::IllegalSaslState, message.to_owned()), fate)
            }
            Some(Outcome::Refused(reason)) => {
                (refused(ErrorCode::SaslAuthenticationFailed, reason), Fate::Ends)
            }
            Some(Outcome::Answer(answer)) => (answered(answer, 0), Fate::Stays),
            Some(Outcome::Known { answer, lifetime }) => {
                let milliseconds = lifetime
                    .filter(|_| version >= LIFETIME_SINCE)
                    .map_or(0, |lifetime| {
                        i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX)
                    });
                (answered(answer, milliseconds), Fate::Stays)
            }
        }
    }

    /// A frame without a header: what the client says by the mechanism it has chosen. None if it isn't to be answered.
    pub(crate) async fn bare_message(
        &mut self,
        security: &Security,
        caller: &mut Caller,
        message: &[u8],
    ) -> Option<Bytes> {
        match self.go_on(security, caller, message).await? {
            Outcome::Answer(answer) | Outcome::Known { answer, .. } => Some(answer),
            Outcome::Refused(_) => None,
        }
    }

    async fn go_on(&mut self, security: &Security, caller: &mut Caller, message: &[u8]) -> Option<Outcome> {
        let State::UnderWay {
            mechanism,
            exchange,
            has_headers,
        } = std::mem::replace(&mut self.state, State::Idle)
        else {
            return None;
        };
        let site = Site {
            hosts: &self.hosts,
            origin: caller.origin(),
            now: security.now(),
        };
        Some(match exchange.step(security, site, message).await {
            Step::Continue(exchange, answer) => {
                self.state = State::UnderWay {
                    mechanism,
                    exchange,
                    has_headers,
                };
                Outcome::Answer(answer)
            }
            Step::Known(identity, answer) => self.begin(security, caller, mechanism, identity, answer),
            Step::Refused(reason) => {
                tracing::info!(
                    peer = %caller.peer,
                    mechanism = mechanism.name(),
                    reason,
                    "a Kafka client has failed to authenticate"
                );
                Outcome::Refused(reason)
            }
        })
    }

    /// Begins a session, or goes on with one.
    fn begin(
        &mut self,
        security: &Security,
        caller: &mut Caller,
        mechanism: Mechanism,
        identity: Identity,
        answer: Bytes,
    ) -> Outcome {
        let Identity {
            principal,
            expires_at,
        } = identity;
        if self.session.is_some() && !is_same(&principal, &caller.principal) {
            return Outcome::Refused(format!(
                "Cannot change principals during re-authentication from {} to {}",
                caller.principal.qualified(),
                principal.qualified()
            ));
        }
        let now = security.now();
        let longest = security.session_lifetime.map(|lifetime| now + lifetime);
        let expires_at = expires_at.into_iter().chain(longest).min();
        tracing::debug!(peer = %caller.peer, principal = %principal.qualified(), "a Kafka client is known");
        caller.principal = principal;
        self.session = Some(Session {
            mechanism,
            expires_at,
        });
        Outcome::Known {
            answer,
            lifetime: expires_at.map(|expires_at| expires_at.duration_since(now)),
        }
    }
}

/// Whether it is the same one; which may have another key by now.
fn is_same(new: &Principal, old: &Principal) -> bool {
    new.qualified() == old.qualified()
}
