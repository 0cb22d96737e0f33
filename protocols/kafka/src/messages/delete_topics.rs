// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DeleteTopicsRequest` and `DeleteTopicsResponse`: the API with the key 20.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// DeleteTopicsRequest, versions 1 to 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsRequest {
    /// The name or topic ID of the topic.
    pub topics: Vec<DeleteTopicState>,
    /// The names of the topics to delete.
    pub topic_names: Vec<ByteString>,
    /// The length of time in milliseconds to wait for the deletions to complete.
    pub timeout_ms: i32,
}

impl DeleteTopicsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=6;

    /// Reads a DeleteTopicsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteTopicsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        if version >= 6 {
            value.topics = reader.array(flexible, 18, |reader| DeleteTopicState::decode(reader, version))?;
        }
        if version <= 5 {
            value.topic_names = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        }
        value.timeout_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteTopicsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteTopicsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        if version >= 6 {
            writer.array(flexible, &self.topics, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 6 && !self.topics.is_empty() {
            return Err(EncodeError::not_in_version("DeleteTopicsRequest.Topics", version));
        }
        if version <= 5 {
            writer.array(flexible, &self.topic_names, |writer, each| {
                writer.string(flexible, each)
            })?;
        }
        writer.int32(self.timeout_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The name or topic ID of the topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicState {
    /// The topic name.
    pub name: Option<ByteString>,
    /// The unique topic ID.
    pub topic_id: Uuid,
}

impl DeleteTopicState {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.nullable_string(true)?;
        value.topic_id = reader.uuid()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.nullable_string(true, self.name.as_ref())?;
        writer.uuid(self.topic_id);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DeleteTopicsResponse, versions 1 to 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The results for each topic we tried to delete.
    pub responses: Vec<DeletableTopicResult>,
}

impl DeleteTopicsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=6;

    /// Reads a DeleteTopicsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteTopicsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.responses = reader.array(flexible, 4, |reader| {
            DeletableTopicResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteTopicsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteTopicsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.responses, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The results for each topic we tried to delete.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletableTopicResult {
    /// The topic name.
    pub name: Option<ByteString>,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The deletion error, or 0 if the deletion succeeded.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        DeletableTopicResult {
            name: Some(ByteString::new()),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
        }
    }
}

impl DeletableTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.name = if version >= 6 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        if version >= 6 {
            value.topic_id = reader.uuid()?;
        }
        value.error_code = reader.int16()?;
        if version >= 5 {
            value.error_message = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        if version < 6 && self.name.is_none() {
            return Err(EncodeError::null("DeletableTopicResult.Name", version));
        }
        writer.nullable_string(flexible, self.name.as_ref())?;
        if version >= 6 {
            writer.uuid(self.topic_id);
        }
        writer.int16(self.error_code);
        if version >= 5 {
            writer.nullable_string(flexible, self.error_message.as_ref())?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
