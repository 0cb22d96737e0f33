//! Callers, and one resource they call for.

use ninefold_policy::{AccountId, Context, Decision, Policy, PolicyKind, Principal, Request, evaluate};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const OTHER_ACCOUNT: &str = "999999999999";
pub(crate) const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:queue";

pub(crate) fn account(text: &str) -> AccountId {
    AccountId::new(text).unwrap()
}

pub(crate) fn user(account_id: &str, name: &str) -> Principal {
    Principal::User {
        account: account(account_id),
        arn: format!("arn:aws:iam::{account_id}:user/{name}"),
        user_id: format!("AIDAEXAMPLE{:0<10}", name.to_uppercase()),
        name: name.to_owned(),
    }
}

pub(crate) fn session(account_id: &str, role: &str) -> Principal {
    Principal::AssumedRole {
        account: account(account_id),
        role_arn: format!("arn:aws:iam::{account_id}:role/{role}"),
        role_id: format!("AROAEXAMPLE{:0<10}", role.to_uppercase()),
        session_arn: format!("arn:aws:sts::{account_id}:assumed-role/{role}/session"),
        session_name: "session".to_owned(),
    }
}

pub(crate) fn root(account_id: &str) -> Principal {
    Principal::AccountRoot {
        account: account(account_id),
    }
}

pub(crate) fn service(name: &str) -> Principal {
    Principal::Service {
        name: name.to_owned(),
    }
}

pub(crate) fn identity(json: &str) -> Policy {
    Policy::parse(json, PolicyKind::Identity).unwrap_or_else(|error| panic!("{json}: {error}"))
}

pub(crate) fn resource(json: &str) -> Policy {
    Policy::parse(json, PolicyKind::Resource).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Decides about `sqs:SendMessage` to the queue.
pub(crate) fn decide(principal: &Principal, identity: &[&Policy], resource: Option<&Policy>) -> Decision {
    decide_in(principal, identity, resource, &Context::new())
}

pub(crate) fn decide_in(
    principal: &Principal,
    identity: &[&Policy],
    resource: Option<&Policy>,
    context: &Context,
) -> Decision {
    let resource_account = account(ACCOUNT);
    let request = Request {
        principal,
        action: "sqs:SendMessage",
        resource: QUEUE,
        resource_account: &resource_account,
        context,
    };
    evaluate(&request, identity, resource)
}
