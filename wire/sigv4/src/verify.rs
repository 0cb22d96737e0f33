use crate::canonical::{CanonicalParts, PathRule, canonical_request, payload_hash, string_to_sign};
use crate::signing_key::SigningKey;
use crate::{
    ParsedSignature, RequestView, S3, SignatureError, SignatureForm, SigningKeyCache, SigningTime,
    UNSIGNED_PAYLOAD, Window,
};
use std::borrow::Cow;
use subtle::ConstantTimeEq;

/// How far the time of signing may be from the server's clock.
const CLOCK_SKEW_SECONDS: i64 = 5 * 60;
/// The same for S3 and for the start of a presigned request; also how long a presigned request without
/// `X-Amz-Expires` is good for.
const WIDE_CLOCK_SKEW_SECONDS: i64 = 15 * 60;

/// The header in which a client states the payload's hash.
pub(crate) const CONTENT_HASH_HEADER: &str = "x-amz-content-sha256";

impl ParsedSignature<'_> {
    /// Checks the signature against the request it was read from, the whole body, and the secret key of
    /// [`Credential::access_key_id`](crate::Credential::access_key_id).
    ///
    /// Required besides the right signature: the day of the scope is that of the time of signing; the time is near
    /// `now_unix_seconds` (5 minutes; 15 for S3 and for the start of a presigned request, whose end
    /// `X-Amz-Expires` gives); `host` and every `x-amz-*` header of the request are signed. The payload's hash
    /// is always computed from `body`; only S3 may leave the payload unsigned.
    ///
    /// Whether the scope names the right service and region is the caller's to check, who knows what
    /// the request is routed to: [`Credential::require_service`](crate::Credential::require_service).
    ///
    /// # Errors
    /// [`SignatureError::Unacceptable`], [`Mismatch`](SignatureError::Mismatch),
    /// [`Expired`](SignatureError::Expired), or [`NotYetCurrent`](SignatureError::NotYetCurrent).
    pub fn verify(
        &self,
        request: &RequestView<'_>,
        body: &[u8],
        secret_access_key: &str,
        now_unix_seconds: i64,
        cache: &SigningKeyCache,
    ) -> Result<(), SignatureError> {
        self.credential.require_terminator()?;
        self.require_same_day()?;
        self.require_current(SigningTime::from_unix_seconds(now_unix_seconds))?;
        self.require_signed_headers(request)?;
        let payload_hash = self.payload_hash(request, body)?;
        let cached = cache.get(&self.credential, secret_access_key);
        let is_cached = cached.is_some();
        let signing_key = cached.unwrap_or_else(|| SigningKey::derive(secret_access_key, &self.credential));
        if !self.is_signed_with(&signing_key, request, &payload_hash) {
            return Err(SignatureError::Mismatch);
        }
        if !is_cached {
            cache.insert(&self.credential, secret_access_key, signing_key);
        }
        Ok(())
    }

    fn require_same_day(&self) -> Result<(), SignatureError> {
        let day = self.signed_at.day();
        if self.credential.date() == day {
            return Ok(());
        }
        Err(SignatureError::Unacceptable(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != \
             '{day}', from '{}'.",
            self.credential.date(),
            self.signed_at
        )))
    }

    fn require_current(&self, now: SigningTime) -> Result<(), SignatureError> {
        let skew = match self.form {
            SignatureForm::Header if self.credential.service() != S3 => CLOCK_SKEW_SECONDS,
            _ => WIDE_CLOCK_SKEW_SECONDS,
        };
        let lifetime = match self.form {
            SignatureForm::Presigned {
                expires_in_seconds: Some(seconds),
            } => i64::from(seconds),
            _ => skew,
        };
        let earliest = now.plus_seconds(-lifetime);
        let latest = now.plus_seconds(skew);
        let signed_at = self.signed_at;
        if signed_at < earliest {
            return Err(SignatureError::Expired {
                signed_at,
                earliest,
                now,
                window: Window { seconds: lifetime },
            });
        }
        if signed_at > latest {
            return Err(SignatureError::NotYetCurrent {
                signed_at,
                latest,
                now,
                window: Window { seconds: skew },
            });
        }
        Ok(())
    }

    /// The list must be in its one form, have `host`, and have every header that may change what AWS APIs do.
    fn require_signed_headers(&self, request: &RequestView<'_>) -> Result<(), SignatureError> {
        let names = || self.signed_headers.split(';');
        let is_ascending = names().zip(names().skip(1)).all(|(name, next)| name < next);
        let is_lower_case = !self.signed_headers.bytes().any(|byte| byte.is_ascii_uppercase());
        if !is_ascending || !is_lower_case {
            return Err(SignatureError::Mismatch);
        }
        if !names().any(|name| name == "host") {
            return Err(unsigned("'Host' or ':authority'"));
        }
        let unsigned_name = request
            .headers
            .keys()
            .map(|name| name.as_str())
            .find(|present| present.starts_with("x-amz-") && !names().any(|name| name == *present));
        unsigned_name.map_or(Ok(()), |name| Err(unsigned(&format!("'{name}'"))))
    }

    /// What the canonical request ends with: always the hash of the body that came, except that S3 clients may
    /// state that they left it out.
    fn payload_hash<'a>(
        &self,
        request: &RequestView<'_>,
        body: &'a [u8],
    ) -> Result<Cow<'a, str>, SignatureError> {
        if self.credential.service() == S3 {
            let stated = request.header(CONTENT_HASH_HEADER);
            match (stated.as_deref(), self.form) {
                (Some(stated), _) if stated == UNSIGNED_PAYLOAD.as_bytes() => {
                    return Ok(UNSIGNED_PAYLOAD.into());
                }
                (None, SignatureForm::Presigned { .. }) => return Ok(UNSIGNED_PAYLOAD.into()),
                (None, SignatureForm::Header) => {
                    return Err(SignatureError::Unacceptable(format!(
                        "Missing required header for this request: {CONTENT_HASH_HEADER}"
                    )));
                }
                (Some(_), _) => {}
            }
        }
        Ok(payload_hash(body).into())
    }

    fn is_signed_with(
        &self,
        signing_key: &SigningKey,
        request: &RequestView<'_>,
        payload_hash: &str,
    ) -> bool {
        let Some(host) = request.host() else {
            return false;
        };
        host_variants(&host).any(|host| {
            let parts = CanonicalParts {
                signed_headers: &self.signed_headers,
                host: &host,
                payload_hash,
                path_rule: PathRule::of_service(self.credential.service()),
            };
            canonical_request(request, &parts).is_some_and(|canonical| {
                let expected = signing_key.sign(&string_to_sign(
                    self.signed_at,
                    self.credential.scope(),
                    &canonical,
                ));
                expected.as_bytes().ct_eq(self.signature.as_bytes()).into()
            })
        })
    }
}

fn unsigned(name: &str) -> SignatureError {
    SignatureError::Unacceptable(format!(
        "{name} must be a 'SignedHeader' in the AWS Authorization."
    ))
}

/// The forms in which a client may have signed the host that arrived: as it is, and, since clients and proxies
/// disagree about naming a default port, without or with that.
fn host_variants(host: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    const DEFAULT_PORTS: [&[u8]; 2] = [b":80", b":443"];
    let without_port = DEFAULT_PORTS.iter().find_map(|port| host.strip_suffix(*port));
    let has_port = match host.iter().rposition(|byte| *byte == b':') {
        // The colons of an IPv6 address stand in brackets.
        Some(colon) => !host[colon..].contains(&b']'),
        None => false,
    };
    let with_port = DEFAULT_PORTS
        .iter()
        .filter(move |_| !has_port)
        .map(move |port| Cow::Owned([host, port].concat()));
    std::iter::once(Cow::Borrowed(host))
        .chain(without_port.map(Cow::Borrowed))
        .chain(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_ports_come_and_go() {
        let variants = |host: &str| {
            host_variants(host.as_bytes())
                .map(|variant| String::from_utf8(variant.into_owned()).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            variants("example.com"),
            ["example.com", "example.com:80", "example.com:443"]
        );
        assert_eq!(variants("example.com:80"), ["example.com:80", "example.com"]);
        assert_eq!(variants("example.com:443"), ["example.com:443", "example.com"]);
        assert_eq!(variants("localhost:4566"), ["localhost:4566"]);
        assert_eq!(variants("[::1]"), ["[::1]", "[::1]:80", "[::1]:443"]);
        assert_eq!(variants("[::1]:4566"), ["[::1]:4566"]);
    }
}
