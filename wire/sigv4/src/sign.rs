use crate::canonical::{CanonicalParts, PathRule, canonical_request, encode, payload_hash, string_to_sign};
use crate::parse::{DATE_HEADER, SECURITY_TOKEN_HEADER};
use crate::signing_key::SigningKey;
use crate::verify::CONTENT_HASH_HEADER;
use crate::{ALGORITHM, Credential, RequestView, S3, SCOPE_TERMINATOR, SigningTime, UNSIGNED_PAYLOAD};
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

/// Headers that proxies may change on the way, and the one that is about to be made.
const NEVER_SIGNED: [&str; 10] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// Why a request can't be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// Neither a `Host` header nor an authority.
    #[error("the request names no host")]
    MissingHost,
    /// The access key id, the region, or the service has a slash.
    #[error("the access key id, the region and the service must not have slashes")]
    MalformedScope,
    /// The access key id, the session token, the region, or the service can't stand in a header.
    #[error("a part of the signature can't stand in a header")]
    Header(#[from] InvalidHeaderValue),
}

/// The client's side: signs requests for one service in one region.
#[derive(Clone)]
pub struct Signer {
    /// The id of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The session token, if the key is a temporary one.
    pub session_token: Option<String>,
    /// The region of the scope.
    pub region: String,
    /// The signing name of the service.
    pub service: String,
}

impl Signer {
    /// Signs in header form. Gives the headers to add to the request: `X-Amz-Date`, `X-Amz-Security-Token` if there
    /// is a token, `X-Amz-Content-Sha256` for S3, and `Authorization`.
    ///
    /// # Errors
    /// See [`SigningError`].
    pub fn sign(
        &self,
        request: &RequestView<'_>,
        body: &[u8],
        now_unix_seconds: i64,
    ) -> Result<HeaderMap, SigningError> {
        let signed_at = SigningTime::from_unix_seconds(now_unix_seconds);
        let credential = self.credential(signed_at)?;
        let payload_hash = payload_hash(body);
        let mut added = HeaderMap::new();
        added.insert(DATE_HEADER, HeaderValue::try_from(signed_at.to_string())?);
        if let Some(token) = &self.session_token {
            added.insert(SECURITY_TOKEN_HEADER, HeaderValue::from_str(token)?);
        }
        if self.service == S3 {
            added.insert(CONTENT_HASH_HEADER, HeaderValue::from_str(&payload_hash)?);
        }
        let mut headers = request.headers.clone();
        headers.extend(added.clone());
        let signed_headers = signable_headers(&headers);
        let request = RequestView {
            headers: &headers,
            ..*request
        };
        let signature = self.signature(&request, &credential, signed_at, &signed_headers, &payload_hash)?;
        let authorization = format!(
            "{ALGORITHM} Credential={}, SignedHeaders={signed_headers}, Signature={signature}",
            credential.as_str()
        );
        added.insert(AUTHORIZATION, HeaderValue::try_from(authorization)?);
        Ok(added)
    }

    /// Signs in query form. Gives the whole query of a request that is good for `expires_in_seconds` from now.
    ///
    /// # Errors
    /// See [`SigningError`].
    pub fn presign(
        &self,
        request: &RequestView<'_>,
        body: &[u8],
        now_unix_seconds: i64,
        expires_in_seconds: u32,
    ) -> Result<String, SigningError> {
        let signed_at = SigningTime::from_unix_seconds(now_unix_seconds);
        let credential = self.credential(signed_at)?;
        let signed_headers = signable_headers(request.headers);
        let mut query = request.query.map(|query| format!("{query}&")).unwrap_or_default();
        query.push_str(&format!(
            "X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={}&X-Amz-Date={signed_at}\
             &X-Amz-Expires={expires_in_seconds}&X-Amz-SignedHeaders={}",
            encode(credential.as_str().as_bytes()),
            encode(signed_headers.as_bytes()),
        ));
        if let Some(token) = &self.session_token {
            query.push_str("&X-Amz-Security-Token=");
            query.push_str(&encode(token.as_bytes()));
        }
        let payload_hash = if self.service == S3 {
            UNSIGNED_PAYLOAD.to_owned()
        } else {
            payload_hash(body)
        };
        let request = RequestView {
            query: Some(&query),
            ..*request
        };
        let signature = self.signature(&request, &credential, signed_at, &signed_headers, &payload_hash)?;
        query.push_str("&X-Amz-Signature=");
        query.push_str(&signature);
        Ok(query)
    }

    fn credential(&self, signed_at: SigningTime) -> Result<Credential<'static>, SigningError> {
        let Self {
            access_key_id,
            region,
            service,
            ..
        } = self;
        Credential::parse(format!(
            "{access_key_id}/{}/{region}/{service}/{SCOPE_TERMINATOR}",
            signed_at.day()
        ))
        .map_err(|_| SigningError::MalformedScope)
    }

    fn signature(
        &self,
        request: &RequestView<'_>,
        credential: &Credential<'_>,
        signed_at: SigningTime,
        signed_headers: &str,
        payload_hash: &str,
    ) -> Result<String, SigningError> {
        let host = request.host().ok_or(SigningError::MissingHost)?;
        let path_rule = PathRule::of_service(&self.service);
        let parts = CanonicalParts {
            signed_headers,
            host: &host,
            payload_hash,
            path_rule,
        };
        let canonical =
            canonical_request(request, &parts).expect("every signed header is taken from the request");
        let signing_key = SigningKey::derive(&self.secret_access_key, credential);
        Ok(signing_key.sign(&string_to_sign(signed_at, credential.scope(), &canonical)))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// The names of the headers to sign, in order. The host is always among them.
fn signable_headers(headers: &HeaderMap) -> String {
    let mut names: Vec<&str> = headers
        .keys()
        .map(HeaderName::as_str)
        .filter(|name| !NEVER_SIGNED.contains(name))
        .collect();
    if !names.contains(&"host") {
        names.push("host");
    }
    names.sort_unstable();
    names.join(";")
}
