//! ApiVersions: what this broker can do (KIP-35, KIP-511, KIP-584).

use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::api_versions::{
    ApiVersion, ApiVersionsRequest, ApiVersionsResponse, FinalizedFeatureKey, SupportedFeatureKey,
};
use ninefold_kafka_protocol::{ErrorCode, Piece};

use crate::cluster::Cluster;

/// Since this version a feature's lowest level may be 0, which older clients can't read.
const LEVEL_0_SINCE: i16 = 4;

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
        let lowest = i16::from(version < LEVEL_0_SINCE);
        for feature in cluster.features() {
            response.supported_features.push(SupportedFeatureKey {
                name: feature.name.into(),
                min_version: lowest.max(*feature.known.start()),
                max_version: *feature.known.end(),
            });
            response.finalized_features.push(FinalizedFeatureKey {
                name: feature.name.into(),
                max_version_level: feature.level,
                min_version_level: feature.level,
            });
        }
        response.finalized_features_epoch = 0;
    }
    response
}

/// The answer to a version that we don't have: in version 0, with what we have (KIP-511).
pub(crate) fn of_unknown_version(cluster: &Cluster, correlation_id: i32) -> Vec<Piece> {
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
