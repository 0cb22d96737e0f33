//! A connection with its secret, as requests need it.

use std::sync::Arc;

use ninefold_outbound_authorization::{
    Authorization, ClientCredentials, Connection, ConnectionParameters, Credential, ParameterError,
};
use ninefold_outbound_http::HttpClient;
use ninefold_time::Clock;

use crate::record::{ConnectionHttpParameters, ConnectionParameter, ConnectionSecret, CredentialSecret};

/// A connection that has a secret. With another secret it is another one.
pub(crate) struct ReadyConnection {
    pub(crate) secret: ConnectionSecret,
    sealed: String,
    pub(crate) connection: Connection,
}

impl ReadyConnection {
    /// # Errors
    ///
    /// If something of the secret can't be a part of a request.
    pub(super) fn new(
        secret: ConnectionSecret,
        sealed: &str,
        http: &HttpClient,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, ParameterError> {
        let connection = Connection::new(
            authorization(&secret.credential)?,
            parameters(secret.invocation.as_ref())?,
            http.clone(),
            Arc::clone(clock),
        );
        Ok(ReadyConnection {
            secret,
            sealed: sealed.to_owned(),
            connection,
        })
    }

    /// The secret as it is stored, which tells it from any other.
    pub(crate) fn sealed(&self) -> &str {
        &self.sealed
    }

    /// Whether the same credential is sent every time, so that an endpoint which refuses it will always do so.
    pub(crate) fn is_fixed(&self) -> bool {
        !matches!(self.secret.credential, CredentialSecret::ClientCredentials(_))
    }
}

impl ConnectionSecret {
    /// Whether everything of it can be a part of a request.
    ///
    /// # Errors
    ///
    /// What can't.
    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        authorization(&self.credential)?;
        parameters(self.invocation.as_ref()).map(drop)
    }
}

fn authorization(credential: &CredentialSecret) -> Result<Authorization, ParameterError> {
    match credential {
        CredentialSecret::Basic { user_name, password } => {
            Credential::basic(user_name, &password.0).map(Authorization::Fixed)
        }
        CredentialSecret::ApiKey { name, key } => Credential::api_key(name, &key.0).map(Authorization::Fixed),
        CredentialSecret::ClientCredentials(client) => ClientCredentials::new(
            &client.endpoint,
            client.method.parse()?,
            &client.client_id,
            &client.client_secret.0,
            &parameters(client.parameters.as_ref())?,
        )
        .map(Authorization::ClientCredentials),
    }
}

fn parameters(given: Option<&ConnectionHttpParameters>) -> Result<ConnectionParameters, ParameterError> {
    let mut parameters = ConnectionParameters::default();
    let Some(given) = given else {
        return Ok(parameters);
    };
    let value = |parameter: &ConnectionParameter| {
        let value = parameter.value.as_ref();
        value.map_or_else(String::new, |value| value.0.clone())
    };
    for header in &given.header_parameters {
        parameters.add_header(&header.key, &value(header))?;
    }
    for query in &given.query_string_parameters {
        parameters.add_query(&query.key, &value(query))?;
    }
    for member in &given.body_parameters {
        parameters.add_body(&member.key, &value(member))?;
    }
    Ok(parameters)
}
