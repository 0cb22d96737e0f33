// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `FindCoordinatorRequest` and `FindCoordinatorResponse`: the API with the key 10.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// FindCoordinatorRequest, versions 0 to 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindCoordinatorRequest {
    /// The coordinator key.
    pub key: ByteString,
    /// The coordinator key type. (group, transaction, share).
    pub key_type: i8,
    /// The coordinator keys.
    pub coordinator_keys: Vec<ByteString>,
}

impl FindCoordinatorRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a FindCoordinatorRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("FindCoordinatorRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version <= 3 {
            value.key = reader.string(flexible)?;
        }
        if version >= 1 {
            value.key_type = reader.int8()?;
        }
        if version >= 4 {
            value.coordinator_keys = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the FindCoordinatorRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("FindCoordinatorRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version <= 3 {
            writer.string(flexible, &self.key)?;
        }
        if version > 3 && !self.key.is_empty() {
            return Err(EncodeError::not_in_version("FindCoordinatorRequest.Key", version));
        }
        if version >= 1 {
            writer.int8(self.key_type);
        }
        if version < 1 && self.key_type != 0 {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorRequest.KeyType",
                version,
            ));
        }
        if version >= 4 {
            writer.array(flexible, &self.coordinator_keys, |writer, each| {
                writer.string(flexible, each)
            })?;
        }
        if version < 4 && !self.coordinator_keys.is_empty() {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorRequest.CoordinatorKeys",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// FindCoordinatorResponse, versions 0 to 6.
#[derive(Clone, Debug, PartialEq)]
pub struct FindCoordinatorResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The node id.
    pub node_id: i32,
    /// The host name.
    pub host: ByteString,
    /// The port.
    pub port: i32,
    /// Each coordinator result in the response.
    pub coordinators: Vec<Coordinator>,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        FindCoordinatorResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            node_id: 0,
            host: ByteString::new(),
            port: 0,
            coordinators: Vec::new(),
        }
    }
}

impl FindCoordinatorResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a FindCoordinatorResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("FindCoordinatorResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        if version <= 3 {
            value.error_code = reader.int16()?;
        }
        if (1..=3).contains(&version) {
            value.error_message = reader.nullable_string(flexible)?;
        }
        if version <= 3 {
            value.node_id = reader.int32()?;
            value.host = reader.string(flexible)?;
            value.port = reader.int32()?;
        }
        if version >= 4 {
            value.coordinators = reader.array(flexible, 14, |reader| Coordinator::decode(reader, version))?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the FindCoordinatorResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("FindCoordinatorResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        if version <= 3 {
            writer.int16(self.error_code);
        }
        if version > 3 && self.error_code != 0 {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.ErrorCode",
                version,
            ));
        }
        if (1..=3).contains(&version) {
            writer.nullable_string(flexible, self.error_message.as_ref())?;
        }
        if version <= 3 {
            writer.int32(self.node_id);
        }
        if version > 3 && self.node_id != 0 {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.NodeId",
                version,
            ));
        }
        if version <= 3 {
            writer.string(flexible, &self.host)?;
        }
        if version > 3 && !self.host.is_empty() {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.Host",
                version,
            ));
        }
        if version <= 3 {
            writer.int32(self.port);
        }
        if version > 3 && self.port != 0 {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.Port",
                version,
            ));
        }
        if version >= 4 {
            writer.array(flexible, &self.coordinators, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 4 && !self.coordinators.is_empty() {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.Coordinators",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each coordinator result in the response.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinator {
    /// The coordinator key.
    pub key: ByteString,
    /// The node id.
    pub node_id: i32,
    /// The host name.
    pub host: ByteString,
    /// The port.
    pub port: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl Default for Coordinator {
    fn default() -> Self {
        Coordinator {
            key: ByteString::new(),
            node_id: 0,
            host: ByteString::new(),
            port: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
        }
    }
}

impl Coordinator {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.key = reader.string(true)?;
        value.node_id = reader.int32()?;
        value.host = reader.string(true)?;
        value.port = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.key)?;
        writer.int32(self.node_id);
        writer.string(true, &self.host)?;
        writer.int32(self.port);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.no_tagged_fields();
        Ok(())
    }
}
