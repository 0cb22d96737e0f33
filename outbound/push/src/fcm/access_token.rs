//! OAuth 2.0 access tokens for a service account:
//! [HTTP/REST](https://developers.google.com/identity/protocols/oauth2/service-account#httprest), RFC 7523.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use ninefold_outbound_http::{HttpClient, OutboundRequest, OutboundResponse};
use ninefold_time::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::fcm::service_account::ServiceAccount;
use crate::{PushError, PushErrorKind};

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";

/// How long a request for a token is good for, which is the longest that Google takes.
const ASSERTION_SECONDS: u64 = 3_600;

/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(60);

/// How long nobody asks again after a request for a token has failed.
const PAUSE: Duration = Duration::from_secs(1);

const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES: usize = 64 * 1024;

/// Gets access tokens and uses each for as long as it lasts. While one is on its way, everybody waits for it.
pub(crate) struct AccessTokens {
    pub(crate) http: HttpClient,
    pub(crate) account: ServiceAccount,
    pub(crate) endpoint: Uri,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) latest: Mutex<Option<Latest>>,
}

/// The outcome of the latest request for a token, and until when it counts.
pub(crate) struct Latest {
    outcome: Result<HeaderValue, PushError>,
    until: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct Denied {
    error: String,
    error_description: Option<String>,
}

impl AccessTokens {
    /// The value of the `authorization` header for a request that is sent now.
    pub(crate) async fn authorization(&self) -> Result<HeaderValue, PushError> {
        let mut latest = self.latest.lock().await;
        match &*latest {
            Some(latest) if self.clock.now() < latest.until => latest.outcome.clone(),
            _ => self.renew(&mut latest).await,
        }
    }

    /// The same after a token was refused, unless somebody else has already replaced that one.
    pub(crate) async fn authorization_instead_of(
        &self,
        refused: &HeaderValue,
    ) -> Result<HeaderValue, PushError> {
        let mut latest = self.latest.lock().await;
        match &*latest {
            Some(Latest {
                outcome: Ok(token), ..
            }) if token == refused => self.renew(&mut latest).await,
            Some(latest) if self.clock.now() < latest.until => latest.outcome.clone(),
            _ => self.renew(&mut latest).await,
        }
    }

    async fn renew(&self, latest: &mut Option<Latest>) -> Result<HeaderValue, PushError> {
        let asked = self.clock.now();
        let (outcome, lifetime) = match self.fetch(asked).await {
            Ok((token, lifetime)) => (Ok(token), lifetime.saturating_sub(MARGIN.min(lifetime / 2))),
            Err(error) => (Err(error), PAUSE),
        };
        *latest = Some(Latest {
            outcome: outcome.clone(),
            until: asked + lifetime,
        });
        outcome
    }

    async fn fetch(&self, now: Timestamp) -> Result<(HeaderValue, Duration), PushError> {
        let claims = Claims {
            iss: &self.account.client_email,
            scope: SCOPE,
            aud: &self.account.token_uri.to_string(),
            iat: now.as_secs(),
            exp: now.as_secs() + ASSERTION_SECONDS,
        };
        let assertion = self.account.key.sign(&self.account.key_id, &claims);
        let assertion = assertion.map_err(|_| PushError::unsigned())?;
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        let request = OutboundRequest {
            method: Method::POST,
            uri: self.endpoint.clone(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
            body: Bytes::from(form),
            timeout: TIMEOUT,
            response_limit_bytes: ANSWER_BYTES,
        };
        read(&self.http.send(request).await?)
    }
}

fn read(response: &OutboundResponse) -> Result<(HeaderValue, Duration), PushError> {
    if response.status == StatusCode::OK {
        let granted = serde_json::from_slice::<Granted>(&response.body)
            .ok()
            .and_then(|granted| Some((bearer(&granted.access_token)?, granted.expires_in)));
        return match granted {
            Some((token, seconds)) => Ok((token, Duration::from_secs(seconds))),
            None => Err(refusal(response, PushErrorKind::Transient)),
        };
    }
    let is_passing = response.status == StatusCode::TOO_MANY_REQUESTS || response.status.is_server_error();
    let kind = if is_passing {
        PushErrorKind::Transient
    } else {
        PushErrorKind::Credentials
    };
    Err(refusal(response, kind))
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn refusal(response: &OutboundResponse, kind: PushErrorKind) -> PushError {
    let (reason, detail) = match serde_json::from_slice::<Denied>(&response.body) {
        Ok(denied) => (denied.error, denied.error_description),
        Err(_) => (
            format!("the token endpoint answered {} without a token", response.status),
            None,
        ),
    };
    PushError {
        kind,
        status: Some(response.status.as_u16()),
        reason,
        detail,
    }
}
