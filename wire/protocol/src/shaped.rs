//! Any format that serde reads to [`Value`], driven by the shapes, in one pass over the bytes.
//!
//! Depth is bounded by the formats' readers, the number of values by [`MAX_VALUES`].

use std::cell::{Cell, RefCell};
use std::fmt;

use bytes::Bytes;
use ninefold_model::{
    Map, Member, ServiceModel, Shape, ShapeId, ShapeKind, StructureShape, Timestamp, Value,
};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{Codec, DecodeError, scalar};

/// Values in one input, far beyond what any operation takes.
const MAX_VALUES: usize = 50_000;

/// Reads a value of that shape: `read` is to deserialize the seed it gets, `malformed` words what isn't of the codec's
/// syntax.
pub(crate) fn value<E>(
    codec: Codec,
    model: &ServiceModel,
    shape: ShapeId,
    read: impl FnOnce(Seed<'_>) -> Result<Value, E>,
    malformed: impl FnOnce(&E) -> DecodeError,
) -> Result<Value, DecodeError> {
    let reading = Reading {
        codec,
        model,
        values: Cell::new(0),
        refusal: RefCell::new(None),
    };
    let seed = Seed {
        reading: &reading,
        shape: Some(model.shape(shape)),
    };
    read(seed).map_err(|error| reading.refusal.take().unwrap_or_else(|| malformed(&error)))
}

/// One body being read. Readers add positions to errors that AWS doesn't have, so ours is kept aside.
struct Reading<'m> {
    codec: Codec,
    model: &'m ServiceModel,
    values: Cell<usize>,
    refusal: RefCell<Option<DecodeError>>,
}

impl Reading<'_> {
    fn refuse<E: Error>(&self, error: DecodeError) -> E {
        let placeholder = E::custom(&error);
        self.refusal.replace(Some(error));
        placeholder
    }

    fn count<E: Error>(&self) -> Result<(), E> {
        self.values.set(self.values.get() + 1);
        if self.values.get() > MAX_VALUES {
            return Err(self.refuse(DecodeError::Limit(format!(
                "The input has more than {MAX_VALUES} values"
            ))));
        }
        Ok(())
    }
}

/// Reads one value of a shape; without one (inside a document) whatever is there.
#[derive(Clone, Copy)]
pub(crate) struct Seed<'m> {
    reading: &'m Reading<'m>,
    shape: Option<&'m Shape>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.reading.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'m> Seed<'m> {
    fn of(self, shape: ShapeId) -> Seed<'m> {
        Seed {
            shape: Some(self.reading.model.shape(shape)),
            ..self
        }
    }

    fn refuse<E: Error>(self, message: impl Into<String>) -> E {
        self.reading.refuse(DecodeError::Type(message.into()))
    }

    /// A scalar where the shape wants another type.
    fn mismatch<E: Error>(self, found: &str) -> E {
        let target = match self.shape.map(|shape| &shape.kind) {
            Some(ShapeKind::List(_)) => return self.refuse("Expected list or null"),
            Some(ShapeKind::Map(_)) => return self.refuse("Expected map or null"),
            Some(ShapeKind::Structure(_)) | None => return self.refuse("Expected null"),
            Some(ShapeKind::Blob(_)) => {
                return self.refuse(match self.reading.codec {
                    Codec::Json => "only base-64-encoded strings are convertible to bytes",
                    Codec::Cbor => "only byte strings are convertible to bytes",
                });
            }
            Some(ShapeKind::Timestamp(_)) => "milliseconds since epoch",
            Some(ShapeKind::String(_)) => "a String",
            Some(ShapeKind::Boolean) => "a Boolean",
            Some(ShapeKind::Integer(_)) => "an Integer",
            Some(ShapeKind::Long(_)) => "a Long",
            Some(ShapeKind::Float(_)) => "a Double",
        };
        self.refuse(format!("{found} can not be converted to {target}"))
    }

    fn structure<'de, A: MapAccess<'de>>(
        self,
        structure: &'m StructureShape,
        mut access: A,
    ) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(member) = access.next_key_seed(MemberName(structure))? {
            let Some(member) = member else {
                access.next_value::<IgnoredAny>()?;
                continue;
            };
            match access.next_value_seed(self.of(member.shape))? {
                Value::Null => {}
                value => drop(map.insert(member.name, value)),
            }
        }
        Ok(Value::Map(map))
    }

    fn entries<'de, A: MapAccess<'de>>(self, value: Seed<'m>, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            match access.next_value_seed(value)? {
                Value::Null => {}
                value => drop(map.insert(key, value)),
            }
        }
        Ok(Value::Map(map))
    }

    fn whole_number<E: Error>(self, number: i64) -> Result<Value, E> {
        match self.shape.map(|shape| &shape.kind) {
            Some(ShapeKind::Integer(_)) if i32::try_from(number).is_err() => self.out_of_range(),
            None | Some(ShapeKind::Integer(_) | ShapeKind::Long(_)) => Ok(Value::Integer(number)),
            Some(ShapeKind::Float(_)) => Ok(Value::Float(number as f64)),
            Some(ShapeKind::Timestamp(_)) => self.moment(number as f64),
            _ => Err(self.mismatch("NUMBER_VALUE")),
        }
    }

    /// JSON has seconds, CBOR milliseconds.
    fn moment<E: Error>(self, number: f64) -> Result<Value, E> {
        let seconds = match self.reading.codec {
            Codec::Json => number,
            Codec::Cbor => number / 1000.0,
        };
        Timestamp::from_seconds(seconds)
            .map(Value::Timestamp)
            .map_err(|error| self.refuse(error.to_string()))
    }

    fn out_of_range<E: Error>(self) -> Result<Value, E> {
        Err(self.refuse("Number out of range"))
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        match self.shape.map(|shape| &shape.kind) {
            None | Some(ShapeKind::Boolean) => Ok(Value::Bool(flag)),
            _ => Err(self.mismatch(if flag { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.whole_number(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.whole_number(number),
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        match self.shape.map(|shape| &shape.kind) {
            // AWS cuts the fraction off.
            Some(ShapeKind::Integer(_)) if number.abs() <= f64::from(i32::MAX) => {
                Ok(Value::Integer(number.trunc() as i64))
            }
            Some(ShapeKind::Long(_)) if number.abs() < i64::MAX as f64 => {
                Ok(Value::Integer(number.trunc() as i64))
            }
            Some(ShapeKind::Integer(_) | ShapeKind::Long(_)) => self.out_of_range(),
            None | Some(ShapeKind::Float(_)) => Ok(Value::Float(number)),
            Some(ShapeKind::Timestamp(_)) => self.moment(number),
            _ => Err(self.mismatch("NUMBER_VALUE")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        let Some(shape) = self.shape else {
            return Ok(Value::from(text));
        };
        match &shape.kind {
            ShapeKind::String(_) => Ok(Value::from(text)),
            ShapeKind::Blob(_) if self.reading.codec == Codec::Cbor => Err(self.mismatch("STRING_VALUE")),
            ShapeKind::Blob(_) | ShapeKind::Timestamp(_) => {
                scalar::parse(shape, text).map_err(|error| self.reading.refuse(error))
            }
            ShapeKind::Float(_) => match scalar::parse_float(text) {
                Some(number) if !number.is_finite() => Ok(Value::Float(number)),
                _ => Err(self.mismatch("STRING_VALUE")),
            },
            ShapeKind::Structure(structure) if structure.document => Ok(Value::from(text)),
            _ => Err(self.mismatch("STRING_VALUE")),
        }
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Value, E> {
        match self.shape.map(|shape| &shape.kind) {
            None | Some(ShapeKind::Blob(_)) => Ok(Value::Blob(Bytes::copy_from_slice(bytes))),
            _ => Err(self.mismatch("BINARY_VALUE")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let element = match self.shape.map(|shape| &shape.kind) {
            Some(ShapeKind::List(list)) => self.of(list.member.shape),
            Some(ShapeKind::Structure(structure)) if structure.document => Seed { shape: None, ..self },
            None => self,
            _ => return Err(self.refuse("Start of list found where not expected")),
        };
        let mut elements = Vec::new();
        while let Some(value) = access.next_element_seed(element)? {
            if !value.is_null() || element.shape.is_none() {
                elements.push(value);
            }
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        match self.shape.map(|shape| &shape.kind) {
            Some(ShapeKind::Structure(structure)) if structure.document => {
                let any = Seed { shape: None, ..self };
                any.entries(any, access)
            }
            Some(ShapeKind::Structure(structure)) => self.structure(structure, access),
            Some(ShapeKind::Map(map)) => self.entries(self.of(map.value.shape), access),
            None => self.entries(self, access),
            _ => Err(self.refuse("Start of structure or map found where not expected.")),
        }
    }
}

/// Finds the member a key names, without allocating.
struct MemberName<'m>(&'m StructureShape);

impl<'de, 'm> DeserializeSeed<'de> for MemberName<'m> {
    type Value = Option<&'m Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'m> Visitor<'_> for MemberName<'m> {
    type Value = Option<&'m Member>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.member_in_body(key))
    }
}
