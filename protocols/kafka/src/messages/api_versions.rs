// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ApiVersionsRequest` and `ApiVersionsResponse`: the API with the key 18.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::{TaggedFields, Writer};

/// ApiVersionsRequest, versions 0 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersionsRequest {
    /// The name of the client.
    pub client_software_name: ByteString,
    /// The version of the client.
    pub client_software_version: ByteString,
}

impl ApiVersionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a ApiVersionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ApiVersionsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version >= 3 {
            value.client_software_name = reader.string(flexible)?;
            value.client_software_version = reader.string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ApiVersionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ApiVersionsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version >= 3 {
            writer.string(flexible, &self.client_software_name)?;
            writer.string(flexible, &self.client_software_version)?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// ApiVersionsResponse, versions 0 to 4.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiVersionsResponse {
    /// The top-level error code.
    pub error_code: i16,
    /// The APIs supported by the broker.
    pub api_keys: Vec<ApiVersion>,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Features supported by the broker. Note: in v0-v3, features with MinSupportedVersion = 0 are omitted.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// The monotonically increasing epoch for the finalized features information. Valid values are >= 0. A
    /// value of -1 is special and represents unknown epoch.
    pub finalized_features_epoch: i64,
    /// List of cluster-wide finalized features. The information is valid only if FinalizedFeaturesEpoch >=
    /// 0.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// Set by a KRaft controller if the required configurations for ZK migration are present.
    pub zk_migration_ready: bool,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        ApiVersionsResponse {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        }
    }
}

impl ApiVersionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=4;

    /// Reads a ApiVersionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ApiVersionsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.api_keys = reader.array(flexible, 6, |reader| ApiVersion::decode(reader, version))?;
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 => {
                        value.supported_features =
                            reader.array(true, 6, |reader| SupportedFeatureKey::decode(reader, version))?
                    }
                    1 => value.finalized_features_epoch = reader.int64()?,
                    2 => {
                        value.finalized_features =
                            reader.array(true, 6, |reader| FinalizedFeatureKey::decode(reader, version))?
                    }
                    3 => value.zk_migration_ready = reader.boolean()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    /// Writes the ApiVersionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ApiVersionsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.int16(self.error_code);
        writer.array(flexible, &self.api_keys, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if !self.supported_features.is_empty() {
                tagged.field(0, |writer| {
                    writer.array(true, &self.supported_features, |writer, each| {
                        each.encode(writer, version)
                    })
                })?;
            }
            if self.finalized_features_epoch != -1 {
                tagged.field(1, |writer| {
                    writer.int64(self.finalized_features_epoch);
                    Ok(())
                })?;
            }
            if !self.finalized_features.is_empty() {
                tagged.field(2, |writer| {
                    writer.array(true, &self.finalized_features, |writer, each| {
                        each.encode(writer, version)
                    })
                })?;
            }
            if self.zk_migration_ready {
                tagged.field(3, |writer| {
                    writer.boolean(self.zk_migration_ready);
                    Ok(())
                })?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// The APIs supported by the broker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersion {
    /// The API index.
    pub api_key: i16,
    /// The minimum supported version, inclusive.
    pub min_version: i16,
    /// The maximum supported version, inclusive.
    pub max_version: i16,
}

impl ApiVersion {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.api_key = reader.int16()?;
        value.min_version = reader.int16()?;
        value.max_version = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.int16(self.api_key);
        writer.int16(self.min_version);
        writer.int16(self.max_version);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Features supported by the broker. Note: in v0-v3, features with MinSupportedVersion = 0 are omitted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SupportedFeatureKey {
    /// The name of the feature.
    pub name: ByteString,
    /// The minimum supported version for the feature.
    pub min_version: i16,
    /// The maximum supported version for the feature.
    pub max_version: i16,
}

impl SupportedFeatureKey {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.min_version = reader.int16()?;
        value.max_version = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.int16(self.min_version);
        writer.int16(self.max_version);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// List of cluster-wide finalized features. The information is valid only if FinalizedFeaturesEpoch >=
/// 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FinalizedFeatureKey {
    /// The name of the feature.
    pub name: ByteString,
    /// The cluster-wide finalized max version level for the feature.
    pub max_version_level: i16,
    /// The cluster-wide finalized min version level for the feature.
    pub min_version_level: i16,
}

impl FinalizedFeatureKey {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.max_version_level = reader.int16()?;
        value.min_version_level = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.int16(self.max_version_level);
        writer.int16(self.min_version_level);
        writer.no_tagged_fields();
        Ok(())
    }
}
