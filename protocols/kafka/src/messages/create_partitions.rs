// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `CreatePartitionsRequest` and `CreatePartitionsResponse`: the API with the key 37.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// CreatePartitionsRequest, versions 0 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsRequest {
    /// Each topic that we want to create new partitions inside.
    pub topics: Vec<CreatePartitionsTopic>,
    /// The time in ms to wait for the partitions to be created.
    pub timeout_ms: i32,
    /// If true, then validate the request, but don't actually increase the number of partitions.
    pub validate_only: bool,
}

impl CreatePartitionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=3;

    /// Reads a CreatePartitionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreatePartitionsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.topics = reader.array(flexible, 7, |reader| {
            CreatePartitionsTopic::decode(reader, version)
        })?;
        value.timeout_ms = reader.int32()?;
        value.validate_only = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreatePartitionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreatePartitionsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
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

/// Each topic that we want to create new partitions inside.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePartitionsTopic {
    /// The topic name.
    pub name: ByteString,
    /// The new partition count.
    pub count: i32,
    /// The new partition assignments.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        CreatePartitionsTopic {
            name: ByteString::new(),
            count: 0,
            assignments: Some(Vec::new()),
        }
    }
}

impl CreatePartitionsTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.count = reader.int32()?;
        value.assignments = reader.nullable_array(flexible, 2, |reader| {
            CreatePartitionsAssignment::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.name)?;
        writer.int32(self.count);
        writer.nullable_array(flexible, self.assignments.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The new partition assignments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsAssignment {
    /// The assigned broker IDs.
    pub broker_ids: Vec<i32>,
}

impl CreatePartitionsAssignment {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.broker_ids = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
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

/// CreatePartitionsResponse, versions 0 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The partition creation results for each topic.
    pub results: Vec<CreatePartitionsTopicResult>,
}

impl CreatePartitionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=3;

    /// Reads a CreatePartitionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreatePartitionsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.results = reader.array(flexible, 5, |reader| {
            CreatePartitionsTopicResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreatePartitionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreatePartitionsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.results, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The partition creation results for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsTopicResult {
    /// The topic name.
    pub name: ByteString,
    /// The result error, or zero if there was no error.
    pub error_code: i16,
    /// The result message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl CreatePartitionsTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.name)?;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
