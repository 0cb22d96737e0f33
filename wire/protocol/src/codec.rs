//! The two formats that bodies of AWS's target-routed protocols are written in.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::{DecodeError, Protocol, ServiceError, cbor};

/// Most outputs are shorter.
const USUAL_BYTES: usize = 512;
/// So many groups of three bytes are encoded at once.
const GROUPS: usize = 1_024;

/// How structures are written as bytes. Doors read hot inputs and write hot outputs and events with it, straight from and
/// to typed structs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON: bytes (`serialize_bytes`) are base64, timestamps seconds.
    Json,
    /// CBOR (RFC 8949): bytes are bytes, timestamps milliseconds.
    Cbor,
}

impl Codec {
    /// Reads a typed struct, which may borrow text and bytes from the body.
    ///
    /// # Errors
    ///
    /// Whatever is unusual about the body; the general way finds out whether it is wrong.
    pub fn read<'a, T: Deserialize<'a>>(self, body: &'a [u8]) -> Result<T, DecodeError> {
        match self {
            Codec::Json => {
                serde_json::from_slice(body).map_err(|error| DecodeError::Malformed(error.to_string()))
            }
            Codec::Cbor => cbor::from_slice(body).map_err(|error| DecodeError::Malformed(error.to_string())),
        }
    }

    /// Writes a typed struct.
    ///
    /// # Errors
    ///
    /// `InternalFailure`, if it can't be written.
    pub fn write<T: Serialize + ?Sized>(self, output: &T) -> Result<Bytes, ServiceError> {
        self.write_about(output, USUAL_BYTES)
    }

    /// As [`Codec::write`], of what becomes about so long: what is long is not to be copied while it grows.
    ///
    /// # Errors
    ///
    /// As [`Codec::write`].
    pub fn write_about<T: Serialize + ?Sized>(
        self,
        output: &T,
        about_bytes: usize,
    ) -> Result<Bytes, ServiceError> {
        let mut bytes = Vec::with_capacity(about_bytes);
        match self {
            Codec::Json => output
                .serialize(&mut Serializer::with_formatter(&mut bytes, Base64Bytes))
                .map_err(|error| ServiceError::internal(error.to_string()))?,
            Codec::Cbor => cbor::write_to(&mut bytes, output)
                .map_err(|error| ServiceError::internal(error.to_string()))?,
        }
        Ok(bytes.into())
    }
}

/// Compact JSON, with bytes as base64, in which nothing has to be escaped.
struct Base64Bytes;

impl Formatter for Base64Bytes {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        let mut encoded = [0; 4 * GROUPS];
        writer.write_all(b"\"")?;
        for bytes in bytes.chunks(3 * GROUPS) {
            let length = STANDARD.encode_slice(bytes, &mut encoded);
            writer.write_all(&encoded[..length.map_err(io::Error::other)?])?;
        }
        writer.write_all(b"\"")
    }
}

impl Protocol {
    /// The format of its structures; that of events where it has them.
    pub fn codec(self) -> Codec {
        match self {
            Protocol::AwsCbor11 => Codec::Cbor,
            Protocol::AwsJson10 | Protocol::AwsJson11 | Protocol::Query | Protocol::RestJson => Codec::Json,
        }
    }
}
