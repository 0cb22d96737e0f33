//! ApiVersions: what this broker can do (KIP-35, KIP-511, KIP-584).

use bytes::Bytes;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::api_versions::{
    ApiVersion, ApiVersionsRequest, ApiVersionsResponse, FinalizedFeatureKey, SupportedFeatureKey,
};

use crate::cluster::Cluster;
use crate::share;

/// What is switched on, and up to which level: it decides which protocols clients use.
pub(crate) const FEATURES: &[(&str, i16)] = &[
    ("group.version", 1),
    ("metadata.version", 29),
    ("transaction.version", 2),
];

/// The answer to a version that we have.
pub(crate) fn answer(cluster: &Cluster, request: &ApiVersionsRequest, version: i16) -> ApiVersionsResponse {
    let is_named = !request.client_software_name.is_empty() && !request.client_software_version.is_empty();
    if version >= 3 && !is_named {
        return ApiVersionsResponse {
            error_code: ErrorCode::InvalidRequest.code(),
            ..ApiVersionsResponse::default()
        };
    }
    let mut response = offered(cluster);
    if version >= 3 {
        let shared = cluster.shares_records().then_some(&share::FEATURE);
        let features = FEATURES.iter().chain(shared);
        response.supported_features = features
            .clone()
            .map(|(name, level)| SupportedFeatureKey {
                name: (*name).into(),
                min_version: 1,
                max_version: *level,
            })
            .collect();
        response.finalized_features = features
            .map(|(name, level)| FinalizedFeatureKey {
                name: (*name).into(),
                max_version_level: *level,
                min_version_level: *level,
            })
            .collect();
        response.finalized_features_epoch = 0;
    }
    response
}

/// The answer to a version that we don't have: in version 0, with what we have (KIP-511).
pub(crate) fn of_unknown_version(cluster: &Cluster, correlation_id: i32) -> Vec<Bytes> {
    let response = ApiVersionsResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        ..offered(cluster)
    };
    let frame = Response::from(response).frame(0, correlation_id);
    frame.expect("version 0 has room for all that is offered")
}

fn offered(cluster: &Cluster) -> ApiVersionsResponse {
    let offered = cluster.offered().map(|api| {
        let versions = api.advertised_versions();
        ApiVersion {
            api_key: api as i16,
            min_version: *versions.start(),
            max_version: *versions.end(),
        }
    });
    ApiVersionsResponse {
        api_keys: offered.collect(),
        ..ApiVersionsResponse::default()
    }
}
