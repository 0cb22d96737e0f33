use super::*;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn is_json(text: &str) -> Result<(), JsonError> {
    let mut reader = Reader::new(text);
    reader.skip()?;
    reader.end()
}

fn read(reader: &mut Reader<'_>) -> Result<Value, JsonError> {
    Ok(match reader.peek()? {
        Kind::Object => {
            let mut result = Map::new();
            let mut members = reader.object()?;
            while let Some(name) = reader.member(&mut members)? {
                result.insert(name.into_owned(), read(reader)?);
            }
            Value::Object(result)
        }
        Kind::Array => {
            let mut result = Vec::new();
            let mut elements = reader.array()?;
            while reader.element(&mut elements)?.is_some() {
                result.push(read(reader)?);
            }
            Value::Array(result)
        }
        Kind::String => Value::String(reader.string()?.into_owned()),
        Kind::Number => serde_json::from_str(reader.number()?).unwrap(),
        literal => {
            reader.literal(literal)?;
            match literal {
                Kind::True => Value::Bool(true),
                Kind::False => Value::Bool(false),
                _ => Value::Null,
            }
        }
    })
}

#[test]
fn what_is_json_is_read() {
    for text in [
        "{}",
        " [ ] ",
        "{\"a\":[1,-0,0.5,1e5,1E-5,1.25e+10],\"b\":{\"c\":null,\"d\":true,\"e\":false}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\uD83D\\ude00\"",
        "\"ሴ\u{7f}\"",
        "\t\r\n 1 ",
    ] {
        let mut reader = Reader::new(text);
        let value = read(&mut reader);
        assert_eq!(reader.end(), Ok(()));
        assert_eq!(value, Ok(serde_json::from_str(text).unwrap()), "{text}");
        assert_eq!(is_json(text), Ok(()), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "{]",
        "[}",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "tru",
        "truee",
        "nul",
        "'a'",
        "\"",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\n\"",
        "1 2",
        "{} {}",
        "[1 2]",
        "// 1",
        "\u{feff}1",
    ] {
        assert!(is_json(text).is_err(), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(is_json(&nested(MAXIMUM_DEPTH)), Ok(()));
    let error = is_json(&nested(MAXIMUM_DEPTH + 1)).unwrap_err();
    assert_eq!(error.to_string(), "the nesting is too deep at byte 129");
    // What has been left counts no more.
    assert_eq!(is_json(&format!("[{}[]]", "[[]],".repeat(1_000))), Ok(()));
}

proptest! {
    #[test]
    fn the_reader_agrees_with_serde_json(text in "([{}\\[\\],:\" ]|\"a\"|\"\\\\\\\\u00e9\"|\\\\|u|1|-|0|\\.|e|true|null|é){0,24}") {
        let theirs = serde_json::from_str::<Value>(&text);
        let mut reader = Reader::new(&text);
        let ours = read(&mut reader).and_then(|value| reader.end().map(|()| value));
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text);
        prop_assert_eq!(is_json(&text).is_ok(), theirs.is_ok(), "{}", text);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
