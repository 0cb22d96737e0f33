// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeClusterRequest` and `DescribeClusterResponse`: the API with the key 60.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeClusterRequest, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterRequest {
    /// Whether to include cluster authorized operations.
    pub include_cluster_authorized_operations: bool,
    /// The endpoint type to describe. 1=brokers, 2=controllers.
    pub endpoint_type: i8,
    /// Whether to include fenced brokers when listing brokers.
    pub include_fenced_brokers: bool,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        DescribeClusterRequest {
            include_cluster_authorized_operations: false,
            endpoint_type: 1,
            include_fenced_brokers: false,
        }
    }
}

impl DescribeClusterRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DescribeClusterRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeClusterRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.include_cluster_authorized_operations = reader.boolean()?;
        if version >= 1 {
            value.endpoint_type = reader.int8()?;
        }
        if version >= 2 {
            value.include_fenced_brokers = reader.boolean()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeClusterRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeClusterRequest", Self::VERSIONS, version)?;
        writer.boolean(self.include_cluster_authorized_operations);
        if version >= 1 {
            writer.int8(self.endpoint_type);
        }
        if version < 1 && self.endpoint_type != 1 {
            return Err(EncodeError::not_in_version(
                "DescribeClusterRequest.EndpointType",
                version,
            ));
        }
        if version >= 2 {
            writer.boolean(self.include_fenced_brokers);
        }
        if version < 2 && self.include_fenced_brokers {
            return Err(EncodeError::not_in_version(
                "DescribeClusterRequest.IncludeFencedBrokers",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DescribeClusterResponse, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The endpoint type that was described. 1=brokers, 2=controllers.
    pub endpoint_type: i8,
    /// The cluster ID that responding broker belongs to.
    pub cluster_id: ByteString,
    /// The ID of the controller. When handled by a controller, returns the current voter leader ID. When
    /// handled by a broker, returns a random alive broker ID as a fallback.
    pub controller_id: i32,
    /// Each broker in the response.
    pub brokers: Vec<DescribeClusterBroker>,
    /// 32-bit bitfield to represent authorized operations for this cluster.
    pub cluster_authorized_operations: i32,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        DescribeClusterResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: ByteString::new(),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
        }
    }
}

impl DescribeClusterResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DescribeClusterResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeClusterResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        if version >= 1 {
            value.endpoint_type = reader.int8()?;
        }
        value.cluster_id = reader.string(true)?;
        value.controller_id = reader.int32()?;
        value.brokers = reader.array(true, 11, |reader| DescribeClusterBroker::decode(reader, version))?;
        value.cluster_authorized_operations = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeClusterResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeClusterResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        if version >= 1 {
            writer.int8(self.endpoint_type);
        }
        if version < 1 && self.endpoint_type != 1 {
            return Err(EncodeError::not_in_version(
                "DescribeClusterResponse.EndpointType",
                version,
            ));
        }
        writer.string(true, &self.cluster_id)?;
        writer.int32(self.controller_id);
        writer.array(true, &self.brokers, |writer, each| each.encode(writer, version))?;
        writer.int32(self.cluster_authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each broker in the response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClusterBroker {
    /// The broker ID.
    pub broker_id: i32,
    /// The broker hostname.
    pub host: ByteString,
    /// The broker port.
    pub port: i32,
    /// The rack of the broker, or null if it has not been assigned to a rack.
    pub rack: Option<ByteString>,
    /// Whether the broker is fenced
    pub is_fenced: bool,
}

impl DescribeClusterBroker {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.broker_id = reader.int32()?;
        value.host = reader.string(true)?;
        value.port = reader.int32()?;
        value.rack = reader.nullable_string(true)?;
        if version >= 2 {
            value.is_fenced = reader.boolean()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.broker_id);
        writer.string(true, &self.host)?;
        writer.int32(self.port);
        writer.nullable_string(true, self.rack.as_ref())?;
        if version >= 2 {
            writer.boolean(self.is_fenced);
        }
        if version < 2 && self.is_fenced {
            return Err(EncodeError::not_in_version(
                "DescribeClusterBroker.IsFenced",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}
