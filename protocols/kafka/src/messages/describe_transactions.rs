// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeTransactionsRequest` and `DescribeTransactionsResponse`: the API with the key 65.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeTransactionsRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTransactionsRequest {
    /// Array of transactionalIds to include in describe results. If empty, then no results will be
    /// returned.
    pub transactional_ids: Vec<ByteString>,
}

impl DescribeTransactionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DescribeTransactionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeTransactionsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.transactional_ids = reader.array(true, 1, |reader| reader.string(true))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeTransactionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeTransactionsRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.transactional_ids, |writer, each| {
            writer.string(true, each)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DescribeTransactionsResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTransactionsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The current state of the transaction.
    pub transaction_states: Vec<TransactionState>,
}

impl DescribeTransactionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DescribeTransactionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeTransactionsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.transaction_states =
            reader.array(true, 28, |reader| TransactionState::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeTransactionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeTransactionsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.array(true, &self.transaction_states, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The current state of the transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionState {
    /// The error code.
    pub error_code: i16,
    /// The transactional id.
    pub transactional_id: ByteString,
    /// The current transaction state of the producer.
    pub transaction_state: ByteString,
    /// The timeout in milliseconds for the transaction.
    pub transaction_timeout_ms: i32,
    /// The start time of the transaction in milliseconds.
    pub transaction_start_time_ms: i64,
    /// The current producer id associated with the transaction.
    pub producer_id: i64,
    /// The current epoch associated with the producer id.
    pub producer_epoch: i16,
    /// The set of partitions included in the current transaction (if active). When a transaction is
    /// preparing to commit or abort, this will include only partitions which do not have markers.
    pub topics: Vec<TopicData>,
}

impl TransactionState {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.transactional_id = reader.string(true)?;
        value.transaction_state = reader.string(true)?;
        value.transaction_timeout_ms = reader.int32()?;
        value.transaction_start_time_ms = reader.int64()?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        value.topics = reader.array(true, 3, |reader| TopicData::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int16(self.error_code);
        writer.string(true, &self.transactional_id)?;
        writer.string(true, &self.transaction_state)?;
        writer.int32(self.transaction_timeout_ms);
        writer.int64(self.transaction_start_time_ms);
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The set of partitions included in the current transaction (if active). When a transaction is
/// preparing to commit or abort, this will include only partitions which do not have markers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// The topic name.
    pub topic: ByteString,
    /// The partition ids included in the current transaction.
    pub partitions: Vec<i32>,
}

impl TopicData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic = reader.string(true)?;
        value.partitions = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic)?;
        writer.array(true, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}
