//! serde's view of CBOR: tags are passed over, text and bytes are borrowed where they stand in one piece.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::CborError;
use super::reader::{Item, Reader};

/// How deep items may be nested, as in serde_json.
const MAX_DEPTH: usize = 128;

/// Reads one item.
pub(super) struct Deserializer<'de> {
    reader: Reader<'de>,
    depth: usize,
}

impl<'de> Deserializer<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Deserializer {
            reader: Reader::new(bytes),
            depth: 0,
        }
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), CborError> {
        match self.reader.remaining() {
            0 => Ok(()),
            _ => Err(CborError::Trailing),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, CborError>) -> Result<T, CborError> {
        if self.depth == MAX_DEPTH {
            return Err(CborError::TooDeep);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }
}

impl<'de> serde::Deserializer<'de> for &mut Deserializer<'de> {
    type Error = CborError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CborError> {
        match self.reader.item()? {
            Item::Unsigned(number) => visitor.visit_u64(number),
            Item::Negative(number) => match i64::try_from(number) {
                Ok(number) => visitor.visit_i64(-1 - number),
                Err(_) => visitor.visit_f64(-1.0 - number as f64),
            },
            Item::Bytes(Cow::Borrowed(bytes)) => visitor.visit_borrowed_bytes(bytes),
            Item::Bytes(Cow::Owned(bytes)) => visitor.visit_byte_buf(bytes),
            Item::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Item::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Item::Array(length) => self.nested(|deserializer| {
                let mut elements = Elements::new(deserializer, length);
                let value = visitor.visit_seq(&mut elements)?;
                elements.end()?;
                Ok(value)
            }),
            Item::Map(length) => self.nested(|deserializer| {
                let mut entries = Elements::new(deserializer, length);
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }),
            Item::Tag => self.nested(|deserializer| deserializer.deserialize_any(visitor)),
            Item::Bool(flag) => visitor.visit_bool(flag),
            Item::Null => visitor.visit_unit(),
            Item::Float(number) => visitor.visit_f64(number),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CborError> {
        if self.reader.take_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CborError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CborError> {
        match self.reader.item()? {
            Item::Text(name) => visitor.visit_enum(name.into_deserializer()),
            _ => Err(CborError::Mismatch("expected text".to_owned())),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The elements of an array, or the entries of a map.
struct Elements<'a, 'de> {
    deserializer: &'a mut Deserializer<'de>,
    /// How many are left; none where a break ends them.
    left: Option<u64>,
    has_ended: bool,
}

impl<'a, 'de> Elements<'a, 'de> {
    fn new(deserializer: &'a mut Deserializer<'de>, length: Option<u64>) -> Self {
        Elements {
            deserializer,
            left: length,
            has_ended: false,
        }
    }

    /// Goes on to the next one, if there is one.
    fn advance(&mut self) -> bool {
        self.has_ended = self.has_ended
            || match &mut self.left {
                Some(0) => true,
                Some(left) => {
                    *left -= 1;
                    false
                }
                None => self.deserializer.reader.take_break(),
            };
        !self.has_ended
    }

    /// Whoever reads them must have read all.
    fn end(mut self) -> Result<(), CborError> {
        match self.advance() {
            false => Ok(()),
            true => Err(CborError::Mismatch(
                "there are more elements than expected".to_owned(),
            )),
        }
    }

    /// No more than there are bytes, whatever the length claims.
    fn at_most(&self) -> usize {
        let remaining = self.deserializer.reader.remaining();
        self.left
            .and_then(|left| usize::try_from(left).ok())
            .map_or(0, |left| left.min(remaining))
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = CborError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, CborError> {
        match self.advance() {
            true => seed.deserialize(&mut *self.deserializer).map(Some),
            false => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.at_most())
    }
}

impl<'de> MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = CborError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, CborError> {
        match self.advance() {
            true => seed.deserialize(&mut *self.deserializer).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, CborError> {
        seed.deserialize(&mut *self.deserializer)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.at_most())
    }
}
