// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `GetTelemetrySubscriptionsRequest` and `GetTelemetrySubscriptionsResponse`: the API with the key 71.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// GetTelemetrySubscriptionsRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetTelemetrySubscriptionsRequest {
    /// Unique id for this client instance, must be set to 0 on the first request.
    pub client_instance_id: Uuid,
}

impl GetTelemetrySubscriptionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a GetTelemetrySubscriptionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("GetTelemetrySubscriptionsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.client_instance_id = reader.uuid()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the GetTelemetrySubscriptionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("GetTelemetrySubscriptionsRequest", Self::VERSIONS, version)?;
        writer.uuid(self.client_instance_id);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// GetTelemetrySubscriptionsResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetTelemetrySubscriptionsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// Assigned client instance id if ClientInstanceId was 0 in the request, else 0.
    pub client_instance_id: Uuid,
    /// Unique identifier for the current subscription set for this client instance.
    pub subscription_id: i32,
    /// Compression types that broker accepts for the PushTelemetryRequest.
    pub accepted_compression_types: Vec<i8>,
    /// Configured push interval, which is the lowest configured interval in the current subscription set.
    pub push_interval_ms: i32,
    /// The maximum bytes of binary data the broker accepts in PushTelemetryRequest.
    pub telemetry_max_bytes: i32,
    /// Flag to indicate monotonic/counter metrics are to be emitted as deltas or cumulative values.
    pub delta_temporality: bool,
    /// Requested metrics prefix string match. Empty array: No metrics subscribed, Array\[0\] empty string:
    /// All metrics subscribed.
    pub requested_metrics: Vec<ByteString>,
}

impl GetTelemetrySubscriptionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a GetTelemetrySubscriptionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("GetTelemetrySubscriptionsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.client_instance_id = reader.uuid()?;
        value.subscription_id = reader.int32()?;
        value.accepted_compression_types = reader.array(true, 1, |reader| reader.int8())?;
        value.push_interval_ms = reader.int32()?;
        value.telemetry_max_bytes = reader.int32()?;
        value.delta_temporality = reader.boolean()?;
        value.requested_metrics = reader.array(true, 1, |reader| reader.string(true))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the GetTelemetrySubscriptionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("GetTelemetrySubscriptionsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.uuid(self.client_instance_id);
        writer.int32(self.subscription_id);
        writer.array(true, &self.accepted_compression_types, |writer, each| {
            writer.int8(*each);
            Ok(())
        })?;
        writer.int32(self.push_interval_ms);
        writer.int32(self.telemetry_max_bytes);
        writer.boolean(self.delta_temporality);
        writer.array(true, &self.requested_metrics, |writer, each| {
            writer.string(true, each)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}
