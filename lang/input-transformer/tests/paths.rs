//! JSON paths: which are taken, and what they select.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_input_transformer::{ApplyError, InputPath, PathError};

/// Spaces, duplicates, escapes and numbers that a parse into values would change.
const EVENT: &str = r#" {"version":"0","detail-type":"Order", "time":"2015-11-11T21:29:54Z","resources":["arn:a","arn:b"],
  "detail":{"a":1.10,"b":{"c":[10,{"d":"x"},[1e400,2]]},"big":123456789012345678901234567890,"text":"say \"hi\" \u00e9\ud800",
  "nothing":null,"yes":true,"empty":{},"none":[],"0":"zero","with space":1,"a/b":2,"aws:tag":3,"a_b-c":4,"Ünï":5,
  "twice":1,"twice":{"x":2},"\u0065scaped":6,"\ud800":7,
  "items":[{"id":"i1","n":1},{"id":"i2"},7,{"n":3,"id":"i3"}], "objects" : { "one" : {"id":1} , "two" : {"id":2} }}} "#;

fn select(path: &str) -> Option<String> {
    let path = InputPath::parse(path).unwrap();
    path.select(EVENT.as_bytes()).unwrap().map(Into::into)
}

#[test]
fn selected_as_written() {
    for (path, expected) in [
        ("$.version", r#""0""#),
        ("$.detail-type", r#""Order""#),
        ("$.time", r#""2015-11-11T21:29:54Z""#),
        ("$.resources", r#"["arn:a","arn:b"]"#),
        ("$.resources[0]", r#""arn:a""#),
        ("$.resources[01]", r#""arn:b""#),
        ("$.detail.a", "1.10"),
        ("$.detail.big", "123456789012345678901234567890"),
        ("$.detail.text", r#""say \"hi\" \u00e9\ud800""#),
        ("$.detail.nothing", "null"),
        ("$.detail.yes", "true"),
        ("$.detail.empty", "{}"),
        ("$.detail.none", "[]"),
        ("$.detail.b", r#"{"c":[10,{"d":"x"},[1e400,2]]}"#),
        ("$.detail.b.c[0]", "10"),
        ("$.detail.b.c[1].d", r#""x""#),
        ("$.detail.b.c[2][0]", "1e400"),
        ("$.detail.0", r#""zero""#),
        ("$.detail.a/b", "2"),
        ("$.detail.aws:tag", "3"),
        ("$.detail.a_b-c", "4"),
        ("$.detail.Ünï", "5"),
        ("$.detail.twice", r#"{"x":2}"#),
        ("$.detail.twice.x", "2"),
        ("$.detail.escaped", "6"),
        ("$", EVENT.trim()),
    ] {
        assert_eq!(select(path).as_deref(), Some(expected), "{path}");
    }
}

#[test]
fn wildcards_select_arrays() {
    for (path, expected) in [
        ("$.resources[*]", r#"["arn:a","arn:b"]"#),
        ("$.resources.*", r#"["arn:a","arn:b"]"#),
        ("$.detail.items[*].id", r#"["i1","i2","i3"]"#),
        ("$.detail.items[*].n", "[1,3]"),
        ("$.detail.items[*].missing", "[]"),
        ("$.detail.objects.*.id", "[1,2]"),
        ("$.detail.objects[*].id", "[1,2]"),
        ("$.detail.none[*]", "[]"),
        ("$.detail.empty.*", "[]"),
        ("$.detail.yes[*]", "[]"),
        ("$.detail.b.c[*][1]", "[2]"),
        ("$.detail.b.*[*]", r#"[10,{"d":"x"},[1e400,2]]"#),
        ("$.*[0]", r#"["arn:a"]"#),
    ] {
        assert_eq!(select(path).as_deref(), Some(expected), "{path}");
    }
}

#[test]
fn what_is_not_there_is_not_selected() {
    for path in [
        "$.missing",
        "$.detail.missing",
        "$.detail.a.b",
        "$.detail.text.length",
        "$.detail.nothing.x",
        "$.resources[2]",
        "$.resources[18446744073709551615]",
        "$.resources.length",
        "$.resources.0",
        "$.detail[0]",
        "$.detail.items.id",
        "$.missing[*]",
        "$.detail.missing.*.id",
        "$[0]",
        "$.Detail",
    ] {
        assert_eq!(select(path), None, "{path}");
    }
}

#[test]
fn refused_paths() {
    use PathError::{NoRoot, Syntax};
    for (path, error) in [
        ("", NoRoot),
        ("detail", NoRoot),
        (".detail", NoRoot),
        (" $.detail", NoRoot),
        ("@.detail", NoRoot),
        ("$.", Syntax { position: 2 }),
        ("$detail", Syntax { position: 2 }),
        ("$..a", Syntax { position: 2 }),
        ("$.detail.", Syntax { position: 9 }),
        ("$.é..a", Syntax { position: 4 }),
        ("$.detail['a']", Syntax { position: 9 }),
        ("$.detail[\"a\"]", Syntax { position: 9 }),
        ("$['detail']", Syntax { position: 2 }),
        ("$[]", Syntax { position: 2 }),
        ("$[0", Syntax { position: 2 }),
        ("$[-1]", Syntax { position: 2 }),
        ("$[+1]", Syntax { position: 2 }),
        ("$[ 0 ]", Syntax { position: 2 }),
        ("$[0:2]", Syntax { position: 2 }),
        ("$[0,1]", Syntax { position: 2 }),
        ("$[18446744073709551616]", Syntax { position: 2 }),
        ("$[?(@.a)]", Syntax { position: 2 }),
        ("$[0]a", Syntax { position: 5 }),
        ("$]", Syntax { position: 2 }),
        ("$.a]", Syntax { position: 2 }),
        ("$.a*", Syntax { position: 2 }),
        ("$.**", Syntax { position: 2 }),
        ("$.a b", Syntax { position: 2 }),
        ("$.a\n", Syntax { position: 2 }),
        ("$.a\u{0}", Syntax { position: 2 }),
        ("$.length()", Syntax { position: 2 }),
        ("$.a,b", Syntax { position: 2 }),
        ("$$", Syntax { position: 2 }),
        ("$.a.$.b", Syntax { position: 4 }),
    ] {
        assert_eq!(InputPath::parse(path), Err(error), "{path:?}");
    }
}

#[test]
fn a_path_has_at_most_256_characters() {
    let path = |length: usize| format!("$.{}", "é".repeat(length - 2));
    assert!(InputPath::parse(&path(256)).is_ok());
    assert_eq!(
        InputPath::parse(&path(257)),
        Err(PathError::TooLong { maximum: 256 })
    );
    // As deep as a path can go.
    let deep = InputPath::parse(&format!("${}", ".a".repeat(127))).unwrap();
    let event = format!("{}1{}", r#"{"a":"#.repeat(127), "}".repeat(127));
    assert_eq!(deep.select(event.as_bytes()).unwrap().as_deref(), Some("1"));
}

#[test]
fn an_event_may_be_nested_deeply() {
    let path = InputPath::parse("$.detail.z").unwrap();
    let depth = 100_000;
    let event = format!(
        r#"{{"detail":{{"a":{}{},"z":1}}}}"#,
        "[".repeat(depth),
        "]".repeat(depth)
    );
    assert_eq!(path.select(event.as_bytes()).unwrap().as_deref(), Some("1"));
}

#[test]
fn what_is_no_event_is_an_error() {
    let path = InputPath::parse("$.a").unwrap();
    for event in [
        "",
        "{",
        r#"{"a":1}x"#,
        r#"{"a":1,}"#,
        "{'a':1}",
        r#"{"b":"\x"}"#,
        "nul",
    ] {
        let error = path.select(event.as_bytes()).unwrap_err();
        assert!(matches!(error, ApplyError::Event(_)), "{event}");
    }
    let error = path.select(b"{\"a\":\"\xff\"}").unwrap_err();
    assert!(matches!(error, ApplyError::Event(_)));
    assert_eq!(path.select(b"[1]").unwrap(), None);
}

#[test]
fn a_wildcard_over_many_members_is_cheap() {
    use std::fmt::Write;
    let mut event = String::from("{");
    for number in 0..60_000 {
        write!(event, "\"k{number}\":{number},").unwrap();
    }
    event.push_str("\"k0\":7}");
    let all = InputPath::parse("$.*").unwrap();
    let selected = all.select(event.as_bytes()).unwrap().unwrap();
    assert!(selected.starts_with("[7,1,2,3,"));
    assert_eq!(selected.split(',').count(), 60_000);
}
