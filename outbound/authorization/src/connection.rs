use std::sync::Arc;

use ninefold_outbound_http::{HttpClient, OutboundResponse};
use ninefold_time::Clock;

use crate::{
    ClientCredentials, ConnectionParameters, Credential, Invocation, InvocationError, TokenError, TokenSource,
};

/// How a connection authorizes.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// With the same header every time: `BASIC` and `API_KEY`.
    Fixed(Credential),
    /// With an access token: `OAUTH_CLIENT_CREDENTIALS`.
    ClientCredentials(ClientCredentials),
}

enum Authorizer {
    Fixed(Credential),
    Tokens(Box<TokenSource>),
}

/// Authorizes requests and sends them. A connection that is changed is a new one, with a token of its own.
pub struct Connection {
    http: HttpClient,
    authorizer: Authorizer,
    parameters: ConnectionParameters,
}

impl Connection {
    /// A connection without a token yet.
    pub fn new(
        authorization: Authorization,
        parameters: ConnectionParameters,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let authorizer = match authorization {
            Authorization::Fixed(credential) => Authorizer::Fixed(credential),
            Authorization::ClientCredentials(client) => {
                Authorizer::Tokens(Box::new(TokenSource::new(client, http.clone(), clock)))
            }
        };
        Connection {
            http,
            authorizer,
            parameters,
        }
    }

    /// Makes sure that there is a credential, which turns a connection from `AUTHORIZING` to `AUTHORIZED`.
    ///
    /// # Errors
    /// See [`TokenError`], which says what becomes of the connection; never for a fixed credential.
    pub async fn authorize(&self) -> Result<(), TokenError> {
        self.credential().await.map(drop)
    }

    /// Sends an event once. The answer may have any status; see [`Outcome`](crate::Outcome).
    ///
    /// After 401 and 407 the next invocation has a new access token. It is up to the retry policy whether there is
    /// one, as it is on AWS.
    ///
    /// # Errors
    /// See [`InvocationError`].
    pub async fn invoke(&self, invocation: &Invocation<'_>) -> Result<OutboundResponse, InvocationError> {
        let credential = self.credential().await?;
        let request = invocation.request(&self.parameters, &credential)?;
        let response = self.http.send(request).await?;
        if let (401 | 407, Authorizer::Tokens(tokens)) = (response.status.as_u16(), &self.authorizer) {
            tokens.discard(&credential).await;
        }
        Ok(response)
    }

    async fn credential(&self) -> Result<Credential, TokenError> {
        match &self.authorizer {
            Authorizer::Fixed(credential) => Ok(credential.clone()),
            Authorizer::Tokens(tokens) => tokens.credential().await,
        }
    }
}
