use std::fmt;

use crate::SecretError;

/// The longest secret, in bytes.
const MAXIMUM_SECRET_BYTES: usize = 512;

/// What a service signs its webhooks with. It is used as it is written: Stripe's `whsec_` is part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of 1 to 512 bytes.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if text.len() > MAXIMUM_SECRET_BYTES {
            return Err(SecretError::TooLong {
                length_bytes: text.len(),
                limit_bytes: MAXIMUM_SECRET_BYTES,
            });
        }
        Ok(Secret(text.to_owned()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    /// Leaves the secret out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The secrets of a source: one, or two while they change over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    current: Secret,
    previous: Option<Secret>,
}

impl Secrets {
    /// One secret.
    pub fn new(current: Secret) -> Self {
        Secrets {
            current,
            previous: None,
        }
    }

    /// Two secrets, either of which may have signed.
    pub fn rotating(current: Secret, previous: Secret) -> Self {
        Secrets {
            current,
            previous: Some(previous),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_bounded_and_stay_secret() {
        assert_eq!(Secret::parse(""), Err(SecretError::Empty));
        assert!(Secret::parse(&"s".repeat(512)).is_ok());
        assert!(matches!(
            Secret::parse(&"s".repeat(513)),
            Err(SecretError::TooLong { .. })
        ));
        let secrets = Secrets::rotating(Secret::parse("new").unwrap(), Secret::parse("old").unwrap());
        assert_eq!(secrets.iter().count(), 2);
        let shown = format!("{secrets:?}");
        assert!(!shown.contains("new") && !shown.contains("old"), "{shown}");
    }
}
