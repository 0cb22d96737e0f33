use http::Uri;
use http::uri::{InvalidUri, Scheme};

use crate::CredentialsError;

/// The base of a provider's URLs.
pub(crate) struct Endpoint(String);

impl Endpoint {
    /// A base that somebody has configured: scheme, host, and perhaps the beginning of a path.
    pub(crate) fn new(base: &Uri) -> Result<Self, CredentialsError> {
        let is_http = base.scheme() == Some(&Scheme::HTTP) || base.scheme() == Some(&Scheme::HTTPS);
        if !is_http || base.query().is_some() {
            let url = base.to_string();
            return Err(CredentialsError::Endpoint { url });
        }
        Ok(Endpoint(base.to_string().trim_end_matches('/').to_owned()))
    }

    /// One of the providers' own.
    pub(crate) fn known(base: &'static str) -> Self {
        Endpoint(base.to_owned())
    }

    /// The URL of a path that begins with a slash; fails if it has characters that URLs don't have, or too many.
    pub(crate) fn join(&self, path: &str) -> Result<Uri, InvalidUri> {
        Uri::try_from(format!("{}{path}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_appended_to_the_base() {
        for (base, expected) in [
            ("https://push.test", "https://push.test/3/device"),
            ("https://push.test/", "https://push.test/3/device"),
            (
                "http://push.test:8080/stub/",
                "http://push.test:8080/stub/3/device",
            ),
        ] {
            let endpoint = Endpoint::new(&Uri::from_static(base)).unwrap();
            assert_eq!(endpoint.join("/3/device").unwrap(), expected);
        }
        let endpoint = Endpoint::known("https://push.test");
        assert_eq!(endpoint.join("/x").unwrap(), "https://push.test/x");
        assert!(endpoint.join("/a b").is_err());
        assert!(endpoint.join(&format!("/{}", "x".repeat(65_535))).is_err());
        for base in ["/path", "ftp://push.test/", "https://push.test/?query"] {
            assert!(Endpoint::new(&Uri::from_static(base)).is_err(), "{base}");
        }
    }
}
