//! Typed structs as CBOR.

use ninefold_model::Timestamp;
use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::{CborError, write};

/// Writes one item at the end of the bytes.
pub(super) struct Serializer<'a> {
    output: &'a mut Vec<u8>,
}

impl<'a> Serializer<'a> {
    pub(super) fn new(output: &'a mut Vec<u8>) -> Self {
        Serializer { output }
    }

    /// A variant is a map of one entry.
    fn variant(self, name: &str) -> Self {
        write::map(self.output, 1);
        write::text(self.output, name);
        self
    }

    fn array(self, length: Option<usize>) -> Parts<'a> {
        match length {
            Some(length) => write::array(self.output, length),
            None => write::open_array(self.output),
        }
        Parts {
            output: self.output,
            is_open: length.is_none(),
        }
    }

    fn map(self, length: Option<usize>) -> Parts<'a> {
        match length {
            Some(length) => write::map(self.output, length),
            None => write::open_map(self.output),
        }
        Parts {
            output: self.output,
            is_open: length.is_none(),
        }
    }
}

/// What is written of an array or map, part by part.
pub(super) struct Parts<'a> {
    output: &'a mut Vec<u8>,
    /// A break ends it.
    is_open: bool,
}

impl Parts<'_> {
    fn part<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), CborError> {
        part.serialize(Serializer::new(self.output))
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), CborError> {
        write::text(self.output, name);
        self.part(value)
    }

    fn finish(self) {
        if self.is_open {
            write::end(self.output);
        }
    }
}

impl<'a> ser::Serializer for Serializer<'a> {
    type Ok = ();
    type Error = CborError;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, flag: bool) -> Result<(), CborError> {
        write::boolean(self.output, flag);
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Result<(), CborError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), CborError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), CborError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), CborError> {
        write::integer(self.output, number);
        Ok(())
    }

    fn serialize_u8(self, number: u8) -> Result<(), CborError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), CborError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), CborError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), CborError> {
        write::unsigned(self.output, number);
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), CborError> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), CborError> {
        write::float(self.output, number);
        Ok(())
    }

    fn serialize_char(self, character: char) -> Result<(), CborError> {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), CborError> {
        write::text(self.output, text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), CborError> {
        write::bytes(self.output, bytes);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), CborError> {
        write::null(self.output);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CborError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), CborError> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), CborError> {
        self.map(Some(0)).finish();
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), CborError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CborError> {
        if name == Timestamp::SERDE_NAME {
            write::moment_tag(self.output);
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CborError> {
        value.serialize(self.variant(variant))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Parts<'a>, CborError> {
        Ok(self.array(length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Parts<'a>, CborError> {
        Ok(self.array(Some(length)))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Parts<'a>, CborError> {
        Ok(self.array(Some(length)))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Parts<'a>, CborError> {
        Ok(self.variant(variant).array(Some(length)))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Parts<'a>, CborError> {
        Ok(self.map(length))
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Parts<'a>, CborError> {
        Ok(self.map(Some(length)))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Parts<'a>, CborError> {
        Ok(self.variant(variant).map(Some(length)))
    }
}

macro_rules! elements {
    ($($kind:ident: $method:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = ();
            type Error = CborError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CborError> {
                self.part(value)
            }

            fn end(self) -> Result<(), CborError> {
                self.finish();
                Ok(())
            }
        })*
    };
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
}

macro_rules! members {
    ($($kind:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = ();
            type Error = CborError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), CborError> {
                self.member(name, value)
            }

            fn end(self) -> Result<(), CborError> {
                self.finish();
                Ok(())
            }
        })*
    };
}

members! { SerializeStruct, SerializeStructVariant }

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = CborError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CborError> {
        self.part(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CborError> {
        self.part(value)
    }

    fn end(self) -> Result<(), CborError> {
        self.finish();
        Ok(())
    }
}
