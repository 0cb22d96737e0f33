//! Where user names and passwords come from.

use crate::host::ScramCredential;

/// Knows the secrets that clusters are associated with. In AWS they are Secrets Manager's; here, whoever runs the server says what
/// they are, so that a cluster is associated with the same ARN in both places.
///
/// Source: [Sign-in credentials authentication](https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html).
pub trait ScramSecrets: Send + Sync {
    /// What is in a secret now; `None` if there is no such secret. It is asked when a cluster is associated with the secret, when the
    /// cluster opens, and from time to time, so that a changed password takes effect.
    fn credential(&self, secret_arn: &str) -> Option<ScramCredential>;
}
