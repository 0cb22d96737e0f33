//! FindCoordinator: who looks after a group or a transaction, which is the one node.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::find_coordinator::{
    Coordinator, FindCoordinatorRequest, FindCoordinatorResponse,
};

use crate::cluster::NODE;
use crate::session::Caller;

/// Groups, transactions, and the partitions of share groups.
const KEY_TYPES: [i8; 3] = [0, 1, 2];
/// Before this version a request is for one key.
const BATCHED_SINCE: i16 = 4;

/// FindCoordinator.
pub(crate) fn find(
    caller: &Caller,
    request: FindCoordinatorRequest,
    version: i16,
) -> FindCoordinatorResponse {
    let is_known = KEY_TYPES.contains(&request.key_type);
    let host: ByteString = caller.reached_at.host.as_str().into();
    let port = i32::from(caller.reached_at.port);
    if version < BATCHED_SINCE {
        if !is_known {
            return FindCoordinatorResponse {
                error_code: ErrorCode::InvalidRequest.code(),
                node_id: -1,
                port: -1,
                ..FindCoordinatorResponse::default()
            };
        }
        return FindCoordinatorResponse {
            node_id: NODE,
            host,
            port,
            ..FindCoordinatorResponse::default()
        };
    }
    let coordinator = |key| {
        if is_known {
            Coordinator {
                key,
                node_id: NODE,
                host: host.clone(),
                port,
                error_code: 0,
                error_message: None,
            }
        } else {
            Coordinator {
                key,
                node_id: -1,
                host: ByteString::new(),
                port: -1,
                error_code: ErrorCode::InvalidRequest.code(),
                error_message: None,
            }
        }
    };
    FindCoordinatorResponse {
        coordinators: request.coordinator_keys.into_iter().map(coordinator).collect(),
        ..FindCoordinatorResponse::default()
    }
}
