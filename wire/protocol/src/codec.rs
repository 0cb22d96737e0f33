//! The two formats that bodies of AWS's target-routed protocols are written in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{DecodeError, Protocol, ServiceError, cbor};

/// How structures are written as bytes. Doors read hot inputs and write hot outputs and events with it, straight from and
/// to typed structs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON: bytes are base64, timestamps seconds.
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
        let mut bytes = Vec::with_capacity(512);
        match self {
            Codec::Json => serde_json::to_writer(&mut bytes, output)
                .map_err(|error| ServiceError::internal(error.to_string()))?,
            Codec::Cbor => cbor::write_to(&mut bytes, output)
                .map_err(|error| ServiceError::internal(error.to_string()))?,
        }
        Ok(bytes.into())
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
