//! Who clients are, and what they may do and use.
//!
//! Users, access control lists and quotas are kept with the records of the store, by cluster; they are changed by requests of
//! administrators. Identities of IAM are known elsewhere, and policies decide about them instead of access control lists.

mod access;
mod acls;
mod iam;
mod namespace;
mod quotas;
mod resource;
mod sasl;
#[cfg(test)]
mod tests;
mod users;

use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::{Catalog, CatalogError, Store, Table};
use ninefold_time::{Clock, Timestamp};

pub(crate) use self::acls::requests as acl_requests;
use self::acls::{Acls, Asked, PatternRecord, Verdict};
use self::iam::Iam;
pub use self::iam::{ClusterArn, IamAccessKey, IamAuthority, IamOptions, IamRequest};
pub(crate) use self::iam::{IamIdentity, Origin};
pub(crate) use self::namespace::Namespace;
use self::quotas::QuotaRecord;
pub(crate) use self::quotas::requests as quota_requests;
pub(crate) use self::quotas::{Mutations, Quota, Quotas, fetched_bytes, milliseconds};
pub(crate) use self::resource::{Operation, Resource, ResourceType};
pub(crate) use self::sasl::{Authentication, Fate};
pub(crate) use self::users::requests as user_requests;
pub use self::users::{Sealer, UserError, UserPassword};
use self::users::{UserRecord, Users};
use crate::session::{Caller, Principal};

/// What who may not do something to the cluster is told.
pub(crate) const CLUSTER_REFUSED: &str = "Cluster authorization failed.";
/// What who may not do something to a topic is told.
pub(crate) const TOPIC_REFUSED: &str = "Topic authorization failed.";
/// What who may not do something to a group is told.
pub(crate) const GROUP_REFUSED: &str = "Group authorization failed.";
/// A topic that says for all of them whether topics may be written without any ACL.
const ANY_NAME: &str = "hardcode";

/// What all clusters keep of users, access control lists and quotas.
pub struct SecurityRecords {
    users: Arc<Catalog<UserRecord>>,
    acls: Arc<Catalog<PatternRecord>>,
    quotas: Arc<Catalog<QuotaRecord>>,
    sealer: Arc<dyn Sealer>,
}

impl SecurityRecords {
    /// What is kept in the store.
    pub const TABLES: &'static [Table] = &[users::USERS, acls::ACLS, quotas::QUOTAS];

    /// Opens what a store has.
    ///
    /// # Errors
    ///
    /// If the store fails or something in it is damaged.
    pub fn open(store: &Arc<dyn Store>, sealer: Arc<dyn Sealer>) -> Result<Self, CatalogError> {
        Ok(SecurityRecords {
            users: Arc::new(Catalog::open(Arc::clone(store), users::USERS)?),
            acls: Arc::new(Catalog::open(Arc::clone(store), acls::ACLS)?),
            quotas: Arc::new(Catalog::open(Arc::clone(store), quotas::QUOTAS)?),
            sealer,
        })
    }

    /// Removes what a cluster has had, which is no more; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove(&self, namespace: &str) -> Result<(), CatalogError> {
        let prefix = Namespace::new(namespace).prefix();
        for (key, _) in self.users.page(&prefix, None, usize::MAX) {
            self.users.delete(&key).await?;
        }
        for (key, _) in self.acls.page(&prefix, None, usize::MAX) {
            self.acls.delete(&key).await?;
        }
        for (key, _) in self.quotas.page(&prefix, None, usize::MAX) {
            self.quotas.delete(&key).await?;
        }
        Ok(())
    }
}

/// How a cluster knows its clients, and decides what they may do.
#[derive(Clone)]
pub struct SecurityOptions {
    /// What is kept of users, access control lists and quotas.
    pub records: Arc<SecurityRecords>,
    /// Who may do everything, as `User:admin` (`super.users`).
    pub super_users: Vec<String>,
    /// Whether everybody may do what no access control list says anything of (`allow.everyone.if.no.acl.found`).
    pub allow_everyone_if_no_acl_found: bool,
    /// How long a client is believed before it has to authenticate again (`connections.max.reauth.ms`); for ever if `None`, but where
    /// what it has shown ends earlier.
    pub session_lifetime: Option<Duration>,
    /// Whether `OAUTHBEARER` takes tokens that nobody has signed, which is for development only: whoever connects is believed.
    pub accepts_unsecured_tokens: bool,
    /// Identities of IAM, if they can connect.
    pub iam: Option<IamOptions>,
}

impl SecurityOptions {
    /// Everybody may do everything, until there are access control lists.
    pub fn open(records: Arc<SecurityRecords>) -> Self {
        SecurityOptions {
            records,
            super_users: Vec::new(),
            allow_everyone_if_no_acl_found: true,
            session_lifetime: None,
            accepts_unsecured_tokens: false,
            iam: None,
        }
    }
}

/// The security of one cluster.
pub(crate) struct Security {
    pub(crate) users: Users,
    pub(crate) acls: Acls,
    pub(crate) quotas: Quotas,
    pub(crate) iam: Option<Iam>,
    pub(crate) session_lifetime: Option<Duration>,
    pub(crate) accepts_unsecured_tokens: bool,
    super_users: Vec<String>,
    allow_everyone_if_no_acl_found: bool,
    clock: Arc<dyn Clock>,
}

impl Security {
    pub(crate) fn new(options: SecurityOptions, namespace: &str, clock: Arc<dyn Clock>) -> Self {
        let SecurityRecords {
            users,
            acls,
            quotas,
            sealer,
        } = &*options.records;
        let namespace = Namespace::new(namespace);
        Security {
            users: Users::new(Arc::clone(users), namespace.clone(), Arc::clone(sealer)),
            acls: Acls::new(Arc::clone(acls), namespace.clone()),
            quotas: Quotas::new(Arc::clone(quotas), namespace),
            iam: options.iam.map(Iam::new),
            session_lifetime: options.session_lifetime,
            accepts_unsecured_tokens: options.accepts_unsecured_tokens,
            super_users: options.super_users,
            allow_everyone_if_no_acl_found: options.allow_everyone_if_no_acl_found,
            clock,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether somebody may do something.
    pub(crate) fn allows(&self, caller: &Caller, operation: Operation, resource: Resource<'_>) -> bool {
        let may = match (&caller.principal, &self.iam) {
            (Principal::Iam(identity), Some(iam)) => {
                iam.allows(identity, operation, resource, caller.origin())
            }
            (Principal::Iam(_), None) => false,
            (Principal::Anonymous | Principal::User(_), _) => self.acls_allow(caller, operation, resource),
        };
        if !may {
            tracing::debug!(
                principal = %caller.principal.qualified(),
                peer = %caller.peer,
                ?operation,
                ?resource,
                "not allowed"
            );
        }
        may
    }

    fn acls_allow(&self, caller: &Caller, operation: Operation, resource: Resource<'_>) -> bool {
        let acls = self.acls.current();
        if acls.is_empty() && self.allow_everyone_if_no_acl_found {
            return true;
        }
        let principal = caller.principal.qualified();
        if self.super_users.iter().any(|name| *name == principal) {
            return true;
        }
        let asked = Asked {
            principal: &principal,
            host: &caller.origin().address.to_string(),
            operation,
        };
        match acls.decide(&asked, resource) {
            Verdict::Allowed => true,
            Verdict::Denied => false,
            Verdict::NoAcl => self.allow_everyone_if_no_acl_found,
        }
    }

    /// Whether somebody may do something to some resource of a kind, whichever that is (KIP-679). Policies of IAM can't say.
    pub(crate) fn allows_any(&self, caller: &Caller, operation: Operation, kind: ResourceType) -> bool {
        if matches!(caller.principal, Principal::Iam(_)) {
            return false;
        }
        let any = Resource { kind, name: ANY_NAME };
        let principal = caller.principal.qualified();
        let asked = Asked {
            principal: &principal,
            host: &caller.origin().address.to_string(),
            operation,
        };
        self.acls_allow(caller, operation, any) || self.acls.current().allows_any(&asked, kind)
    }

    /// What somebody may do to a resource, as bits by the numbers of the operations (KIP-430).
    pub(crate) fn allowed_operations(&self, caller: &Caller, resource: Resource<'_>) -> i32 {
        let operations = resource.kind.operations().iter();
        operations
            .filter(|operation| self.allows(caller, **operation, resource))
            .fold(0, |bits, operation| bits | (1 << *operation as i8))
    }
}
