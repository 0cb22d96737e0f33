use crate::document::{Effect, PrincipalDocument, StatementDocument};
use crate::{AccountId, Principal};

/// The `Principal` or `NotPrincipal` of a statement in a resource's policy, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PrincipalElement {
    Listed(PrincipalSet),
    AllBut(PrincipalSet),
}

/// How a statement reaches a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Its account is named: a grant is then the account's to pass on, through its own policies.
    Account,
    /// It is named itself, or everyone is meant.
    Itself,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PrincipalSet {
    anyone: bool,
    accounts: Vec<AccountId>,
    arns: Vec<String>,
    unique_ids: Vec<String>,
    services: Vec<String>,
}

impl PrincipalElement {
    /// Compiles the element of a statement that has one of the two.
    pub(crate) fn compile(statement: &StatementDocument) -> Result<Self, String> {
        match (&statement.principal, &statement.not_principal) {
            (Some(principal), None) => PrincipalSet::compile(principal).map(Self::Listed),
            (None, Some(principal)) => PrincipalSet::compile(principal).map(Self::AllBut),
            _ => Err(
                "exactly one of Principal and NotPrincipal is required in a policy of a resource".to_owned(),
            ),
        }
    }

    /// How the statement reaches a principal, if it does.
    ///
    /// The exceptions of `NotPrincipal` are read in the way that opens less: from a denial only who is named himself
    /// is excepted, from a grant everyone whose account is named too.
    pub(crate) fn reach(&self, principal: &Principal, effect: Effect) -> Option<Reach> {
        match self {
            Self::Listed(set) => set.reach(principal),
            Self::AllBut(set) => {
                let excepted = match effect {
                    Effect::Allow => set.reach(principal).is_some(),
                    Effect::Deny => set.names(principal),
                };
                (!excepted).then_some(Reach::Itself)
            }
        }
    }
}

impl PrincipalSet {
    fn compile(principal: &PrincipalDocument) -> Result<Self, String> {
        let mut set = Self::default();
        let PrincipalDocument::Typed(entries) = principal else {
            set.anyone = true;
            return Ok(set);
        };
        for (kind, values) in &entries.0 {
            for value in values.as_slice() {
                match kind.as_str() {
                    "AWS" => set.add_aws(value)?,
                    "Service" if is_service_name(value) => set.services.push(value.clone()),
                    "Service" => return Err(format!("'{value}' is not the name of a service")),
                    _ => return Err(format!("principals of type '{kind}' are not supported")),
                }
            }
        }
        Ok(set)
    }

    fn add_aws(&mut self, value: &str) -> Result<(), String> {
        if value == "*" {
            self.anyone = true;
        } else if let Some(account) = AccountId::new(value).or_else(|| account_of_root_arn(value)) {
            self.accounts.push(account);
        } else if is_principal_arn(value) {
            self.arns.push(value.to_owned());
        } else if is_unique_id(value) {
            self.unique_ids.push(value.to_owned());
        } else {
            return Err(format!("'{value}' is not a principal"));
        }
        Ok(())
    }

    fn reach(&self, principal: &Principal) -> Option<Reach> {
        if self.anyone {
            return Some(Reach::Itself);
        }
        let named = match principal {
            Principal::Anonymous | Principal::AccountRoot { .. } => false,
            Principal::Service { name } => self.services.contains(name),
            Principal::User { arn, user_id, .. } => {
                self.arns.contains(arn) || self.unique_ids.contains(user_id)
            }
            Principal::AssumedRole {
                role_arn,
                role_id,
                session_arn,
                ..
            } => {
                self.arns.contains(role_arn)
                    || self.arns.contains(session_arn)
                    || self.unique_ids.contains(role_id)
            }
        };
        if named {
            return Some(Reach::Itself);
        }
        principal
            .account()
            .filter(|account| self.accounts.contains(account))
            .map(|_| Reach::Account)
    }

    /// Whether exactly this principal is in the set: not its account, not the role behind a session.
    fn names(&self, principal: &Principal) -> bool {
        self.anyone
            || match principal {
                Principal::AccountRoot { account } => self.accounts.contains(account),
                Principal::AssumedRole { session_arn, .. } => self.arns.contains(session_arn),
                _ => self.reach(principal) == Some(Reach::Itself),
            }
    }
}

/// The account of `arn:aws:iam::123456789012:root`.
fn account_of_root_arn(text: &str) -> Option<AccountId> {
    match arn_components(text)?.as_slice() {
        ["iam", "", account, "root"] => AccountId::new(account),
        _ => None,
    }
}

/// Whether a text is the ARN of a user, a role, or a session. Wildcards in principals are refused: AWS has none.
fn is_principal_arn(text: &str) -> bool {
    let Some(components) = arn_components(text) else {
        return false;
    };
    let [service, "", account, resource] = components.as_slice() else {
        return false;
    };
    let types: &[&str] = match *service {
        "iam" => &["user/", "role/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    AccountId::new(account).is_some()
        && !resource.contains(['*', '?'])
        && types
            .iter()
            .any(|kind| resource.strip_prefix(kind).is_some_and(|name| !name.is_empty()))
}

/// Service, region, account, and resource of an ARN in any of AWS's partitions.
fn arn_components(text: &str) -> Option<Vec<&str>> {
    let rest = text.strip_prefix("arn:aws")?;
    let (partition, rest) = rest.split_once(':')?;
    let is_partition = partition.is_empty() || partition.starts_with('-');
    is_partition.then(|| rest.splitn(4, ':').collect())
}

/// Whether a text has the form of a unique id. AWS shows principals that were deleted by theirs.
fn is_unique_id(text: &str) -> bool {
    let is_known = ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix));
    is_known && text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_service_name(text: &str) -> bool {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_plain && text.contains(".amazonaws.com")
}
