//! FindCoordinator: who looks after a group or a transaction, which is the one node.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::find_coordinator::{
    Coordinator, FindCoordinatorRequest, FindCoordinatorResponse,
};

use crate::cluster::{Cluster, NODE};
use crate::security::{Operation, Resource};
use crate::session::Caller;

/// What has a coordinator: groups, transactions, and the partitions of share groups.
const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
const SHARE: i8 = 2;
/// Before this version a request is for one key.
const BATCHED_SINCE: i16 = 4;

/// FindCoordinator.
pub(crate) fn find(
    cluster: &Cluster,
    caller: &Caller,
    request: FindCoordinatorRequest,
    version: i16,
) -> FindCoordinatorResponse {
    let host: ByteString = caller.reached_at.host.as_str().into();
    let port = i32::from(caller.reached_at.port);
    if version < BATCHED_SINCE {
        if let Err(code) = check_access(cluster, caller, request.key_type, &request.key) {
            return FindCoordinatorResponse {
                error_code: code.code(),
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
    let coordinator = |key: ByteString| match check_access(cluster, caller, request.key_type, &key) {
        Ok(()) => Coordinator {
            key,
            node_id: NODE,
            host: host.clone(),
            port,
            error_code: 0,
            error_message: None,
        },
        Err(code) => Coordinator {
            key,
            node_id: -1,
            host: ByteString::new(),
            port: -1,
            error_code: code.code(),
            error_message: None,
        },
    };
    FindCoordinatorResponse {
        coordinators: request.coordinator_keys.into_iter().map(coordinator).collect(),
        ..FindCoordinatorResponse::default()
    }
}

/// Whether somebody may know who looks after something.
fn check_access(cluster: &Cluster, caller: &Caller, key_type: i8, key: &str) -> Result<(), ErrorCode> {
    let (operation, resource, code) = match key_type {
        GROUP => {
            let code = ErrorCode::GroupAuthorizationFailed;
            (Operation::Describe, Resource::group(key), code)
        }
        TRANSACTION => {
            let code = ErrorCode::TransactionalIdAuthorizationFailed;
            (Operation::Describe, Resource::transactional_id(key), code)
        }
        SHARE => {
            let code = ErrorCode::ClusterAuthorizationFailed;
            (Operation::ClusterAction, Resource::CLUSTER, code)
        }
        _ => return Err(ErrorCode::InvalidRequest),
    };
    if cluster.allows(caller, operation, resource) {
        Ok(())
    } else {
        Err(code)
    }
}
