use std::sync::Arc;

use ninefold_protocol::{AccountId, Principal, PrincipalKind, Region, ServiceError};
use ninefold_sigv4::{Credential, RequestView, SignatureError, SigningKeyCache, parse};
use ninefold_time::Clock;

use super::{AccessKey, AccessKeys};

/// As many signing keys as are kept derived.
const CACHED_SIGNING_KEYS: usize = 4_096;

/// Finds out who calls.
pub(crate) enum Authenticator {
    /// Believes whatever it is told.
    Open(Defaults),
    /// Checks signatures.
    Enforce(Verifier),
}

/// What stands for what a call doesn't say.
pub(crate) struct Defaults {
    account: AccountId,
    region: Region,
    /// Who calls without naming an account.
    principal: Principal,
}

/// Who calls, and which region.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) region: Region,
}

impl Authenticator {
    /// Accepts everyone: a 12-digit access key id selects the account.
    pub(crate) fn open(account: AccountId, region: Region) -> Self {
        Authenticator::Open(Defaults::new(account, region))
    }

    /// Accepts who signs with one of the keys.
    pub(crate) fn enforce(
        keys: Arc<AccessKeys>,
        clock: Arc<dyn Clock>,
        account: AccountId,
        region: Region,
    ) -> Self {
        Authenticator::Enforce(Verifier {
            defaults: Defaults::new(account, region),
            keys,
            clock,
            signing_keys: SigningKeyCache::new(CACHED_SIGNING_KEYS),
        })
    }

    /// Whoever calls without saying who they are, an operation that lets them.
    pub(crate) fn nobody(&self) -> Caller {
        let defaults = match self {
            Authenticator::Open(defaults) => defaults,
            Authenticator::Enforce(verifier) => &verifier.defaults,
        };
        Caller {
            principal: Principal {
                arn: String::new(),
                kind: PrincipalKind::Anonymous,
                ..defaults.principal.clone()
            },
            region: defaults.region.clone(),
        }
    }

    /// Finds out who sent a request for a service; `credential` is what the request has of one.
    pub(crate) fn authenticate(
        &self,
        request: &RequestView<'_>,
        body: &[u8],
        credential: Option<&Credential<'_>>,
        signing_name: &str,
    ) -> Result<Caller, ServiceError> {
        match self {
            Authenticator::Open(defaults) => Ok(defaults.believe(credential)),
            Authenticator::Enforce(verifier) => verifier
                .verify(request, body, signing_name)
                .map_err(|error| refusal(&error)),
        }
    }
}

impl Defaults {
    fn new(account: AccountId, region: Region) -> Self {
        Defaults {
            account,
            region,
            principal: root_of(account, None),
        }
    }

    fn believe(&self, credential: Option<&Credential<'_>>) -> Caller {
        let Some(credential) = credential else {
            return Caller {
                principal: self.principal.clone(),
                region: self.region.clone(),
            };
        };
        let id = credential.access_key_id();
        let account = AccountId::parse(id).unwrap_or(self.account);
        let region = if credential.region() == self.region.as_str() {
            self.region.clone()
        } else {
            Region::parse(credential.region()).unwrap_or_else(|_| self.region.clone())
        };
        let principal = if account == self.account {
            Principal {
                access_key_id: Some(id.to_owned()),
                ..self.principal.clone()
            }
        } else {
            root_of(account, Some(id.to_owned()))
        };
        Caller { principal, region }
    }
}

fn root_of(account: AccountId, access_key_id: Option<String>) -> Principal {
    Principal {
        account,
        arn: format!("arn:aws:iam::{account}:root"),
        access_key_id,
        kind: PrincipalKind::Root,
    }
}

/// Checks signatures against stored keys.
pub(crate) struct Verifier {
    defaults: Defaults,
    keys: Arc<AccessKeys>,
    clock: Arc<dyn Clock>,
    signing_keys: SigningKeyCache,
}

impl Verifier {
    fn verify(
        &self,
        request: &RequestView<'_>,
        body: &[u8],
        signing_name: &str,
    ) -> Result<Caller, SignatureError> {
        let signature = parse(request)?.ok_or(SignatureError::MissingAuthenticationToken)?;
        let credential = &signature.credential;
        let key = self
            .keys
            .find(credential.access_key_id())
            .ok_or(SignatureError::UnknownAccessKey)?;
        if signature.session_token.is_some() {
            // Sessions have keys and tokens of their own; none were given out.
            return Err(SignatureError::UnknownAccessKey);
        }
        credential.require_service(signing_name)?;
        let region = Region::parse(credential.region()).map_err(|_| {
            SignatureError::Unacceptable(format!(
                "Credential should be scoped to a valid region, not '{}'. ",
                credential.region()
            ))
        })?;
        let now = i64::try_from(self.clock.now().as_secs()).unwrap_or(i64::MAX);
        signature.verify(request, body, &key.secret, now, &self.signing_keys)?;
        Ok(Caller {
            principal: principal_of(&key),
            region,
        })
    }
}

/// Whom a key stands for.
pub(crate) fn principal_of(key: &AccessKey) -> Principal {
    Principal {
        account: key.account,
        arn: key.principal_arn(),
        access_key_id: Some(key.id.clone()),
        kind: if key.user.is_some() {
            PrincipalKind::User
        } else {
            PrincipalKind::Root
        },
    }
}

/// The answer to a signature that was not accepted, by the names each protocol has for it.
fn refusal(error: &SignatureError) -> ServiceError {
    let kind = error.kind();
    ServiceError::common(kind.status().as_u16(), kind.json_code(), error.to_string())
        .with_query_code(kind.query_code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn believed(credential: Option<&str>) -> (String, String) {
        let account = AccountId::parse("000000000000").unwrap();
        let region = Region::parse("us-east-1").unwrap();
        let authenticator = Authenticator::open(account, region);
        let credential = credential.map(|text| Credential::parse(text).unwrap());
        let (method, uri, headers) = (
            http::Method::POST,
            http::Uri::from_static("/"),
            http::HeaderMap::new(),
        );
        let view = RequestView::new(&method, &uri, &headers);
        let caller = authenticator
            .authenticate(&view, b"", credential.as_ref(), "sqs")
            .unwrap();
        (caller.principal.arn, caller.region.to_string())
    }

    #[test]
    fn open_mode_believes_what_it_is_told() {
        for (credential, account, region) in [
            (None, "000000000000", "us-east-1"),
            (
                Some("test/20260101/eu-west-1/sqs/aws4_request"),
                "000000000000",
                "eu-west-1",
            ),
            (
                Some("123456789012/20260101/us-east-1/sqs/aws4_request"),
                "123456789012",
                "us-east-1",
            ),
            (
                Some("12345678901/20260101/NOWHERE!/sqs/aws4_request"),
                "000000000000",
                "us-east-1",
            ),
        ] {
            let expected = (format!("arn:aws:iam::{account}:root"), region.to_owned());
            assert_eq!(believed(credential), expected, "{credential:?}");
        }
    }
}
