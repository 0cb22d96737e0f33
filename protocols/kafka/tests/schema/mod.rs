//! Valid bytes of every message, made from Kafka's definitions by a second reading of them.
//!
//! `schema.json` has the definitions without prose. What is made here is in the one form that an encoder gives, so that it has to
//! come back as it is.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use fastrand::Rng;
use serde::Deserialize;

/// The definition of a message.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) api_key: Option<i16>,
    pub(crate) kind: String,
    versions: (i16, i16),
    flexible: (i16, i16),
    structs: BTreeMap<String, Vec<Field>>,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    versions: (i16, i16),
    #[serde(default)]
    array: bool,
    nullable: Option<(i16, i16)>,
    tag: Option<u32>,
}

/// How many elements arrays have at most.
const ELEMENTS: usize = 3;
/// How many elements the arrays of a wide message have: when room for them has just been doubled.
const WIDE_ELEMENTS: usize = 1025;

/// The definitions of all messages, by name.
pub(crate) fn messages() -> BTreeMap<String, Message> {
    serde_json::from_str(include_str!("../schema.json")).unwrap()
}

fn within(versions: (i16, i16), version: i16) -> bool {
    (versions.0..=versions.1).contains(&version)
}

impl Message {
    /// All of its versions.
    pub(crate) fn versions(&self) -> RangeInclusive<i16> {
        self.versions.0..=self.versions.1
    }

    /// Whether it has a field of the name at its top, in any version and in this one.
    pub(crate) fn has_field(&self, message: &str, field: &str, version: i16) -> (bool, bool) {
        let found = self.structs[message].iter().find(|each| each.name == field);
        (
            found.is_some(),
            found.is_some_and(|found| within(found.versions, version)),
        )
    }

    /// Bytes of a version, the same for the same random numbers.
    pub(crate) fn bytes(&self, name: &str, version: i16, random: &mut Rng) -> Vec<u8> {
        self.made(name, version, random, false)
    }

    /// Bytes with long arrays of elements that are as short as can be: those that take the most memory for their length.
    pub(crate) fn wide_bytes(&self, name: &str, version: i16) -> Vec<u8> {
        self.made(name, version, &mut Rng::with_seed(0), true)
    }

    fn made(&self, name: &str, version: i16, random: &mut Rng, wide: bool) -> Vec<u8> {
        let mut maker = Maker {
            message: self,
            version,
            flexible: within(self.flexible, version),
            random,
            wide,
            depth: 0,
            bytes: Vec::new(),
        };
        maker.structure(name);
        maker.bytes
    }
}

struct Maker<'a> {
    message: &'a Message,
    version: i16,
    flexible: bool,
    random: &'a mut Rng,
    wide: bool,
    /// How many arrays the place is in.
    depth: usize,
    bytes: Vec<u8>,
}

impl<'a> Maker<'a> {
    fn structure(&mut self, name: &str) {
        let fields: Vec<&'a Field> = self.message.structs[name]
            .iter()
            .filter(|field| within(field.versions, self.version))
            .collect();
        for field in fields.iter().filter(|field| field.tag.is_none()) {
            self.field(field);
        }
        if self.flexible {
            self.tagged(fields);
        }
    }

    /// Tagged fields are there when their value is not the default, which only those made here are certain not to be.
    fn tagged(&mut self, fields: Vec<&'a Field>) {
        let mut present: Vec<_> = fields.into_iter().filter(|field| field.tag.is_some()).collect();
        present.sort_by_key(|field| field.tag);
        present.retain(|_| !self.wide && self.random.bool());
        self.varint(present.len() as u32);
        for field in present {
            let outer = std::mem::take(&mut self.bytes);
            self.present(field);
            let value = std::mem::replace(&mut self.bytes, outer);
            self.varint(field.tag.unwrap());
            self.varint(value.len() as u32);
            self.bytes.extend(value);
        }
    }

    fn field(&mut self, field: &'a Field) {
        let nullable = field
            .nullable
            .is_some_and(|versions| within(versions, self.version));
        let null = if self.wide {
            !field.array
        } else {
            self.random.u8(..4) == 0
        };
        if nullable && null {
            return self.null(field);
        }
        let count = match (self.wide, self.depth) {
            (true, 0) => WIDE_ELEMENTS,
            (true, _) => 0,
            (false, _) => self.random.usize(..=ELEMENTS),
        };
        self.value(field, count, nullable);
    }

    /// A value with something in it.
    fn present(&mut self, field: &'a Field) {
        let nullable = field
            .nullable
            .is_some_and(|versions| within(versions, self.version));
        let count = if field.array {
            self.random.usize(1..=ELEMENTS)
        } else {
            1
        };
        self.value(field, count, nullable);
    }

    fn null(&mut self, field: &Field) {
        let is_struct = field.kind.starts_with(char::is_uppercase) && !field.array;
        match (&*field.kind, self.flexible) {
            _ if is_struct => self.bytes.push(0xff),
            (_, true) => self.varint(0),
            ("string", false) if !field.array => self.bytes.extend([0xff; 2]),
            (_, false) => self.bytes.extend([0xff; 4]),
        }
    }

    fn value(&mut self, field: &'a Field, count: usize, nullable: bool) {
        if field.array {
            self.length(count);
            self.depth += 1;
            for _ in 0..count {
                self.element(&field.kind);
            }
            self.depth -= 1;
            return;
        }
        if nullable && field.kind.starts_with(char::is_uppercase) {
            self.bytes.push(1);
        }
        self.element(&field.kind);
    }

    /// A value that is not the default of any field, as far as it is a number or a text.
    fn element(&mut self, kind: &str) {
        match kind {
            "bool" => self.bytes.push(1),
            "int8" => self.number(1),
            "int16" | "uint16" => self.number(2),
            "int32" => self.number(4),
            "int64" => self.number(8),
            "uuid" => self.number(16),
            "float64" => {
                let value = self.random.f64() + 1.0;
                self.bytes.extend(value.to_be_bytes());
            }
            "string" => {
                let texts = ["a", "topic", "é", "group-1"];
                let text = if self.wide {
                    ""
                } else {
                    texts[self.random.usize(..4)]
                };
                match self.flexible {
                    true => self.length(text.len()),
                    false => self.bytes.extend((text.len() as u16).to_be_bytes()),
                }
                self.bytes.extend(text.bytes());
            }
            "bytes" | "records" => {
                let length = if self.wide { 0 } else { self.random.usize(1..=20) };
                self.length(length);
                let content: Vec<u8> = std::iter::repeat_with(|| self.random.u8(..))
                    .take(length)
                    .collect();
                self.bytes.extend(content);
            }
            structure => self.structure(structure),
        }
    }

    /// A number of so many bytes: below 0, and neither -1 nor the least.
    fn number(&mut self, size: usize) {
        self.bytes.push(self.random.u8(0x90..0xf0));
        for _ in 1..size {
            let byte = self.random.u8(..);
            self.bytes.push(byte);
        }
    }

    fn length(&mut self, length: usize) {
        match self.flexible {
            true => self.varint(length as u32 + 1),
            false => self.bytes.extend((length as u32).to_be_bytes()),
        }
    }

    fn varint(&mut self, mut value: u32) {
        while value > 0x7f {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}
