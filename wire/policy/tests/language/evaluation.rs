//! Which policies are about a request, and how what they say combines.

use crate::requests::{
    ACCOUNT, OTHER_ACCOUNT, QUEUE, account, decide, decide_in, identity, resource, root, service, session,
    user,
};
use ninefold_policy::{Context, Decision, DenyReason, Policy, Principal, Request, Source, evaluate};

fn allow_action(action: &str) -> Policy {
    identity(&format!(
        r#"{{"Statement": {{"Sid": "Id", "Effect": "Allow", "Action": {action}, "Resource": "*"}}}}"#
    ))
}

fn allow_all() -> Policy {
    allow_action(r#""*""#)
}

fn deny_all() -> Policy {
    identity(r#"{"Statement": {"Sid": "Id", "Effect": "Deny", "Action": "*", "Resource": "*"}}"#)
}

fn queue_policy(effect: &str, principal: &str) -> Policy {
    resource(&format!(
        r#"{{"Statement": {{"Sid": "Queue", "Effect": "{effect}", {principal}, "Action": "SQS:SendMessage", "Resource": "{QUEUE}"}}}}"#
    ))
}

fn by_identity() -> Decision {
    Decision::Allow(Source::IdentityPolicy(Some("Id".to_owned())))
}

fn by_resource() -> Decision {
    Decision::Allow(Source::ResourcePolicy(Some("Queue".to_owned())))
}

const NO_IDENTITY: Decision = Decision::ImplicitDeny(DenyReason::NoIdentityPolicyAllows);
const NO_RESOURCE: Decision = Decision::ImplicitDeny(DenyReason::NoResourcePolicyAllows);

#[test]
fn actions_match_without_regard_to_case() {
    let alice = user(ACCOUNT, "alice");
    for (action, expected) in [
        (r#""sqs:SendMessage""#, true),
        (r#""SQS:sendmessage""#, true),
        (r#""sqs:Send*""#, true),
        (r#""sqs:*""#, true),
        (r#""*""#, true),
        (r#""sqs:?endMessage""#, true),
        (r#""sqs:Send""#, false),
        (r#""sns:*""#, false),
        (r#"["sns:*", "sqs:SendMessage"]"#, true),
    ] {
        assert_eq!(
            decide(&alice, &[&allow_action(action)], None).is_allowed(),
            expected,
            "{action}"
        );
        let inverted = identity(&format!(
            r#"{{"Statement": {{"Effect": "Allow", "NotAction": {action}, "Resource": "*"}}}}"#
        ));
        assert_eq!(
            decide(&alice, &[&inverted], None).is_allowed(),
            !expected,
            "not {action}"
        );
    }
}

#[test]
fn resources_match_with_wildcards_and_variables() {
    let queue = user(ACCOUNT, "queue");
    for (patterns, expected) in [
        (r#""*""#, true),
        (r#""arn:aws:sqs:us-east-1:123456789012:queue""#, true),
        (r#""arn:aws:sqs:us-east-1:123456789012:Queue""#, false),
        (r#""arn:aws:sqs:*:*:*""#, true),
        (r#""arn:aws:sqs:*:*:q?eue""#, true),
        (r#""arn:aws:sns:*:*:*""#, false),
        (r#"["arn:aws:sns:*:*:*", "arn:aws:sqs:*:123456789012:q*"]"#, true),
        (
            r#""arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:${aws:username}""#,
            true,
        ),
        (r#""arn:aws:sqs:us-east-1:123456789012:${aws:userid}""#, false),
        (r#""arn:aws:sqs:us-east-1:123456789012:${none, 'queue'}""#, true),
    ] {
        for (element, expected) in [("Resource", expected), ("NotResource", !expected)] {
            let policy = identity(&format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "{element}": {patterns}}}}}"#
            ));
            assert_eq!(
                decide(&queue, &[&policy], None).is_allowed(),
                expected,
                "{element} {patterns}"
            );
        }
    }
}

#[test]
fn unknown_variables_open_nothing() {
    let alice = user(ACCOUNT, "alice");
    let statement = |effect: &str, element: &str| {
        identity(&format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "{}"}},
                {{"Effect": "{effect}", "Action": "*", "{element}": "arn:aws:sqs:us-east-1:123456789012:${{none}}"}}]}}"#,
            if effect == "Deny" {
                "*"
            } else {
                "arn:aws:sqs:::nothing"
            }
        ))
    };
    for (effect, element, expected) in [
        ("Allow", "Resource", false),
        ("Allow", "NotResource", false),
        ("Deny", "Resource", true),
        ("Deny", "NotResource", false),
    ] {
        let policy = statement(effect, element);
        assert_eq!(
            decide(&alice, &[&policy], None).is_allowed(),
            expected,
            "{effect} {element}"
        );
    }
}

#[test]
fn within_an_account_either_side_suffices() {
    let alice = user(ACCOUNT, "alice");
    let worker = session(ACCOUNT, "worker");
    let allow = allow_all();
    let grants = |principal: &str| queue_policy("Allow", &format!(r#""Principal": {principal}"#));
    for (caller, principal, without_identity) in [
        (
            &alice,
            r#"{"AWS": "arn:aws:iam::123456789012:user/alice"}"#,
            by_resource(),
        ),
        (&alice, r#"{"AWS": "AIDAEXAMPLEALICE00000"}"#, by_resource()),
        (&alice, r#""*""#, by_resource()),
        (&alice, r#"{"AWS": "*"}"#, by_resource()),
        (
            &alice,
            r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#,
            NO_IDENTITY,
        ),
        (
            &alice,
            r#"{"AWS": "arn:aws:iam::123456789012:root"}"#,
            NO_IDENTITY,
        ),
        (&alice, r#"{"AWS": "123456789012"}"#, NO_IDENTITY),
        (&alice, r#"{"Service": "sns.amazonaws.com"}"#, NO_IDENTITY),
        (
            &alice,
            r#"{"AWS": ["123456789012", "arn:aws:iam::123456789012:user/alice"]}"#,
            by_resource(),
        ),
        (
            &worker,
            r#"{"AWS": "arn:aws:iam::123456789012:role/worker"}"#,
            by_resource(),
        ),
        (
            &worker,
            r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/worker/session"}"#,
            by_resource(),
        ),
        (
            &worker,
            r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/worker/another"}"#,
            NO_IDENTITY,
        ),
        (&worker, r#"{"AWS": "AROAEXAMPLEWORKER0000"}"#, by_resource()),
        (&worker, r#"{"AWS": "123456789012"}"#, NO_IDENTITY),
    ] {
        let policy = grants(principal);
        assert_eq!(
            decide(caller, &[], Some(&policy)),
            without_identity,
            "{principal}"
        );
        assert_eq!(
            decide(caller, &[&allow], Some(&policy)),
            by_identity(),
            "{principal}"
        );
    }
    assert_eq!(decide(&alice, &[], None), NO_IDENTITY);
    assert_eq!(decide(&alice, &[&allow], None), by_identity());
}

#[test]
fn the_statement_that_reaches_furthest_counts() {
    let statement = |sid: &str, principal: &str| {
        format!(
            r#"{{"Sid": "{sid}", "Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "*", "Resource": "*"}}"#
        )
    };
    let to_account = statement("Account", ACCOUNT);
    let to_alice = statement("Queue", "arn:aws:iam::123456789012:user/alice");
    for statements in [
        format!("{to_account}, {to_alice}"),
        format!("{to_alice}, {to_account}"),
    ] {
        let policy = resource(&format!(r#"{{"Statement": [{statements}]}}"#));
        assert_eq!(
            decide(&user(ACCOUNT, "alice"), &[], Some(&policy)),
            by_resource(),
            "{statements}"
        );
    }
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let mallory = user(OTHER_ACCOUNT, "mallory");
    let allow = allow_all();
    for (principal, named) in [
        (r#"{"AWS": "arn:aws:iam::999999999999:user/mallory"}"#, true),
        (r#"{"AWS": "999999999999"}"#, true),
        (r#"{"AWS": "arn:aws:iam::999999999999:root"}"#, true),
        (r#""*""#, true),
        (r#"{"AWS": "123456789012"}"#, false),
        (r#"{"AWS": "arn:aws:iam::999999999999:user/alice"}"#, false),
    ] {
        let policy = queue_policy("Allow", &format!(r#""Principal": {principal}"#));
        let (with_identity, without) = if named {
            (by_resource(), NO_IDENTITY)
        } else {
            (NO_RESOURCE, NO_RESOURCE)
        };
        assert_eq!(
            decide(&mallory, &[&allow], Some(&policy)),
            with_identity,
            "{principal}"
        );
        assert_eq!(decide(&mallory, &[], Some(&policy)), without, "{principal}");
    }
    assert_eq!(decide(&mallory, &[&allow], None), NO_RESOURCE);
    assert_eq!(decide(&mallory, &[], None), NO_RESOURCE);
}

#[test]
fn the_root_of_an_account_needs_no_policy_of_its_own() {
    assert_eq!(
        decide(&root(ACCOUNT), &[], None),
        Decision::Allow(Source::AccountRoot)
    );
    assert_eq!(decide(&root(OTHER_ACCOUNT), &[], None), NO_RESOURCE);
    let others = queue_policy("Allow", r#""Principal": {"AWS": "999999999999"}"#);
    assert_eq!(decide(&root(OTHER_ACCOUNT), &[], Some(&others)), by_resource());
    let denied = queue_policy("Deny", r#""Principal": "*""#);
    assert!(matches!(
        decide(&root(ACCOUNT), &[], Some(&denied)),
        Decision::ExplicitDeny(_)
    ));
}

#[test]
fn services_and_strangers_stand_on_the_resource_alone() {
    let sns = service("sns.amazonaws.com");
    for (caller, principal, expected) in [
        (&sns, r#"{"Service": "sns.amazonaws.com"}"#, by_resource()),
        (
            &sns,
            r#"{"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}"#,
            by_resource(),
        ),
        (&sns, r#"{"Service": "events.amazonaws.com"}"#, NO_RESOURCE),
        (&sns, r#"{"AWS": "123456789012"}"#, NO_RESOURCE),
        (&sns, r#""*""#, by_resource()),
        (&Principal::Anonymous, r#""*""#, by_resource()),
        (&Principal::Anonymous, r#"{"AWS": "*"}"#, by_resource()),
        (&Principal::Anonymous, r#"{"AWS": "123456789012"}"#, NO_RESOURCE),
        (
            &Principal::Anonymous,
            r#"{"Service": "sns.amazonaws.com"}"#,
            NO_RESOURCE,
        ),
    ] {
        let policy = queue_policy("Allow", &format!(r#""Principal": {principal}"#));
        assert_eq!(
            decide(caller, &[], Some(&policy)),
            expected,
            "{caller:?} {principal}"
        );
        assert_eq!(decide(caller, &[], None), NO_RESOURCE);
    }
}

#[test]
fn a_topic_may_send_to_a_queue() {
    let policy = resource(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "Queue", "Effect": "Allow", "Principal": {{"Service": "sns.amazonaws.com"}},
            "Action": "sqs:SendMessage", "Resource": "{QUEUE}",
            "Condition": {{"ArnEquals": {{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:topic"}}}}}}]}}"#
    ));
    let sns = service("sns.amazonaws.com");
    for (source, expected) in [
        (Some("arn:aws:sns:us-east-1:123456789012:topic"), by_resource()),
        (Some("arn:aws:sns:us-east-1:123456789012:another"), NO_RESOURCE),
        (None, NO_RESOURCE),
    ] {
        let mut context = Context::new();
        if let Some(source) = source {
            context.insert("AWS:SourceArn", source);
        }
        assert_eq!(
            decide_in(&sns, &[], Some(&policy), &context),
            expected,
            "{source:?}"
        );
    }
}

#[test]
fn a_denial_wins_wherever_it_stands() {
    let alice = user(ACCOUNT, "alice");
    let (allow, deny) = (allow_all(), deny_all());
    let everyone = queue_policy("Allow", r#""Principal": "*""#);
    assert_eq!(
        decide(&alice, &[&allow, &deny], Some(&everyone)),
        Decision::ExplicitDeny(Source::IdentityPolicy(Some("Id".to_owned())))
    );
    for (caller, principal, denied) in [
        (&alice, r#"{"AWS": "arn:aws:iam::123456789012:user/alice"}"#, true),
        (&alice, r#"{"AWS": "123456789012"}"#, true),
        (&alice, r#""*""#, true),
        (&alice, r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#, false),
        (&alice, r#"{"AWS": "999999999999"}"#, false),
        (
            &session(ACCOUNT, "worker"),
            r#"{"AWS": "arn:aws:iam::123456789012:role/worker"}"#,
            true,
        ),
        (
            &root(ACCOUNT),
            r#"{"AWS": "arn:aws:iam::123456789012:root"}"#,
            true,
        ),
    ] {
        let policy = queue_policy("Deny", &format!(r#""Principal": {principal}"#));
        let decision = decide(caller, &[&allow], Some(&policy));
        assert_eq!(
            matches!(decision, Decision::ExplicitDeny(_)),
            denied,
            "{caller:?} {principal}"
        );
        assert_eq!(decision.is_allowed(), !denied, "{caller:?} {principal}");
    }
    let first_allows = resource(
        r#"{"Statement": [{"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
            {"Sid": "b", "Effect": "Deny", "Principal": "*", "Action": "sqs:Send*", "Resource": "*"}]}"#,
    );
    assert_eq!(
        decide(&alice, &[], Some(&first_allows)),
        Decision::ExplicitDeny(Source::ResourcePolicy(Some("b".to_owned())))
    );
}

#[test]
fn not_principal_excepts_only_whom_it_names() {
    let (alice, bob, worker) = (
        user(ACCOUNT, "alice"),
        user(ACCOUNT, "bob"),
        session(ACCOUNT, "worker"),
    );
    let except_alice =
        r#"{"AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/alice"]}"#;
    let except_role = r#"{"AWS": "arn:aws:iam::123456789012:role/worker"}"#;
    let except_session = r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/worker/session"}"#;
    let except_service = r#"{"Service": "sns.amazonaws.com"}"#;
    let allow = allow_all();
    for (caller, exceptions, denied) in [
        (&alice, except_alice, false),
        (&bob, except_alice, true),
        (&root(ACCOUNT), except_alice, false),
        (&root(OTHER_ACCOUNT), except_alice, true),
        (&Principal::Anonymous, except_alice, true),
        (&worker, except_role, true),
        (&worker, except_session, false),
        (&service("sns.amazonaws.com"), except_service, false),
        (&service("events.amazonaws.com"), except_service, true),
        (&alice, r#""*""#, false),
    ] {
        let policy = queue_policy("Deny", &format!(r#""NotPrincipal": {exceptions}"#));
        let decision = decide(caller, &[&allow], Some(&policy));
        assert_eq!(
            matches!(decision, Decision::ExplicitDeny(_)),
            denied,
            "{caller:?} {exceptions}"
        );
    }
    // A grant to all but an account leaves out everyone in it.
    let policy = queue_policy("Allow", r#""NotPrincipal": {"AWS": "123456789012"}"#);
    assert_eq!(decide(&alice, &[], Some(&policy)), NO_IDENTITY);
    assert_eq!(decide(&Principal::Anonymous, &[], Some(&policy)), by_resource());
    assert_eq!(
        decide(&user(OTHER_ACCOUNT, "mallory"), &[&allow], Some(&policy)),
        by_resource()
    );
}

#[test]
fn empty_policies_say_nothing() {
    let alice = user(ACCOUNT, "alice");
    let nothing = identity(r#"{"Statement": []}"#);
    assert_eq!(
        decide(&alice, &[&nothing], Some(&resource(r#"{"Statement": []}"#))),
        NO_IDENTITY
    );
    assert_eq!(decide(&alice, &[&nothing, &allow_all()], None), by_identity());
}

#[test]
fn who_may_not_is_told_why() {
    let alice = user(ACCOUNT, "alice");
    let resource_account = account(ACCOUNT);
    let context = Context::new();
    let request = Request {
        principal: &alice,
        action: "sqs:SendMessage",
        resource: QUEUE,
        resource_account: &resource_account,
        context: &context,
    };
    let start = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sqs:SendMessage on resource: \
                 arn:aws:sqs:us-east-1:123456789012:queue ";
    let denied_by_queue = queue_policy("Deny", r#""Principal": "*""#);
    let other_account = account(OTHER_ACCOUNT);
    let foreign = Request {
        resource_account: &other_account,
        ..request
    };
    for (decision, end) in [
        (
            evaluate(&request, &[], None),
            "because no identity-based policy allows the sqs:SendMessage action",
        ),
        (
            evaluate(&foreign, &[], None),
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
        (
            evaluate(&request, &[&deny_all()], None),
            "with an explicit deny in an identity-based policy",
        ),
        (
            evaluate(&request, &[], Some(&denied_by_queue)),
            "with an explicit deny in a resource-based policy",
        ),
    ] {
        assert_eq!(decision.denial_message(&request), Some(format!("{start}{end}")));
    }
    assert_eq!(
        evaluate(&request, &[&allow_all()], None).denial_message(&request),
        None
    );
    for (principal, name) in [
        (Principal::Anonymous, "anonymous"),
        (root(ACCOUNT), "arn:aws:iam::123456789012:root"),
        (
            session(ACCOUNT, "worker"),
            "arn:aws:sts::123456789012:assumed-role/worker/session",
        ),
        (service("sns.amazonaws.com"), "sns.amazonaws.com"),
    ] {
        assert_eq!(principal.display_name(), name);
    }
}
