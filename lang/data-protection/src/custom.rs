use crate::bounded_regex::BoundedRegex;
use crate::managed::{Lookup, look_up};
use std::ops::Range;

// The limits and characters are those of AWS's page on custom data identifiers:
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-custom-data-identifiers.html
const MAXIMUM_NAME_CHARACTERS: usize = 128;
const MAXIMUM_REGEX_CHARACTERS: usize = 200;
const REGEX_CHARACTERS: &str = "_#=@/;,- ^$?[]{}|\\*+.";

/// A data identifier that a policy defines by a regular expression.
#[derive(Debug, Clone)]
pub(crate) struct CustomIdentifier {
    name: String,
    regex: BoundedRegex,
}

impl CustomIdentifier {
    /// Compiles a definition. In the expression `\d`, `\w`, `\s` and `\b` are about ASCII, and `.` is a character.
    ///
    /// # Errors
    /// What is wrong with the name or the expression; also that the expression is too complicated.
    pub(crate) fn compile(name: &str, expression: &str) -> Result<Self, String> {
        check_name(name)?;
        check_expression(expression)?;
        Ok(Self {
            name: name.to_owned(),
            regex: BoundedRegex::new(&with_ascii_classes(expression)?)?,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the expression matches. If to find that out takes too long, the rest of the message counts as a match:
    /// rather too much is protected than too little.
    pub(crate) fn find(&self, message: &str) -> Vec<Range<usize>> {
        self.regex.find_all(message)
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let is_named = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if name.is_empty() || name.len() > MAXIMUM_NAME_CHARACTERS || !name.chars().all(is_named) {
        return Err(format!(
            "a name has 1 to {MAXIMUM_NAME_CHARACTERS} letters, digits, underscores, and hyphens"
        ));
    }
    match look_up(name) {
        Lookup::Unknown => Ok(()),
        Lookup::Detectable(_) | Lookup::Undetectable => {
            Err("the name is that of a managed data identifier".to_owned())
        }
    }
}

fn check_expression(expression: &str) -> Result<(), String> {
    if expression.is_empty() || expression.chars().count() > MAXIMUM_REGEX_CHARACTERS {
        return Err(format!(
            "a regular expression has 1 to {MAXIMUM_REGEX_CHARACTERS} characters"
        ));
    }
    let is_allowed =
        |character: &char| character.is_ascii_alphanumeric() || REGEX_CHARACTERS.contains(*character);
    match expression.chars().find(|character| !is_allowed(character)) {
        Some(character) => Err(format!("'{character}' is not allowed in a regular expression")),
        None => Ok(()),
    }
}

/// The expression with its classes written out, so that they mean the same as in other engines: ASCII only.
fn with_ascii_classes(expression: &str) -> Result<String, String> {
    let mut output = String::with_capacity(expression.len());
    let mut characters = expression.chars();
    let mut is_in_brackets = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters
                    .next()
                    .ok_or("the regular expression ends with a backslash")?;
                match class(escaped) {
                    Some(class) => output.push_str(class),
                    None if escaped == 'b' && !is_in_brackets => output.push_str(r"(?-u:\b)"),
                    None if matches!(escaped, 'b' | 'B') => {
                        return Err(format!("'\\{escaped}' is not supported here"));
                    }
                    None => output.extend(['\\', escaped]),
                }
            }
            _ => {
                match character {
                    '[' => is_in_brackets = true,
                    ']' => is_in_brackets = false,
                    _ => {}
                }
                output.push(character);
            }
        }
    }
    Ok(output)
}

fn class(escaped: char) -> Option<&'static str> {
    Some(match escaped {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\x0B\f\r ]",
        'S' => r"[^\t\n\x0B\f\r ]",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(expression: &str, message: &'a str) -> Vec<&'a str> {
        let identifier = CustomIdentifier::compile("Custom", expression).unwrap();
        identifier
            .find(message)
            .into_iter()
            .map(|range| &message[range])
            .collect()
    }

    #[test]
    fn expressions_match_as_written() {
        let table: [(&str, &str, &[&str]); 10] = [
            (
                r"EID-\d{9}-US",
                "of EID-123456789-US and EID-12345678-US",
                &["EID-123456789-US"],
            ),
            (r"M\d{2}|N[\d-]+", "M12 N1-2", &["M12", "N1-2"]),
            (r"\d+", "١٢ 34", &["34"]),
            (r"\w+@\w+", "jörg@ex", &["rg@ex"]),
            (r"a.c", "a€c abc", &["a€c", "abc"]),
            (r"[^a-z ]", "aé b", &["é"]),
            (r"\bid\b", "id rid idé", &["id", "id"]),
            (r"a*", "baab", &["aa"]),
            (r"[\w.]+\s\S", "a.b\tc", &["a.b\tc"]),
            (r"\.\[\]", "x.[]", &[".[]"]),
        ];
        for (expression, message, expected) in table {
            assert_eq!(found(expression, message), expected, "{expression}");
        }
    }

    #[test]
    fn names_and_expressions_have_limits() {
        let name = "n".repeat(128);
        let expression = "e".repeat(200);
        assert!(CustomIdentifier::compile(&name, &expression).is_ok());
        let refused = [
            ("", "a"),
            (&format!("{name}n"), "a"),
            ("Employee Id", "a"),
            ("Ümlaut", "a"),
            ("EmailAddress", "a"),
            ("DriversLicense-US", "a"),
            ("Custom", ""),
            ("Custom", &format!("{expression}e")),
            ("Custom", "(a)"),
            ("Custom", "a:b"),
            ("Custom", "é"),
            ("Custom", "[a"),
            ("Custom", "a\\"),
            ("Custom", r"\B"),
            ("Custom", r"[\b]"),
            ("Custom", r"\1"),
            ("Custom", "*"),
            // More states than are allowed.
            ("Custom", r"\w{5000}"),
            ("Custom", "a{100}{100}{100}"),
            ("Custom", ".{1000}"),
        ];
        for (name, expression) in refused {
            assert!(
                CustomIdentifier::compile(name, expression).is_err(),
                "{name} {expression}"
            );
        }
    }
}
