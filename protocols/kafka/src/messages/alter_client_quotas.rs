// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `AlterClientQuotasRequest` and `AlterClientQuotasResponse`: the API with the key 49.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// AlterClientQuotasRequest, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterClientQuotasRequest {
    /// The quota configuration entries to alter.
    pub entries: Vec<RequestEntryData>,
    /// Whether the alteration should be validated, but not performed.
    pub validate_only: bool,
}

impl AlterClientQuotasRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a AlterClientQuotasRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterClientQuotasRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entries = reader.array(flexible, 3, |reader| RequestEntryData::decode(reader, version))?;
        value.validate_only = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AlterClientQuotasRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterClientQuotasRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.array(flexible, &self.entries, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.boolean(self.validate_only);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The quota configuration entries to alter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestEntryData {
    /// The quota entity to alter.
    pub entity: Vec<RequestEntityData>,
    /// An individual quota configuration entry to alter.
    pub ops: Vec<OpData>,
}

impl RequestEntryData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entity = reader.array(flexible, 3, |reader| RequestEntityData::decode(reader, version))?;
        value.ops = reader.array(flexible, 11, |reader| OpData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.array(flexible, &self.entity, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(flexible, &self.ops, |writer, each| each.encode(writer, version))?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The quota entity to alter.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestEntityData {
    /// The entity type.
    pub entity_type: ByteString,
    /// The name of the entity, or null if the default.
    pub entity_name: Option<ByteString>,
}

impl Default for RequestEntityData {
    fn default() -> Self {
        RequestEntityData {
            entity_type: ByteString::new(),
            entity_name: Some(ByteString::new()),
        }
    }
}

impl RequestEntityData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entity_type = reader.string(flexible)?;
        value.entity_name = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.entity_type)?;
        writer.nullable_string(flexible, self.entity_name.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// An individual quota configuration entry to alter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpData {
    /// The quota configuration key.
    pub key: ByteString,
    /// The value to set, otherwise ignored if the value is to be removed.
    pub value: f64,
    /// Whether the quota configuration value should be removed, otherwise set.
    pub remove: bool,
}

impl OpData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.key = reader.string(flexible)?;
        value.value = reader.float64()?;
        value.remove = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.key)?;
        writer.float64(self.value);
        writer.boolean(self.remove);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// AlterClientQuotasResponse, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterClientQuotasResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The quota configuration entries to alter.
    pub entries: Vec<ResponseEntryData>,
}

impl AlterClientQuotasResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a AlterClientQuotasResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterClientQuotasResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.entries = reader.array(flexible, 5, |reader| ResponseEntryData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AlterClientQuotasResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterClientQuotasResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.entries, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The quota configuration entries to alter.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseEntryData {
    /// The error code, or `0` if the quota alteration succeeded.
    pub error_code: i16,
    /// The error message, or `null` if the quota alteration succeeded.
    pub error_message: Option<ByteString>,
    /// The quota entity to alter.
    pub entity: Vec<ResponseEntityData>,
}

impl Default for ResponseEntryData {
    fn default() -> Self {
        ResponseEntryData {
            error_code: 0,
            error_message: Some(ByteString::new()),
            entity: Vec::new(),
        }
    }
}

impl ResponseEntryData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.entity = reader.array(flexible, 3, |reader| ResponseEntityData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.array(flexible, &self.entity, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The quota entity to alter.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseEntityData {
    /// The entity type.
    pub entity_type: ByteString,
    /// The name of the entity, or null if the default.
    pub entity_name: Option<ByteString>,
}

impl Default for ResponseEntityData {
    fn default() -> Self {
        ResponseEntityData {
            entity_type: ByteString::new(),
            entity_name: Some(ByteString::new()),
        }
    }
}

impl ResponseEntityData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entity_type = reader.string(flexible)?;
        value.entity_name = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.entity_type)?;
        writer.nullable_string(flexible, self.entity_name.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
