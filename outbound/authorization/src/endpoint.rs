use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::query::merge;
use crate::{InvocationError, ParameterError};

/// The longest endpoint, in bytes.
pub const ENDPOINT_LIMIT_BYTES: usize = 2_048;

/// The longest URL with everything filled in, in bytes.
const URL_LIMIT_BYTES: usize = 60 * 1024;

/// All but the characters that RFC 3986 (2.3) has nowhere encoded.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The URL of an API destination. A `*` in its path is a wildcard, which the targets' path parameters fill in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    path: String,
    query: Option<String>,
}

impl Endpoint {
    /// Whether it is asked over TLS. EventBridge has no other endpoints; whether this server does is for its
    /// operator to say.
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// How many path parameters it needs.
    pub fn wildcards(&self) -> usize {
        self.path.matches('*').count()
    }

    /// The URL with its wildcards filled in, and with parameters added to its query, of which the later lists win.
    pub(crate) fn uri(
        &self,
        path_values: &[String],
        query: &[&[(String, String)]],
    ) -> Result<Uri, InvocationError> {
        self.build(self.fill(path_values)?, query)
    }

    /// The same for a URL whose `*` mean themselves.
    pub(crate) fn literal_uri(&self, query: &[&[(String, String)]]) -> Result<Uri, InvocationError> {
        self.build(self.path.clone(), query)
    }

    fn build(&self, mut path: String, query: &[&[(String, String)]]) -> Result<Uri, InvocationError> {
        if let Some(query) = merge(self.query.as_deref(), query) {
            path.push('?');
            path.push_str(&query);
        }
        if path.len() > URL_LIMIT_BYTES {
            return Err(InvocationError::Url {
                reason: format!("it has more than {URL_LIMIT_BYTES} bytes"),
            });
        }
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .map_err(|error| InvocationError::Url {
                reason: error.to_string(),
            })
    }

    /// Values stay within their place in the path, whatever is in them: they come from events.
    fn fill(&self, values: &[String]) -> Result<String, InvocationError> {
        let wildcards = self.wildcards();
        if values.len() < wildcards {
            return Err(InvocationError::PathParameters {
                wildcards,
                values: values.len(),
            });
        }
        let mut pieces = self.path.split('*');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for (value, piece) in values.iter().zip(pieces) {
            // Servers take these for steps, even when they are encoded (RFC 3986, section 3.3).
            if matches!(&**value, "" | "." | "..") {
                return Err(InvocationError::PathParameter { value: value.clone() });
            }
            filled.extend(utf8_percent_encode(value, RESERVED));
            filled.push_str(piece);
        }
        Ok(filled)
    }
}

impl FromStr for Endpoint {
    type Err = ParameterError;

    /// An absolute `http` or `https` URL without user information, of up to 2,048 bytes. A fragment is dropped, as it
    /// is never sent.
    fn from_str(text: &str) -> Result<Self, ParameterError> {
        let refuse = |reason: String| Err(ParameterError::Endpoint { reason });
        if text.len() > ENDPOINT_LIMIT_BYTES {
            return refuse(format!("it has more than {ENDPOINT_LIMIT_BYTES} bytes"));
        }
        let uri = match text.parse::<Uri>() {
            Ok(uri) => uri.into_parts(),
            Err(error) => return refuse(error.to_string()),
        };
        let (Some(scheme), Some(authority)) = (uri.scheme, uri.authority) else {
            return refuse("it is no absolute URL".to_owned());
        };
        if scheme != Scheme::HTTPS && scheme != Scheme::HTTP {
            return refuse("it is neither https nor http".to_owned());
        }
        if authority.as_str().contains('@') {
            return refuse("it has user information, which belongs into a connection".to_owned());
        }
        if authority.host().is_empty() || authority.host().contains('*') {
            return refuse("it has no host, or one with a wildcard".to_owned());
        }
        let (path, query) = match uri.path_and_query {
            Some(target) => (target.path().to_owned(), target.query().map(str::to_owned)),
            None => ("/".to_owned(), None),
        };
        Ok(Endpoint {
            scheme,
            authority,
            path,
            query,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(endpoint: &str, values: &[&str]) -> Result<String, InvocationError> {
        let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
        let endpoint: Endpoint = endpoint.parse().unwrap();
        Ok(endpoint.uri(&values, &[])?.to_string())
    }

    #[test]
    fn wildcards_are_filled_in_order() {
        for (endpoint, values, expected) in [
            ("https://host/a", &[][..], "https://host/a"),
            ("https://host", &[], "https://host/"),
            ("https://host:8443/*", &["a"], "https://host:8443/a"),
            ("https://host/*/b/*?c=*#d", &["1", "2"], "https://host/1/b/2?c=*"),
            ("https://host/a-*.json", &["1"], "https://host/a-1.json"),
            ("https://host/**", &["1", "2"], "https://host/12"),
            ("https://host/a", &["unused"], "https://host/a"),
            ("https://host/*", &["*"], "https://host/%2A"),
            ("https://host/*/*", &["*", "x"], "https://host/%2A/x"),
        ] {
            assert_eq!(url(endpoint, values).as_deref(), Ok(expected), "{endpoint}");
        }
    }

    #[test]
    fn values_stay_in_their_place() {
        for (value, expected) in [
            ("a/b", "a%2Fb"),
            ("../x", "..%2Fx"),
            ("a?b#c", "a%3Fb%23c"),
            ("50%", "50%25"),
            ("é ~._-", "%C3%A9%20~._-"),
            ("\r\n", "%0D%0A"),
        ] {
            let expected = format!("https://host/{expected}/end");
            assert_eq!(url("https://host/*/end", &[value]), Ok(expected));
        }
        for value in ["", ".", ".."] {
            let error = url("https://host/*/end", &[value]).unwrap_err();
            assert!(
                matches!(error, InvocationError::PathParameter { .. }),
                "{error:?}"
            );
        }
    }

    #[test]
    fn literal_urls_have_no_wildcards() {
        let endpoint: Endpoint = "https://host/*?a=1".parse().unwrap();
        let list = [("b".to_owned(), "*".to_owned())];
        let uri = endpoint.literal_uri(&[&list]).unwrap();
        assert_eq!(uri.to_string(), "https://host/*?a=1&b=%2A");
    }

    #[test]
    fn too_few_values_are_no_url() {
        let error = url("https://host/*/*", &["1"]).unwrap_err();
        assert_eq!(
            error,
            InvocationError::PathParameters {
                wildcards: 2,
                values: 1
            }
        );
        assert!(!error.is_transient());
    }

    #[test]
    fn only_absolute_http_urls_are_endpoints() {
        for text in [
            "",
            "host/path",
            "/path",
            "host:80",
            "ftp://host/",
            "https://",
            "https://*/",
            "https://*.example.com/",
            "https://user:password@host/",
            "https://ho st/",
            &format!("https://host/{}", "a".repeat(2_048)),
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
        let endpoint: Endpoint = "HTTP://[::1]:80/a".parse().unwrap();
        assert!(!endpoint.is_https());
        assert!("https://h/".parse::<Endpoint>().unwrap().is_https());
    }

    #[test]
    fn urls_are_bounded() {
        let long = "é".repeat(11_000);
        let error = url("https://host/*", &[&long]).unwrap_err();
        assert!(matches!(error, InvocationError::Url { .. }), "{error:?}");
    }
}
