//! Whoever runs the server: who can read a secret in the data directory may look at what it does.

use std::io;
use std::path::Path;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

use crate::secret_file::{read_or_create_secret, read_secret};

/// Where the secret is.
const OPERATOR_SECRET: &str = "operator.secret";

/// The secret of whoever runs the server, as it is sent: 64 hexadecimal digits.
pub(crate) struct OperatorToken(String);

impl OperatorToken {
    /// That of a data directory, made when it is not there.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        read_or_create_secret(&data.join(OPERATOR_SECRET)).map(Self::of)
    }

    /// That of a server's data directory, if it can be read.
    pub(crate) fn read(data: &Path) -> io::Result<Self> {
        read_secret(&data.join(OPERATOR_SECRET)).map(Self::of)
    }

    fn of(secret: [u8; 32]) -> Self {
        OperatorToken(secret.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The header that proves it.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Whether a request proves it.
    pub(crate) fn is_proven_by(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
        given.is_some_and(|given| given.ct_eq(self.header().as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_token_is_what_the_data_directory_has() {
        let directory = tempfile::tempdir().unwrap();
        let token = OperatorToken::open(directory.path()).unwrap();
        let mut headers = HeaderMap::new();
        assert!(!token.is_proven_by(&headers));
        for (given, expected) in [
            (OperatorToken::read(directory.path()).unwrap().header(), true),
            ("Bearer ".to_owned(), false),
            (token.header().to_lowercase(), false),
        ] {
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&given).unwrap());
            assert_eq!(token.is_proven_by(&headers), expected, "{given}");
        }
    }
}
