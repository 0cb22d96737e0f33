//! `AuthParameters`: as they are given, and as they are shown.

use ninefold_protocol::ServiceError;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::errors;
use crate::record::{
    AuthorizationType, ClientCredentialsSecret, ConnectionHttpParameters, ConnectionSecret, CredentialSecret,
    SecretText,
};

/// What is given of a connection's authorization. An update may leave out what it doesn't change.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GivenAuthParameters {
    basic_auth_parameters: Option<GivenBasic>,
    api_key_auth_parameters: Option<GivenApiKey>,
    #[serde(rename = "OAuthParameters")]
    oauth_parameters: Option<GivenOAuth>,
    invocation_http_parameters: Option<ConnectionHttpParameters>,
    connectivity_parameters: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GivenBasic {
    username: Option<String>,
    password: Option<SecretText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GivenApiKey {
    api_key_name: Option<String>,
    api_key_value: Option<SecretText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GivenOAuth {
    #[serde(default)]
    client_parameters: GivenClient,
    authorization_endpoint: Option<String>,
    http_method: Option<String>,
    #[serde(rename = "OAuthHttpParameters")]
    oauth_http_parameters: Option<ConnectionHttpParameters>,
}

#[derive(Debug, Default, Deserialize)]
struct GivenClient {
    #[serde(rename = "ClientID")]
    id: Option<String>,
    #[serde(rename = "ClientSecret")]
    secret: Option<SecretText>,
}

impl GivenAuthParameters {
    /// The secret of a connection of a type: what is given, and what is known already of the rest.
    ///
    /// # Errors
    ///
    /// `ValidationException` if something is missing, belongs to another type, or can't be a part of a request.
    pub(super) fn complete(
        self,
        kind: AuthorizationType,
        known: Option<&ConnectionSecret>,
    ) -> Result<ConnectionSecret, ServiceError> {
        if self.connectivity_parameters.is_some() {
            return Err(refused(
                "Private authorization servers through VPC Lattice do not exist on this server.",
            ));
        }
        self.refuse_other_types(kind)?;
        let credential = known.map(|known| &known.credential);
        let secret = ConnectionSecret {
            credential: match kind {
                AuthorizationType::Basic => self
                    .basic_auth_parameters
                    .unwrap_or_default()
                    .complete(credential),
                AuthorizationType::ApiKey => self
                    .api_key_auth_parameters
                    .unwrap_or_default()
                    .complete(credential),
                AuthorizationType::ClientCredentials => {
                    self.oauth_parameters.unwrap_or_default().complete(credential)
                }
            }?,
            invocation: self
                .invocation_http_parameters
                .or_else(|| known.and_then(|known| known.invocation.clone())),
        };
        secret.check().map_err(refused)?;
        Ok(secret)
    }

    fn refuse_other_types(&self, kind: AuthorizationType) -> Result<(), ServiceError> {
        let given = [
            (AuthorizationType::Basic, self.basic_auth_parameters.is_some()),
            (AuthorizationType::ApiKey, self.api_key_auth_parameters.is_some()),
            (
                AuthorizationType::ClientCredentials,
                self.oauth_parameters.is_some(),
            ),
        ];
        match given.iter().any(|(other, is_given)| *is_given && *other != kind) {
            true => Err(refused(
                "Only authorization parameters of the specified AuthorizationType must be included.",
            )),
            false => Ok(()),
        }
    }
}

fn refused(reason: impl std::fmt::Display) -> ServiceError {
    errors::invalid_because("AuthParameters", reason)
}

/// What is given, or known, or else missing.
fn required<T: Clone>(given: Option<T>, known: Option<&T>, name: &str) -> Result<T, ServiceError> {
    let value = given.or_else(|| known.cloned());
    value.ok_or_else(|| refused(format!("{name} must be specified.")))
}

impl GivenBasic {
    fn complete(self, known: Option<&CredentialSecret>) -> Result<CredentialSecret, ServiceError> {
        let (known_name, known_password) = match known {
            Some(CredentialSecret::Basic { user_name, password }) => (Some(user_name), Some(password)),
            _ => (None, None),
        };
        Ok(CredentialSecret::Basic {
            user_name: required(self.username, known_name, "BasicAuthParameters.Username")?,
            password: required(self.password, known_password, "BasicAuthParameters.Password")?,
        })
    }
}

impl GivenApiKey {
    fn complete(self, known: Option<&CredentialSecret>) -> Result<CredentialSecret, ServiceError> {
        let (known_name, known_key) = match known {
            Some(CredentialSecret::ApiKey { name, key }) => (Some(name), Some(key)),
            _ => (None, None),
        };
        Ok(CredentialSecret::ApiKey {
            name: required(self.api_key_name, known_name, "ApiKeyAuthParameters.ApiKeyName")?,
            key: required(self.api_key_value, known_key, "ApiKeyAuthParameters.ApiKeyValue")?,
        })
    }
}

impl GivenOAuth {
    fn complete(self, known: Option<&CredentialSecret>) -> Result<CredentialSecret, ServiceError> {
        let known = match known {
            Some(CredentialSecret::ClientCredentials(known)) => Some(known),
            _ => None,
        };
        let client = self.client_parameters;
        Ok(CredentialSecret::ClientCredentials(ClientCredentialsSecret {
            client_id: required(
                client.id,
                known.map(|known| &known.client_id),
                "OAuthParameters.ClientParameters.ClientID",
            )?,
            client_secret: required(
                client.secret,
                known.map(|known| &known.client_secret),
                "OAuthParameters.ClientParameters.ClientSecret",
            )?,
            endpoint: required(
                self.authorization_endpoint,
                known.map(|known| &known.endpoint),
                "OAuthParameters.AuthorizationEndpoint",
            )?,
            method: required(
                self.http_method,
                known.map(|known| &known.method),
                "OAuthParameters.HttpMethod",
            )?,
            parameters: self
                .oauth_http_parameters
                .or_else(|| known.and_then(|known| known.parameters.clone())),
        }))
    }
}

/// What is shown of a connection's authorization: nothing that is a secret.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShownAuthParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    basic_auth_parameters: Option<ShownBasic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_auth_parameters: Option<ShownApiKey>,
    #[serde(rename = "OAuthParameters", skip_serializing_if = "Option::is_none")]
    oauth_parameters: Option<ShownOAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invocation_http_parameters: Option<ConnectionHttpParameters>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownBasic {
    username: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownApiKey {
    api_key_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownOAuth {
    client_parameters: ShownClient,
    authorization_endpoint: String,
    http_method: String,
    #[serde(rename = "OAuthHttpParameters", skip_serializing_if = "Option::is_none")]
    oauth_http_parameters: Option<ConnectionHttpParameters>,
}

#[derive(Debug, Serialize)]
struct ShownClient {
    #[serde(rename = "ClientID")]
    id: String,
}

impl ShownAuthParameters {
    pub(super) fn of(secret: &ConnectionSecret) -> Self {
        let invocation = secret.invocation.as_ref();
        let shown = ShownAuthParameters {
            invocation_http_parameters: invocation.map(ConnectionHttpParameters::shown),
            ..ShownAuthParameters::default()
        };
        match &secret.credential {
            CredentialSecret::Basic { user_name, .. } => ShownAuthParameters {
                basic_auth_parameters: Some(ShownBasic {
                    username: user_name.clone(),
                }),
                ..shown
            },
            CredentialSecret::ApiKey { name, .. } => ShownAuthParameters {
                api_key_auth_parameters: Some(ShownApiKey {
                    api_key_name: name.clone(),
                }),
                ..shown
            },
            CredentialSecret::ClientCredentials(client) => ShownAuthParameters {
                oauth_parameters: Some(ShownOAuth {
                    client_parameters: ShownClient {
                        id: client.client_id.clone(),
                    },
                    authorization_endpoint: client.endpoint.clone(),
                    http_method: client.method.clone(),
                    oauth_http_parameters: client.parameters.as_ref().map(ConnectionHttpParameters::shown),
                }),
                ..shown
            },
        }
    }
}
