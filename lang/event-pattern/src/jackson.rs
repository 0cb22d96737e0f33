//! How EventBridge says where a pattern is wrong, and what it says of one that is not JSON: in the words of Jackson 2.9 to 2.15,
//! the parser that it uses. They are known from recorded answers of the service, and from event-ruler run with Jackson.

use crate::json::{JsonError, Problem};

/// As much of a text is shown, in characters.
const SHOWN_CHARACTERS: usize = 500;

const EXPECTED: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// A place in a text: `[Source: (String)"…"; line: 1, column: 9]`.
pub(crate) fn location(json: &str, position: usize) -> String {
    let before = json.get(..position).unwrap_or(json);
    let line = 1 + before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    // Java counts in units of UTF-16.
    let column = 1 + before[start..].encode_utf16().count();
    let shown = match json.char_indices().nth(SHOWN_CHARACTERS) {
        None => format!("\"{json}\""),
        Some((end, _)) => format!(
            "\"{}\"[truncated {} chars]",
            &json[..end],
            json[end..].chars().count()
        ),
    };
    format!("[Source: (String){shown}; line: {line}, column: {column}]")
}

/// Why a text is not JSON, and where.
pub(crate) fn words(error: JsonError, json: &str) -> String {
    let position = error.position;
    let (reason, position) = match json[position..].chars().next() {
        None => (at_end(error.problem, json), position),
        Some(found) => at_character(error, json, found),
    };
    format!("{reason}\n at {}", location(json, position))
}

/// What is missing where the text ends.
fn at_end(problem: Problem, json: &str) -> String {
    match (problem, innermost(json)) {
        (Problem::Unterminated, _) => {
            "Unexpected end-of-input: was expecting closing quote for a string value".to_owned()
        }
        (_, None) => "Filter is not an object".to_owned(),
        (problem, Some((start, opened))) => {
            let container = if opened == '{' { "Object" } else { "Array" };
            // Behind the opening, or behind an entry.
            let is_complete = json.trim_end().len() == start + 1 || problem.is_about_separator();
            if is_complete {
                let marker = location(json, start);
                format!(
                    "Unexpected end-of-input: expected close marker for {container} (start marker at {marker})"
                )
            } else {
                format!("Unexpected end-of-input within/between {container} entries")
            }
        }
    }
}

/// What is wrong with a character, and the place that is told.
fn at_character(error: JsonError, json: &str, found: char) -> (String, usize) {
    let position = error.position;
    let unexpected = format!("Unexpected character ('{found}' (code {}))", u32::from(found));
    let reason = match error.problem {
        Problem::Value if is_of_word(found) => {
            let rest = &json[position..];
            let word = &rest[..rest.find(|other| !is_of_word(other)).unwrap_or(rest.len())];
            let reason = format!("Unrecognized token '{word}': was expecting {EXPECTED}");
            return (reason, position + word.len());
        }
        Problem::Value if found == '}' => format!("{unexpected}: expected a value"),
        Problem::Value => format!("{unexpected}: expected a valid value {EXPECTED}"),
        Problem::Name => format!("{unexpected}: was expecting double-quote to start field name"),
        Problem::Colon => format!("{unexpected}: was expecting a colon to separate field name and value"),
        Problem::ObjectSeparator | Problem::ArraySeparator => separator(json, position, found, &unexpected),
        Problem::Digit => format!("{unexpected} in numeric value: {}", digit(json, position)),
        Problem::ControlCharacter => format!(
            "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in \
             string value",
            u32::from(found)
        ),
        Problem::Escape => {
            let escaped = json[position + 1..].chars().next().unwrap_or(found);
            let reason = format!(
                "Unrecognized character escape '{escaped}' (code {})",
                u32::from(escaped)
            );
            return (reason, position + 1);
        }
        other => other.to_string(),
    };
    (reason, position)
}

fn separator(json: &str, position: usize, found: char, unexpected: &str) -> String {
    match (found, innermost(&json[..position])) {
        ('}' | ']', Some((start, opened))) => {
            let (container, close) = if opened == '{' {
                ("Object", '}')
            } else {
                ("Array", ']')
            };
            let marker = location(json, start);
            format!(
                "Unexpected close marker '{found}': expected '{close}' (for {container} starting at {marker})"
            )
        }
        (_, Some((_, '['))) => format!("{unexpected}: was expecting comma to separate Array entries"),
        _ => format!("{unexpected}: was expecting comma to separate Object entries"),
    }
}

fn digit(json: &str, position: usize) -> &'static str {
    match json[..position].chars().next_back() {
        Some('.') => "Decimal point not followed by a digit",
        Some('-') if !json[..position - 1].ends_with(['e', 'E']) => {
            "expected digit (0-9) to follow minus sign, for valid numeric value"
        }
        _ => "Exponent indicator not followed by a digit",
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

/// The innermost object or array that is still open at the end of a text: where it begins, and its bracket.
fn innermost(json: &str) -> Option<(usize, char)> {
    let mut open = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    for (position, character) in json.char_indices() {
        if in_string {
            in_string = character != '"' || escaped;
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '"' => in_string = true,
            '{' | '[' => open.push((position, character)),
            '}' | ']' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}
