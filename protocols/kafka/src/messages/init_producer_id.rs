// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `InitProducerIdRequest` and `InitProducerIdResponse`: the API with the key 22.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// InitProducerIdRequest, versions 0 to 6.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdRequest {
    /// The transactional id, or null if the producer is not transactional.
    pub transactional_id: Option<ByteString>,
    /// The time in ms to wait before aborting idle transactions sent by this producer. This is only
    /// relevant if a TransactionalId has been defined.
    pub transaction_timeout_ms: i32,
    /// The producer id. This is used to disambiguate requests if a transactional id is reused following its
    /// expiration.
    pub producer_id: i64,
    /// The producer's current epoch. This will be checked against the producer epoch on the broker, and the
    /// request will return an error if they do not match.
    pub producer_epoch: i16,
    /// True if the client wants to enable two-phase commit (2PC) protocol for transactions.
    pub enable2_pc: bool,
    /// True if the client wants to keep the currently ongoing transaction instead of aborting it.
    pub keep_prepared_txn: bool,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        InitProducerIdRequest {
            transactional_id: Some(ByteString::new()),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
        }
    }
}

impl InitProducerIdRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a InitProducerIdRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("InitProducerIdRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.transactional_id = reader.nullable_string(flexible)?;
        value.transaction_timeout_ms = reader.int32()?;
        if version >= 3 {
            value.producer_id = reader.int64()?;
            value.producer_epoch = reader.int16()?;
        }
        if version >= 6 {
            value.enable2_pc = reader.boolean()?;
            value.keep_prepared_txn = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the InitProducerIdRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("InitProducerIdRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.nullable_string(flexible, self.transactional_id.as_ref())?;
        writer.int32(self.transaction_timeout_ms);
        if version >= 3 {
            writer.int64(self.producer_id);
        }
        if version < 3 && self.producer_id != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.ProducerId",
                version,
            ));
        }
        if version >= 3 {
            writer.int16(self.producer_epoch);
        }
        if version < 3 && self.producer_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.ProducerEpoch",
                version,
            ));
        }
        if version >= 6 {
            writer.boolean(self.enable2_pc);
        }
        if version < 6 && self.enable2_pc {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.Enable2Pc",
                version,
            ));
        }
        if version >= 6 {
            writer.boolean(self.keep_prepared_txn);
        }
        if version < 6 && self.keep_prepared_txn {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.KeepPreparedTxn",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// InitProducerIdResponse, versions 0 to 6.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The current producer id.
    pub producer_id: i64,
    /// The current epoch associated with the producer id.
    pub producer_epoch: i16,
    /// The producer id for ongoing transaction when KeepPreparedTxn is used, -1 if there is no transaction
    /// ongoing.
    pub ongoing_txn_producer_id: i64,
    /// The epoch associated with the producer id for ongoing transaction when KeepPreparedTxn is used, -1
    /// if there is no transaction ongoing.
    pub ongoing_txn_producer_epoch: i16,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        InitProducerIdResponse {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
        }
    }
}

impl InitProducerIdResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a InitProducerIdResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("InitProducerIdResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        if version >= 6 {
            value.ongoing_txn_producer_id = reader.int64()?;
            value.ongoing_txn_producer_epoch = reader.int16()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the InitProducerIdResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("InitProducerIdResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        if version >= 6 {
            writer.int64(self.ongoing_txn_producer_id);
        }
        if version < 6 && self.ongoing_txn_producer_id != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdResponse.OngoingTxnProducerId",
                version,
            ));
        }
        if version >= 6 {
            writer.int16(self.ongoing_txn_producer_epoch);
        }
        if version < 6 && self.ongoing_txn_producer_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdResponse.OngoingTxnProducerEpoch",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
