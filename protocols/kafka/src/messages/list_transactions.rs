// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ListTransactionsRequest` and `ListTransactionsResponse`: the API with the key 66.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ListTransactionsRequest, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct ListTransactionsRequest {
    /// The transaction states to filter by: if empty, all transactions are returned; if non-empty, then
    /// only transactions matching one of the filtered states will be returned.
    pub state_filters: Vec<ByteString>,
    /// The producerIds to filter by: if empty, all transactions will be returned; if non-empty, only
    /// transactions which match one of the filtered producerIds will be returned.
    pub producer_id_filters: Vec<i64>,
    /// Duration (in millis) to filter by: if \< 0, all transactions will be returned; otherwise, only
    /// transactions running longer than this duration will be returned.
    pub duration_filter: i64,
    /// The transactional ID regular expression pattern to filter by: if it is empty or null, all
    /// transactions are returned; Otherwise then only the transactions matching the given regular
    /// expression will be returned.
    pub transactional_id_pattern: Option<ByteString>,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        ListTransactionsRequest {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
        }
    }
}

impl ListTransactionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a ListTransactionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListTransactionsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.state_filters = reader.array(true, 1, |reader| reader.string(true))?;
        value.producer_id_filters = reader.array(true, 8, |reader| reader.int64())?;
        if version >= 1 {
            value.duration_filter = reader.int64()?;
        }
        if version >= 2 {
            value.transactional_id_pattern = reader.nullable_string(true)?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListTransactionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListTransactionsRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.state_filters, |writer, each| {
            writer.string(true, each)
        })?;
        writer.array(true, &self.producer_id_filters, |writer, each| {
            writer.int64(*each);
            Ok(())
        })?;
        if version >= 1 {
            writer.int64(self.duration_filter);
        }
        if version < 1 && self.duration_filter != -1 {
            return Err(EncodeError::not_in_version(
                "ListTransactionsRequest.DurationFilter",
                version,
            ));
        }
        if version >= 2 {
            writer.nullable_string(true, self.transactional_id_pattern.as_ref())?;
        }
        if version < 2 && self.transactional_id_pattern.is_some() {
            return Err(EncodeError::not_in_version(
                "ListTransactionsRequest.TransactionalIdPattern",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ListTransactionsResponse, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListTransactionsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// Set of state filters provided in the request which were unknown to the transaction coordinator.
    pub unknown_state_filters: Vec<ByteString>,
    /// The current state of the transaction for the transactional id.
    pub transaction_states: Vec<TransactionState>,
}

impl ListTransactionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a ListTransactionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListTransactionsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.unknown_state_filters = reader.array(true, 1, |reader| reader.string(true))?;
        value.transaction_states =
            reader.array(true, 11, |reader| TransactionState::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListTransactionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListTransactionsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.array(true, &self.unknown_state_filters, |writer, each| {
            writer.string(true, each)
        })?;
        writer.array(true, &self.transaction_states, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The current state of the transaction for the transactional id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionState {
    /// The transactional id.
    pub transactional_id: ByteString,
    /// The producer id.
    pub producer_id: i64,
    /// The current transaction state of the producer.
    pub transaction_state: ByteString,
}

impl TransactionState {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.transactional_id = reader.string(true)?;
        value.producer_id = reader.int64()?;
        value.transaction_state = reader.string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.transactional_id)?;
        writer.int64(self.producer_id);
        writer.string(true, &self.transaction_state)?;
        writer.no_tagged_fields();
        Ok(())
    }
}
