// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `PushTelemetryRequest` and `PushTelemetryResponse`: the API with the key 72.

use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// PushTelemetryRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushTelemetryRequest {
    /// Unique id for this client instance.
    pub client_instance_id: Uuid,
    /// Unique identifier for the current subscription.
    pub subscription_id: i32,
    /// Client is terminating the connection.
    pub terminating: bool,
    /// Compression codec used to compress the metrics.
    pub compression_type: i8,
    /// Metrics encoded in OpenTelemetry MetricsData v1 protobuf format.
    pub metrics: Bytes,
}

impl PushTelemetryRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a PushTelemetryRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("PushTelemetryRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.client_instance_id = reader.uuid()?;
        value.subscription_id = reader.int32()?;
        value.terminating = reader.boolean()?;
        value.compression_type = reader.int8()?;
        value.metrics = reader.bytes(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the PushTelemetryRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("PushTelemetryRequest", Self::VERSIONS, version)?;
        writer.uuid(self.client_instance_id);
        writer.int32(self.subscription_id);
        writer.boolean(self.terminating);
        writer.int8(self.compression_type);
        writer.bytes(true, &self.metrics)?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// PushTelemetryResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushTelemetryResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl PushTelemetryResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a PushTelemetryResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("PushTelemetryResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the PushTelemetryResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("PushTelemetryResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.no_tagged_fields();
        Ok(())
    }
}
