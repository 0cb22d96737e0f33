// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `EndTxnRequest` and `EndTxnResponse`: the API with the key 26.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// EndTxnRequest, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndTxnRequest {
    /// The ID of the transaction to end.
    pub transactional_id: ByteString,
    /// The producer ID.
    pub producer_id: i64,
    /// The current epoch associated with the producer.
    pub producer_epoch: i16,
    /// True if the transaction was committed, false if it was aborted.
    pub committed: bool,
}

impl EndTxnRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a EndTxnRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("EndTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.transactional_id = reader.string(flexible)?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        value.committed = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the EndTxnRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("EndTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id)?;
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.boolean(self.committed);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// EndTxnResponse, versions 0 to 5.
#[derive(Clone, Debug, PartialEq)]
pub struct EndTxnResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The producer ID.
    pub producer_id: i64,
    /// The current epoch associated with the producer.
    pub producer_epoch: i16,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        EndTxnResponse {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: -1,
        }
    }
}

impl EndTxnResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a EndTxnResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("EndTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        if version >= 5 {
            value.producer_id = reader.int64()?;
            value.producer_epoch = reader.int16()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the EndTxnResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("EndTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        if version >= 5 {
            writer.int64(self.producer_id);
            writer.int16(self.producer_epoch);
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
