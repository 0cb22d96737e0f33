//! Texts with wildcards and policy variables.

use crate::context::Keys;
use std::borrow::Cow;

/// One place in a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    /// This character.
    Char(char),
    /// `?`: any one character.
    AnyChar,
    /// `*`: any number of characters, none too.
    AnyRun,
}

impl Glyph {
    fn admits(self, character: char) -> bool {
        match self {
            Self::Char(own) => own == character,
            Self::AnyChar | Self::AnyRun => true,
        }
    }
}

/// Whether `*` and `?` are wildcards, and whether `${…}` is a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub(crate) wildcards: bool,
    pub(crate) variables: bool,
}

/// A pattern, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    Fixed(Vec<Glyph>),
    WithVariables(Vec<Part>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Glyphs(Vec<Glyph>),
    Variable(Variable),
}

/// `${key}` or `${key, 'default'}`: the value that the request has for a context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// In lower case.
    key: String,
    default: Option<String>,
}

impl Pattern {
    /// Compiles a text.
    ///
    /// # Errors
    /// A `${` that is no variable, with the reason.
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut glyphs = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if syntax.variables
                && let Some(begun) = rest.strip_prefix("${")
            {
                let (body, after) = begun
                    .split_once('}')
                    .ok_or_else(|| format!("the policy variable in '{text}' has no end"))?;
                match body {
                    "*" | "?" | "$" => glyphs.extend(body.chars().map(Glyph::Char)),
                    _ => {
                        parts.push(Part::Glyphs(std::mem::take(&mut glyphs)));
                        parts.push(Part::Variable(Variable::parse(body)?));
                    }
                }
                rest = after;
                continue;
            }
            glyphs.push(match character {
                '*' if syntax.wildcards => Glyph::AnyRun,
                '?' if syntax.wildcards => Glyph::AnyChar,
                _ => Glyph::Char(character),
            });
            rest = &rest[character.len_utf8()..];
        }
        if parts.is_empty() {
            return Ok(Self::Fixed(glyphs));
        }
        parts.push(Part::Glyphs(glyphs));
        Ok(Self::WithVariables(parts))
    }

    /// The pattern for one request. What a variable stands for is taken literally. `None` if a variable has
    /// no value, or several.
    pub(crate) fn resolve(&self, keys: &Keys<'_>) -> Option<Cow<'_, [Glyph]>> {
        match self {
            Self::Fixed(glyphs) => Some(Cow::Borrowed(glyphs)),
            Self::WithVariables(parts) => {
                let mut glyphs = Vec::new();
                for part in parts {
                    match part {
                        Part::Glyphs(fixed) => glyphs.extend_from_slice(fixed),
                        Part::Variable(variable) => {
                            glyphs.extend(variable.value(keys)?.chars().map(Glyph::Char));
                        }
                    }
                }
                Some(Cow::Owned(glyphs))
            }
        }
    }
}

impl Variable {
    fn parse(body: &str) -> Result<Self, String> {
        let (key, default) = match body.split_once(',') {
            None => (body, None),
            Some((key, quoted)) => {
                let default = quoted
                    .trim()
                    .strip_prefix('\'')
                    .and_then(|text| text.strip_suffix('\''));
                let default = default.ok_or_else(|| {
                    format!("the default of the policy variable '{body}' must be in single quotes")
                })?;
                (key, Some(default.to_owned()))
            }
        };
        let key = key.trim();
        if key.is_empty() || key.contains(['$', '{', '*', '?']) {
            return Err(format!("'${{{body}}}' is not a policy variable"));
        }
        Ok(Self {
            key: key.to_ascii_lowercase(),
            default,
        })
    }

    fn value<'a>(&'a self, keys: &'a Keys<'_>) -> Option<Cow<'a, str>> {
        match keys.get(&self.key) {
            None => self.default.as_deref().map(Cow::Borrowed),
            Some(mut values) if values.len() == 1 => values.pop(),
            Some(_) => None,
        }
    }
}

/// Whether the pattern covers the whole text. Takes time proportional to the product of both lengths at worst.
pub(crate) fn matches(pattern: &[Glyph], text: &str) -> bool {
    let mut position = 0;
    let mut rest = text.chars();
    // Where to go on when a match fails: behind the latest run, which then takes one character more.
    let mut retry = None;
    loop {
        let mut next = rest.clone();
        match (pattern.get(position), next.next()) {
            (None, None) => return true,
            (Some(Glyph::AnyRun), _) => {
                position += 1;
                if position == pattern.len() {
                    return true;
                }
                retry = Some((position, rest.clone()));
            }
            (Some(glyph), Some(character)) if glyph.admits(character) => {
                position += 1;
                rest = next;
            }
            _ => {
                let Some((behind_run, taken)) = &mut retry else {
                    return false;
                };
                if taken.next().is_none() {
                    return false;
                }
                position = *behind_run;
                rest = taken.clone();
            }
        }
    }
}

/// Whether an ARN matches component by component: no wildcard reaches over one of the first five colons.
pub(crate) fn matches_arn(pattern: &[Glyph], arn: &str) -> bool {
    const COMPONENTS: usize = 6;
    let mut patterns = pattern.splitn(COMPONENTS, |glyph| *glyph == Glyph::Char(':'));
    let mut components = arn.splitn(COMPONENTS, ':');
    for _ in 0..COMPONENTS {
        match (patterns.next(), components.next()) {
            (Some(pattern), Some(component)) if matches(pattern, component) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, Context, Principal};
    use proptest::prelude::*;

    const FULL: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    fn is_match(pattern: &str, text: &str, context: &Context) -> bool {
        let alice = Principal::User {
            account: AccountId::new("123456789012").unwrap(),
            arn: "arn:aws:iam::123456789012:user/alice".to_owned(),
            user_id: "AIDAEXAMPLEALICE0000".to_owned(),
            name: "alice".to_owned(),
        };
        let keys = Keys::new(context, &alice);
        let pattern = Pattern::parse(pattern, FULL).unwrap();
        pattern
            .resolve(&keys)
            .is_some_and(|glyphs| matches(&glyphs, text))
    }

    #[test]
    fn wildcards_match() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything:at/all", true),
            ("**", "", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "ሴ", true),
            ("?", "ab", false),
            ("??", "ab", true),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("a*?c", "ac", false),
            ("a*?c", "abc", true),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "aba", false),
            ("a?c*e", "abcde", true),
            ("A", "a", false),
            (
                "arn:aws:sqs:*:*:queue",
                "arn:aws:sqs:us-east-1:123456789012:queue",
                true,
            ),
            (
                "arn:aws:sqs:*:queue",
                "arn:aws:sqs:us-east-1:123456789012:queue",
                true,
            ),
            (
                "arn:aws:sqs:us-east-1:123456789012:a*",
                "arn:aws:sqs:us-east-1:123456789012:b",
                false,
            ),
        ] {
            assert_eq!(
                is_match(pattern, text, &Context::new()),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn variables_are_replaced_literally() {
        let mut context = Context::new();
        context.insert("aws:username", "bob");
        context.insert("aws:PrincipalTag/team", "*");
        context.insert_all("many", ["a", "b"]);
        for (pattern, text, expected) in [
            ("home/${aws:username}/*", "home/alice/x", true),
            ("home/${aws:username}/*", "home/bob/x", false),
            ("home/${AWS:UserName}", "home/alice", true),
            ("${aws:PrincipalTag/Team}", "*", true),
            ("${aws:PrincipalTag/Team}", "anything", false),
            ("${aws:missing}", "", false),
            ("${aws:missing, 'company'}", "company", true),
            ("${aws:username, 'company'}", "alice", true),
            ("${aws:missing,'a, b'}", "a, b", true),
            ("${many}", "a", false),
            ("${*}", "*", true),
            ("${*}", "a", false),
            ("${?}${$}", "?$", true),
            ("${$}{aws:username}", "${aws:username}", true),
            ("$", "$", true),
            ("{}", "{}", true),
        ] {
            assert_eq!(is_match(pattern, text, &context), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for text in [
            "${",
            "${aws:username",
            "${}",
            "${ }",
            "${a, b}",
            "${a,'b}",
            "${${a}}",
            "${a*}",
        ] {
            assert!(Pattern::parse(text, FULL).is_err(), "{text}");
        }
    }

    #[test]
    fn without_variables_and_wildcards_text_is_text() {
        let none = Syntax {
            wildcards: false,
            variables: false,
        };
        let text = "${aws:username}*?${";
        assert_eq!(
            Pattern::parse(text, none),
            Ok(Pattern::Fixed(text.chars().map(Glyph::Char).collect()))
        );
    }

    #[test]
    fn arns_match_by_component() {
        for (pattern, arn, expected) in [
            (
                "arn:aws:sns:*:*:topic",
                "arn:aws:sns:us-east-1:123456789012:topic",
                true,
            ),
            (
                "arn:aws:sns:us-*:123456789012:*",
                "arn:aws:sns:us-east-1:123456789012:a:b",
                true,
            ),
            (
                "arn:aws:sns:*:topic",
                "arn:aws:sns:us-east-1:123456789012:topic",
                false,
            ),
            ("arn:*:topic", "arn:aws:sns:us-east-1:123456789012:topic", false),
            ("*:*:*:*:*:*", "arn:aws:s3:::bucket", true),
            ("*:*:*:*:*:*", "not an arn", false),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket", true),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::buckets", false),
            (
                "arn:aws:sns:*:*:a:b",
                "arn:aws:sns:us-east-1:123456789012:a:b",
                true,
            ),
        ] {
            let glyphs = match Pattern::parse(pattern, FULL).unwrap() {
                Pattern::Fixed(glyphs) => glyphs,
                Pattern::WithVariables(_) => panic!("{pattern} has no variables"),
            };
            assert_eq!(matches_arn(&glyphs, arn), expected, "{pattern} on {arn}");
        }
    }

    /// The definition of wildcards, word by word.
    fn oracle(pattern: &[Glyph], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([], _) => false,
            ([Glyph::AnyRun, behind @ ..], _) => (0..=text.len()).any(|taken| oracle(behind, &text[taken..])),
            (_, []) => false,
            ([glyph, behind @ ..], [character, rest @ ..]) => {
                glyph.admits(*character) && oracle(behind, rest)
            }
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_definition(pattern in "[abሴ*?]{0,9}", text in "[abሴ]{0,12}") {
            let Pattern::Fixed(glyphs) = Pattern::parse(&pattern, FULL).unwrap() else {
                return Err(TestCaseError::fail("the pattern has no variables"));
            };
            let characters: Vec<char> = text.chars().collect();
            prop_assert_eq!(matches(&glyphs, &text), oracle(&glyphs, &characters));
        }

        #[test]
        fn patterns_of_anything_compile_or_not(text in "(\\$\\{|\\}|'|,|\\*|\\PC){0,20}") {
            let keys_context = Context::new();
            let keys = Keys::new(&keys_context, &Principal::Anonymous);
            if let Ok(pattern) = Pattern::parse(&text, FULL) {
                let fixed = matches!(pattern, Pattern::Fixed(_));
                prop_assert!(pattern.resolve(&keys).is_some() || !fixed);
            }
        }
    }
}
