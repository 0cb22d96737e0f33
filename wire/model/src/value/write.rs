//! Writing typed structs into a [`Value`].

use std::borrow::Cow;

use bytes::Bytes;
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::{Map, Value, ValueError};
use crate::Timestamp;

/// The [`Value`] of anything serializable. Members and entries that are `None` are left out; bytes become
/// blobs, unit variants their names, and other variants structures with one member (unions).
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ValueError> {
    value.serialize(Writer)
}

struct Writer;

type Done = Result<Value, ValueError>;

impl Serializer for Writer {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = ListWriter;
    type SerializeTuple = ListWriter;
    type SerializeTupleStruct = ListWriter;
    type SerializeTupleVariant = Impossible<Value, ValueError>;
    type SerializeMap = MapWriter;
    type SerializeStruct = MapWriter;
    type SerializeStructVariant = UnionWriter;

    /// Not so: bytes are written as bytes.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, flag: bool) -> Done {
        Ok(Value::Bool(flag))
    }

    fn serialize_i8(self, number: i8) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i16(self, number: i16) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i32(self, number: i32) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i64(self, number: i64) -> Done {
        Ok(Value::Integer(number))
    }

    fn serialize_u8(self, number: u8) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u16(self, number: u16) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u32(self, number: u32) -> Done {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u64(self, number: u64) -> Done {
        i64::try_from(number).map(Value::Integer).map_err(ValueError::new)
    }

    fn serialize_f32(self, number: f32) -> Done {
        Ok(Value::Float(number.into()))
    }

    fn serialize_f64(self, number: f64) -> Done {
        Ok(Value::Float(number))
    }

    fn serialize_char(self, character: char) -> Done {
        Ok(Value::String(character.into()))
    }

    fn serialize_str(self, text: &str) -> Done {
        Ok(Value::from(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        Ok(Value::Blob(Bytes::copy_from_slice(bytes)))
    }

    fn serialize_none(self) -> Done {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        Ok(Value::Map(Map::new()))
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Done {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        match (name, value.serialize(self)?) {
            (Timestamp::SERDE_NAME, Value::Integer(milliseconds)) => {
                Ok(Value::Timestamp(Timestamp::from_milliseconds(milliseconds)))
            }
            (_, value) => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        Ok(Value::Map(Map::from_iter([(variant, value.serialize(self)?)])))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListWriter, ValueError> {
        Ok(ListWriter(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, length: usize) -> Result<ListWriter, ValueError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<ListWriter, ValueError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, ValueError> {
        Err(ValueError::new(format_args!(
            "{name}::{variant}: a tuple variant has no place in a model"
        )))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<MapWriter, ValueError> {
        Ok(MapWriter::default())
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<MapWriter, ValueError> {
        Ok(MapWriter::default())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<UnionWriter, ValueError> {
        Ok(UnionWriter {
            variant,
            members: MapWriter::default(),
        })
    }
}

struct ListWriter(Vec<Value>);

impl SerializeSeq for ListWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.0.push(element.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Done {
        Ok(Value::List(self.0))
    }
}

impl ser::SerializeTuple for ListWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        SerializeSeq::serialize_element(self, element)
    }

    fn end(self) -> Done {
        SerializeSeq::end(self)
    }
}

impl ser::SerializeTupleStruct for ListWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.serialize_element(element)
    }

    fn end(self) -> Done {
        SerializeSeq::end(self)
    }
}

#[derive(Default)]
struct MapWriter {
    map: Map,
    key: String,
}

impl MapWriter {
    fn set<T: Serialize + ?Sized>(&mut self, name: Cow<'static, str>, value: &T) -> Result<(), ValueError> {
        match value.serialize(Writer)? {
            Value::Null => {}
            value => drop(self.map.insert(name, value)),
        }
        Ok(())
    }
}

impl SerializeMap for MapWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = match key.serialize(Writer)? {
            Value::String(key) => key,
            Value::Integer(key) => key.to_string(),
            _ => return Err(ValueError::new("a map's key must be text")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let key = std::mem::take(&mut self.key);
        self.set(key.into(), value)
    }

    fn end(self) -> Done {
        Ok(Value::Map(self.map))
    }
}

impl SerializeStruct for MapWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.set(name.into(), value)
    }

    fn end(self) -> Done {
        Ok(Value::Map(self.map))
    }
}

struct UnionWriter {
    variant: &'static str,
    members: MapWriter,
}

impl ser::SerializeStructVariant for UnionWriter {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.members.set(name.into(), value)
    }

    fn end(self) -> Done {
        Ok(Value::Map(Map::from_iter([(self.variant, self.members.map)])))
    }
}
