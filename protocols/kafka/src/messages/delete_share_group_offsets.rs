// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DeleteShareGroupOffsetsRequest` and `DeleteShareGroupOffsetsResponse`: the API with the key 92.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// DeleteShareGroupOffsetsRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsRequest {
    /// The group identifier.
    pub group_id: ByteString,
    /// The topics to delete offsets for.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
}

impl DeleteShareGroupOffsetsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DeleteShareGroupOffsetsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteShareGroupOffsetsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_id = reader.string(true)?;
        value.topics = reader.array(true, 2, |reader| {
            DeleteShareGroupOffsetsRequestTopic::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DeleteShareGroupOffsetsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteShareGroupOffsetsRequest", Self::VERSIONS, version)?;
        writer.string(true, &self.group_id)?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to delete offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// The topic name.
    pub topic_name: ByteString,
}

impl DeleteShareGroupOffsetsRequestTopic {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DeleteShareGroupOffsetsResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The results for each topic.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
}

impl DeleteShareGroupOffsetsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DeleteShareGroupOffsetsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteShareGroupOffsetsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.responses = reader.array(true, 21, |reader| {
            DeleteShareGroupOffsetsResponseTopic::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DeleteShareGroupOffsetsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteShareGroupOffsetsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.array(true, &self.responses, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// The topic name.
    pub topic_name: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The topic-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The topic-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl DeleteShareGroupOffsetsResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.topic_id = reader.uuid()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.uuid(self.topic_id);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.no_tagged_fields();
        Ok(())
    }
}
