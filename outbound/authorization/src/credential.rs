use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use crate::ParameterError;
use crate::headers::is_removed;
use crate::parameters::header;

/// A header that authorizes a request. Its value is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

impl Credential {
    /// Basic authorization (RFC 7617), in UTF-8.
    pub fn basic(user_name: &str, password: &str) -> Result<Self, ParameterError> {
        if user_name.contains(':') {
            return Err(ParameterError::UserName);
        }
        let pair = STANDARD.encode(format!("{user_name}:{password}"));
        Credential::authorization(&format!("Basic {pair}"))
    }

    /// An API key in a header of its own.
    pub fn api_key(name: &str, key: &str) -> Result<Self, ParameterError> {
        let (header_name, value) = header(name, key)?;
        if is_removed(&header_name) {
            return Err(ParameterError::RemovedHeader {
                name: name.to_owned(),
            });
        }
        Ok(Credential {
            name: header_name,
            value,
        })
    }

    /// An access token (RFC 6750).
    pub(crate) fn bearer(token: &str) -> Result<Self, ParameterError> {
        Credential::authorization(&format!("Bearer {token}"))
    }

    fn authorization(value: &str) -> Result<Self, ParameterError> {
        let (name, value) = header(AUTHORIZATION.as_str(), value)?;
        Ok(Credential { name, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_the_rfcs_example() {
        let credential = Credential::basic("Aladdin", "open sesame").unwrap();
        assert_eq!(credential.name, AUTHORIZATION);
        assert_eq!(credential.value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let utf8 = Credential::basic("test", "123£").unwrap();
        assert_eq!(utf8.value, "Basic dGVzdDoxMjPCow==");
        assert_eq!(Credential::basic("a:b", "c"), Err(ParameterError::UserName));
        assert!(Credential::basic("a", "b:c").is_ok());
    }

    #[test]
    fn a_key_is_in_a_header_that_stays() {
        let credential = Credential::api_key("X-Api-Key", "k").unwrap();
        assert_eq!(
            (credential.name.as_str(), credential.value.as_bytes()),
            ("x-api-key", &b"k"[..])
        );
        for name in ["User-Agent", "host", "Proxy-Authorization"] {
            let error = Credential::api_key(name, "k").unwrap_err();
            assert!(matches!(error, ParameterError::RemovedHeader { .. }), "{error:?}");
        }
        assert!(Credential::api_key("my key", "k").is_err());
        assert!(Credential::api_key("key", "a\nb").is_err());
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", Credential::bearer("secret").unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
