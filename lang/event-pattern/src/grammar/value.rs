//! The tests of one value: `"running"`, `{"prefix": "i-"}`, and so on.

use super::refuse;
use crate::case::fold;
use crate::error::PatternError;
use crate::json::{Kind, Reader};
use crate::number::Number;
use crate::predicate::{Excluded, Predicate};
use crate::range::Range;
use crate::scalar::Scalar;
use crate::tree::ValueTest;
use crate::wildcard::Wildcard;
use ipnet::IpNet;
use std::net::IpAddr;

const ONE_KEY: &str = "Only one key allowed in match expression";
const TOO_MANY_ELEMENTS: &str = "Too many elements in numeric expression";
const IGNORING_CASE_NEEDS_STRINGS: &str =
    "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";

/// Reads the test that comes next and has been peeked at.
pub(super) fn test(reader: &mut Reader<'_>, kind: Kind) -> Result<ValueTest, PatternError> {
    match kind {
        Kind::Object => expression(reader),
        Kind::Array => refuse("Match value must be String, number, true, false, or null"),
        _ => Ok(ValueTest::Fits(Predicate::Equals(scalar(reader, kind)?))),
    }
}

/// Reads an object with an operator.
fn expression(reader: &mut Reader<'_>) -> Result<ValueTest, PatternError> {
    single_member(
        reader,
        "Match expression name not found",
        ONE_KEY,
        |reader, operator| {
            let predicate = match operator {
                "exists" => return exists(reader),
                "exactly" => {
                    let text = string(reader, "exact match pattern must be a string")?;
                    Predicate::Equals(Scalar::String(text.into()))
                }
                "prefix" => prefix(reader)?,
                "suffix" => suffix(reader)?,
                "equals-ignore-case" => Predicate::EqualsIgnoringCase(ignoring_case(reader)?),
                "wildcard" => {
                    let text = string(reader, "wildcard match pattern must be a string")?;
                    Predicate::Wildcard(Wildcard::parse(&text)?)
                }
                "numeric" => Predicate::Numeric(numeric(reader)?),
                // The service has the same words here as for a prefix.
                "cidr" => Predicate::Network(network(&string(
                    reader,
                    "prefix match pattern must be a string",
                )?)?),
                "anything-but" => Predicate::AnythingBut(anything_but(reader)?),
                other => return refuse(format!("Unrecognized match type {other}")),
            };
            Ok(ValueTest::Fits(predicate))
        },
    )
}

/// Reads an object that has exactly one member.
fn single_member<T>(
    reader: &mut Reader<'_>,
    if_none: &str,
    if_more: &str,
    read: impl FnOnce(&mut Reader<'_>, &str) -> Result<T, PatternError>,
) -> Result<T, PatternError> {
    let mut members = reader.object()?;
    let Some(name) = reader.member(&mut members)? else {
        return refuse(if_none);
    };
    let result = read(reader, &name)?;
    match reader.member(&mut members)? {
        None => Ok(result),
        Some(_) => refuse(if_more),
    }
}

fn exists(reader: &mut Reader<'_>) -> Result<ValueTest, PatternError> {
    let kind = reader.peek()?;
    let test = match kind {
        Kind::True => ValueTest::Fits(Predicate::Exists),
        Kind::False => ValueTest::Absent,
        _ => return refuse("exists match pattern must be either true or false."),
    };
    reader.literal(kind)?;
    Ok(test)
}

fn prefix(reader: &mut Reader<'_>) -> Result<Predicate, PatternError> {
    if reader.peek()? != Kind::Object {
        let text = string(reader, "prefix match pattern must be a string")?;
        return Ok(Predicate::Prefix(text.into()));
    }
    single_member(
        reader,
        "Prefix expression name not found",
        ONE_KEY,
        |reader, operator| match operator {
            "equals-ignore-case" => ignoring_case(reader).map(Predicate::PrefixIgnoringCase),
            other => refuse(format!("Unsupported prefix pattern: {other}")),
        },
    )
}

fn suffix(reader: &mut Reader<'_>) -> Result<Predicate, PatternError> {
    if reader.peek()? != Kind::Object {
        let text = string(reader, "suffix match pattern must be a string")?;
        return Ok(Predicate::Suffix(text.into()));
    }
    single_member(
        reader,
        "Suffix expression name not found",
        ONE_KEY,
        |reader, operator| match operator {
            "equals-ignore-case" => ignoring_case(reader).map(Predicate::SuffixIgnoringCase),
            other => refuse(format!("Unsupported suffix pattern: {other}")),
        },
    )
}

/// Reads a string that is compared without case.
fn ignoring_case(reader: &mut Reader<'_>) -> Result<Box<str>, PatternError> {
    let text = string(reader, "equals-ignore-case match pattern must be a string")?;
    Ok(fold(&text).into())
}

fn anything_but(reader: &mut Reader<'_>) -> Result<Excluded, PatternError> {
    if reader.peek()? != Kind::Object {
        return excluded_values(reader);
    }
    single_member(
        reader,
        "Anything-But expression name not found",
        TOO_MANY_ELEMENTS,
        |reader, operator| match operator {
            "equals-ignore-case" => {
                let texts = excluded_texts(reader, IGNORING_CASE_NEEDS_STRINGS)?;
                Ok(Excluded::IgnoringCase(
                    texts.iter().map(|text| fold(text).into()).collect(),
                ))
            }
            "prefix" => excluded_ends(reader).map(Excluded::Prefixes),
            "suffix" => excluded_ends(reader).map(Excluded::Suffixes),
            "wildcard" => {
                let texts = excluded_texts(reader, "wildcard match pattern must be a string")?;
                let wildcards = texts.iter().map(|text| Wildcard::parse(text));
                Ok(Excluded::Wildcards(wildcards.collect::<Result<_, _>>()?))
            }
            other => refuse(format!("Unsupported anything-but pattern: {other}")),
        },
    )
}

/// Reads a string or a number, or a list of strings or of numbers.
fn excluded_values(reader: &mut Reader<'_>) -> Result<Excluded, PatternError> {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for scalar in one_or_many(reader)? {
        match scalar {
            Some(Scalar::String(text)) => texts.push(text.into()),
            Some(Scalar::Number(number)) => {
                within_bounds(&number)?;
                numbers.push(number);
            }
            _ => return refuse("Inside anything but list, start|null|boolean is not supported."),
        }
    }
    match (texts.is_empty(), numbers.is_empty()) {
        (false, true) => Ok(Excluded::Strings(texts.into())),
        (true, false) => Ok(Excluded::Numbers(numbers.into())),
        _ => refuse(
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
    }
}

/// Reads a string or a list of strings, none of them empty.
fn excluded_ends(reader: &mut Reader<'_>) -> Result<Box<[Box<str>]>, PatternError> {
    let texts = excluded_texts(reader, "prefix/suffix match pattern must be a string")?;
    if texts.iter().any(|text| text.is_empty()) {
        return refuse("Null prefix/suffix not allowed");
    }
    Ok(texts)
}

/// Reads a string or a list of strings.
fn excluded_texts(reader: &mut Reader<'_>, if_other: &str) -> Result<Box<[Box<str>]>, PatternError> {
    let texts = one_or_many(reader)?.into_iter().map(|scalar| match scalar {
        Some(Scalar::String(text)) => Ok(text.into()),
        _ => refuse(if_other),
    });
    texts.collect()
}

/// Reads a string or a number, or the elements of a list; `None` stands for an element that is a list or an object, after which
/// nothing is read.
fn one_or_many(reader: &mut Reader<'_>) -> Result<Vec<Option<Scalar<'static>>>, PatternError> {
    let kind = reader.peek()?;
    if let Kind::String | Kind::Number = kind {
        return Ok(vec![Some(scalar(reader, kind)?)]);
    }
    if kind != Kind::Array {
        return refuse("Value of anything-but must be an array or single string/number value.");
    }
    let mut values = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        match Scalar::read(reader, kind)? {
            Some(scalar) => values.push(Some(scalar.into_owned())),
            None => {
                values.push(None);
                break;
            }
        }
    }
    Ok(values)
}

/// Reads `["=", 1]`, `[">", 0, "<=", 5]` and the like.
fn numeric(reader: &mut Reader<'_>) -> Result<Range, PatternError> {
    if reader.peek()? != Kind::Array {
        return refuse("Value of numeric must be an array.");
    }
    let mut members = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        // Of a member that is a list or an object the service tells the first character.
        let Some(member) = Scalar::read(reader, kind)? else {
            let begin = if kind == Kind::Array { '[' } else { '{' };
            members.push(Member::Other(begin.to_string()));
            break;
        };
        members.push(member.into());
    }
    range(&members)
}

/// A member of a numeric expression.
enum Member {
    Text(String),
    Number(Number<'static>),
    Other(String),
}

impl From<Scalar<'_>> for Member {
    fn from(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::String(text) => Self::Text(text.into_owned()),
            Scalar::Number(number) => Self::Number(number.into_owned()),
            Scalar::Bool(value) => Self::Other(value.to_string()),
            Scalar::Null => Self::Other("null".to_owned()),
        }
    }
}

impl Member {
    /// A member as reasons quote it; behind the last one that is the bracket.
    fn quoted(member: Option<&Self>) -> &str {
        match member {
            None => "]",
            Some(Self::Text(text) | Self::Other(text)) => text,
            Some(Self::Number(number)) => number.text(),
        }
    }
}

fn range(members: &[Member]) -> Result<Range, PatternError> {
    let Some(Member::Text(operator)) = members.first() else {
        return refuse(format!(
            "Invalid member in numeric match: {}",
            Member::quoted(members.first())
        ));
    };
    if !["=", "<", "<=", ">", ">="].contains(&&**operator) {
        return refuse(format!("Unrecognized numeric range operator: {operator}"));
    }
    let name = if operator == "=" { "equals" } else { operator };
    let value = operand(name, members.get(1))?;
    let has_more = members.len() > 2;
    match &**operator {
        ">" | ">=" if has_more => between(operator, value, &members[2..]),
        _ if has_more => refuse(TOO_MANY_ELEMENTS),
        "=" => Ok(Range::new(value, value)),
        "<" => Ok(Range::new(Range::LOWEST, value - 1)),
        "<=" => Ok(Range::new(Range::LOWEST, value)),
        ">" => Ok(Range::new(value + 1, Range::HIGHEST)),
        _ => Ok(Range::new(value, Range::HIGHEST)),
    }
}

/// The range above a lower bound that has an upper bound too.
fn between(low_operator: &str, low: i64, members: &[Member]) -> Result<Range, PatternError> {
    let Some(Member::Text(operator)) = members.first() else {
        return refuse(format!(
            "Bad value in numeric range: {}",
            Member::quoted(members.first())
        ));
    };
    if !["<", "<="].contains(&&**operator) {
        return refuse(format!("Bad numeric range operator: {operator}"));
    }
    let high = operand(operator, members.get(1))?;
    if members.len() > 2 {
        return refuse("Too many terms in numeric range expression");
    }
    if low >= high {
        return refuse("Bottom must be less than top");
    }
    Ok(Range::new(
        low + i64::from(low_operator == ">"),
        high - i64::from(operator == "<"),
    ))
}

/// The number behind an operator, in millionths.
fn operand(operator: &str, member: Option<&Member>) -> Result<i64, PatternError> {
    match member {
        Some(Member::Number(number)) => within_bounds(number),
        _ => refuse(format!("Value of {operator} must be numeric")),
    }
}

fn within_bounds(number: &Number<'_>) -> Result<i64, PatternError> {
    number
        .millionths()
        .ok_or_else(|| PatternError::new("Value must be between -5.0E9 and 5.0E9, inclusive"))
}

/// Reads a network. A mask may not cover the whole address.
fn network(text: &str) -> Result<IpNet, PatternError> {
    let parts = text.split('/').collect::<Vec<_>>();
    let [address, mask] = *parts else {
        return refuse("Malformed CIDR, one '/' required");
    };
    let Ok(mask) = mask.parse::<i32>() else {
        return refuse("Malformed CIDR, mask bits must be an integer");
    };
    if mask < 0 {
        return refuse("Malformed CIDR, mask bits must not be negative");
    }
    let parsed = match address.parse::<IpAddr>() {
        Ok(parsed) => parsed,
        Err(_) if looks_like_address(address) => return refuse(format!("Invalid IP address: {address}")),
        Err(_) => return refuse(format!("Nonstandard IP address: {address}")),
    };
    let (bits, reason) = match parsed {
        IpAddr::V4(_) => (32, "IPv4 mask bits must be < 32"),
        IpAddr::V6(_) => (128, "IPv6 mask bits must be < 128"),
    };
    let mask = u8::try_from(mask).ok().filter(|mask| *mask < bits);
    match mask.and_then(|mask| IpNet::new(parsed, mask).ok()) {
        Some(network) => Ok(network.trunc()),
        None => refuse(reason),
    }
}

/// Whether a text has the characters of an address, of either version.
fn looks_like_address(text: &str) -> bool {
    let numbers = text.split('.').collect::<Vec<_>>();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let version_4 = numbers.len() == 4 && numbers.iter().all(is_number);
    let hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    version_4 || (text.contains(':') && text.bytes().all(hexadecimal))
}

/// Reads a string.
fn string(reader: &mut Reader<'_>, if_other: &str) -> Result<String, PatternError> {
    if reader.peek()? != Kind::String {
        return refuse(if_other);
    }
    Ok(reader.string()?.into_owned())
}

/// Reads the scalar that comes next.
fn scalar(reader: &mut Reader<'_>, kind: Kind) -> Result<Scalar<'static>, PatternError> {
    match Scalar::read(reader, kind)? {
        Some(scalar) => Ok(scalar.into_owned()),
        None => refuse("Match value must be String, number, true, false, or null"),
    }
}
