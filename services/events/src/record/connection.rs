//! A connection.

use std::fmt;

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A connection: how requests to endpoints are authorized.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionRecord {
    /// What its ARN ends with.
    pub(crate) id: Uuid,
    pub(crate) created_at_millis: u64,
    pub(crate) modified_at_millis: u64,
    pub(crate) authorized_at_millis: u64,
    pub(crate) description: Option<String>,
    /// Stored and returned; nothing is encrypted by it.
    pub(crate) kms_key: Option<String>,
    pub(crate) state: ConnectionState,
    pub(crate) state_reason: Option<String>,
    pub(crate) authorization_type: AuthorizationType,
    /// What the ARN of its secret ends with.
    pub(crate) secret_name: String,
    /// Its [`ConnectionSecret`] as JSON, sealed for the connection's ARN; nothing once it was deauthorized.
    pub(crate) sealed_secret: Option<String>,
}

impl Record for ConnectionRecord {
    const FORMAT: u8 = 1;
}

/// Whether a connection can be used.
///
/// Source: [Connection states](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html). Of
/// those, the ones that only last while AWS is at work are not kept, nor those of private APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ConnectionState {
    /// It can.
    Authorized,
    /// It has no access token yet.
    Authorizing,
    /// It can't until it is updated.
    Deauthorized,
}

/// How a connection authorizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AuthorizationType {
    Basic,
    ApiKey,
    #[serde(rename = "OAUTH_CLIENT_CREDENTIALS")]
    ClientCredentials,
}

/// A text that is shown to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretText(pub(crate) String);

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText(..)")
    }
}

/// Everything that a connection adds to requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionSecret {
    pub(crate) credential: CredentialSecret,
    pub(crate) invocation: Option<ConnectionHttpParameters>,
}

/// What a connection authorizes with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum CredentialSecret {
    Basic { user_name: String, password: SecretText },
    ApiKey { name: String, key: SecretText },
    ClientCredentials(ClientCredentialsSecret),
}

/// Who asks for access tokens, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientCredentialsSecret {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretText,
    pub(crate) endpoint: String,
    /// `GET`, `POST` or `PUT`.
    pub(crate) method: String,
    pub(crate) parameters: Option<ConnectionHttpParameters>,
}

/// `ConnectionHttpParameters`: what a connection adds besides a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConnectionHttpParameters {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) header_parameters: Vec<ConnectionParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) query_string_parameters: Vec<ConnectionParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) body_parameters: Vec<ConnectionParameter>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConnectionParameter {
    #[serde(default)]
    pub(crate) key: String,
    /// Left out where it is shown and a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<SecretText>,
    #[serde(default)]
    pub(crate) is_value_secret: bool,
}

impl CredentialSecret {
    pub(crate) fn authorization_type(&self) -> AuthorizationType {
        match self {
            CredentialSecret::Basic { .. } => AuthorizationType::Basic,
            CredentialSecret::ApiKey { .. } => AuthorizationType::ApiKey,
            CredentialSecret::ClientCredentials(_) => AuthorizationType::ClientCredentials,
        }
    }
}

impl AuthorizationType {
    /// The state of a connection that has just got what it authorizes with.
    pub(crate) fn first_state(self) -> ConnectionState {
        match self {
            AuthorizationType::Basic | AuthorizationType::ApiKey => ConnectionState::Authorized,
            AuthorizationType::ClientCredentials => ConnectionState::Authorizing,
        }
    }
}

impl ConnectionState {
    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ConnectionState::Authorized => "AUTHORIZED",
            ConnectionState::Authorizing => "AUTHORIZING",
            ConnectionState::Deauthorized => "DEAUTHORIZED",
        }
    }
}

impl ConnectionHttpParameters {
    /// The parameters without the values of secrets.
    pub(crate) fn shown(&self) -> Self {
        let shown = |parameters: &[ConnectionParameter]| -> Vec<ConnectionParameter> {
            let parameters = parameters.iter().cloned();
            let without_secret = parameters.map(|parameter| ConnectionParameter {
                value: parameter.value.filter(|_| !parameter.is_value_secret),
                ..parameter
            });
            without_secret.collect()
        };
        ConnectionHttpParameters {
            header_parameters: shown(&self.header_parameters),
            query_string_parameters: shown(&self.query_string_parameters),
            body_parameters: shown(&self.body_parameters),
        }
    }
}
