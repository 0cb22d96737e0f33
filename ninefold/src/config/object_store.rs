//! The object store, which speaks the S3 API.

use std::fmt;

use http::Uri;

use super::{ConfigError, S3Addressing, Settings, invalid, url};

/// What of records may make one object: it has to be put in one request, and is in memory meanwhile.
const LARGEST_OBJECT_BYTES: usize = 128 * 1024 * 1024;

/// A store, and who asks it.
#[derive(Clone)]
pub(crate) struct ObjectStoreConfig {
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) addressing: S3Addressing,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl ObjectStoreConfig {
    /// Reads the settings of a store, of which an endpoint and an access key belong together.
    pub(super) fn read(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let Some(endpoint) = settings.s3_endpoint.clone() else {
            let others = [
                &settings.s3_region,
                &settings.s3_access_key_id,
                &settings.s3_secret_access_key,
            ];
            return match others.iter().any(|other| other.is_some()) {
                true => Err(invalid(
                    "s3_endpoint",
                    &"what else is said of the object store needs it",
                )),
                false => Ok(None),
            };
        };
        let uri = url("s3_endpoint", Some(&endpoint))?;
        let is_web = |uri: Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        if !uri.is_some_and(is_web) {
            return Err(invalid(
                "s3_endpoint",
                &"it must be http:// or https://, and a host",
            ));
        }
        let needed = |key, value: &Option<String>| {
            let missing = || invalid(key, &"s3_endpoint needs it");
            value.clone().ok_or_else(missing)
        };
        Ok(Some(ObjectStoreConfig {
            endpoint,
            region: match &settings.s3_region {
                Some(region) => region.clone(),
                None => needed("region", &settings.region)?,
            },
            addressing: settings.s3_addressing.unwrap_or_default(),
            access_key_id: needed("s3_access_key_id", &settings.s3_access_key_id)?,
            secret_access_key: needed("s3_secret_access_key", &settings.s3_secret_access_key)?,
        }))
    }
}

impl fmt::Debug for ObjectStoreConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ObjectStoreConfig")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Reads `channel_object_bytes`.
pub(super) fn object_bytes(bytes: Option<usize>) -> Result<usize, ConfigError> {
    let expected = format!("it must be from 1 to {LARGEST_OBJECT_BYTES}");
    bytes
        .filter(|bytes| (1..=LARGEST_OBJECT_BYTES).contains(bytes))
        .ok_or_else(|| invalid("channel_object_bytes", &expected))
}
