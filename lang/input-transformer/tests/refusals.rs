//! What `PutTargets` refuses, and what an event is too large for.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_input_transformer::{
    ApplyError, InputTransformer, MAXIMUM_OUTPUT_BYTES, PathError, Reserved, TransformError,
};

const RESERVED: Reserved<'_> = Reserved {
    rule_arn: "arn",
    rule_name: "name",
    ingestion_time: "time",
};

fn refused(paths: &[(&str, &str)], template: &str) -> TransformError {
    match InputTransformer::parse(paths.iter().copied(), template) {
        Ok(_) => panic!("{template:?} is taken"),
        Err(error) => error,
    }
}

#[test]
fn templates_that_are_not_json() {
    for template in [
        "instance <v> is up",
        "<v> is in state <v>",
        "'<v>'",
        "{",
        r#"{"a":<v>"#,
        r#"{"a":<v>}}"#,
        r#"{"a":<v>} "more""#,
        r#"{"a":<v>}{"b":<v>}"#,
        r#"{"a":<v>,}"#,
        r#"{"a" <v>}"#,
        r#"{a:<v>}"#,
        r#"{"a":1<v>}"#,
        r#"{"a":<v>1}"#,
        r#"{"a":<v><v>}"#,
        r#"{"a":-<v>}"#,
        r#"{"a":[1 <v>]}"#,
        r#"{<v>}"#,
        r#"{"a":"<v>}"#,
        "\"a\nb <v>\"",
        r#""a \<v>""#,
        r#""a \x""#,
        r#""a \u00<v>""#,
        r#""unfinished <v>"#,
        r#""a", "b""#,
        r#""a" b"#,
        "[<v>",
        "<v><v>",
        " ",
        "\n",
        "\"",
        "<",
        "\u{feff}{}",
    ] {
        let error = refused(&[("v", "$.v")], template);
        assert!(
            matches!(error, TransformError::NotJson { .. }),
            "{template:?}: {error}"
        );
    }
    let TransformError::NotJson { line, column, .. } = refused(&[], "{\n \"a\": x}") else {
        panic!("it isn't JSON");
    };
    assert_eq!((line, column), (2, 7));
}

#[test]
fn placeholders_in_keys() {
    for template in [
        r#"{<v>: 1}"#,
        r#"{"<v>": 1}"#,
        r#"{"a <v>" : 1}"#,
        r#"{"a":{"b":[{"<v>x":1}]}}"#,
        r#"{"a":1, <v>:2}"#,
        r#"{<aws.events.rule-name>: 1}"#,
    ] {
        let error = refused(&[("v", "$.v")], template);
        assert!(
            matches!(error, TransformError::PlaceholderInKey),
            "{template}: {error}"
        );
    }
}

#[test]
fn unknown_variables() {
    for (template, name) in [
        (
            r#""Event of <v> type, with not defined key <notdefinedkey>""#,
            "notdefinedkey",
        ),
        (r#"{"a":<V>}"#, "V"),
        (r#"{"a":<aws.events.nothing>}"#, "aws.events.nothing"),
        (r#"{"a":"<b>bold</b>"}"#, "b"),
        ("not json either <x>", "x"),
    ] {
        let error = refused(&[("v", "$.v")], template);
        assert!(
            matches!(&error, TransformError::UnknownVariable { name: found } if found == name),
            "{template}: {error}"
        );
    }
}

#[test]
fn the_whole_event_is_for_objects() {
    for template in [
        "[<aws.events.event.json>]",
        r#""<aws.events.event.json>""#,
        "<aws.events.event.json>",
    ] {
        let error = refused(&[], template);
        assert!(
            matches!(error, TransformError::EventJsonOutsideObject),
            "{template}: {error}"
        );
    }
    assert!(InputTransformer::parse([], r#" {"e": <aws.events.event.json>}"#).is_ok());
}

#[test]
fn names_of_variables() {
    let longest = "n".repeat(256);
    for name in ["a", "A-b_9", "-", "_", "9", "AWS", "AWSname", &longest] {
        let template = format!(r#"{{"a":<{name}>}}"#);
        assert!(
            InputTransformer::parse([(name, "$.a")], &template).is_ok(),
            "{name}"
        );
    }
    let too_long = "n".repeat(257);
    for name in [
        "",
        "a b",
        "a.b",
        "aws.events.rule-name",
        "é",
        "<a>",
        "a\n",
        &too_long,
    ] {
        let error = refused(&[(name, "$.a")], "{}");
        assert!(
            matches!(&error, TransformError::VariableName { name: found } if found == name),
            "{name:?}: {error}"
        );
    }
}

#[test]
fn paths_of_variables_are_checked_even_if_no_placeholder_is_there() {
    let error = refused(&[("good", "$.a"), ("bad", "$.detail['a']")], "{}");
    assert!(matches!(
        error,
        TransformError::Path { variable, error: PathError::Syntax { position: 9 } } if variable == "bad"
    ));
}

#[test]
fn there_are_at_most_100_paths() {
    let names: Vec<String> = (0..101).map(|number| format!("v{number}")).collect();
    let paths = |count: usize| names.iter().take(count).map(|name| (name.as_str(), "$.a"));
    assert!(InputTransformer::parse(paths(100), "{}").is_ok());
    assert!(matches!(
        InputTransformer::parse(paths(101), "{}"),
        Err(TransformError::TooManyPaths { maximum: 100 })
    ));
}

#[test]
fn a_template_has_from_1_to_8192_characters() {
    let template = |length: usize| format!("\"{}\"", "é".repeat(length - 2));
    assert!(InputTransformer::parse([], &template(8_192)).is_ok());
    for template in [String::new(), template(8_193)] {
        assert!(matches!(
            InputTransformer::parse([], &template),
            Err(TransformError::TemplateLength { maximum: 8_192 })
        ));
    }
}

#[test]
fn an_input_has_at_most_2_mebibytes() {
    let transformer = InputTransformer::parse([("v", "$.v")], r#""<v><v>""#).unwrap();
    let event = |half: usize| format!(r#"{{"v":"{}"}}"#, "x".repeat(half));
    let half = MAXIMUM_OUTPUT_BYTES / 2 - 1;
    let input = transformer.transform(event(half).as_bytes(), &RESERVED).unwrap();
    assert_eq!(input.len(), MAXIMUM_OUTPUT_BYTES);
    assert!(matches!(
        transformer.transform(event(half + 1).as_bytes(), &RESERVED),
        Err(ApplyError::TooLarge { .. })
    ));
}

/// Seven levels that can each be named or be a wildcard make many paths to the same values.
#[test]
fn wildcards_select_at_most_2_mebibytes() {
    let names: Vec<String> = (0..100).map(|number| format!("v{number}")).collect();
    let levels = ["a", "b", "c", "d", "e", "f", "g"];
    let paths: Vec<String> = (0..100)
        .map(|number| {
            let steps = levels.iter().enumerate();
            let steps = steps.map(|(level, name)| {
                if number >> level & 1 == 1 {
                    ".*".into()
                } else {
                    format!(".{name}")
                }
            });
            format!("${}[*]", steps.collect::<String>())
        })
        .collect();
    let template: String = names.iter().map(|name| format!("<{name}> ")).collect();
    let map = names
        .iter()
        .map(String::as_str)
        .zip(paths.iter().map(String::as_str));
    let transformer = InputTransformer::parse(map, &template).unwrap();
    let event = |count: usize| {
        let opening: String = levels.iter().map(|name| format!(r#"{{"{name}":"#)).collect();
        format!("{opening}[{}1]{}", "1,".repeat(count), "}".repeat(levels.len()))
    };
    let input = transformer.transform(event(10).as_bytes(), &RESERVED).unwrap();
    assert_eq!(input.matches("[1,1,1,1,1,1,1,1,1,1,1]").count(), 100);
    assert!(matches!(
        transformer.transform(event(500_000).as_bytes(), &RESERVED),
        Err(ApplyError::TooLarge { .. })
    ));
}

#[test]
fn what_is_no_event_is_an_error() {
    let transformer = InputTransformer::parse([], r#"{"e":<aws.events.event>}"#).unwrap();
    for event in ["", "{", "[1]", "{}{}", r#"{"a":"\x"}"#] {
        assert!(
            matches!(
                transformer.transform(event.as_bytes(), &RESERVED),
                Err(ApplyError::Event(_))
            ),
            "{event}"
        );
    }
}
