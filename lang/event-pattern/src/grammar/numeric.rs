//! `numeric`: `["=", 1]`, `[">", 0, "<=", 5]` and the like.

use super::{refuse_at, refuse_here, refuse_next};
use crate::error::{Place, Refusal};
use crate::json::{Elements, Kind, Reader};
use crate::number::Number;
use crate::range::Range;

pub(super) const TOO_MANY_ELEMENTS: &str = "Too many elements in numeric expression";

/// Reads the range that comes next.
pub(super) fn numeric(reader: &mut Reader<'_>) -> Result<Range, Refusal> {
    if reader.peek()? != Kind::Array {
        return refuse_next(reader, "Value of numeric must be an array.");
    }
    let mut members = reader.array()?;
    let Some(operator) = operator(reader, &mut members, "Invalid member in numeric match")? else {
        return refuse_here(reader, "Invalid member in numeric match: ]");
    };
    let name = match &*operator {
        "=" => "equals",
        "<" | "<=" | ">" | ">=" => &operator,
        _ => return refuse_next(reader, format!("Unrecognized numeric range operator: {operator}")),
    };
    let value = operand(reader, &mut members, name)?;
    let is_lower_bound = operator.starts_with('>');
    if is_lower_bound
        && let Some(second) = self::operator(reader, &mut members, "Bad value in numeric range")?
    {
        return between(reader, &mut members, (&operator, value), &second);
    }
    if !is_lower_bound {
        end(reader, &mut members, TOO_MANY_ELEMENTS)?;
    }
    Ok(match &*operator {
        "=" => Range::new(value, value),
        "<" => Range::new(Range::LOWEST, value - 1),
        "<=" => Range::new(Range::LOWEST, value),
        ">" => Range::new(value + 1, Range::HIGHEST),
        _ => Range::new(value, Range::HIGHEST),
    })
}

/// Reads the upper bound of a range that has a lower one, from behind its operator on.
fn between(
    reader: &mut Reader<'_>,
    members: &mut Elements,
    (low_operator, low): (&str, i64),
    operator: &str,
) -> Result<Range, Refusal> {
    if !["<", "<="].contains(&operator) {
        return refuse_here(reader, format!("Bad numeric range operator: {operator}"));
    }
    let high = operand(reader, members, operator)?;
    end(reader, members, "Too many terms in numeric range expression")?;
    if low >= high {
        return refuse_here(reader, "Bottom must be less than top");
    }
    Ok(Range::new(
        low + i64::from(low_operator == ">"),
        high - i64::from(operator == "<"),
    ))
}

/// Reads the string that comes next; `None` at the end of the list.
fn operator(
    reader: &mut Reader<'_>,
    members: &mut Elements,
    if_other: &str,
) -> Result<Option<String>, Refusal> {
    match reader.element(members)? {
        None => Ok(None),
        Some(Kind::String) => Ok(Some(reader.string()?.into_owned())),
        Some(kind) => {
            let place = Place::At(reader.end_of_next_token());
            // Of a list or an object the service tells the bracket.
            let found = match kind {
                Kind::Array => "[",
                Kind::Object => "{",
                Kind::Number => reader.number()?,
                Kind::True => "true",
                Kind::False => "false",
                Kind::Null | Kind::String => "null",
            };
            refuse_at(place, format!("{if_other}: {found}"))
        }
    }
}

/// Reads the number behind an operator, in millionths.
fn operand(reader: &mut Reader<'_>, members: &mut Elements, operator: &str) -> Result<i64, Refusal> {
    let reason = format!("Value of {operator} must be numeric");
    match reader.element(members)? {
        None => refuse_here(reader, reason),
        Some(Kind::Number) => {
            let number = Number::parse(reader.number()?);
            within_bounds(&number.expect("what is a number in JSON is one"))
        }
        Some(_) => refuse_next(reader, reason),
    }
}

fn end(reader: &mut Reader<'_>, members: &mut Elements, if_more: &str) -> Result<(), Refusal> {
    match reader.element(members)? {
        None => Ok(()),
        Some(_) => refuse_next(reader, if_more),
    }
}

/// The value of a number, in millionths. The service tells no place of one that is beyond the bounds.
pub(super) fn within_bounds(number: &Number<'_>) -> Result<i64, Refusal> {
    match number.millionths() {
        Some(millionths) => Ok(millionths),
        None => refuse_at(Place::Unsaid, "Value must be between -5.0E9 and 5.0E9, inclusive"),
    }
}
