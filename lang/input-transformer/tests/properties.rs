//! Paths against looking them up in parsed values; templates against putting parsed values together.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_input_transformer::{InputPath, InputTransformer, Reserved};
use proptest::prelude::*;
use serde_json::{Value, json};

const RESERVED: Reserved<'_> = Reserved {
    rule_arn: "arn:aws:events:eu-west-1:123456789012:rule/a\"b",
    rule_name: "a\\b",
    ingestion_time: "2015-11-11T21:29:54Z",
};

fn names() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[abc]", 1 => "[a-z/_:-]{1,3}"]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        r#"["\\<a>{}]{0,6}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names(), inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

fn events() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(names(), values(), 0..4).prop_map(Value::from_iter)
}

fn steps() -> impl Strategy<Value = Vec<String>> {
    let step = prop_oneof![
        5 => names().prop_map(|name| format!(".{name}")),
        2 => (0..4_u8).prop_map(|index| format!("[{index}]")),
        1 => Just(".*".to_owned()),
        1 => Just("[*]".to_owned()),
    ];
    prop::collection::vec(step, 0..5)
}

/// With a wildcard, what comes after it is looked for in each, and put into one array.
fn look_up(value: &Value, steps: &[String]) -> Option<Value> {
    let is_wildcard = |step: &String| step == ".*" || step == "[*]";
    match steps.iter().position(is_wildcard) {
        None => steps_into(value, steps).cloned(),
        Some(position) => {
            let before = steps_into(value, &steps[..position])?;
            let inner: Vec<&Value> = match before {
                Value::Array(elements) => elements.iter().collect(),
                Value::Object(members) => members.values().collect(),
                _ => Vec::new(),
            };
            let rest = &steps[position + 1..];
            let mut all = Vec::new();
            for value in inner {
                match look_up(value, rest) {
                    Some(Value::Array(found)) if rest.iter().any(is_wildcard) => all.extend(found),
                    Some(found) => all.push(found),
                    None => {}
                }
            }
            Some(all.into())
        }
    }
}

fn steps_into<'v>(value: &'v Value, steps: &[String]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| step_into(value, step))
}

fn step_into<'v>(value: &'v Value, step: &str) -> Option<&'v Value> {
    match step.strip_prefix('.') {
        Some(name) => value.as_object()?.get(name),
        None => value
            .as_array()?
            .get(step.trim_matches(['[', ']']).parse::<usize>().unwrap()),
    }
}

/// A template's skeleton: an object whose values are placeholders, texts around placeholders, or more of it.
fn skeletons() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..4_u8).prop_map(|number| json!({ "value": number })),
        (0..4_u8, "[^<>]{0,5}", "[^<>]{0,5}")
            .prop_map(|(number, before, after)| json!({ "text": [before, number, after] })),
        "[^<>]{0,5}".prop_map(|constant| json!({ "constant": constant })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(|parts| json!({ "list": parts }))
    })
}

fn template_text(skeleton: &Value) -> String {
    if let Some(number) = skeleton.get("value") {
        format!(" <v{number}> ")
    } else if let Some(constant) = skeleton.get("constant") {
        constant.to_string()
    } else if let Some(text) = skeleton.get("text") {
        let before = text[0].to_string();
        let after = text[2].to_string();
        format!("{}<v{}>{}", &before[..before.len() - 1], text[1], &after[1..])
    } else {
        let parts = skeleton["list"].as_array().unwrap().iter();
        let parts: Vec<String> = parts.map(template_text).collect();
        format!("[{} ]", parts.join(" ,\n"))
    }
}

/// What the template should make: texts of strings and scalars are exact; those of objects and arrays only have to be texts.
fn agrees(skeleton: &Value, values: &[Option<Value>], output: &Value) -> bool {
    let value = |number: &Value| values[number.as_u64().unwrap() as usize].as_ref();
    if let Some(number) = skeleton.get("value") {
        value(number).unwrap_or(&json!("")) == output
    } else if let Some(constant) = skeleton.get("constant") {
        constant == output
    } else if let Some(text) = skeleton.get("text") {
        let middle = match value(&text[1]) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(_) | Value::Object(_)) => return output.is_string(),
            Some(scalar) => scalar.to_string(),
        };
        let expected = format!(
            "{}{middle}{}",
            text[0].as_str().unwrap(),
            text[2].as_str().unwrap()
        );
        output == &Value::from(expected)
    } else {
        let parts = skeleton["list"].as_array().unwrap();
        let outputs = output.as_array().unwrap();
        parts.len() == outputs.len()
            && parts
                .iter()
                .zip(outputs)
                .all(|(part, output)| agrees(part, values, output))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_path_selects_what_is_looked_up(event in events(), steps in steps()) {
        let path = format!("${}", steps.concat());
        let text = event.to_string();
        let selected = InputPath::parse(&path).unwrap().select(text.as_bytes()).unwrap();
        let selected: Option<Value> = selected.map(|json| serde_json::from_str(&json).unwrap());
        prop_assert_eq!(selected, look_up(&event, &steps), "{} of {}", path, text);
    }

    #[test]
    fn a_template_is_filled_with_what_is_looked_up(
        event in events(),
        paths in prop::collection::vec(steps(), 4),
        skeleton in skeletons(),
        pretty in any::<bool>(),
    ) {
        let texts: Vec<String> = paths.iter().map(|steps| format!("${}", steps.concat())).collect();
        let variables = ["v0", "v1", "v2", "v3"].into_iter().zip(texts.iter().map(String::as_str));
        let template = format!("{{ \"out\" : {} }}", template_text(&skeleton));
        let transformer = InputTransformer::parse(variables, &template).unwrap();
        let text = if pretty { serde_json::to_string_pretty(&event).unwrap() } else { event.to_string() };
        let output = transformer.transform(text.as_bytes(), &RESERVED).unwrap();
        let output: Value = serde_json::from_str(&output).unwrap();
        let values: Vec<Option<Value>> = paths.iter().map(|steps| look_up(&event, steps)).collect();
        prop_assert!(agrees(&skeleton, &values, &output["out"]), "{} of {}: {}", template, text, output);
    }

    /// Whatever is taken makes JSON of every event.
    #[test]
    fn what_is_taken_makes_json(
        template in r#"(\{"a":)?(["\\ \[\],:1<>ab]|<v>|<aws\.events\.event>|<aws\.events\.event\.json>|"<v>"|"<aws\.events\.event\.json>"|\n){0,10}\}?"#,
        path in steps(),
        event in events(),
    ) {
        let path = format!("${}", path.concat());
        if let Ok(transformer) = InputTransformer::parse([("v", path.as_str())], &template) {
            let output = transformer.transform(event.to_string().as_bytes(), &RESERVED).unwrap();
            let values = serde_json::Deserializer::from_str(&output).into_iter::<Value>();
            for value in values {
                prop_assert!(value.is_ok(), "{} makes {}", template, output);
            }
        }
    }

    #[test]
    fn arbitrary_input_is_taken_or_refused(
        name in ".{0,4}|v",
        path in r"\$.{0,10}|(\$|\.|\[|\]|\*|[a-c0-9]){0,10}",
        template in ".{0,40}",
        event in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        if let Ok(path) = InputPath::parse(&path) {
            prop_assert!(path.select(&event).is_ok() == serde_json::from_slice::<serde::de::IgnoredAny>(&event).is_ok());
        }
        if let Ok(transformer) = InputTransformer::parse([(name.as_str(), path.as_str())], &template) {
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&event).is_ok();
            prop_assert_eq!(transformer.transform(&event, &RESERVED).is_ok(), is_json);
        }
    }
}
