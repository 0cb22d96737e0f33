// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `AddOffsetsToTxnRequest` and `AddOffsetsToTxnResponse`: the API with the key 25.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// AddOffsetsToTxnRequest, versions 0 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOffsetsToTxnRequest {
    /// The transactional id corresponding to the transaction.
    pub transactional_id: ByteString,
    /// Current producer id in use by the transactional id.
    pub producer_id: i64,
    /// Current epoch associated with the producer id.
    pub producer_epoch: i16,
    /// The unique group identifier.
    pub group_id: ByteString,
}

impl AddOffsetsToTxnRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a AddOffsetsToTxnRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AddOffsetsToTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.transactional_id = reader.string(flexible)?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        value.group_id = reader.string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AddOffsetsToTxnRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AddOffsetsToTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id)?;
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.string(flexible, &self.group_id)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// AddOffsetsToTxnResponse, versions 0 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOffsetsToTxnResponse {
    /// Duration in milliseconds for which the request was throttled due to a quota violation, or zero if
    /// the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The response error code, or 0 if there was no error.
    pub error_code: i16,
}

impl AddOffsetsToTxnResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a AddOffsetsToTxnResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AddOffsetsToTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AddOffsetsToTxnResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AddOffsetsToTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
