// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `UpdateFeaturesRequest` and `UpdateFeaturesResponse`: the API with the key 57.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// UpdateFeaturesRequest, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesRequest {
    /// How long to wait in milliseconds before timing out the request.
    pub timeout_ms: i32,
    /// The list of updates to finalized features.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// True if we should validate the request, but not perform the upgrade or downgrade.
    pub validate_only: bool,
}

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        UpdateFeaturesRequest {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
        }
    }
}

impl UpdateFeaturesRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a UpdateFeaturesRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("UpdateFeaturesRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.timeout_ms = reader.int32()?;
        value.feature_updates = reader.array(true, 5, |reader| FeatureUpdateKey::decode(reader, version))?;
        if version >= 1 {
            value.validate_only = reader.boolean()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the UpdateFeaturesRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("UpdateFeaturesRequest", Self::VERSIONS, version)?;
        writer.int32(self.timeout_ms);
        writer.array(true, &self.feature_updates, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 1 {
            writer.boolean(self.validate_only);
        }
        if version < 1 && self.validate_only {
            return Err(EncodeError::not_in_version(
                "UpdateFeaturesRequest.ValidateOnly",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The list of updates to finalized features.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureUpdateKey {
    /// The name of the finalized feature to be updated.
    pub feature: ByteString,
    /// The new maximum version level for the finalized feature. A value >= 1 is valid. A value \< 1, is
    /// special, and can be used to request the deletion of the finalized feature.
    pub max_version_level: i16,
    /// DEPRECATED in version 1 (see DowngradeType). When set to true, the finalized feature version level
    /// is allowed to be downgraded/deleted. The downgrade request will fail if the new maximum version
    /// level is a value that's not lower than the existing maximum finalized version level.
    pub allow_downgrade: bool,
    /// Determine which type of upgrade will be performed: 1 will perform an upgrade only (default), 2 is
    /// safe downgrades only (lossless), 3 is unsafe downgrades (lossy).
    pub upgrade_type: i8,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        FeatureUpdateKey {
            feature: ByteString::new(),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
        }
    }
}

impl FeatureUpdateKey {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.feature = reader.string(true)?;
        value.max_version_level = reader.int16()?;
        if version <= 0 {
            value.allow_downgrade = reader.boolean()?;
        }
        if version >= 1 {
            value.upgrade_type = reader.int8()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.feature)?;
        writer.int16(self.max_version_level);
        if version <= 0 {
            writer.boolean(self.allow_downgrade);
        }
        if version > 0 && self.allow_downgrade {
            return Err(EncodeError::not_in_version(
                "FeatureUpdateKey.AllowDowngrade",
                version,
            ));
        }
        if version >= 1 {
            writer.int8(self.upgrade_type);
        }
        if version < 1 && self.upgrade_type != 1 {
            return Err(EncodeError::not_in_version(
                "FeatureUpdateKey.UpgradeType",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// UpdateFeaturesResponse, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or `0` if there was no top-level error.
    pub error_code: i16,
    /// The top-level error message, or `null` if there was no top-level error.
    pub error_message: Option<ByteString>,
    /// Results for each feature update.
    pub results: Vec<UpdatableFeatureResult>,
}

impl Default for UpdateFeaturesResponse {
    fn default() -> Self {
        UpdateFeaturesResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            results: Vec::new(),
        }
    }
}

impl UpdateFeaturesResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a UpdateFeaturesResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("UpdateFeaturesResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        if version <= 1 {
            value.results =
                reader.array(true, 5, |reader| UpdatableFeatureResult::decode(reader, version))?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the UpdateFeaturesResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("UpdateFeaturesResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        if version <= 1 {
            writer.array(true, &self.results, |writer, each| each.encode(writer, version))?;
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Results for each feature update.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdatableFeatureResult {
    /// The name of the finalized feature.
    pub feature: ByteString,
    /// The feature update error code or `0` if the feature update succeeded.
    pub error_code: i16,
    /// The feature update error, or `null` if the feature update succeeded.
    pub error_message: Option<ByteString>,
}

impl Default for UpdatableFeatureResult {
    fn default() -> Self {
        UpdatableFeatureResult {
            feature: ByteString::new(),
            error_code: 0,
            error_message: Some(ByteString::new()),
        }
    }
}

impl UpdatableFeatureResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.feature = reader.string(true)?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.feature)?;
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.no_tagged_fields();
        Ok(())
    }
}
