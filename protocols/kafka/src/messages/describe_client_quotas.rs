// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeClientQuotasRequest` and `DescribeClientQuotasResponse`: the API with the key 48.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeClientQuotasRequest, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClientQuotasRequest {
    /// Filter components to apply to quota entities.
    pub components: Vec<ComponentData>,
    /// Whether the match is strict, i.e. should exclude entities with unspecified entity types.
    pub strict: bool,
}

impl DescribeClientQuotasRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a DescribeClientQuotasRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeClientQuotasRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.components = reader.array(flexible, 4, |reader| ComponentData::decode(reader, version))?;
        value.strict = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeClientQuotasRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeClientQuotasRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.array(flexible, &self.components, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.boolean(self.strict);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Filter components to apply to quota entities.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentData {
    /// The entity type that the filter component applies to.
    pub entity_type: ByteString,
    /// How to match the entity {0 = exact name, 1 = default name, 2 = any specified name}.
    pub match_type: i8,
    /// The string to match against, or null if unused for the match type.
    pub r#match: Option<ByteString>,
}

impl Default for ComponentData {
    fn default() -> Self {
        ComponentData {
            entity_type: ByteString::new(),
            match_type: 0,
            r#match: Some(ByteString::new()),
        }
    }
}

impl ComponentData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entity_type = reader.string(flexible)?;
        value.match_type = reader.int8()?;
        value.r#match = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.entity_type)?;
        writer.int8(self.match_type);
        writer.nullable_string(flexible, self.r#match.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DescribeClientQuotasResponse, versions 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClientQuotasResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or `0` if the quota description succeeded.
    pub error_code: i16,
    /// The error message, or `null` if the quota description succeeded.
    pub error_message: Option<ByteString>,
    /// A result entry.
    pub entries: Option<Vec<EntryData>>,
}

impl Default for DescribeClientQuotasResponse {
    fn default() -> Self {
        DescribeClientQuotasResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            entries: Some(Vec::new()),
        }
    }
}

impl DescribeClientQuotasResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a DescribeClientQuotasResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeClientQuotasResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.entries = reader.nullable_array(flexible, 3, |reader| EntryData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeClientQuotasResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeClientQuotasResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.nullable_array(flexible, self.entries.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// A result entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryData {
    /// The quota entity description.
    pub entity: Vec<EntityData>,
    /// The quota values for the entity.
    pub values: Vec<ValueData>,
}

impl EntryData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.entity = reader.array(flexible, 3, |reader| EntityData::decode(reader, version))?;
        value.values = reader.array(flexible, 10, |reader| ValueData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.array(flexible, &self.entity, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(flexible, &self.values, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The quota entity description.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityData {
    /// The entity type.
    pub entity_type: ByteString,
    /// The entity name, or null if the default.
    pub entity_name: Option<ByteString>,
}

impl Default for EntityData {
    fn default() -> Self {
        EntityData {
            entity_type: ByteString::new(),
            entity_name: Some(ByteString::new()),
        }
    }
}

impl EntityData {
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

/// The quota values for the entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueData {
    /// The quota configuration key.
    pub key: ByteString,
    /// The quota configuration value.
    pub value: f64,
}

impl ValueData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.key = reader.string(flexible)?;
        value.value = reader.float64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.key)?;
        writer.float64(self.value);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
