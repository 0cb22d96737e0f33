use std::sync::Arc;
use std::time::Duration;

use ninefold_outbound_http::HttpClient;
use ninefold_time::{Clock, Timestamp};
use tokio::sync::Mutex;

use super::answer::{AccessToken, read};
use crate::{ClientCredentials, Credential, TokenError};

/// How long before its end a token is not used any more, which is EventBridge's ("Considerations when using OAuth"); a
/// token that lasts less than twice as long is used for half of its time.
const MARGIN: Duration = Duration::from_secs(60);

/// The shortest time between two requests, whatever comes of the first one.
const PAUSE: Duration = Duration::from_secs(1);

/// How long nobody asks again for a token that the authorization server has refused, so as not to be locked out.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// Gets access tokens, and uses each for as long as it lasts. While one is on its way, everybody waits for it.
pub struct TokenSource {
    client: ClientCredentials,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    latest: Mutex<Option<Latest>>,
}

/// The outcome of the latest request for a token.
struct Latest {
    outcome: Result<Credential, TokenError>,
    asked: Timestamp,
    /// When it counts no more.
    until: Timestamp,
}

impl TokenSource {
    /// A source without a token yet.
    pub fn new(client: ClientCredentials, http: HttpClient, clock: Arc<dyn Clock>) -> Self {
        TokenSource {
            client,
            http,
            clock,
            latest: Mutex::new(None),
        }
    }

    /// The credential for a request that is sent now.
    ///
    /// # Errors
    /// See [`TokenError`]. After a failure nobody asks again for a second, and after a refusal for a minute; until
    /// then, the error is the same.
    pub async fn credential(&self) -> Result<Credential, TokenError> {
        let mut latest = self.latest.lock().await;
        if let Some(latest) = &*latest
            && self.clock.now() < latest.until
        {
            return latest.outcome.clone();
        }
        let asked = self.clock.now();
        let answer = self.http.send(self.client.request()).await;
        let token = match answer {
            Ok(response) => read(&response),
            Err(error) => Err(TokenError::Unreachable(error)),
        };
        let until = asked + counts_for(&token);
        let outcome = token.map(|token| token.credential);
        *latest = Some(Latest {
            outcome: outcome.clone(),
            asked,
            until,
        });
        outcome
    }

    /// Has a token replaced that an endpoint has refused, unless somebody has already done so. A token that is younger
    /// than a second stays that long, so that an endpoint which refuses every token doesn't have them asked for with
    /// every request.
    pub async fn discard(&self, refused: &Credential) {
        if let Some(latest) = &mut *self.latest.lock().await
            && latest.outcome.as_ref() == Ok(refused)
        {
            latest.until = latest.until.min(latest.asked + PAUSE);
        }
    }
}

/// How long an outcome counts, from when it was asked for.
fn counts_for(outcome: &Result<AccessToken, TokenError>) -> Duration {
    match outcome {
        Ok(AccessToken {
            lifetime: Some(lifetime),
            ..
        }) => lifetime.saturating_sub(MARGIN.min(*lifetime / 2)).max(PAUSE),
        // It is used until an endpoint refuses it.
        Ok(AccessToken { lifetime: None, .. }) => Duration::MAX,
        Err(error) if error.is_transient() => PAUSE,
        Err(_) => PAUSE_AFTER_REFUSAL,
    }
}
