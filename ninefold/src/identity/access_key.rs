use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ninefold_policy::Policy;
use ninefold_protocol::AccountId;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// How long a secret is before it is written in Base64, in bytes: AWS's have 40 characters, which is 30.
const SECRET_BYTES: usize = 30;

/// An access key and who it stands for.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) account: AccountId,
    /// The user; without one the key is the account's root's.
    pub(crate) user: Option<UserName>,
    /// What the user may do.
    pub(crate) policy: Option<Policy>,
}

impl AccessKey {
    /// A key with a fresh id and secret; `None` if the operating system has no randomness.
    pub(crate) fn generate(
        account: AccountId,
        user: Option<UserName>,
        policy: Option<Policy>,
    ) -> Option<Self> {
        Some(AccessKey {
            id: generate_id()?,
            secret: STANDARD.encode(random::<SECRET_BYTES>()?),
            account,
            user,
            policy,
        })
    }

    /// The ARN of who the key stands for.
    pub(crate) fn principal_arn(&self) -> String {
        match &self.user {
            Some(user) => format!("arn:aws:iam::{}:user/{user}", self.account),
            None => format!("arn:aws:iam::{}:root", self.account),
        }
    }

    /// The unique id of the user (`AIDA…`), the same for every key of a user; `None` for a root.
    pub(crate) fn user_id(&self) -> Option<String> {
        self.user.as_ref()?;
        let hash = digest(&SHA256, self.principal_arn().as_bytes());
        Some(unique_id("AIDA", &hash.as_ref()[..17]))
    }
}

impl fmt::Debug for AccessKey {
    /// Leaves the secret out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessKey")
            .field("id", &self.id)
            .field("principal", &self.principal_arn())
            .finish_non_exhaustive()
    }
}

/// `AKIA` and 16 characters of Base32, as AWS's long-term keys have.
fn generate_id() -> Option<String> {
    Some(unique_id("AKIA", &random::<16>()?))
}

/// A prefix that says what it identifies, and a Base32 character for each byte.
fn unique_id(prefix: &str, bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let characters = bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
    prefix.chars().chain(characters).collect()
}

fn random<const LENGTH: usize>() -> Option<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// The name of a user: 1 to 64 letters, digits and `+=,.@_-`, as
/// [IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html) allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserName(String);

impl UserName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(allowed)).then(|| UserName(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_as_those_of_aws_and_are_never_the_same() {
        let account = AccountId::parse("123456789012").unwrap();
        let first = AccessKey::generate(account, UserName::parse("alice"), None).unwrap();
        let second = AccessKey::generate(account, None, None).unwrap();
        assert_eq!((first.id.len(), first.secret.len()), (20, 40));
        assert!(first.id.starts_with("AKIA"));
        assert_ne!(first.id, second.id);
        assert_ne!(first.secret, second.secret);
        assert_eq!(first.principal_arn(), "arn:aws:iam::123456789012:user/alice");
        assert_eq!(second.principal_arn(), "arn:aws:iam::123456789012:root");
        assert!(!format!("{first:?}").contains(&first.secret));
        assert_eq!(first.user_id().map(|id| id.len()), Some(21));
        assert_eq!(second.user_id(), None);
    }

    #[test]
    fn user_names_are_checked() {
        assert!(UserName::parse("alice+ops=1,2.x@y_z-").is_some());
        for bad in ["", "a b", "a/b", "ü", &"x".repeat(65)] {
            assert_eq!(UserName::parse(bad), None, "{bad:?}");
        }
    }
}
