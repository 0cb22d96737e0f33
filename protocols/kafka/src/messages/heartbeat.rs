// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `HeartbeatRequest` and `HeartbeatResponse`: the API with the key 12.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// HeartbeatRequest, versions 0 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeartbeatRequest {
    /// The group id.
    pub group_id: ByteString,
    /// The generation of the group.
    pub generation_id: i32,
    /// The member ID.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
}

impl HeartbeatRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a HeartbeatRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("HeartbeatRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.generation_id = reader.int32()?;
        value.member_id = reader.string(flexible)?;
        if version >= 3 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the HeartbeatRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("HeartbeatRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        writer.string(flexible, &self.group_id)?;
        writer.int32(self.generation_id);
        writer.string(flexible, &self.member_id)?;
        if version >= 3 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        if version < 3 && self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "HeartbeatRequest.GroupInstanceId",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// HeartbeatResponse, versions 0 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeartbeatResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl HeartbeatResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a HeartbeatResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("HeartbeatResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the HeartbeatResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("HeartbeatResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
