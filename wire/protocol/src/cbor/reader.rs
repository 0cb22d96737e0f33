//! From bytes to items, one at a time.

use std::borrow::Cow;

use super::CborError;

/// Ends an array, map or string of indefinite length.
const BREAK: u8 = 0xff;
const NULL: u8 = 0xf6;
const UNDEFINED: u8 = 0xf7;
/// The additional information that stands for an indefinite length.
const INDEFINITE: u8 = 31;

/// An item, or the beginning of one that holds others.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Unsigned(u64),
    /// -1 minus this.
    Negative(u64),
    Bytes(Cow<'a, [u8]>),
    Text(Cow<'a, str>),
    /// As many elements follow; without a number, as many as there are before a break.
    Array(Option<u64>),
    /// Likewise pairs of key and value.
    Map(Option<u64>),
    /// One item follows.
    Tag,
    Bool(bool),
    Null,
    Float(f64),
}

/// Reads items off bytes.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// How many bytes are left: no more items can be.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Takes a break if one is next.
    pub(super) fn take_break(&mut self) -> bool {
        self.take_if(|byte| byte == BREAK)
    }

    /// Takes a null if one is next.
    pub(super) fn take_null(&mut self) -> bool {
        self.take_if(|byte| byte == NULL || byte == UNDEFINED)
    }

    fn take_if(&mut self, is_wanted: impl FnOnce(u8) -> bool) -> bool {
        let is_next = self.rest.first().is_some_and(|byte| is_wanted(*byte));
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    /// The next item.
    pub(super) fn item(&mut self) -> Result<Item<'a>, CborError> {
        let (major, information) = self.initial_byte()?;
        Ok(match major {
            0 => Item::Unsigned(self.argument(information)?),
            1 => Item::Negative(self.argument(information)?),
            2 => Item::Bytes(self.string(major, information)?),
            3 => Item::Text(text(self.string(major, information)?)?),
            4 => Item::Array(self.length(information)?),
            5 => Item::Map(self.length(information)?),
            6 => {
                self.argument(information)?;
                Item::Tag
            }
            _ => self.simple(information)?,
        })
    }

    fn initial_byte(&mut self) -> Result<(u8, u8), CborError> {
        let [byte] = self.take_array()?;
        Ok((byte >> 5, byte & 0x1f))
    }

    /// A number, length or tag, in the initial byte or after it.
    fn argument(&mut self, information: u8) -> Result<u64, CborError> {
        Ok(match information {
            0..=23 => information.into(),
            24 => self.take_array::<1>()?[0].into(),
            25 => u16::from_be_bytes(self.take_array()?).into(),
            26 => u32::from_be_bytes(self.take_array()?).into(),
            27 => u64::from_be_bytes(self.take_array()?),
            _ => return Err(CborError::Malformed("an initial byte is reserved")),
        })
    }

    fn length(&mut self, information: u8) -> Result<Option<u64>, CborError> {
        match information {
            INDEFINITE => Ok(None),
            _ => self.argument(information).map(Some),
        }
    }

    /// A string: where it is, or its chunks gathered.
    fn string(&mut self, major: u8, information: u8) -> Result<Cow<'a, [u8]>, CborError> {
        if let Some(length) = self.length(information)? {
            return self.take(length).map(Cow::Borrowed);
        }
        let mut gathered = Vec::new();
        while !self.take_break() {
            let (chunk_major, chunk_information) = self.initial_byte()?;
            if chunk_major != major || chunk_information == INDEFINITE {
                return Err(CborError::Malformed("a string has a chunk of another kind"));
            }
            let length = self.argument(chunk_information)?;
            let chunk = self.take(length)?;
            if major == 3 {
                // No character may be split between chunks (RFC 8949, section 3.2.3).
                std::str::from_utf8(chunk).map_err(|_| CborError::NotUtf8)?;
            }
            gathered.extend_from_slice(chunk);
        }
        Ok(Cow::Owned(gathered))
    }

    fn simple(&mut self, information: u8) -> Result<Item<'a>, CborError> {
        Ok(match information {
            20 => Item::Bool(false),
            21 => Item::Bool(true),
            22 | 23 => Item::Null,
            25 => Item::Float(half(u16::from_be_bytes(self.take_array()?))),
            26 => Item::Float(f32::from_be_bytes(self.take_array()?).into()),
            27 => Item::Float(f64::from_be_bytes(self.take_array()?)),
            INDEFINITE => return Err(CborError::Malformed("a break is where an item should be")),
            _ => return Err(CborError::Malformed("a simple value is unknown")),
        })
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError::Incomplete)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CborError::Incomplete)?;
        self.rest = rest;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(CborError::Incomplete)?;
        self.rest = rest;
        Ok(*taken)
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, CborError> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|_| CborError::NotUtf8),
        Cow::Owned(bytes) => String::from_utf8(bytes)
            .map(Cow::Owned)
            .map_err(|_| CborError::NotUtf8),
    }
}

/// A floating point number of 16 bits (RFC 8949, appendix D).
fn half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}
