use crate::context::Keys;
use crate::document::{Effect, Entries, OneOrMany, Scalar, Version};
use crate::operator::{Comparison, Operator, Quantifier, Relation};
use crate::pattern::{Glyph, Pattern, Syntax, matches, matches_arn};
use base64::{Engine, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use std::net::IpAddr;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

/// One key of a condition block, compiled: all of a statement's conditions must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    operator: Operator,
    /// In lower case.
    key: String,
    values: Values,
}

/// The policy's values, of the type that the operator compares. A request's value fits if it fits any.
#[derive(Debug, Clone, PartialEq)]
enum Values {
    Text(TextComparison, Vec<Pattern>),
    Numeric(Relation, Vec<f64>),
    Date(Relation, Vec<OffsetDateTime>),
    Bool(Vec<bool>),
    Binary(Vec<Vec<u8>>),
    Networks(Vec<IpNet>),
    /// Whether the key is to be absent.
    Null(Vec<bool>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextComparison {
    String,
    StringIgnoringCase,
    Arn,
}

/// How a request's value compares with all of a policy's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Some,
    None,
    /// None that can be told: a policy's value has a variable to which the request gives no value.
    Unknown,
}

/// Compiles a condition block.
///
/// # Errors
/// What is wrong with it: an unknown operator, or a value that is not of the operator's type.
pub(crate) fn compile(
    block: &Entries<Entries<OneOrMany<Scalar>>>,
    version: Version,
) -> Result<Vec<Condition>, String> {
    let mut conditions = Vec::new();
    for (name, keys) in &block.0 {
        let operator =
            Operator::parse(name).ok_or_else(|| format!("'{name}' is not a condition operator"))?;
        for (key, values) in &keys.0 {
            if key.is_empty() {
                return Err(format!("'{name}' has an empty condition key"));
            }
            if values.as_slice().is_empty() {
                return Err(format!("'{name}' has no value for '{key}'"));
            }
            let values = values
                .as_slice()
                .iter()
                .map(Scalar::to_string)
                .collect::<Vec<_>>();
            conditions.push(Condition {
                operator,
                key: key.to_ascii_lowercase(),
                values: Values::compile(operator.comparison, &values, version)?,
            });
        }
    }
    Ok(conditions)
}

impl Condition {
    /// Whether the condition holds for a request.
    ///
    /// A negated comparison with a value that can't be told holds for a denial and not for a grant:
    /// what is unknown opens nothing.
    pub(crate) fn holds(&self, keys: &Keys<'_>, effect: Effect) -> bool {
        let requested = keys.get(&self.key);
        if let Values::Null(absent) = &self.values {
            return absent.contains(&requested.is_none());
        }
        let Operator {
            quantifier,
            negated,
            if_exists,
            ..
        } = self.operator;
        let Some(requested) = requested else {
            return match quantifier {
                _ if if_exists => true,
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => false,
                None => negated,
            };
        };
        let mut tests = requested.iter().map(|value| match self.values.fit(value, keys) {
            Fit::Some => !negated,
            Fit::None => negated,
            Fit::Unknown => negated && effect == Effect::Deny,
        });
        match quantifier {
            Some(Quantifier::ForAllValues) => tests.all(|test| test),
            Some(Quantifier::ForAnyValue) => tests.any(|test| test),
            // Many values where one is expected: "equals" needs one that does, "does not equal" has none that does.
            None if negated => tests.all(|test| test),
            None => tests.any(|test| test),
        }
    }
}

impl Values {
    fn compile(comparison: Comparison, values: &[String], version: Version) -> Result<Self, String> {
        let text = |comparison, wildcards| -> Result<Self, String> {
            let syntax = Syntax {
                wildcards,
                variables: version == Version::V2012,
            };
            let patterns = values.iter().map(|value| Pattern::parse(value, syntax));
            Ok(Self::Text(comparison, patterns.collect::<Result<_, _>>()?))
        };
        match comparison {
            Comparison::StringEquals => text(TextComparison::String, false),
            Comparison::StringEqualsIgnoreCase => text(TextComparison::StringIgnoringCase, false),
            Comparison::StringLike => text(TextComparison::String, true),
            Comparison::Arn => text(TextComparison::Arn, true),
            Comparison::Numeric(relation) => Ok(Self::Numeric(
                relation,
                read_all(values, "a number", read_number)?,
            )),
            Comparison::Date(relation) => Ok(Self::Date(relation, read_all(values, "a date", read_date)?)),
            Comparison::Bool => Ok(Self::Bool(read_all(values, "true or false", read_bool)?)),
            Comparison::Null => Ok(Self::Null(read_all(values, "true or false", read_bool)?)),
            Comparison::BinaryEquals => Ok(Self::Binary(read_all(values, "Base64", |text| {
                STANDARD.decode(text).ok()
            })?)),
            Comparison::IpAddress => Ok(Self::Networks(read_all(
                values,
                "an address or a range in CIDR notation",
                read_network,
            )?)),
        }
    }

    fn fit(&self, requested: &str, keys: &Keys<'_>) -> Fit {
        let fits = match self {
            Self::Text(comparison, patterns) => return comparison.fit(patterns, requested, keys),
            Self::Numeric(relation, stated) => read_number(requested)
                .is_some_and(|requested| stated.iter().any(|stated| relation.holds(&requested, stated))),
            Self::Date(relation, stated) => read_date(requested)
                .is_some_and(|requested| stated.iter().any(|stated| relation.holds(&requested, stated))),
            Self::Bool(stated) => read_bool(requested).is_some_and(|requested| stated.contains(&requested)),
            Self::Binary(stated) => STANDARD
                .decode(requested)
                .is_ok_and(|requested| stated.contains(&requested)),
            Self::Networks(stated) => requested.parse::<IpAddr>().is_ok_and(|address| {
                stated
                    .iter()
                    .any(|network| network.contains(&address.to_canonical()))
            }),
            Self::Null(_) => unreachable!("Null asks for the key, not for its values"),
        };
        if fits { Fit::Some } else { Fit::None }
    }
}

impl TextComparison {
    fn fit(self, patterns: &[Pattern], requested: &str, keys: &Keys<'_>) -> Fit {
        let mut unmatched = Fit::None;
        for pattern in patterns {
            match pattern.resolve(keys) {
                Some(glyphs) if self.is_match(&glyphs, requested) => return Fit::Some,
                Some(_) => {}
                None => unmatched = Fit::Unknown,
            }
        }
        unmatched
    }

    fn is_match(self, pattern: &[Glyph], requested: &str) -> bool {
        match self {
            Self::String => matches(pattern, requested),
            Self::StringIgnoringCase => {
                let folded: Vec<Glyph> = pattern
                    .iter()
                    .flat_map(|glyph| match glyph {
                        Glyph::Char(character) => {
                            character.to_lowercase().map(Glyph::Char).collect::<Vec<_>>()
                        }
                        wildcard => vec![*wildcard],
                    })
                    .collect();
                matches(
                    &folded,
                    &requested.chars().flat_map(char::to_lowercase).collect::<String>(),
                )
            }
            Self::Arn => matches_arn(pattern, requested),
        }
    }
}

fn read_all<T>(
    values: &[String],
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, String> {
    values
        .iter()
        .map(|value| read(value).ok_or_else(|| format!("the condition value '{value}' is not {expected}")))
        .collect()
}

fn read_number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn read_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Seconds since the Unix epoch, or ISO 8601: a day (its start in UTC) or a time with its zone.
fn read_date(text: &str) -> Option<OffsetDateTime> {
    if let Ok(unix_seconds) = text.parse() {
        return OffsetDateTime::from_unix_timestamp(unix_seconds).ok();
    }
    OffsetDateTime::parse(text, &Iso8601::PARSING).ok().or_else(|| {
        let day = Date::parse(text, &Iso8601::PARSING).ok()?;
        Some(day.midnight().assume_utc())
    })
}

fn read_network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
