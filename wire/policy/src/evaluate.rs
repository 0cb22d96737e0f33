use crate::context::Keys;
use crate::document::Effect;
use crate::principal_element::Reach;
use crate::{AccountId, Context, Policy, PolicyKind, Principal};

/// What is to be decided: may the principal do this?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The action, such as `sqs:SendMessage`. Its case does not matter.
    pub action: &'a str,
    /// The ARN of the resource, or `*` for actions that have none.
    pub resource: &'a str,
    /// The account that owns the resource.
    pub resource_account: &'a AccountId,
    /// What else is known.
    pub context: &'a Context,
}

/// The answer, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may, by the statement.
    Allow(Source),
    /// It may not, because the statement says so.
    ExplicitDeny(Source),
    /// It may not, because nothing says that it may.
    ImplicitDeny(DenyReason),
}

/// Where a decision comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The account owns what it asks for, and needs no policy.
    AccountRoot,
    /// A statement of a policy of the caller, with its `Sid`.
    IdentityPolicy(Option<String>),
    /// A statement of the policy of the resource, with its `Sid`.
    ResourcePolicy(Option<String>),
}

/// What would have had to allow a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenyReason {
    /// A policy of the caller.
    NoIdentityPolicyAllows,
    /// The policy of the resource.
    NoResourcePolicyAllows,
}

impl Decision {
    /// Whether the principal may.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    /// What AWS answers to whoever may not; `None` to those who may.
    pub fn denial_message(&self, request: &Request<'_>) -> Option<String> {
        let action = request.action;
        let why = match self {
            Self::Allow(_) => return None,
            Self::ExplicitDeny(Source::ResourcePolicy(_)) => {
                "with an explicit deny in a resource-based policy".to_owned()
            }
            Self::ExplicitDeny(_) => "with an explicit deny in an identity-based policy".to_owned(),
            Self::ImplicitDeny(DenyReason::NoIdentityPolicyAllows) => {
                format!("because no identity-based policy allows the {action} action")
            }
            Self::ImplicitDeny(DenyReason::NoResourcePolicyAllows) => {
                format!("because no resource-based policy allows the {action} action")
            }
        };
        Some(format!(
            "User: {} is not authorized to perform: {action} on resource: {} {why}",
            request.principal.display_name(),
            request.resource
        ))
    }
}

/// Decides about a request, from the policies of the principal and the policy of the resource.
///
/// The rules, in their order ([policy evaluation logic], for one account and across accounts):
///
/// 1. A statement that denies, in any policy, wins: [`Decision::ExplicitDeny`].
/// 2. **Same account** (the principal's is the resource's): it is enough that one side allows. The resource's policy
///    does so only if it names the principal itself (a user; a role or its session) or everyone (`*`). If it
///    names the account (`arn:aws:iam::123456789012:root`, `123456789012`) it delegates to the account, whose
///    own policies must then allow; which they would have to without it, so that nothing is gained.
/// 3. **Another account**: both sides must allow. The resource's policy may name the principal, its account, or everyone.
/// 4. The **root of an account** needs no identity policies: its side always allows. A denial by the resource's
///    policy binds it all the same.
/// 5. **Services** (`sns.amazonaws.com`) and **anonymous** principals have no side of their own: the resource's
///    policy decides alone. Only `*` reaches the anonymous.
/// 6. What nothing allows is denied: [`Decision::ImplicitDeny`].
///
/// Resources that demand a policy of their own even within an account (KMS keys, role trust) need more than this.
///
/// # Panics
/// If a policy is not of the kind it is given as.
///
/// [policy evaluation logic]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
pub fn evaluate(
    request: &Request<'_>,
    identity_policies: &[&Policy],
    resource_policy: Option<&Policy>,
) -> Decision {
    let identity = identity_findings(request, identity_policies);
    let resource = resource_policy
        .map(|policy| resource_findings(request, policy))
        .unwrap_or_default();
    if let Some(sid) = identity.denied {
        return Decision::ExplicitDeny(Source::IdentityPolicy(sid));
    }
    if let Some(sid) = resource.denied {
        return Decision::ExplicitDeny(Source::ResourcePolicy(sid));
    }
    let by_resource = |sid| Decision::Allow(Source::ResourcePolicy(sid));
    match (side_of_principal(request, identity.allowed), resource.allowed) {
        (Side::None, Some((Reach::Itself, sid))) => by_resource(sid),
        (Side::None, _) => Decision::ImplicitDeny(DenyReason::NoResourcePolicyAllows),
        (Side::SameAccount(Some(source)), _) => Decision::Allow(source),
        (Side::SameAccount(None), Some((Reach::Itself, sid))) => by_resource(sid),
        (Side::SameAccount(None), _) => Decision::ImplicitDeny(DenyReason::NoIdentityPolicyAllows),
        (Side::OtherAccount(Some(_)), Some((_, sid))) => by_resource(sid),
        (Side::OtherAccount(_), None) => Decision::ImplicitDeny(DenyReason::NoResourcePolicyAllows),
        (Side::OtherAccount(None), Some(_)) => Decision::ImplicitDeny(DenyReason::NoIdentityPolicyAllows),
    }
}

/// Where the principal stands, and what allows the request on its side.
enum Side {
    /// It belongs to no account.
    None,
    SameAccount(Option<Source>),
    OtherAccount(Option<Source>),
}

fn side_of_principal(request: &Request<'_>, allowed: Option<(Reach, Option<String>)>) -> Side {
    let Some(account) = request.principal.account() else {
        return Side::None;
    };
    let source = match request.principal {
        Principal::AccountRoot { .. } => Some(Source::AccountRoot),
        _ => allowed.map(|(_, sid)| Source::IdentityPolicy(sid)),
    };
    if account == request.resource_account {
        Side::SameAccount(source)
    } else {
        Side::OtherAccount(source)
    }
}

/// What statements say about a request: the first that denies, and the one that allows with the furthest reach.
#[derive(Default)]
struct Findings {
    denied: Option<Option<String>>,
    allowed: Option<(Reach, Option<String>)>,
}

impl Findings {
    fn add(&mut self, effect: Effect, reach: Reach, sid: &Option<String>) {
        match effect {
            Effect::Deny if self.denied.is_none() => self.denied = Some(sid.clone()),
            Effect::Allow if self.allowed.as_ref().is_none_or(|(found, _)| *found < reach) => {
                self.allowed = Some((reach, sid.clone()));
            }
            _ => {}
        }
    }
}

fn identity_findings(request: &Request<'_>, policies: &[&Policy]) -> Findings {
    let keys = Keys::new(request.context, request.principal);
    let action = request.action.to_ascii_lowercase();
    let mut findings = Findings::default();
    for policy in policies {
        assert_eq!(
            policy.kind(),
            PolicyKind::Identity,
            "a policy of a resource says nothing about an identity"
        );
        for statement in policy.statements() {
            if statement.applies(&action, request.resource, &keys) {
                findings.add(statement.effect, Reach::Itself, &statement.sid);
            }
        }
    }
    findings
}

fn resource_findings(request: &Request<'_>, policy: &Policy) -> Findings {
    assert_eq!(
        policy.kind(),
        PolicyKind::Resource,
        "a policy of an identity says nothing about callers"
    );
    let keys = Keys::new(request.context, request.principal);
    let action = request.action.to_ascii_lowercase();
    let mut findings = Findings::default();
    for statement in policy.statements() {
        let principals = statement
            .principals
            .as_ref()
            .expect("policies of resources name principals");
        if let Some(reach) = principals.reach(request.principal, statement.effect)
            && statement.applies(&action, request.resource, &keys)
        {
            findings.add(statement.effect, reach, &statement.sid);
        }
    }
    findings
}
