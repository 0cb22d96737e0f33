// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `CreateTopicsRequest` and `CreateTopicsResponse`: the API with the key 19.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::{TaggedFields, Writer};

/// CreateTopicsRequest, versions 2 to 7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTopicsRequest {
    /// The topics to create.
    pub topics: Vec<CreatableTopic>,
    /// How long to wait in milliseconds before timing out the request.
    pub timeout_ms: i32,
    /// If true, check that the topics can be created as specified, but don't create anything.
    pub validate_only: bool,
}

impl Default for CreateTopicsRequest {
    fn default() -> Self {
        CreateTopicsRequest {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
        }
    }
}

impl CreateTopicsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=7;

    /// Reads a CreateTopicsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateTopicsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        let mut value = Self::default();
        value.topics = reader.array(flexible, 10, |reader| CreatableTopic::decode(reader, version))?;
        value.timeout_ms = reader.int32()?;
        value.validate_only = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateTopicsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateTopicsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.timeout_ms);
        writer.boolean(self.validate_only);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The topics to create.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableTopic {
    /// The topic name.
    pub name: ByteString,
    /// The number of partitions to create in the topic, or -1 if we are either specifying a manual
    /// partition assignment or using the default partitions.
    pub num_partitions: i32,
    /// The number of replicas to create for each partition in the topic, or -1 if we are either specifying
    /// a manual partition assignment or using the default replication factor.
    pub replication_factor: i16,
    /// The manual partition assignment, or the empty array if we are using automatic assignment.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// The custom topic configurations to set.
    pub configs: Vec<CreatableTopicConfig>,
}

impl CreatableTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.num_partitions = reader.int32()?;
        value.replication_factor = reader.int16()?;
        value.assignments = reader.array(flexible, 6, |reader| {
            CreatableReplicaAssignment::decode(reader, version)
        })?;
        value.configs = reader.array(flexible, 3, |reader| {
            CreatableTopicConfig::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.string(flexible, &self.name)?;
        writer.int32(self.num_partitions);
        writer.int16(self.replication_factor);
        writer.array(flexible, &self.assignments, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(flexible, &self.configs, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The manual partition assignment, or the empty array if we are using automatic assignment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableReplicaAssignment {
    /// The partition index.
    pub partition_index: i32,
    /// The brokers to place the partition on.
    pub broker_ids: Vec<i32>,
}

impl CreatableReplicaAssignment {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.broker_ids = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.int32(self.partition_index);
        writer.array(flexible, &self.broker_ids, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The custom topic configurations to set.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfig {
    /// The configuration name.
    pub name: ByteString,
    /// The configuration value.
    pub value: Option<ByteString>,
}

impl Default for CreatableTopicConfig {
    fn default() -> Self {
        CreatableTopicConfig {
            name: ByteString::new(),
            value: Some(ByteString::new()),
        }
    }
}

impl CreatableTopicConfig {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.value = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.string(flexible, &self.name)?;
        writer.nullable_string(flexible, self.value.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// CreateTopicsResponse, versions 2 to 7.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateTopicsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Results for each topic we tried to create.
    pub topics: Vec<CreatableTopicResult>,
}

impl CreateTopicsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=7;

    /// Reads a CreateTopicsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateTopicsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(flexible, 6, |reader| {
            CreatableTopicResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateTopicsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateTopicsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Results for each topic we tried to create.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicResult {
    /// The topic name.
    pub name: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// Optional topic config error returned if configs are not returned in the response.
    pub topic_config_error_code: i16,
    /// Number of partitions of the topic.
    pub num_partitions: i32,
    /// Replication factor of the topic.
    pub replication_factor: i16,
    /// Configuration of the topic.
    pub configs: Option<Vec<CreatableTopicConfigs>>,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        CreatableTopicResult {
            name: ByteString::new(),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: Some(ByteString::new()),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
        }
    }
}

impl CreatableTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        if version >= 7 {
            value.topic_id = reader.uuid()?;
        }
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        if version >= 5 {
            value.num_partitions = reader.int32()?;
            value.replication_factor = reader.int16()?;
            value.configs = reader.nullable_array(flexible, 6, |reader| {
                CreatableTopicConfigs::decode(reader, version)
            })?;
        }
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 => value.topic_config_error_code = reader.int16()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.string(flexible, &self.name)?;
        if version >= 7 {
            writer.uuid(self.topic_id);
        }
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        if version >= 5 {
            writer.int32(self.num_partitions);
            writer.int16(self.replication_factor);
            writer.nullable_array(flexible, self.configs.as_deref(), |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if self.topic_config_error_code != 0 {
                tagged.field(0, |writer| {
                    writer.int16(self.topic_config_error_code);
                    Ok(())
                })?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// Configuration of the topic.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfigs {
    /// The configuration name.
    pub name: ByteString,
    /// The configuration value.
    pub value: Option<ByteString>,
    /// True if the configuration is read-only.
    pub read_only: bool,
    /// The configuration source.
    pub config_source: i8,
    /// True if this configuration is sensitive.
    pub is_sensitive: bool,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        CreatableTopicConfigs {
            name: ByteString::new(),
            value: Some(ByteString::new()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
        }
    }
}

impl CreatableTopicConfigs {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.value = reader.nullable_string(true)?;
        value.read_only = reader.boolean()?;
        value.config_source = reader.int8()?;
        value.is_sensitive = reader.boolean()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.nullable_string(true, self.value.as_ref())?;
        writer.boolean(self.read_only);
        writer.int8(self.config_source);
        writer.boolean(self.is_sensitive);
        writer.no_tagged_fields();
        Ok(())
    }
}
