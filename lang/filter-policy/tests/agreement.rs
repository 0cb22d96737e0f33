//! The index against each policy by itself, on random policies and messages from a small alphabet.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_filter_policy::{Attribute, AttributeValue, FilterIndex, FilterPolicy, FilterScope};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["a", "b", "c", "a.b"][..])
}

fn value_test() -> impl Strategy<Value = String> {
    prop_oneof![
        "[xyX]{0,2}".prop_map(|text| format!("\"{text}\"")),
        "[xyX]{0,2}".prop_map(|text| format!(r#"{{"prefix": "{text}"}}"#)),
        "[xyX]{0,2}".prop_map(|text| format!(r#"{{"suffix": "{text}"}}"#)),
        "[xyX]{1,2}".prop_map(|text| format!(r#"{{"anything-but": "{text}"}}"#)),
        "[xyX]{0,2}".prop_map(|text| format!(r#"{{"equals-ignore-case": "{text}"}}"#)),
        "[xyX]\\*[xyX]?".prop_map(|text| format!(r#"{{"wildcard": "{text}"}}"#)),
        (-2_i64..3).prop_map(|number| number.to_string()),
        (-2_i64..3).prop_map(|number| format!(r#"{{"numeric": [">=", {number}]}}"#)),
        (-2_i64..3).prop_map(|number| format!(r#"{{"numeric": [">", {number}, "<=", {}]}}"#, number + 2)),
        any::<bool>().prop_map(|exists| format!(r#"{{"exists": {exists}}}"#)),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ]
}

fn members() -> impl Strategy<Value = String> {
    let key = (name(), prop::collection::vec(value_test(), 1..3));
    let key = key.prop_map(|(name, tests)| format!("\"{name}\": [{}]", tests.join(", ")));
    prop::collection::vec(key, 1..3).prop_map(|keys| keys.join(", "))
}

fn policy() -> impl Strategy<Value = FilterPolicy> {
    let attributes = prop_oneof![
        1 => Just("{}".to_owned()),
        8 => members().prop_map(|members| format!("{{{members}}}")),
        3 => (members(), members()).prop_map(|(one, two)| format!(r#"{{"$or": [{{{one}}}, {{{two}}}]}}"#)),
    ];
    let body = prop_oneof![
        1 => attributes.clone(),
        1 => (members(), members()).prop_map(|(outer, inner)| format!(r#"{{"d": {{{inner}}}, {outer}}}"#)),
    ];
    let parse = |json: String, scope| FilterPolicy::parse(&json, scope).unwrap();
    prop_oneof![
        attributes.prop_map(move |json| parse(json, FilterScope::MessageAttributes)),
        body.prop_map(move |json| parse(json, FilterScope::MessageBody)),
    ]
}

/// The type of an attribute, and the text of its value.
fn attribute() -> impl Strategy<Value = (&'static str, u8, String)> {
    let value = prop_oneof![
        (Just(0), "[xyX]{0,3}"),
        (Just(1), (-2_i64..3).prop_map(|number| format!("{number}.0"))),
        (
            Just(2),
            prop::sample::select(&["[\"x\", 1]", "[true, null]", "[]", "x", "[[\"x\"], \"yx\"]"][..])
                .prop_map(str::to_owned)
        ),
        (Just(3), Just(String::new())),
    ];
    (name(), value).prop_map(|(name, (kind, text))| (name, kind, text))
}

fn body() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "[xyX]{0,3}".prop_map(|text| format!("\"{text}\"")),
        (-2_i64..3).prop_map(|number| number.to_string()),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    let object = |value: BoxedStrategy<String>| {
        prop::collection::vec((prop::sample::select(&["a", "b", "c", "d"][..]), value), 0..4).prop_map(
            |members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| format!("\"{name}\": {value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            },
        )
    };
    let value = scalar.boxed().prop_recursive(3, 16, 3, move |inner| {
        prop_oneof![
            object(inner.clone()),
            prop::collection::vec(inner, 0..3).prop_map(|values| format!("[{}]", values.join(", "))),
        ]
    });
    prop_oneof![9 => object(value.boxed()), 1 => Just("not JSON".to_owned())]
}

proptest! {
    #[test]
    fn the_index_agrees_with_the_policies(
        changes in prop::collection::vec((0_u8..20, prop::option::weighted(0.8, policy())), 1..30),
        messages in prop::collection::vec((prop::collection::vec(attribute(), 0..4), body()), 1..10),
    ) {
        let (mut index, mut policies) = (FilterIndex::new(), BTreeMap::new());
        for (id, policy) in changes {
            match policy {
                Some(policy) => {
                    index.insert(id, &policy);
                    policies.insert(id, policy);
                }
                None => prop_assert_eq!(index.remove(&id), policies.remove(&id).is_some()),
            }
        }
        prop_assert_eq!(index.len(), policies.len());
        for (attributes, body) in &messages {
            let attributes = attributes.iter().map(|(name, kind, text)| {
                let value = match kind {
                    0 => AttributeValue::String(text),
                    1 => AttributeValue::Number(text),
                    2 => AttributeValue::StringArray(text),
                    _ => AttributeValue::Binary,
                };
                Attribute { name, value }
            });
            let attributes = attributes.collect::<Vec<_>>();
            let mut found = index.matching(&attributes, body);
            found.sort_unstable();
            let expected = policies.iter().filter(|(_, policy)| match policy.scope() {
                FilterScope::MessageAttributes => policy.matches_attributes(&attributes),
                FilterScope::MessageBody => policy.matches_body(body),
            });
            prop_assert_eq!(found, expected.map(|(id, _)| *id).collect::<Vec<_>>(), "{:?} {}", attributes, body);
        }
    }
}
