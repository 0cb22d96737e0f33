//! The tests of one value: `"running"`, `{"prefix": "i-"}`, and so on.

use super::network::network;
use super::numeric::{TOO_MANY_ELEMENTS, numeric, within_bounds};
use super::{refuse_at, refuse_here, refuse_next};
use crate::case::fold;
use crate::error::{PatternError, Place, Refusal};
use crate::json::{Kind, Reader};
use crate::predicate::{Excluded, Predicate};
use crate::scalar::Scalar;
use crate::tree::ValueTest;
use crate::wildcard::Wildcard;

const NO_SCALAR: &str = "Match value must be String, number, true, false, or null";
const ENDS_ARE_STRINGS: &str = "prefix/suffix match pattern must be a string";
const ONE_KEY: &str = "Only one key allowed in match expression";
const IGNORING_CASE_NEEDS_STRINGS: &str =
    "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";

/// Reads the test that comes next and has been peeked at.
pub(super) fn test(reader: &mut Reader<'_>, kind: Kind) -> Result<ValueTest, Refusal> {
    match kind {
        Kind::Object => expression(reader),
        Kind::Array => refuse_next(reader, NO_SCALAR),
        _ => Ok(ValueTest::Fits(Predicate::Equals(scalar(reader, kind)?))),
    }
}

/// Reads an object with an operator.
fn expression(reader: &mut Reader<'_>) -> Result<ValueTest, Refusal> {
    single_member(reader, "Match expression name not found", |reader, operator| {
        let predicate = match operator {
            "exists" => return Ok((exists(reader)?, ONE_KEY)),
            "exactly" => {
                let text = string(reader, "exact match pattern must be a string")?;
                Predicate::Equals(Scalar::String(text.into()))
            }
            "prefix" => prefix(reader)?,
            "suffix" => suffix(reader)?,
            "equals-ignore-case" => Predicate::EqualsIgnoringCase(ignoring_case(reader)?),
            "wildcard" => {
                let text = string(reader, "wildcard match pattern must be a string")?;
                Predicate::Wildcard(wildcard(reader, &text)?)
            }
            "numeric" => Predicate::Numeric(numeric(reader)?),
            // The service has the same words here as for a prefix.
            "cidr" => {
                let text = string(reader, "prefix match pattern must be a string")?;
                Predicate::Network(network(&text)?)
            }
            "anything-but" => Predicate::AnythingBut(anything_but(reader)?),
            other => return refuse_next(reader, format!("Unrecognized match type {other}")),
        };
        let if_more = match predicate {
            Predicate::Numeric(_) | Predicate::AnythingBut(_) => TOO_MANY_ELEMENTS,
            _ => ONE_KEY,
        };
        Ok((ValueTest::Fits(predicate), if_more))
    })
}

/// Reads an object that has exactly one member. What reads the member says with what words a second one is refused.
fn single_member<T>(
    reader: &mut Reader<'_>,
    if_none: &str,
    read: impl FnOnce(&mut Reader<'_>, &str) -> Result<(T, &'static str), Refusal>,
) -> Result<T, Refusal> {
    let mut members = reader.object()?;
    let Some(name) = reader.member(&mut members)? else {
        return refuse_here(reader, if_none);
    };
    let (result, if_more) = read(reader, &name)?;
    match reader.member(&mut members)? {
        None => Ok(result),
        Some(_) => refuse_next(reader, if_more),
    }
}

fn exists(reader: &mut Reader<'_>) -> Result<ValueTest, Refusal> {
    let kind = reader.peek()?;
    let test = match kind {
        Kind::True => ValueTest::Fits(Predicate::Exists),
        Kind::False => ValueTest::Absent,
        _ => return refuse_next(reader, "exists match pattern must be either true or false."),
    };
    reader.literal(kind)?;
    Ok(test)
}

fn prefix(reader: &mut Reader<'_>) -> Result<Predicate, Refusal> {
    if reader.peek()? != Kind::Object {
        let text = string(reader, "prefix match pattern must be a string")?;
        return Ok(Predicate::Prefix(text.into()));
    }
    single_member(
        reader,
        "Prefix expression name not found",
        |reader, operator| match operator {
            "equals-ignore-case" => Ok((Predicate::PrefixIgnoringCase(ignoring_case(reader)?), ONE_KEY)),
            other => refuse_next(reader, format!("Unsupported prefix pattern: {other}")),
        },
    )
}

fn suffix(reader: &mut Reader<'_>) -> Result<Predicate, Refusal> {
    if reader.peek()? != Kind::Object {
        let text = string(reader, "suffix match pattern must be a string")?;
        return Ok(Predicate::Suffix(text.into()));
    }
    single_member(
        reader,
        "Suffix expression name not found",
        |reader, operator| match operator {
            "equals-ignore-case" => Ok((Predicate::SuffixIgnoringCase(ignoring_case(reader)?), ONE_KEY)),
            other => refuse_next(reader, format!("Unsupported suffix pattern: {other}")),
        },
    )
}

/// Reads a string that is compared without case.
fn ignoring_case(reader: &mut Reader<'_>) -> Result<Box<str>, Refusal> {
    let text = string(reader, "equals-ignore-case match pattern must be a string")?;
    Ok(fold(&text).into())
}

fn anything_but(reader: &mut Reader<'_>) -> Result<Excluded, Refusal> {
    if reader.peek()? != Kind::Object {
        return excluded_values(reader);
    }
    single_member(
        reader,
        "Anything-But expression name not found",
        |reader, operator| {
            let excluded = match operator {
                "equals-ignore-case" => {
                    let ignoring_case = |_: &Reader<'_>, text: String, _| Ok(fold(&text).into());
                    Excluded::IgnoringCase(excluded_texts(
                        reader,
                        IGNORING_CASE_NEEDS_STRINGS,
                        ignoring_case,
                    )?)
                }
                "prefix" => Excluded::Prefixes(excluded_texts(reader, ENDS_ARE_STRINGS, not_empty)?),
                "suffix" => Excluded::Suffixes(excluded_texts(reader, ENDS_ARE_STRINGS, not_empty)?),
                "wildcard" => {
                    // Whether the texts are wildcards is looked at behind the last of them.
                    let needs_strings = "wildcard match pattern must be a string";
                    let texts = excluded_texts(reader, needs_strings, |_, text, _| Ok(text))?;
                    let wildcards = texts.iter().map(|text| wildcard(reader, text));
                    Excluded::Wildcards(wildcards.collect::<Result<_, _>>()?)
                }
                other => return refuse_next(reader, format!("Unsupported anything-but pattern: {other}")),
            };
            Ok((excluded, TOO_MANY_ELEMENTS))
        },
    )
}

/// How a place is told: of what is in a list the service tells it twice.
type Tell = fn(usize) -> Place;

/// Reads a string or a number, or a list of strings or of numbers.
fn excluded_values(reader: &mut Reader<'_>) -> Result<Excluded, Refusal> {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    one_or_many(reader, |reader, kind, tell| {
        match kind {
            Kind::String => texts.push(reader.string()?.into()),
            Kind::Number => {
                let number = scalar(reader, kind)?;
                if let Scalar::Number(number) = number {
                    within_bounds(&number)?;
                    numbers.push(number);
                }
            }
            _ => {
                let place = tell(reader.end_of_next_token());
                return refuse_at(
                    place,
                    "Inside anything but list, start|null|boolean is not supported.",
                );
            }
        }
        Ok(())
    })?;
    match (texts.is_empty(), numbers.is_empty()) {
        (false, true) => Ok(Excluded::Strings(texts.into())),
        (true, false) => Ok(Excluded::Numbers(numbers.into())),
        _ => refuse_here(
            reader,
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
    }
}

/// Reads a string or a list of strings.
fn excluded_texts<T>(
    reader: &mut Reader<'_>,
    if_other: &str,
    take: impl Fn(&Reader<'_>, String, Tell) -> Result<T, Refusal>,
) -> Result<Box<[T]>, Refusal> {
    let mut taken = Vec::new();
    one_or_many(reader, |reader, kind, tell| {
        if kind != Kind::String {
            return refuse_at(tell(reader.end_of_next_token()), if_other);
        }
        let text = reader.string()?.into_owned();
        taken.push(take(reader, text, tell)?);
        Ok(())
    })?;
    Ok(taken.into())
}

fn not_empty(reader: &Reader<'_>, text: String, tell: Tell) -> Result<Box<str>, Refusal> {
    if text.is_empty() {
        return refuse_at(tell(reader.position()), "Null prefix/suffix not allowed");
    }
    Ok(text.into())
}

/// Reads a string or a number, or the elements of a list.
fn one_or_many(
    reader: &mut Reader<'_>,
    mut read: impl FnMut(&mut Reader<'_>, Kind, Tell) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match reader.peek()? {
        kind @ (Kind::String | Kind::Number) => read(reader, kind, Place::At),
        Kind::Array => {
            let mut elements = reader.array()?;
            while let Some(kind) = reader.element(&mut elements)? {
                read(reader, kind, Place::TwiceAt)?;
            }
            Ok(())
        }
        _ => refuse_next(
            reader,
            "Value of anything-but must be an array or single string/number value.",
        ),
    }
}

/// Takes the text that has been read last. That it is too complex is found out later, by what doesn't know the place.
fn wildcard(reader: &Reader<'_>, text: &str) -> Result<Wildcard, Refusal> {
    Wildcard::parse(text).map_err(|error| match error {
        PatternError::Invalid(reason) if reason != Wildcard::TOO_COMPLEX => Refusal::Invalid {
            reason,
            place: Place::At(reader.position()),
        },
        error => error.into(),
    })
}

/// Reads a string.
fn string(reader: &mut Reader<'_>, if_other: &str) -> Result<String, Refusal> {
    if reader.peek()? != Kind::String {
        return refuse_next(reader, if_other);
    }
    Ok(reader.string()?.into_owned())
}

/// Reads the scalar that comes next.
fn scalar(reader: &mut Reader<'_>, kind: Kind) -> Result<Scalar<'static>, Refusal> {
    match Scalar::read(reader, kind)? {
        Some(scalar) => Ok(scalar.into_owned()),
        None => refuse_next(reader, NO_SCALAR),
    }
}
