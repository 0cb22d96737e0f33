//! What is said by one mechanism, until it is clear who the client is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_kafka_protocol::sasl::Mechanism;
use ninefold_kafka_protocol::sasl::msk_iam::{self, SignedConnect};
use ninefold_kafka_protocol::sasl::oauthbearer::{BearerRefusal, BearerToken};
use ninefold_kafka_protocol::sasl::plain::PlainCredentials;
use ninefold_kafka_protocol::sasl::scram::{Challenge, ClientFirst, ScramHash, ServerNonce};
use ninefold_time::Timestamp;

use super::unsecured::UnsecuredToken;
use crate::security::Security;
use crate::security::iam::{Iam, IamIdentity, Origin};
use crate::session::Principal;

/// A session that was begun with IAM may last so long: then the client has to show its key again.
const IAM_SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// Where the client and the server are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// What this server is called by clients.
    pub(super) hosts: &'a [String],
    pub(super) origin: Origin,
    pub(super) now: Timestamp,
}

/// A dialogue, of which the client has to say the next.
#[derive(Debug)]
pub(super) enum Exchange {
    Begin(Mechanism),
    /// It was asked for the proof that it knows the password of a user.
    Proof {
        username: String,
        challenge: Box<Challenge>,
    },
    /// It was told that its token is no good, and has to acknowledge that (RFC 7628, section 3.2.3).
    Refused {
        reason: String,
    },
}

/// What follows from what the client has said.
#[derive(Debug)]
pub(super) enum Step {
    /// It is answered, and has to go on.
    Continue(Exchange, Bytes),
    /// It is known; this is the last answer.
    Known(Identity, Bytes),
    /// It won't be known. It is told why.
    Refused(String),
}

/// Who a client is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) principal: Principal,
    /// Until when that is known, where what it has shown says so.
    pub(super) expires_at: Option<Timestamp>,
}

impl Exchange {
    /// Goes on with what the client says.
    pub(super) async fn step(self, security: &Security, site: Site<'_>, message: &[u8]) -> Step {
        match self {
            Exchange::Begin(Mechanism::Plain) => plain(security, message).await,
            Exchange::Begin(Mechanism::Scram(hash)) => scram(security, hash, message),
            Exchange::Begin(Mechanism::OauthBearer) => bearer(security, site, message),
            Exchange::Begin(Mechanism::AwsMskIam) => msk_iam(security, site, message),
            Exchange::Proof { username, challenge } => match challenge.verify(message) {
                Ok(answer) => Step::Known(Identity::user(username), answer.into()),
                Err(error) => Step::Refused(scram_refusal(&error)),
            },
            Exchange::Refused { reason } => Step::Refused(reason),
        }
    }
}

impl Identity {
    fn user(name: String) -> Self {
        Identity {
            principal: Principal::User(name),
            expires_at: None,
        }
    }

    fn iam(identity: IamIdentity, now: Timestamp) -> Self {
        Identity {
            principal: Principal::Iam(Arc::new(identity)),
            expires_at: Some(now + IAM_SESSION),
        }
    }
}

async fn plain(security: &Security, message: &[u8]) -> Step {
    let credentials = match PlainCredentials::parse(message) {
        Ok(credentials) => credentials,
        Err(error) => return Step::Refused(format!("Invalid SASL/PLAIN response: {error}")),
    };
    let PlainCredentials { username, password } = credentials;
    if security.users.verify_password(&username, &password).await {
        Step::Known(Identity::user(username), Bytes::new())
    } else {
        Step::Refused("Authentication failed: Invalid username or password".to_owned())
    }
}

fn scram(security: &Security, hash: ScramHash, message: &[u8]) -> Step {
    let first = match ClientFirst::parse(message) {
        Ok(first) => first,
        Err(error) => return Step::Refused(scram_refusal(&error)),
    };
    let username = first.username().to_owned();
    let Some(credential) = security.users.credential(&username, hash) else {
        return Step::Refused(scram_refusal(&"there is no such user"));
    };
    let mut random = [0; 24];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::error!(%error, "there are no random bytes for a nonce");
        return Step::Refused(scram_refusal(&"there is no nonce"));
    }
    let challenge = first.challenge(credential, &ServerNonce::from_random(random));
    let question = challenge.message().to_owned();
    let challenge = Box::new(challenge);
    Step::Continue(Exchange::Proof { username, challenge }, question.into())
}

/// Says no more to the client than that, so that it doesn't learn who is a user.
fn scram_refusal(reason: &dyn std::fmt::Display) -> String {
    tracing::debug!(%reason, "a dialogue of SCRAM has failed");
    "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM"
        .to_owned()
}

fn bearer(security: &Security, site: Site<'_>, message: &[u8]) -> Step {
    let bearer = match BearerToken::parse(message) {
        Ok(bearer) => bearer,
        Err(error) => return Step::Refused(format!("Invalid OAUTHBEARER client first message: {error}")),
    };
    let found = match &security.iam {
        // A token of a web server has dots in it, and the URL of MSK, in Base64, has none.
        Some(iam) if !bearer.token.contains('.') => iam_token(iam, site, &bearer.token),
        _ => unsecured_token(security, site, &bearer.token),
    };
    let identity = match found {
        Ok(identity) => identity,
        Err(reason) => {
            let answer = BearerRefusal::new("invalid_token").to_json();
            return Step::Continue(Exchange::Refused { reason }, answer.into());
        }
    };
    let acts_as = bearer.authorization_id.as_deref();
    if acts_as.is_some_and(|name| name != identity.principal.name()) {
        let reason = "Authentication failed: Client requested an authorization id that is different from the token's \
                      principal name";
        return Step::Refused(reason.to_owned());
    }
    Step::Known(identity, Bytes::new())
}

fn iam_token(iam: &Iam, site: Site<'_>, token: &str) -> Result<Identity, String> {
    let connect = SignedConnect::from_token(token).map_err(|error| error.to_string())?;
    let found = iam.authenticate(&connect, &iam.service_hosts(), site.now, site.origin);
    let identity = found.map_err(|error| error.to_string())?;
    Ok(Identity::iam(identity, site.now))
}

fn unsecured_token(security: &Security, site: Site<'_>, token: &str) -> Result<Identity, String> {
    let read = UnsecuredToken::read(token, security.accepts_unsecured_tokens, site.now);
    let token = read.map_err(|refusal| refusal.to_string())?;
    Ok(Identity {
        principal: Principal::User(token.subject),
        expires_at: Some(token.expires_at),
    })
}

fn msk_iam(security: &Security, site: Site<'_>, message: &[u8]) -> Step {
    let Some(iam) = &security.iam else {
        return Step::Refused("This cluster knows no identities of IAM".to_owned());
    };
    let connect = match SignedConnect::from_json(message) {
        Ok(connect) => connect,
        Err(error) => return Step::Refused(format!("Access denied: {error}")),
    };
    match iam.authenticate(&connect, site.hosts, site.now, site.origin) {
        Ok(identity) => {
            let request_id = uuid::Uuid::from_u128(request_number()).to_string();
            let answer = msk_iam::accepted(&request_id);
            Step::Known(Identity::iam(identity, site.now), answer.into())
        }
        Err(refusal) => Step::Refused(format!("Access denied: {refusal}")),
    }
}

/// What a request is called in the answer: unlike others, but nothing depends on it.
fn request_number() -> u128 {
    let mut random = [0; 16];
    match getrandom::fill(&mut random) {
        Ok(()) => u128::from_be_bytes(random),
        Err(_) => 0,
    }
}
