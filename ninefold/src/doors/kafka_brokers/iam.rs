//! The identities of this server, as clients of Kafka show them.

use std::sync::Arc;

use ninefold_kafka_broker::{IamAccessKey, IamAuthority, IamRequest};
use ninefold_protocol::AccountId;

use crate::identity::{AccessKeys, PolicyAuthorizer, Question, principal_of};

/// Believes whatever it is told, as the other doors do with `auth = open`: any access key will do, one of 12 digits is an account's, and
/// everybody may do everything.
pub(crate) struct OpenIam {
    account: AccountId,
}

impl OpenIam {
    /// Takes who names no account for this one.
    pub(crate) fn new(account: AccountId) -> Self {
        OpenIam { account }
    }
}

impl IamAuthority for OpenIam {
    fn access_key(&self, id: &str, _: Option<&str>) -> Option<IamAccessKey> {
        let account = AccountId::parse(id).unwrap_or(self.account);
        Some(IamAccessKey {
            secret: None,
            principal_arn: format!("arn:aws:iam::{account}:root"),
        })
    }

    fn is_allowed(&self, _: &IamRequest<'_>) -> bool {
        true
    }
}

/// Knows the keys made with `ninefold keys`, and decides by their policies.
pub(crate) struct EnforcedIam {
    keys: Arc<AccessKeys>,
    authorizer: Arc<PolicyAuthorizer>,
}

impl EnforcedIam {
    pub(crate) fn new(keys: Arc<AccessKeys>, authorizer: Arc<PolicyAuthorizer>) -> Self {
        EnforcedIam { keys, authorizer }
    }
}

impl IamAuthority for EnforcedIam {
    fn access_key(&self, id: &str, session_token: Option<&str>) -> Option<IamAccessKey> {
        // Sessions have keys and tokens of their own; none were given out.
        let key = self.keys.find(id).filter(|_| session_token.is_none())?;
        Some(IamAccessKey {
            secret: Some(key.secret.clone()),
            principal_arn: key.principal_arn(),
        })
    }

    fn is_allowed(&self, request: &IamRequest<'_>) -> bool {
        // A key that was deleted since the client has connected is worth nothing.
        let Some(key) = self.keys.find(request.access_key_id) else {
            return false;
        };
        let region = request.resource_arn.split(':').nth(3).unwrap_or_default();
        let decided = self.authorizer.decide(&Question {
            principal: &principal_of(&key),
            action: request.action,
            resource_arn: request.resource_arn,
            resource_policy: request.cluster_policy,
            region,
            source_ip: Some(request.source_ip),
            source: None,
            is_encrypted: request.is_encrypted,
        });
        decided.is_ok()
    }
}
