use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use ninefold_model::{Timestamp, TimestampFormat};
use ninefold_policy::{AccountId, Context, Decision, Policy, PolicyKind, Principal, Request, evaluate};
use ninefold_protocol::{Authorizer, CallContext, CallSource, PrincipalKind, ServiceError};
use ninefold_time::Clock;
use parking_lot::RwLock;

use super::{AccessKey, AccessKeys};

/// As many policies of resources as are kept parsed.
const CACHED_POLICIES: usize = 1_024;
/// What sessions of roles are called.
const ROLE_SESSION: &str = "ninefold";
/// A policy of an identity that may do everything.
static EVERYTHING: LazyLock<Policy> = LazyLock::new(|| {
    const TEXT: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    Policy::parse(TEXT, PolicyKind::Identity).expect("the text is a policy")
});

/// Allows everything: nobody was asked who they are.
pub(crate) struct AllowAll;

impl Authorizer for AllowAll {
    fn authorize(
        &self,
        _: &CallContext,
        _: &str,
        _: &dyn fmt::Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// What is asked of policies, whichever door it came through.
pub(crate) struct Question<'a> {
    pub(crate) principal: &'a ninefold_protocol::Principal,
    pub(crate) action: &'a str,
    pub(crate) resource_arn: &'a str,
    /// The policy of the resource, as JSON.
    pub(crate) resource_policy: Option<&'a str>,
    pub(crate) region: &'a str,
    pub(crate) source_ip: Option<IpAddr>,
    pub(crate) source: Option<&'a CallSource>,
    pub(crate) is_encrypted: bool,
}

/// Decides by the policy of the caller's access key and that of the resource.
pub(crate) struct PolicyAuthorizer {
    keys: Arc<AccessKeys>,
    clock: Arc<dyn Clock>,
    /// Policies of resources by their text; emptied when full.
    parsed: RwLock<HashMap<Box<str>, Arc<Policy>>>,
}

impl PolicyAuthorizer {
    pub(crate) fn new(keys: Arc<AccessKeys>, clock: Arc<dyn Clock>) -> Self {
        PolicyAuthorizer {
            keys,
            clock,
            parsed: RwLock::default(),
        }
    }

    fn resource_policy(&self, text: &str) -> Result<Arc<Policy>, ServiceError> {
        if let Some(policy) = self.parsed.read().get(text) {
            return Ok(Arc::clone(policy));
        }
        let policy = Policy::parse(text, PolicyKind::Resource).map_err(|error| {
            // It was valid when it was stored.
            tracing::error!(%error, "a stored resource policy cannot be read");
            ServiceError::internal("The policy of the resource cannot be read.")
        })?;
        let policy = Arc::new(policy);
        let mut parsed = self.parsed.write();
        if parsed.len() >= CACHED_POLICIES {
            parsed.clear();
        }
        parsed.insert(text.into(), Arc::clone(&policy));
        Ok(policy)
    }

    /// Decides; says why not.
    pub(crate) fn decide(&self, question: &Question<'_>) -> Result<(), ServiceError> {
        let caller = question.principal;
        let key = caller.access_key_id.as_deref().and_then(|id| self.keys.find(id));
        let principal = principal(caller, key.as_deref())?;
        let resource_policy = question
            .resource_policy
            .map(|text| self.resource_policy(text))
            .transpose()?;
        let identity_policies: Vec<&Policy> = key.iter().filter_map(|key| key.policy.as_ref()).collect();
        let resource_account = owner(question.resource_arn)
            .or_else(|| AccountId::new(caller.account.as_str()))
            .ok_or_else(denied)?;
        let conditions = self.conditions(question);
        let request = Request {
            principal: &principal,
            action: question.action,
            resource: question.resource_arn,
            resource_account: &resource_account,
            context: &conditions,
        };
        let mut decision = evaluate(&request, &identity_policies, resource_policy.as_deref());
        if let Some(role) = question.source.and_then(assumed_role) {
            let as_role = Request {
                principal: &role,
                ..request
            };
            decision = either(decision, evaluate_role(&as_role, resource_policy.as_deref()));
        }
        match decision.denial_message(&request) {
            None => Ok(()),
            Some(message) => Err(ServiceError::access_denied(message)),
        }
    }

    /// What conditions can ask about a call.
    fn conditions(&self, question: &Question<'_>) -> Context {
        let mut context = Context::new();
        if let Some(address) = question.source_ip {
            context.insert("aws:SourceIp", address.to_string());
        }
        if let Some(source) = question.source {
            context.insert("aws:SourceArn", source.arn.as_str());
            context.insert("aws:SourceAccount", source.account.as_str());
        }
        let now = self.clock.now();
        let milliseconds = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        let written = Timestamp::from_milliseconds(milliseconds).format(TimestampFormat::Iso8601);
        context.insert("aws:CurrentTime", written);
        context.insert("aws:EpochTime", now.as_secs().to_string());
        context.insert("aws:RequestedRegion", question.region);
        context.insert("aws:SecureTransport", question.is_encrypted.to_string());
        context
    }
}

impl Authorizer for PolicyAuthorizer {
    fn authorize(
        &self,
        context: &CallContext,
        action: &str,
        resource_arn: &dyn fmt::Display,
        resource_policy: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.decide(&Question {
            principal: &context.principal,
            action,
            resource_arn: &resource_arn.to_string(),
            resource_policy,
            region: context.region.as_str(),
            source_ip: context.source_ip,
            source: context.source.as_ref(),
            is_encrypted: context.endpoint.scheme == "https",
        })
    }
}

/// The principal in the policy language's terms.
fn principal(
    caller: &ninefold_protocol::Principal,
    key: Option<&AccessKey>,
) -> Result<Principal, ServiceError> {
    let account = AccountId::new(caller.account.as_str()).ok_or_else(denied)?;
    match caller.kind {
        PrincipalKind::Root => Ok(Principal::AccountRoot { account }),
        PrincipalKind::User => {
            // A key that was deleted since it was authenticated is worth nothing.
            let (user, user_id) = key
                .and_then(|key| key.user.as_ref().zip(key.user_id()))
                .ok_or_else(denied)?;
            Ok(Principal::User {
                account,
                arn: caller.arn.clone(),
                user_id,
                name: user.to_string(),
            })
        }
        PrincipalKind::Anonymous => Ok(Principal::Anonymous),
        PrincipalKind::Service => Ok(Principal::Service {
            name: caller.arn.clone(),
        }),
        // No session was ever given out.
        PrincipalKind::AssumedRole => Err(denied()),
    }
}

/// The session of the role that a resource acts as: one of its own account.
fn assumed_role(source: &CallSource) -> Option<Principal> {
    let role_arn = source.role_arn.as_deref()?;
    let (account, path) = role_arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let account = AccountId::new(account).filter(|account| account.as_str() == source.account.as_str())?;
    let name = path.rsplit('/').next()?;
    Some(Principal::AssumedRole {
        role_arn: role_arn.to_owned(),
        // Nothing is known of it but its name, so that no policy can mean it by an id.
        role_id: String::new(),
        session_arn: format!("arn:aws:sts::{account}:assumed-role/{name}/{ROLE_SESSION}"),
        session_name: ROLE_SESSION.to_owned(),
        account,
    })
}

/// Decides about what is done as a role. There are no roles with policies of their own here. So within its account it may do
/// what the policy of a resource lets it do by its name. In another account it may do what that account's resource lets it or all
/// of its account do, since its own account has let it be passed on for that.
fn evaluate_role(request: &Request<'_>, resource_policy: Option<&Policy>) -> Decision {
    let is_at_home = request.principal.account() == Some(request.resource_account);
    let own = (!is_at_home).then_some(&*EVERYTHING);
    evaluate(request, own.as_slice(), resource_policy)
}

/// Of who may act as one or the other: what one of them may, unless it is denied to one of them expressly.
fn either(first: Decision, second: Decision) -> Decision {
    match (&first, &second) {
        (Decision::ExplicitDeny(_), _) => first,
        (_, Decision::ExplicitDeny(_)) => second,
        (Decision::Allow(_), _) => first,
        (_, Decision::Allow(_)) => second,
        _ => first,
    }
}

fn denied() -> ServiceError {
    ServiceError::access_denied("Access Denied")
}

/// The account in an ARN (`arn:partition:service:region:account:resource`).
fn owner(arn: &str) -> Option<AccountId> {
    AccountId::new(arn.split(':').nth(4)?)
}

#[cfg(test)]
mod tests {
    use ninefold_protocol::{Endpoint, Protocol, Region, RequestId};
    use ninefold_time::ManualClock;

    use super::*;
    use crate::identity::{KeyFile, UserName};

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:orders";

    struct Fixture {
        _directory: tempfile::TempDir,
        authorizer: Arc<PolicyAuthorizer>,
        key: AccessKey,
    }

    fn fixture(user: Option<&str>, policy: Option<&str>) -> Fixture {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(directory.path());
        let key = AccessKey::generate(
            ninefold_protocol::AccountId::parse("123456789012").unwrap(),
            user.and_then(UserName::parse),
            policy.map(|json| Policy::parse(json, PolicyKind::Identity).unwrap()),
        )
        .unwrap();
        file.add(&key).unwrap();
        let keys = Arc::new(AccessKeys::open(file).unwrap());
        Fixture {
            _directory: directory,
            authorizer: Arc::new(PolicyAuthorizer::new(keys, Arc::new(ManualClock::default()))),
            key,
        }
    }

    fn ask(fixture: &Fixture, resource: &str, resource_policy: Option<&str>) -> Result<(), String> {
        let context = CallContext {
            request_id: RequestId::from_random_bits(1),
            principal: ninefold_protocol::Principal {
                account: fixture.key.account,
                arn: fixture.key.principal_arn(),
                access_key_id: Some(fixture.key.id.clone()),
                kind: match fixture.key.user {
                    Some(_) => PrincipalKind::User,
                    None => PrincipalKind::Root,
                },
            },
            region: Region::parse("us-east-1").unwrap(),
            endpoint: Endpoint {
                scheme: "http",
                host: "localhost".to_owned(),
            },
            source_ip: Some([127, 0, 0, 1].into()),
            protocol: Protocol::AwsJson10,
            source: None,
            authorizer: Arc::clone(&fixture.authorizer) as Arc<dyn Authorizer>,
        };
        context
            .authorize("sqs:sendmessage", &resource, resource_policy)
            .map_err(|error| error.message)
    }

    fn statement(effect: &str, rest: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"sqs:*","Resource":"*"{rest}}}]}}"#
        )
    }

    #[test]
    fn an_account_owns_its_resources_and_no_others() {
        let root = fixture(None, None);
        assert_eq!(ask(&root, QUEUE, None), Ok(()));
        assert_eq!(ask(&root, "*", None), Ok(()));
        let foreign = ask(&root, "arn:aws:sqs:us-east-1:999999999999:orders", None).unwrap_err();
        assert!(foreign.contains("no resource-based policy allows"), "{foreign}");
    }

    #[test]
    fn a_user_may_do_what_a_policy_allows() {
        let nobody = fixture(Some("alice"), None);
        assert_eq!(
            ask(&nobody, QUEUE, None).unwrap_err(),
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sqs:sendmessage on resource: \
             arn:aws:sqs:us-east-1:123456789012:orders because no identity-based policy allows the \
             sqs:sendmessage action"
        );
        let public = statement("Allow", r#","Principal":"*""#);
        assert_eq!(ask(&nobody, QUEUE, Some(&public)), Ok(()));
        let allowed = fixture(Some("alice"), Some(&statement("Allow", "")));
        assert_eq!(ask(&allowed, QUEUE, None), Ok(()));
        let closed = statement("Deny", r#","Principal":"*""#);
        let denied = ask(&allowed, QUEUE, Some(&closed)).unwrap_err();
        assert!(
            denied.ends_with("with an explicit deny in a resource-based policy"),
            "{denied}"
        );
    }

    #[test]
    fn conditions_see_the_call() {
        for (condition, expected) in [
            (r#"{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#, true),
            (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
            (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, false),
            (r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#, true),
            (
                r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-02T00:00:00Z"}}"#,
                true,
            ),
            (
                r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}"#,
                false,
            ),
        ] {
            let policy = statement("Allow", &format!(r#","Condition":{condition}"#));
            let alice = fixture(Some("alice"), Some(&policy));
            assert_eq!(ask(&alice, QUEUE, None).is_ok(), expected, "{condition}");
        }
    }

    /// What a service may do for a rule of an account with such a role.
    fn ask_for_rule(role_arn: &str, resource: &str, resource_policy: &str) -> Result<(), String> {
        let fixture = fixture(None, None);
        let account = ninefold_protocol::AccountId::parse("123456789012").unwrap();
        let principal = ninefold_protocol::Principal {
            account,
            arn: "events.amazonaws.com".to_owned(),
            access_key_id: None,
            kind: PrincipalKind::Service,
        };
        let source = CallSource {
            arn: "arn:aws:events:us-east-1:123456789012:rule/orders".to_owned(),
            account,
            role_arn: Some(role_arn.to_owned()),
        };
        let question = Question {
            principal: &principal,
            action: "sqs:SendMessage",
            resource_arn: resource,
            resource_policy: Some(resource_policy),
            region: "us-east-1",
            source_ip: None,
            source: Some(&source),
            is_encrypted: false,
        };
        let decided = fixture.authorizer.decide(&question);
        decided.map_err(|error| error.message)
    }

    #[test]
    fn what_a_policy_lets_a_role_do_is_done_for_who_has_the_role() {
        const ROLE: &str = "arn:aws:iam::123456789012:role/events/deliver";
        const FOREIGN: &str = "arn:aws:sqs:us-east-1:999999999999:orders";
        let to = |effect: &str, principal: &str| statement(effect, &format!(r#","Principal":{principal}"#));
        let role = format!(r#"{{"AWS":"{ROLE}"}}"#);
        let session = r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/deliver/ninefold"}"#;
        let account = r#"{"AWS":"123456789012"}"#;
        let service = r#"{"Service":"events.amazonaws.com"}"#;
        for (principal, at_home, abroad) in [
            (&*role, true, true),
            (session, true, true),
            (service, true, true),
            // Within the account the role would need a policy of its own.
            (account, false, true),
            (r#"{"Service":"sns.amazonaws.com"}"#, false, false),
        ] {
            let policy = to("Allow", principal);
            assert_eq!(ask_for_rule(ROLE, QUEUE, &policy).is_ok(), at_home, "{principal}");
            assert_eq!(
                ask_for_rule(ROLE, FOREIGN, &policy).is_ok(),
                abroad,
                "{principal}"
            );
        }
        let policy = to("Allow", &role);
        for other in [
            "arn:aws:iam::123456789012:role/deliver",
            "arn:aws:iam::999999999999:role/events/deliver",
            "arn:aws:iam::123456789012:user/events/deliver",
        ] {
            assert!(ask_for_rule(other, QUEUE, &policy).is_err(), "{other}");
        }
        let refusal = ask_for_rule(ROLE, QUEUE, &to("Deny", &role)).unwrap_err();
        assert!(refusal.contains("explicit deny"), "{refusal}");
    }

    #[test]
    fn a_deleted_key_is_worth_nothing() {
        let mut alice = fixture(Some("alice"), Some(&statement("Allow", "")));
        alice.key.id = "AKIAGONE".to_owned();
        assert_eq!(ask(&alice, QUEUE, None), Err("Access Denied".to_owned()));
    }
}
