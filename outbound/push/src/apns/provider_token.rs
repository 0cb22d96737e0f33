use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use ninefold_time::{Clock, Timestamp};
use parking_lot::Mutex;
use ring::error::Unspecified;
use serde::Serialize;

use crate::jwt::SigningKey;

/// APNs takes a token for an hour, and wants a new one no more often than every twenty minutes.
const LIFETIME: Duration = Duration::from_secs(50 * 60);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(20 * 60);

/// Signs the tokens that say which team a request comes from, and uses each for as long as APNs likes to see it.
pub(crate) struct ProviderTokens {
    pub(crate) key: SigningKey,
    pub(crate) key_id: String,
    pub(crate) team_id: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) issued: Mutex<Option<Issued>>,
}

pub(crate) struct Issued {
    authorization: HeaderValue,
    at: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: u64,
}

impl ProviderTokens {
    /// The value of the `authorization` header for a request that is sent now.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, Unspecified> {
        self.authorization_younger_than(LIFETIME)
    }

    /// The same after APNs has called a token expired; a token that may not be replaced yet stays as it is.
    pub(crate) fn authorization_after_expiry(&self) -> Result<HeaderValue, Unspecified> {
        self.authorization_younger_than(SHORTEST_LIFETIME)
    }

    fn authorization_younger_than(&self, lifetime: Duration) -> Result<HeaderValue, Unspecified> {
        let mut issued = self.issued.lock();
        let now = self.clock.now();
        match &*issued {
            Some(current) if now.duration_since(current.at) < lifetime => Ok(current.authorization.clone()),
            _ => {
                let authorization = self.sign(now)?;
                *issued = Some(Issued {
                    authorization: authorization.clone(),
                    at: now,
                });
                Ok(authorization)
            }
        }
    }

    fn sign(&self, now: Timestamp) -> Result<HeaderValue, Unspecified> {
        let claims = Claims {
            iss: &self.team_id,
            iat: now.as_secs(),
        };
        let token = self.key.sign(&self.key_id, &claims)?;
        let mut authorization =
            HeaderValue::try_from(format!("bearer {token}")).expect("base64 and dots can stand in a header");
        authorization.set_sensitive(true);
        Ok(authorization)
    }
}
