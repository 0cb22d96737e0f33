//! The index against the simple matcher, and that one against the definition, on random patterns and events from a
//! small alphabet, so that they match often enough.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::{Event, EventPattern, PatternIndex, Scalar};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
        1 => (prop::sample::select(&NAMES[..]), prop::sample::select(&NAMES[..])).prop_map(|(one, two)| format!("{one}.{two}")),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[xyX]{0,3}",
        1 => prop::sample::select(&["10.0.0.1", "10.0.1.1", "2001:db8::1", "é", "É", "*", "\\"][..]).prop_map(str::to_owned),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    const TEXTS: [&str; 9] = [
        "0",
        "1",
        "1.0",
        "2",
        "-1",
        "1.5",
        "0.1234567",
        "123456789012",
        "5e9",
    ];
    prop::sample::select(&TEXTS[..]).prop_map(|text| serde_json::from_str(text).unwrap())
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::String),
        3 => number(),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
}

fn wildcard() -> impl Strategy<Value = String> {
    "(\\*?[xyX]{1,2}){0,2}\\*?"
}

fn anything_but() -> impl Strategy<Value = Value> {
    let texts = || prop::collection::vec("[xyX]{1,2}", 1..3);
    prop_oneof![
        texts().prop_map(|texts| json!(texts)),
        text().prop_map(Value::String),
        Just(json!(1)),
        Just(json!([0, 1.5])),
        texts().prop_map(|texts| json!({ "prefix": texts })),
        texts().prop_map(|texts| json!({ "suffix": texts })),
        texts().prop_map(|texts| json!({ "equals-ignore-case": texts })),
        wildcard().prop_map(|text| json!({ "wildcard": text })),
    ]
}

fn numeric() -> impl Strategy<Value = Value> {
    let bound = || -2_i64..3;
    prop_oneof![
        (prop::sample::select(&["=", "<", "<=", ">", ">="][..]), bound())
            .prop_map(|(operator, value)| json!([operator, value])),
        (
            prop::sample::select(&[">", ">="][..]),
            bound(),
            prop::sample::select(&["<", "<="][..]),
            1_i64..3
        )
            .prop_map(|(low, value, high, distance)| json!([low, value, high, value + distance])),
    ]
}

fn value_test() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => scalar(),
        1 => text().prop_map(|text| json!({ "prefix": text })),
        1 => text().prop_map(|text| json!({ "suffix": text })),
        1 => text().prop_map(|text| json!({ "equals-ignore-case": text })),
        1 => text().prop_map(|text| json!({ "prefix": { "equals-ignore-case": text } })),
        1 => text().prop_map(|text| json!({ "suffix": { "equals-ignore-case": text } })),
        1 => wildcard().prop_map(|text| json!({ "wildcard": text })),
        2 => anything_but().prop_map(|operand| json!({ "anything-but": operand })),
        2 => numeric().prop_map(|operand| json!({ "numeric": operand })),
        1 => prop::sample::select(&["10.0.0.0/24", "10.0.0.0/8", "::/0", "0.0.0.0/0"][..]).prop_map(|network| json!({ "cidr": network })),
        2 => any::<bool>().prop_map(|exists| json!({ "exists": exists })),
    ]
}

/// The members of a pattern's object, written out: names may occur more than once.
fn pattern_members() -> impl Strategy<Value = String> {
    let values = || prop::collection::vec(value_test(), 1..4).prop_map(|values| json!(values).to_string());
    let field = (name(), values()).prop_map(|(name, values)| format!("{}:{values}", json!(name)));
    let fields = prop::collection::vec(field, 1..4).prop_map(|fields| fields.join(","));
    fields.prop_recursive(3, 12, 3, move |inner| {
        let nested =
            (name(), inner.clone()).prop_map(|(name, members)| format!("{}:{{{members}}}", json!(name)));
        let any_of = prop::collection::vec(inner.clone(), 2..3)
            .prop_map(|objects| format!("\"$or\":[{{{}}}]", objects.join("},{")));
        prop::collection::vec(prop_oneof![3 => inner, 4 => nested, 1 => any_of], 1..3)
            .prop_map(|members| members.join(","))
    })
}

fn pattern() -> impl Strategy<Value = String> {
    pattern_members().prop_map(|members| format!("{{{members}}}"))
}

/// An object, written out: names may occur more than once.
fn event() -> impl Strategy<Value = String> {
    let members = |value: BoxedStrategy<String>| {
        prop::collection::vec((name(), value), 0..5).prop_map(|members| {
            let members = members
                .into_iter()
                .map(|(name, value)| format!("{}: {value}", json!(name)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        })
    };
    let leaf = scalar().prop_map(|value| value.to_string()).boxed();
    let value = leaf.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            members(inner.clone()),
            prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(", "))),
        ]
    });
    members(value.boxed())
}

/// An event in which every name occurs once, no name has a dot, and in no array there are both objects and other things, or
/// arrays.
fn plain_event() -> impl Strategy<Value = Value> {
    let object = |value: BoxedStrategy<Value>| {
        prop::collection::btree_map(prop::sample::select(&NAMES[..]), value, 0..4)
            .prop_map(|members| json!(members))
    };
    let leaf = prop_oneof![4 => scalar(), 1 => prop::collection::vec(scalar(), 0..3).prop_map(|values| json!(values))];
    let value = leaf.boxed().prop_recursive(3, 40, 4, move |inner| {
        prop_oneof![
            1 => object(inner.clone()),
            2 => prop::collection::vec(object(inner), 0..4).prop_map(|objects| json!(objects)),
        ]
    });
    object(value.boxed())
}

/// A pattern without `$or` whose fields each have values or are to be absent: path by path, and written out.
fn plain_pattern() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let test = prop_oneof![
        4 => prop::collection::vec(scalar(), 1..4).prop_map(|values| json!(values)),
        2 => Just(json!([{ "exists": true }])),
        1 => Just(json!([{ "anything-but": "x" }])),
        2 => Just(json!([{ "exists": false }])),
    ];
    let path =
        prop::collection::vec(prop::sample::select(&NAMES[..2]), 1..4).prop_map(|names| names.join("."));
    prop::collection::btree_map(path, test, 1..5)
}

/// A value of an event, with its path and, for each array it is in, the number of the array and of the element.
struct Leaf {
    path: String,
    value: Value,
    memberships: BTreeMap<usize, usize>,
}

fn flatten(
    value: &Value,
    path: &str,
    memberships: &BTreeMap<usize, usize>,
    arrays: &mut usize,
    leaves: &mut Vec<Leaf>,
) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(member, &path, memberships, arrays, leaves);
            }
        }
        Value::Array(elements) => {
            let array = *arrays;
            *arrays += 1;
            for (index, element) in elements.iter().enumerate() {
                let mut memberships = memberships.clone();
                if element.is_object() {
                    memberships.insert(array, index);
                }
                flatten(element, path, &memberships, arrays, leaves);
            }
        }
        scalar => leaves.push(Leaf {
            path: path.to_owned(),
            value: scalar.clone(),
            memberships: memberships.clone(),
        }),
    }
}

fn are_consistent(one: &BTreeMap<usize, usize>, other: &BTreeMap<usize, usize>) -> bool {
    one.iter()
        .all(|(array, index)| other.get(array).is_none_or(|other| other == index))
}

/// The definition: there is a value for each field that is to have one, no two of them in different elements of the same array, and
/// no value of a field that is to be absent that would go with them.
fn defined(fields: &[(&String, &Value)], leaves: &[Leaf], chosen: &BTreeMap<usize, usize>) -> bool {
    let absent = json!([{ "exists": false }]);
    let mut wanted = fields
        .iter()
        .enumerate()
        .filter(|(_, (_, test))| **test != absent);
    let Some((index, (path, test))) = wanted.next() else {
        let goes_along = |leaf: &&Leaf| are_consistent(&leaf.memberships, chosen);
        return fields
            .iter()
            .all(|(path, _)| !leaves.iter().filter(goes_along).any(|leaf| leaf.path == **path));
    };
    let rest = [&fields[..index], &fields[index + 1..]].concat();
    leaves
        .iter()
        .filter(|leaf| {
            leaf.path == **path && are_consistent(&leaf.memberships, chosen) && admits(test, &leaf.value)
        })
        .any(|leaf| {
            let mut chosen = chosen.clone();
            chosen.extend(&leaf.memberships);
            defined(&rest, leaves, &chosen)
        })
}

/// Whether one of the tests of a plain pattern admits a value.
fn admits(tests: &Value, value: &Value) -> bool {
    tests.as_array().unwrap().iter().any(|test| match test {
        Value::Object(operator) => match operator.get("anything-but") {
            Some(excluded) => excluded != value,
            None => true,
        },
        Value::Number(number) => value.is_number() && value.as_f64() == number.as_f64(),
        exact => exact == value,
    })
}

/// A pattern of several fields that take few values, so that many are filed at the same places.
fn crowded_pattern() -> impl Strategy<Value = String> {
    let few = |values: &'static [&'static str]| prop::sample::select(values);
    let exact = prop::collection::vec(few(&["\"x\"", "\"y\"", "1", "true", "null"]), 1..3)
        .prop_map(|values| values.join(","));
    let test = prop_oneof![
        6 => exact,
        1 => few(&["{\"prefix\":\"x\"}", "{\"suffix\":\"y\"}", "{\"equals-ignore-case\":\"X\"}"]).prop_map(str::to_owned),
        1 => few(&["{\"wildcard\":\"*xy*\"}", "{\"wildcard\":\"x*y\"}", "{\"wildcard\":\"*\"}"]).prop_map(str::to_owned),
        1 => few(&["{\"anything-but\":\"x\"}", "{\"exists\":true}", "{\"exists\":false}"]).prop_map(str::to_owned),
        1 => few(&["{\"numeric\":[\">\",0]}", "{\"numeric\":[\"<\",1]}", "{\"numeric\":[\">=\",0,\"<\",2]}"]).prop_map(str::to_owned),
    ];
    prop::collection::btree_map(prop::sample::select(&NAMES[..]), test, 1..5).prop_map(|fields| {
        let fields = fields.iter().map(|(name, test)| format!("\"{name}\":[{test}]"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    })
}

/// An event that has most of those fields, some of them in elements of an array.
fn crowded_event() -> impl Strategy<Value = String> {
    let value = prop::sample::select(
        &[
            "\"x\"",
            "\"y\"",
            "\"xy\"",
            "\"X\"",
            "0",
            "1",
            "true",
            "null",
            "[\"x\",1]",
            "[]",
        ][..],
    );
    prop::collection::btree_map(prop::sample::select(&NAMES[..]), value, 2..5).prop_map(|fields| {
        let fields = fields.iter().map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    })
}

#[derive(Debug, Clone)]
enum Change {
    Insert(u8, String),
    Remove(u8),
    Match(String),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (0_u8..12, pattern()).prop_map(|(id, pattern)| Change::Insert(id, pattern)),
        1 => (0_u8..12).prop_map(Change::Remove),
        3 => event().prop_map(Change::Match),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_index_agrees_with_the_simple_matcher_whatever_changes(changes in prop::collection::vec(change(), 1..40)) {
        let mut index = PatternIndex::new();
        let mut patterns = BTreeMap::new();
        for change in changes {
            match change {
                Change::Insert(id, json) => {
                    let pattern = EventPattern::parse(&json).unwrap();
                    index.insert(id, &pattern);
                    patterns.insert(id, (json, pattern));
                }
                Change::Remove(id) => prop_assert_eq!(index.remove(&id), patterns.remove(&id).is_some()),
                Change::Match(json) => {
                    let event = Event::parse(json.as_bytes()).unwrap();
                    let expected = patterns.iter().filter(|(_, (_, pattern))| pattern.matches(&event));
                    let mut found = index.matches(json.as_bytes()).unwrap();
                    found.sort_unstable();
                    prop_assert_eq!(
                        found,
                        expected.map(|(id, _)| *id).collect::<Vec<_>>(),
                        "{} with {:?}", json, patterns.iter().map(|(id, (json, _))| (id, json)).collect::<Vec<_>>()
                    );
                }
            }
            prop_assert_eq!(index.len(), patterns.len());
        }
    }

    #[test]
    fn fields_are_matched_as_the_event_made_of_them(
        patterns in prop::collection::vec(pattern(), 1..20),
        fields in prop::collection::vec((name(), scalar()), 0..6),
    ) {
        let texts = fields.iter().map(|(name, value)| (name.as_str(), format!("[{value}]"))).collect::<Vec<_>>();
        let scalars = || texts.iter().map(|(name, value)| (*name, Scalar::elements_of(value).unwrap().remove(0)));
        let event = Event::from_fields(scalars());
        let members = fields.iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect::<Vec<_>>();
        let json = format!("{{{}}}", members.join(", "));
        let mut index = PatternIndex::new();
        let mut expected = Vec::new();
        for (id, pattern) in patterns.iter().enumerate() {
            let pattern = EventPattern::parse(pattern).unwrap();
            index.insert(id, &pattern);
            if pattern.matches(&event) {
                expected.push(id);
            }
        }
        let sorted = |mut ids: Vec<usize>| {
            ids.sort_unstable();
            ids
        };
        prop_assert_eq!(&sorted(index.matches_fields(scalars())), &expected);
        prop_assert_eq!(&sorted(index.matches(json.as_bytes()).unwrap()), &expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn the_simple_matcher_agrees_with_the_definition(fields in plain_pattern(), event in plain_event()) {
        let pattern = EventPattern::parse(&json!(fields).to_string()).unwrap();
        let text = event.to_string();
        let mut leaves = Vec::new();
        flatten(&event, "", &BTreeMap::new(), &mut 0, &mut leaves);
        let expected = defined(&fields.iter().collect::<Vec<_>>(), &leaves, &BTreeMap::new());
        let matches = pattern.matches(&Event::parse(text.as_bytes()).unwrap());
        prop_assert_eq!(matches, expected, "{} on {}", json!(fields), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn crowds_are_told_apart_and_leave_nothing_behind(
        patterns in prop::collection::vec(crowded_pattern(), 100..300),
        leaving in prop::collection::vec(any::<prop::sample::Index>(), 0..150),
        events in prop::collection::vec(crowded_event(), 1..6),
    ) {
        let parsed = patterns.iter().map(|json| EventPattern::parse(json).unwrap()).collect::<Vec<_>>();
        let mut index = PatternIndex::new();
        for (id, pattern) in parsed.iter().enumerate() {
            index.insert(id, pattern);
        }
        let gone = leaving.iter().map(|leaving| leaving.index(patterns.len())).collect::<BTreeSet<_>>();
        for id in &gone {
            prop_assert!(index.remove(id));
        }
        for json in &events {
            let event = Event::parse(json.as_bytes()).unwrap();
            let stays = |id: &usize| !gone.contains(id) && parsed[*id].matches(&event);
            let expected = (0..parsed.len()).filter(stays).collect::<Vec<_>>();
            let mut found = index.matches(json.as_bytes()).unwrap();
            found.sort_unstable();
            prop_assert_eq!(found, expected, "{} with {:?}", json, patterns);
        }
        for id in 0..parsed.len() {
            prop_assert_eq!(index.remove(&id), !gone.contains(&id));
        }
        for json in &events {
            prop_assert!(index.matches(json.as_bytes()).unwrap().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn what_does_not_match_is_explained(pattern in pattern(), json in event()) {
        let pattern = EventPattern::parse(&pattern).unwrap();
        let event = Event::parse(json.as_bytes()).unwrap();
        let mismatches = pattern.explain(&event);
        prop_assert_eq!(mismatches.is_empty(), pattern.matches(&event), "{:?}", mismatches);
    }
}
