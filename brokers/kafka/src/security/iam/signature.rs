//! The signature under a request to connect.

use http::HeaderMap;
use http::header::{HOST, HeaderValue};
use ninefold_kafka_protocol::sasl::msk_iam::{MskIamError, SignedConnect};
use ninefold_sigv4::{RequestView, SignatureError, SignatureForm, SigningKeyCache, parse};
use ninefold_time::Timestamp;

use super::{IamAuthority, IamIdentity};

/// What requests are signed for.
const SERVICE: &str = "kafka-cluster";
/// A request is good for so long at most.
const LONGEST_SECONDS: u32 = 900;

/// Why a request to connect was refused. Clients are told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IamRefusal {
    #[error(transparent)]
    Message(#[from] MskIamError),
    #[error("The request to connect was signed for another host: {0}")]
    OtherHost(String),
    #[error("The request to connect has to expire within {LONGEST_SECONDS} seconds.")]
    TooLong,
    #[error("Credential should be scoped to the region of the cluster, {0}.")]
    OtherRegion(String),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error("The identity is not allowed to connect to this cluster.")]
    NotAllowed,
}

/// Finds out who has signed a request to connect.
pub(super) fn verify(
    connect: &SignedConnect,
    authority: &dyn IamAuthority,
    region: &str,
    now: Timestamp,
    signing_keys: &SigningKeyCache,
) -> Result<IamIdentity, IamRefusal> {
    let query = connect.query();
    let mut headers = HeaderMap::new();
    let host =
        HeaderValue::from_str(&connect.host).map_err(|_| IamRefusal::OtherHost(connect.host.clone()))?;
    headers.insert(HOST, host);
    let request = RequestView {
        method: "GET",
        path: "/",
        query: Some(&query),
        headers: &headers,
        authority: None,
    };
    let signature = parse(&request)?.ok_or(SignatureError::MissingAuthenticationToken)?;
    let credential = &signature.credential;
    credential.require_service(SERVICE)?;
    if credential.region() != region {
        return Err(IamRefusal::OtherRegion(region.to_owned()));
    }
    match signature.form {
        SignatureForm::Presigned {
            expires_in_seconds: Some(1..=LONGEST_SECONDS),
        } => {}
        SignatureForm::Presigned { .. } | SignatureForm::Header => return Err(IamRefusal::TooLong),
    }
    let id = credential.access_key_id();
    let key = authority
        .access_key(id, signature.session_token.as_deref())
        .ok_or(SignatureError::UnknownAccessKey)?;
    if let Some(secret) = &key.secret {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        signature.verify(&request, b"", secret, now, signing_keys)?;
    }
    Ok(IamIdentity {
        access_key_id: id.to_owned(),
        principal_arn: key.principal_arn,
    })
}
