//! `PLAIN`: one message of an authorization id, a user and a password ([RFC 4616](https://www.rfc-editor.org/rfc/rfc4616)).

use std::fmt;

/// Who a client says it is, and the password that is to prove it.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainCredentials {
    /// The name of the user.
    pub username: String,
    /// The password in clear text.
    pub password: String,
}

/// Why a message is not one of `PLAIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlainError {
    /// It is not UTF-8.
    #[error("the message is not UTF-8")]
    NotUtf8,
    /// There are not three parts.
    #[error("the message has {0} parts, and not 3")]
    Parts(usize),
    /// There is no user.
    #[error("the user name is empty")]
    NoUsername,
    /// There is no password.
    #[error("the password is empty")]
    NoPassword,
    /// A client wants to act as someone else.
    #[error("the authorization id is not the user name")]
    OtherAuthorizationId,
}

impl PlainCredentials {
    /// Reads `[authzid] NUL authcid NUL passwd`. As in Kafka, the authorization id is empty or the user's name.
    pub fn parse(message: &[u8]) -> Result<Self, PlainError> {
        let text = std::str::from_utf8(message).map_err(|_| PlainError::NotUtf8)?;
        let mut parts = text.split('\0');
        let (Some(authorization_id), Some(username), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(PlainError::Parts(text.split('\0').count()));
        };
        if username.is_empty() {
            return Err(PlainError::NoUsername);
        }
        if password.is_empty() {
            return Err(PlainError::NoPassword);
        }
        if !authorization_id.is_empty() && authorization_id != username {
            return Err(PlainError::OtherAuthorizationId);
        }
        Ok(PlainCredentials {
            username: username.to_owned(),
            password: password.to_owned(),
        })
    }
}

impl fmt::Debug for PlainCredentials {
    /// Leaves the password out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlainCredentials({:?}, …)", self.username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_user_and_a_password() {
        // The examples of RFC 4616, section 4; the second acts as somebody else.
        let tim = PlainCredentials::parse(b"\0tim\0tanstaaftanstaaf").unwrap();
        assert_eq!((&*tim.username, &*tim.password), ("tim", "tanstaaftanstaaf"));
        let other = PlainCredentials::parse(b"Ursel\0Kurt\0xipj3plmq");
        assert_eq!(other, Err(PlainError::OtherAuthorizationId));
        assert!(PlainCredentials::parse(b"tim\0tim\0secret").is_ok());
        assert_eq!(format!("{tim:?}"), "PlainCredentials(\"tim\", …)");
    }

    #[test]
    fn refuses_everything_else() {
        let cases: [(&[u8], PlainError); 6] = [
            (b"", PlainError::Parts(1)),
            (b"tim\0secret", PlainError::Parts(2)),
            (b"\0tim\0secret\0", PlainError::Parts(4)),
            (b"\0\0secret", PlainError::NoUsername),
            (b"\0tim\0", PlainError::NoPassword),
            (b"\0tim\0\xff", PlainError::NotUtf8),
        ];
        for (message, error) in cases {
            assert_eq!(PlainCredentials::parse(message), Err(error), "{message:?}");
        }
    }
}
