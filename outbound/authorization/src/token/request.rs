use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Uri};
use ninefold_outbound_http::OutboundRequest;

use crate::{ConnectionParameters, Endpoint, ParameterError};

const TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// The [methods](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnectionOAuthRequestParameters.html)
/// with which a token can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenMethod {
    /// `GET`, with the parameters in the query.
    Get,
    /// `POST`, with the parameters in a form.
    Post,
    /// `PUT`, with the parameters in a form.
    Put,
}

impl FromStr for TokenMethod {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, ParameterError> {
        match text {
            "GET" => Ok(TokenMethod::Get),
            "POST" => Ok(TokenMethod::Post),
            "PUT" => Ok(TokenMethod::Put),
            other => Err(ParameterError::Method {
                method: other.to_owned(),
            }),
        }
    }
}

/// Who asks for access tokens, and where.
///
/// AWS doesn't document how a request for a token looks. Here, `grant_type=client_credentials`, `client_id` and
/// `client_secret` go into a form (RFC 6749, sections 2.3.1 and 4.4.2), or into the query with `GET`; a body or query
/// parameter of the connection of the same name takes the place of each. An authorization server that wants them in a
/// header gets it as the connection's header `Authorization`.
#[derive(Clone)]
pub struct ClientCredentials {
    uri: Uri,
    method: TokenMethod,
    headers: HeaderMap,
    /// Empty with `GET`.
    form: Bytes,
}

impl ClientCredentials {
    /// The credentials of a client, and its `OAuthHttpParameters`.
    ///
    /// # Errors
    /// [`ParameterError::Endpoint`] if the endpoint is no absolute `http` or `https` URL, or becomes too long.
    pub fn new(
        endpoint: &str,
        method: TokenMethod,
        client_id: &str,
        client_secret: &str,
        parameters: &ConnectionParameters,
    ) -> Result<Self, ParameterError> {
        let endpoint: Endpoint = endpoint.parse()?;
        let mut form = vec![
            ("grant_type".to_owned(), "client_credentials".to_owned()),
            ("client_id".to_owned(), client_id.to_owned()),
            ("client_secret".to_owned(), client_secret.to_owned()),
        ];
        let replaces = |(name, _): &(String, String)| {
            let mut others = parameters.body.iter().chain(&parameters.query);
            others.any(|(other, _)| other == name)
        };
        form.retain(|pair| !replaces(pair));
        form.extend(parameters.body.iter().cloned());
        let mut headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (USER_AGENT, crate::headers::AGENT),
        ]);
        let (query, form) = match method {
            TokenMethod::Get => (form, Bytes::new()),
            TokenMethod::Post | TokenMethod::Put => {
                let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(CONTENT_TYPE, content_type);
                (Vec::new(), encode(&form))
            }
        };
        for (name, value) in &parameters.headers {
            headers.insert(name, value.clone());
        }
        let uri = endpoint
            .literal_uri(&[&query, &parameters.query])
            .map_err(|error| ParameterError::Endpoint {
                reason: error.to_string(),
            })?;
        Ok(ClientCredentials {
            uri,
            method,
            headers,
            form,
        })
    }

    /// A request for a token.
    pub(crate) fn request(&self) -> OutboundRequest {
        OutboundRequest {
            method: match self.method {
                TokenMethod::Get => http::Method::GET,
                TokenMethod::Post => http::Method::POST,
                TokenMethod::Put => http::Method::PUT,
            },
            uri: self.uri.clone(),
            headers: self.headers.clone(),
            body: self.form.clone(),
            timeout: TIMEOUT,
            response_limit_bytes: ANSWER_LIMIT_BYTES,
        }
    }
}

impl fmt::Debug for ClientCredentials {
    /// Leaves out what may be secret: query, headers and form.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCredentials")
            .field("authority", &self.uri.authority())
            .field("path", &self.uri.path())
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

fn encode(form: &[(String, String)]) -> Bytes {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    Bytes::from(serializer.extend_pairs(form).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "https://auth.example.com/token?tenant=1";

    fn request(method: TokenMethod, parameters: &ConnectionParameters) -> OutboundRequest {
        let client = ClientCredentials::new(ENDPOINT, method, "my client", "s&cret", parameters).unwrap();
        let shown = format!("{client:?}");
        assert!(!shown.contains("cret") && !shown.contains("my"), "{shown}");
        client.request()
    }

    #[test]
    fn the_client_is_in_a_form() {
        for method in [TokenMethod::Post, TokenMethod::Put] {
            let request = request(method, &ConnectionParameters::default());
            assert_eq!(request.uri, ENDPOINT);
            assert_eq!(request.headers[CONTENT_TYPE], "application/x-www-form-urlencoded");
            assert_eq!(
                request.body,
                "grant_type=client_credentials&client_id=my+client&client_secret=s%26cret"
            );
        }
    }

    #[test]
    fn with_get_the_client_is_in_the_query() {
        let request = request(TokenMethod::Get, &ConnectionParameters::default());
        assert_eq!(
            request.uri.query(),
            Some("tenant=1&grant_type=client_credentials&client_id=my%20client&client_secret=s%26cret")
        );
        assert!(request.body.is_empty() && !request.headers.contains_key(CONTENT_TYPE));
    }

    #[test]
    fn parameters_are_added_and_take_the_place_of_ours() {
        let mut parameters = ConnectionParameters::default();
        parameters.add_header("Authorization", "Basic abc").unwrap();
        parameters.add_query("audience", "https://api").unwrap();
        parameters.add_body("grant_type", "custom").unwrap();
        parameters.add_body("scope", "a b").unwrap();
        let post = request(TokenMethod::Post, &parameters);
        assert_eq!(post.headers["authorization"], "Basic abc");
        assert_eq!(post.uri.query(), Some("tenant=1&audience=https%3A%2F%2Fapi"));
        assert_eq!(
            post.body,
            "client_id=my+client&client_secret=s%26cret&grant_type=custom&scope=a+b"
        );
        parameters.add_query("client_id", "other").unwrap();
        parameters.add_query("grant_type", "query").unwrap();
        let get = request(TokenMethod::Get, &parameters);
        assert_eq!(
            get.uri.query(),
            Some(
                "tenant=1&client_secret=s%26cret&scope=a%20b&audience=https%3A%2F%2Fapi&client_id=other&grant_type=query"
            )
        );
    }

    #[test]
    fn tokens_are_asked_for_over_http_with_three_methods() {
        for (text, method) in [
            ("GET", TokenMethod::Get),
            ("POST", TokenMethod::Post),
            ("PUT", TokenMethod::Put),
        ] {
            assert_eq!(text.parse(), Ok(method));
        }
        assert!("PATCH".parse::<TokenMethod>().is_err());
        let none = ConnectionParameters::default();
        let error = ClientCredentials::new("ldap://host", TokenMethod::Post, "a", "b", &none).unwrap_err();
        assert!(matches!(error, ParameterError::Endpoint { .. }), "{error:?}");
    }
}
