// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `AddPartitionsToTxnRequest` and `AddPartitionsToTxnResponse`: the API with the key 24.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// AddPartitionsToTxnRequest, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnRequest {
    /// List of transactions to add partitions to.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// The transactional id corresponding to the transaction.
    pub v3_and_below_transactional_id: ByteString,
    /// Current producer id in use by the transactional id.
    pub v3_and_below_producer_id: i64,
    /// Current epoch associated with the producer id.
    pub v3_and_below_producer_epoch: i16,
    /// The partitions to add to the transaction.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
}

impl AddPartitionsToTxnRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a AddPartitionsToTxnRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AddPartitionsToTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version >= 4 {
            value.transactions = reader.array(flexible, 14, |reader| {
                AddPartitionsToTxnTransaction::decode(reader, version)
            })?;
        }
        if version <= 3 {
            value.v3_and_below_transactional_id = reader.string(flexible)?;
            value.v3_and_below_producer_id = reader.int64()?;
            value.v3_and_below_producer_epoch = reader.int16()?;
            value.v3_and_below_topics = reader.array(flexible, 3, |reader| {
                AddPartitionsToTxnTopic::decode(reader, version)
            })?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AddPartitionsToTxnRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AddPartitionsToTxnRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version >= 4 {
            writer.array(flexible, &self.transactions, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 4 && !self.transactions.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.Transactions",
                version,
            ));
        }
        if version <= 3 {
            writer.string(flexible, &self.v3_and_below_transactional_id)?;
        }
        if version > 3 && !self.v3_and_below_transactional_id.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.V3AndBelowTransactionalId",
                version,
            ));
        }
        if version <= 3 {
            writer.int64(self.v3_and_below_producer_id);
        }
        if version > 3 && self.v3_and_below_producer_id != 0 {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.V3AndBelowProducerId",
                version,
            ));
        }
        if version <= 3 {
            writer.int16(self.v3_and_below_producer_epoch);
        }
        if version > 3 && self.v3_and_below_producer_epoch != 0 {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.V3AndBelowProducerEpoch",
                version,
            ));
        }
        if version <= 3 {
            writer.array(flexible, &self.v3_and_below_topics, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version > 3 && !self.v3_and_below_topics.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.V3AndBelowTopics",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// AddPartitionsToTxnTopic, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTopic {
    /// The name of the topic.
    pub name: ByteString,
    /// The partition indexes to add to the transaction.
    pub partitions: Vec<i32>,
}

impl AddPartitionsToTxnTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.string(flexible, &self.name)?;
        writer.array(flexible, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// List of transactions to add partitions to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTransaction {
    /// The transactional id corresponding to the transaction.
    pub transactional_id: ByteString,
    /// Current producer id in use by the transactional id.
    pub producer_id: i64,
    /// Current epoch associated with the producer id.
    pub producer_epoch: i16,
    /// Boolean to signify if we want to check if the partition is in the transaction rather than add it.
    pub verify_only: bool,
    /// The partitions to add to the transaction.
    pub topics: Vec<AddPartitionsToTxnTopic>,
}

impl AddPartitionsToTxnTransaction {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.transactional_id = reader.string(true)?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        value.verify_only = reader.boolean()?;
        value.topics = reader.array(true, 3, |reader| AddPartitionsToTxnTopic::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.transactional_id)?;
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.boolean(self.verify_only);
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// AddPartitionsToTxnResponse, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnResponse {
    /// Duration in milliseconds for which the request was throttled due to a quota violation, or zero if
    /// the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The response top level error code.
    pub error_code: i16,
    /// Results categorized by transactional ID.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// The results for each topic.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
}

impl AddPartitionsToTxnResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a AddPartitionsToTxnResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AddPartitionsToTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        if version >= 4 {
            value.error_code = reader.int16()?;
            value.results_by_transaction = reader.array(flexible, 3, |reader| {
                AddPartitionsToTxnResult::decode(reader, version)
            })?;
        }
        if version <= 3 {
            value.results_by_topic_v3_and_below = reader.array(flexible, 3, |reader| {
                AddPartitionsToTxnTopicResult::decode(reader, version)
            })?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the AddPartitionsToTxnResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AddPartitionsToTxnResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        if version >= 4 {
            writer.int16(self.error_code);
            writer.array(flexible, &self.results_by_transaction, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 4 && !self.results_by_transaction.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnResponse.ResultsByTransaction",
                version,
            ));
        }
        if version <= 3 {
            writer.array(flexible, &self.results_by_topic_v3_and_below, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version > 3 && !self.results_by_topic_v3_and_below.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// AddPartitionsToTxnTopicResult, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTopicResult {
    /// The topic name.
    pub name: ByteString,
    /// The results for each partition.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
}

impl AddPartitionsToTxnTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.results_by_partition = reader.array(flexible, 6, |reader| {
            AddPartitionsToTxnPartitionResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.string(flexible, &self.name)?;
        writer.array(flexible, &self.results_by_partition, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// AddPartitionsToTxnPartitionResult, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnPartitionResult {
    /// The partition indexes.
    pub partition_index: i32,
    /// The response error code.
    pub partition_error_code: i16,
}

impl AddPartitionsToTxnPartitionResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.partition_error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int16(self.partition_error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Results categorized by transactional ID.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnResult {
    /// The transactional id corresponding to the transaction.
    pub transactional_id: ByteString,
    /// The results for each topic.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
}

impl AddPartitionsToTxnResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.transactional_id = reader.string(true)?;
        value.topic_results = reader.array(true, 3, |reader| {
            AddPartitionsToTxnTopicResult::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.transactional_id)?;
        writer.array(true, &self.topic_results, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}
