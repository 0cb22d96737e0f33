//! One access control entry, and filters over them.

use ninefold_kafka_protocol::messages::create_acls::AclCreation;
use ninefold_kafka_protocol::messages::delete_acls::DeleteAclsFilter;
use ninefold_kafka_protocol::messages::describe_acls::DescribeAclsRequest;
use serde::{Deserialize, Serialize};

use crate::security::resource::{CLUSTER_NAME, Operation, ResourceType};

/// Stands for every name, host, or user.
pub(crate) const WILDCARD: &str = "*";
/// Every user.
pub(crate) const EVERYONE: &str = "User:*";
/// The principal and the host of an entry, and the name of its resource, have so many bytes at most.
const TEXT_BYTES: usize = 4 << 10;

/// The numbers that stand for several in filters.
const ANY: i8 = 1;
/// Every pattern that is about a resource of this name.
const MATCH: i8 = 2;
/// The number of [`OperationPattern::All`].
const ALL: i8 = 2;

/// How an entry names resources (KIP-290).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i8)]
pub(crate) enum PatternType {
    /// The one of this name, or all if that is `*`.
    Literal = 3,
    /// Those whose names begin so.
    Prefixed = 4,
}

/// The operations that an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum OperationPattern {
    All,
    One(Operation),
}

/// Which way an entry decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i8)]
pub(crate) enum Permission {
    Deny = 2,
    Allow = 3,
}

/// The resources that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ResourcePattern {
    pub(crate) kind: ResourceType,
    pub(crate) pattern: PatternType,
    pub(crate) name: String,
}

/// What an entry says of its resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// `User:name`, or `User:*`.
    pub(crate) principal: String,
    /// An address, or `*`.
    pub(crate) host: String,
    pub(crate) operation: OperationPattern,
    pub(crate) permission: Permission,
}

/// An access control entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Acl {
    pub(crate) resources: ResourcePattern,
    pub(crate) rule: Rule,
}

/// Which entries are meant.
#[derive(Debug, Clone)]
pub(crate) struct AclFilter {
    kind: Option<ResourceType>,
    name: Option<String>,
    pattern: PatternFilter,
    principal: Option<String>,
    host: Option<String>,
    operation: Option<OperationPattern>,
    permission: Option<Permission>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PatternFilter {
    Any,
    /// What is about a resource of the filter's name.
    Match,
    One(PatternType),
}

impl PatternType {
    fn from_code(code: i8) -> Option<Self> {
        [PatternType::Literal, PatternType::Prefixed]
            .into_iter()
            .find(|pattern| *pattern as i8 == code)
    }
}

impl OperationPattern {
    pub(crate) fn code(self) -> i8 {
        match self {
            OperationPattern::All => ALL,
            OperationPattern::One(operation) => operation as i8,
        }
    }

    fn from_code(code: i8) -> Option<Self> {
        match code {
            ALL => Some(OperationPattern::All),
            code => Operation::from_code(code).map(OperationPattern::One),
        }
    }
}

impl Permission {
    fn from_code(code: i8) -> Option<Self> {
        [Permission::Deny, Permission::Allow]
            .into_iter()
            .find(|permission| *permission as i8 == code)
    }
}

impl ResourcePattern {
    /// Whether it is about a resource of this name.
    pub(crate) fn covers(&self, name: &str) -> bool {
        match self.pattern {
            PatternType::Literal => self.name == name || self.name == WILDCARD,
            PatternType::Prefixed => name.starts_with(&self.name),
        }
    }
}

impl Rule {
    /// What it says of an operation of somebody; nothing if it is about something else.
    pub(crate) fn decides(&self, principal: &str, host: &str, operation: Operation) -> Option<Permission> {
        let is_about_it = match (self.operation, self.permission) {
            (OperationPattern::All, _) => true,
            (OperationPattern::One(own), Permission::Allow) => own.implies(operation),
            (OperationPattern::One(own), Permission::Deny) => own == operation,
        };
        (is_about_it && self.is_about(principal, host)).then_some(self.permission)
    }

    fn is_about(&self, principal: &str, host: &str) -> bool {
        let is_principal = self.principal == principal || self.principal == EVERYONE;
        is_principal && (self.host == host || self.host == WILDCARD)
    }
}

impl Acl {
    /// What a request wants to add; or what is wrong with it.
    pub(crate) fn wanted(creation: &AclCreation) -> Result<Self, String> {
        let texts = [&creation.resource_name, &creation.principal, &creation.host];
        if texts.iter().any(|text| text.len() > TEXT_BYTES) {
            return Err(format!("A text is longer than {TEXT_BYTES} bytes."));
        }
        let kind = ResourceType::from_code(creation.resource_type)
            .ok_or_else(|| format!("Invalid resource type {}", creation.resource_type))?;
        let pattern = PatternType::from_code(creation.resource_pattern_type)
            .ok_or_else(|| format!("Invalid pattern type {}", creation.resource_pattern_type))?;
        let operation = OperationPattern::from_code(creation.operation)
            .ok_or_else(|| format!("Invalid operation type {}", creation.operation))?;
        let permission = Permission::from_code(creation.permission_type)
            .ok_or_else(|| format!("Invalid permission type {}", creation.permission_type))?;
        if creation.resource_name.is_empty() {
            return Err("Invalid empty resource name".to_owned());
        }
        if kind == ResourceType::Cluster && creation.resource_name != CLUSTER_NAME {
            return Err(format!(
                "The only valid name for the CLUSTER resource is {CLUSTER_NAME}"
            ));
        }
        if !creation.principal.contains(':') {
            return Err(format!(
                "Could not parse principal from `{}` (no colon is present separating the principal type from the \
                 principal name)",
                creation.principal
            ));
        }
        if creation.host.is_empty() {
            return Err("Invalid empty host".to_owned());
        }
        Ok(Acl {
            resources: ResourcePattern {
                kind,
                pattern,
                name: creation.resource_name.to_string(),
            },
            rule: Rule {
                principal: creation.principal.to_string(),
                host: creation.host.to_string(),
                operation,
                permission,
            },
        })
    }
}

impl AclFilter {
    /// What a request wants to see; or what is wrong with it.
    pub(crate) fn described(request: &DescribeAclsRequest) -> Result<Self, String> {
        AclFilter::of(&DeleteAclsFilter {
            resource_type_filter: request.resource_type_filter,
            resource_name_filter: request.resource_name_filter.clone(),
            pattern_type_filter: request.pattern_type_filter,
            principal_filter: request.principal_filter.clone(),
            host_filter: request.host_filter.clone(),
            operation: request.operation,
            permission_type: request.permission_type,
        })
    }

    /// What a request wants to remove; or what is wrong with it.
    pub(crate) fn of(filter: &DeleteAclsFilter) -> Result<Self, String> {
        let unknown = |what: &str, code: i8| format!("Filter has an unknown {what}: {code}");
        let kind = match filter.resource_type_filter {
            ANY => None,
            code => Some(ResourceType::from_code(code).ok_or_else(|| unknown("resource type", code))?),
        };
        let pattern = match filter.pattern_type_filter {
            ANY => PatternFilter::Any,
            MATCH => PatternFilter::Match,
            code => {
                PatternFilter::One(PatternType::from_code(code).ok_or_else(|| unknown("pattern type", code))?)
            }
        };
        let operation = match filter.operation {
            ANY => None,
            code => Some(OperationPattern::from_code(code).ok_or_else(|| unknown("operation", code))?),
        };
        let permission = match filter.permission_type {
            ANY => None,
            code => Some(Permission::from_code(code).ok_or_else(|| unknown("permission type", code))?),
        };
        Ok(AclFilter {
            kind,
            name: filter.resource_name_filter.as_deref().map(str::to_owned),
            pattern,
            principal: filter.principal_filter.as_deref().map(str::to_owned),
            host: filter.host_filter.as_deref().map(str::to_owned),
            operation,
            permission,
        })
    }

    /// Whether an entry about these resources may be meant.
    pub(crate) fn is_about(&self, resources: &ResourcePattern) -> bool {
        let is_named = match (&self.name, self.pattern) {
            (None, PatternFilter::Any | PatternFilter::Match) => true,
            (None, PatternFilter::One(pattern)) => resources.pattern == pattern,
            (Some(name), PatternFilter::Any) => resources.name == *name,
            (Some(name), PatternFilter::Match) => resources.covers(name),
            (Some(name), PatternFilter::One(pattern)) => {
                resources.pattern == pattern && resources.name == *name
            }
        };
        is_named && self.kind.is_none_or(|kind| kind == resources.kind)
    }

    /// Whether an entry that says this may be meant.
    pub(crate) fn says(&self, rule: &Rule) -> bool {
        let is_same = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|text| text == own);
        is_same(&self.principal, &rule.principal)
            && is_same(&self.host, &rule.host)
            && self.operation.is_none_or(|operation| operation == rule.operation)
            && self
                .permission
                .is_none_or(|permission| permission == rule.permission)
    }
}
