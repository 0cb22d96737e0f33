//! The dynamic view of inputs and outputs.

mod read;
mod write;

use std::borrow::Cow;

use bytes::Bytes;
use indexmap::IndexMap;
use thiserror::Error;

use crate::Timestamp;

pub use write::to_value;

/// An input, an output, or a part of one. Structures and maps are both [`Value::Map`]; the model's shape
/// tells which it is. Keys of structures are the API's member names (`QueueUrl`).
///
/// Typed structs are read by `T::deserialize(&value)` (borrowing strings and bytes where `T` wants to) and
/// written by [`to_value`]. Bytes are [`bytes::Bytes`] or anything that asks serde for bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Not set. Decoders drop null members; it stays only as an element of a sparse list or map.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Float(f64),
    /// Text.
    String(String),
    /// Bytes.
    Blob(Bytes),
    /// A moment.
    Timestamp(Timestamp),
    /// Elements in order.
    List(Vec<Value>),
    /// Members of a structure, or entries of a map, in order.
    Map(Map),
}

impl Value {
    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The bytes, if it is a blob.
    pub fn as_blob(&self) -> Option<&Bytes> {
        match self {
            Value::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members or entries, if it is a structure or map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// As [`Value::as_map`], to change them.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The member or entry of that name, if this is a structure or map that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_map()?.get(name)
    }

    /// Whether it is [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Value::Blob(bytes)
    }
}

impl From<Timestamp> for Value {
    fn from(timestamp: Timestamp) -> Self {
        Value::Timestamp(timestamp)
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Self {
        Value::List(elements)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}

/// Members of a structure or entries of a map, in the order they were inserted. A member's name borrows from
/// the model; a map's key is owned. Boxed, to keep values and errors small.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Box<IndexMap<Cow<'static, str>, Value>>);

impl Map {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value of that name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.get_mut(name)
    }

    /// Whether there is a value of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Sets a value, replacing an earlier one in its place.
    pub fn insert(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(name.into(), value.into())
    }

    /// Takes a value out, keeping the order of the others.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// Entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl<K: Into<Cow<'static, str>>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Map(Box::new(entries.collect()))
    }
}

impl IntoIterator for Map {
    type Item = (Cow<'static, str>, Value);
    type IntoIter = indexmap::map::IntoIter<Cow<'static, str>, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A typed struct that does not fit a [`Value`], or the other way round.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ValueError(String);

impl ValueError {
    fn new(message: impl std::fmt::Display) -> Self {
        ValueError(message.to_string())
    }
}

impl serde::de::Error for ValueError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        ValueError::new(message)
    }
}

impl serde::ser::Error for ValueError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        ValueError::new(message)
    }
}
