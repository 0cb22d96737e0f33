use http::Uri;
use serde::Deserialize;

use crate::CredentialsError;
use crate::jwt::SigningKey;

/// What a service account's key file says, as far as it is needed.
pub(crate) struct ServiceAccount {
    pub(crate) project_id: String,
    pub(crate) client_email: String,
    pub(crate) key_id: String,
    pub(crate) key: SigningKey,
    /// Where access tokens are had, as the file has it: it is also what a request for one is addressed to.
    pub(crate) token_uri: Uri,
}

#[derive(Deserialize)]
struct KeyFile {
    r#type: String,
    project_id: String,
    private_key_id: String,
    private_key: String,
    client_email: String,
    token_uri: String,
}

impl ServiceAccount {
    /// Reads the JSON text of a key file.
    pub(crate) fn parse(text: &str) -> Result<Self, CredentialsError> {
        let refuse = |reason: String| CredentialsError::ServiceAccount { reason };
        // What serde says of a value that doesn't fit could repeat the private key.
        let file: KeyFile = serde_json::from_str(text).map_err(|error| {
            refuse(format!(
                "{:?} error at column {}",
                error.classify(),
                error.column()
            ))
        })?;
        if file.r#type != "service_account" {
            return Err(refuse("its type is not service_account".to_owned()));
        }
        if !is_project_id(&file.project_id) {
            return Err(refuse("its project_id is malformed".to_owned()));
        }
        let token_uri = file
            .token_uri
            .parse()
            .map_err(|_| refuse("its token_uri is malformed".to_owned()))?;
        Ok(ServiceAccount {
            key: SigningKey::rsa_from_pem(&file.private_key)?,
            project_id: file.project_id,
            client_email: file.client_email,
            key_id: file.private_key_id,
            token_uri,
        })
    }
}

/// Letters, digits and hyphens; old projects belong to a domain, as in `example.com:app`.
fn is_project_id(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.');
    !text.is_empty() && text.bytes().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY_FILE: &str = include_str!("../../tests/push/service_account.json");

    #[test]
    fn a_key_file_is_read() {
        let account = ServiceAccount::parse(KEY_FILE).unwrap();
        assert_eq!(account.project_id, "ninefold-test");
        assert_eq!(account.client_email, "push@ninefold-test.iam.gserviceaccount.com");
        assert_eq!(account.token_uri, "https://oauth2.googleapis.com/token");
    }

    #[test]
    fn what_is_wrong_with_a_key_file_is_said_without_repeating_it() {
        let mut file: serde_json::Value = serde_json::from_str(KEY_FILE).unwrap();
        let secret = "MIIEvsecret";
        for (name, value, expected) in [
            (
                "type",
                "authorized_user".into(),
                "its type is not service_account",
            ),
            ("project_id", "../other".into(), "its project_id is malformed"),
            ("project_id", "".into(), "its project_id is malformed"),
            ("token_uri", "not a URI".into(), "its token_uri is malformed"),
            ("private_key", secret.into(), "the private key cannot be used"),
            ("private_key", serde_json::json!([secret]), "Data error at column"),
            ("client_email", serde_json::Value::Null, "Data error at column"),
        ] {
            let before = file[name].take();
            file[name] = value;
            let error = ServiceAccount::parse(&file.to_string())
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains(expected), "{name}: {error}");
            assert!(!error.contains(secret), "{error}");
            file[name] = before;
        }
        for text in ["", "AIzaSyLegacyServerKey", "{}", "[]"] {
            let error = ServiceAccount::parse(text).err().unwrap();
            assert!(matches!(error, CredentialsError::ServiceAccount { .. }), "{text}");
        }
    }
}
