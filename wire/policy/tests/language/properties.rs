//! Whatever is read is a policy or is refused; whatever is a policy survives being written.

use crate::requests::{ACCOUNT, decide, user};
use ninefold_policy::{Decision, Policy, PolicyKind};
use proptest::prelude::*;

/// Values that are mostly right for their element, and JSON in any case.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(r#""*""#.to_owned()),
        Just(r#""sqs:SendMessage""#.to_owned()),
        Just(r#""arn:aws:sqs:*:*:${aws:username}""#.to_owned()),
        Just(r#""123456789012""#.to_owned()),
        Just("null".to_owned()),
        Just("1.5".to_owned()),
        Just("true".to_owned()),
        Just(r#""${""#.to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = prop::sample::select(vec![
            "AWS",
            "Service",
            "StringLike",
            "ForAnyValue:NumericEquals",
            "Bool",
            "k",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec((key, inner), 0..3).prop_map(|entries| {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    let element = prop::sample::select(vec![
        "Sid",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Extra",
    ]);
    let effect = prop::sample::select(vec!["Allow", "Deny"]);
    (effect, prop::collection::vec((element, value()), 0..5)).prop_map(|(effect, elements)| {
        let elements: String = elements
            .iter()
            .map(|(name, value)| format!(",\"{name}\":{value}"))
            .collect();
        format!("{{\"Effect\":\"{effect}\"{elements}}}")
    })
}

fn survives_being_written(json: &str, kind: PolicyKind) -> Result<(), TestCaseError> {
    if let Ok(policy) = Policy::parse(json, kind) {
        let written = policy.to_json();
        let read_again = Policy::parse(&written, kind);
        prop_assert_eq!(read_again.as_ref(), Ok(&policy));
        let alice = user(ACCOUNT, "alice");
        let decision = match kind {
            PolicyKind::Identity => decide(&alice, &[&policy], None),
            PolicyKind::Resource => decide(&alice, &[], Some(&policy)),
        };
        prop_assert!(policy.statement_count() > 0 || matches!(decision, Decision::ImplicitDeny(_)));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), structured in r#"[\[\]{}",:0-9a-zStatemnEfc* \\]{0,60}"#) {
        for kind in [PolicyKind::Identity, PolicyKind::Resource] {
            survives_being_written(&text, kind)?;
            survives_being_written(&structured, kind)?;
        }
    }

    #[test]
    fn almost_policies_are_answered(statements in prop::collection::vec(statement(), 0..3)) {
        let json = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        for kind in [PolicyKind::Identity, PolicyKind::Resource] {
            survives_being_written(&json, kind)?;
        }
    }

    #[test]
    fn policies_survive_being_written(
        actions in prop::collection::vec("(\\*|(sqs|SNS):[a-zA-Z*?]{1,8})", 1..4),
        resources in prop::collection::vec("(\\*|arn:aws:sqs:[a-z*-]{0,6}:[0-9*]{0,3}:[a-z*?]{0,6}(\\$\\{aws:username\\})?)", 1..4),
        principals in prop::collection::vec("(\\*|[0-9]{12}|arn:aws:iam::[0-9]{12}:(root|user/[a-z]{1,5}))", 1..4),
        values in prop::collection::vec("[a-z*?]{0,6}", 1..4),
        effect in "Allow|Deny",
    ) {
        let json = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": effect,
                "Principal": {"AWS": principals},
                "Action": actions,
                "Resource": resources,
                "Condition": {"StringLikeIfExists": {"k": values}},
            },
        })
        .to_string();
        prop_assert!(Policy::parse(&json, PolicyKind::Resource).is_ok(), "{}", json);
        survives_being_written(&json, PolicyKind::Resource)?;
    }
}
