//! JoinGroup, SyncGroup, Heartbeat and LeaveGroup: groups whose members join together, and a leader among them assigns.

use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use ninefold_groups::{
    GroupError, InstanceId, JoinRequest, LeaveRequest, Leaving, MemberClaim, MemberId, Protocol, SyncRequest,
};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use ninefold_kafka_protocol::messages::join_group::{
    JoinGroupRequest, JoinGroupResponse, JoinGroupResponseMember,
};
use ninefold_kafka_protocol::messages::leave_group::{
    LeaveGroupRequest, LeaveGroupResponse, MemberIdentity, MemberResponse,
};
use ninefold_kafka_protocol::messages::sync_group::{SyncGroupRequest, SyncGroupResponse};

use crate::cluster::Cluster;
use crate::errors;
use crate::groups::client;
use crate::security::Operation;
use crate::session::Caller;

/// Since this version a new member is told its id before it joins (KIP-394).
const MEMBER_ID_SINCE: i16 = 4;
/// Since this version an answer may name no protocol.
const NO_PROTOCOL_SINCE: i16 = 7;
/// Since this version a leader may be told that there is nothing to assign (KIP-814).
const SKIPPED_ASSIGNMENT_SINCE: i16 = 9;
/// Since this version several members leave at once (KIP-345).
const SEVERAL_LEAVE_SINCE: i16 = 3;
/// No generation.
const NONE: i32 = -1;

/// JoinGroup.
pub(crate) async fn join(
    cluster: &Cluster,
    caller: &Caller,
    client_id: Option<&ByteString>,
    request: JoinGroupRequest,
    version: i16,
) -> JoinGroupResponse {
    if let Err(code) = cluster.check_group(caller, Operation::Read, &request.group_id) {
        return JoinGroupResponse {
            error_code: code.code(),
            generation_id: NONE,
            protocol_name: no_protocol(version),
            ..JoinGroupResponse::default()
        };
    }
    let session_timeout = milliseconds(request.session_timeout_ms);
    let rebalance_timeout = match request.rebalance_timeout_ms {
        // Version 0 knows one timeout only.
        NONE => session_timeout,
        timeout => milliseconds(timeout),
    };
    let protocol =
        |protocol: ninefold_kafka_protocol::messages::join_group::JoinGroupRequestProtocol| Protocol {
            name: (*protocol.name).into(),
            metadata: owned(&protocol.metadata),
        };
    let joined = cluster
        .groups
        .engine
        .join(JoinRequest {
            group: cluster.groups.names.inner(&request.group_id),
            member: member(&request.member_id),
            instance: request.group_instance_id.as_deref().map(InstanceId::from),
            client: client(caller, client_id),
            session_timeout,
            rebalance_timeout,
            protocol_type: (*request.protocol_type).into(),
            protocols: request.protocols.into_iter().map(protocol).collect(),
            takes_member_id: version >= MEMBER_ID_SINCE,
            skips_assignment: version >= SKIPPED_ASSIGNMENT_SINCE,
        })
        .await;
    match joined {
        Ok(joined) => JoinGroupResponse {
            generation_id: joined.generation,
            protocol_type: joined.protocol_type.as_deref().map(ByteString::from),
            protocol_name: joined
                .protocol
                .as_deref()
                .map(ByteString::from)
                .or_else(|| no_protocol(version)),
            leader: joined
                .leader
                .as_ref()
                .map_or_else(ByteString::new, |leader| leader.as_str().into()),
            skip_assignment: joined.skip_assignment,
            member_id: joined.member.as_str().into(),
            members: joined
                .members
                .into_iter()
                .map(|member| JoinGroupResponseMember {
                    member_id: member.member.as_str().into(),
                    group_instance_id: member.instance.map(|instance| instance.as_str().into()),
                    metadata: member.metadata,
                })
                .collect(),
            ..JoinGroupResponse::default()
        },
        Err(error) => JoinGroupResponse {
            error_code: errors::of_group(&error).code(),
            generation_id: NONE,
            protocol_name: no_protocol(version),
            member_id: match &error {
                GroupError::MemberIdRequired(member) => member.as_str().into(),
                _ => request.member_id,
            },
            ..JoinGroupResponse::default()
        },
    }
}

/// What stands for no protocol.
fn no_protocol(version: i16) -> Option<ByteString> {
    (version < NO_PROTOCOL_SINCE).then(ByteString::new)
}

/// SyncGroup.
pub(crate) async fn sync(cluster: &Cluster, caller: &Caller, request: SyncGroupRequest) -> SyncGroupResponse {
    if let Err(code) = cluster.check_group(caller, Operation::Read, &request.group_id) {
        return SyncGroupResponse {
            error_code: code.code(),
            ..SyncGroupResponse::default()
        };
    }
    let assignments = request.assignments.into_iter();
    let synced = cluster
        .groups
        .engine
        .sync(SyncRequest {
            claim: claim(
                cluster,
                &request.group_id,
                &request.member_id,
                request.group_instance_id.as_ref(),
                request.generation_id,
            ),
            protocol_type: request.protocol_type.as_deref().map(Arc::from),
            protocol: request.protocol_name.as_deref().map(Arc::from),
            assignments: assignments
                .map(|assigned| (MemberId::from(&*assigned.member_id), owned(&assigned.assignment)))
                .collect(),
        })
        .await;
    match synced {
        Ok(synced) => SyncGroupResponse {
            protocol_type: synced.protocol_type.as_deref().map(ByteString::from),
            protocol_name: synced.protocol.as_deref().map(ByteString::from),
            assignment: synced.assignment,
            ..SyncGroupResponse::default()
        },
        Err(error) => SyncGroupResponse {
            error_code: errors::of_group(&error).code(),
            ..SyncGroupResponse::default()
        },
    }
}

/// Heartbeat.
pub(crate) async fn heartbeat(
    cluster: &Cluster,
    caller: &Caller,
    request: HeartbeatRequest,
) -> HeartbeatResponse {
    if let Err(code) = cluster.check_group(caller, Operation::Read, &request.group_id) {
        return HeartbeatResponse {
            error_code: code.code(),
            ..HeartbeatResponse::default()
        };
    }
    let claim = claim(
        cluster,
        &request.group_id,
        &request.member_id,
        request.group_instance_id.as_ref(),
        request.generation_id,
    );
    HeartbeatResponse {
        error_code: errors::of_group_outcome(&cluster.groups.engine.heartbeat(claim).await),
        ..HeartbeatResponse::default()
    }
}

/// LeaveGroup.
pub(crate) async fn leave(
    cluster: &Cluster,
    caller: &Caller,
    request: LeaveGroupRequest,
    version: i16,
) -> LeaveGroupResponse {
    if let Err(code) = cluster.check_group(caller, Operation::Read, &request.group_id) {
        return LeaveGroupResponse {
            error_code: code.code(),
            ..LeaveGroupResponse::default()
        };
    }
    let members = if version >= SEVERAL_LEAVE_SINCE {
        request.members
    } else {
        vec![MemberIdentity {
            member_id: request.member_id,
            ..MemberIdentity::default()
        }]
    };
    let leaving = members.iter().map(|leaving| Leaving {
        member: member(&leaving.member_id),
        instance: leaving.group_instance_id.as_deref().map(InstanceId::from),
    });
    let left = cluster
        .groups
        .engine
        .leave(LeaveRequest {
            group: cluster.groups.names.inner(&request.group_id),
            members: leaving.collect(),
        })
        .await;
    let left = match left {
        Ok(left) => left,
        Err(error) => {
            return LeaveGroupResponse {
                error_code: errors::of_group(&error).code(),
                ..LeaveGroupResponse::default()
            };
        }
    };
    if version < SEVERAL_LEAVE_SINCE {
        return LeaveGroupResponse {
            error_code: left.first().map_or(0, errors::of_group_outcome),
            ..LeaveGroupResponse::default()
        };
    }
    let members = members
        .into_iter()
        .zip(&left)
        .map(|(member, left)| MemberResponse {
            member_id: member.member_id,
            group_instance_id: member.group_instance_id,
            error_code: errors::of_group_outcome(left),
        });
    LeaveGroupResponse {
        error_code: ErrorCode::None.code(),
        members: members.collect(),
        ..LeaveGroupResponse::default()
    }
}

fn claim(
    cluster: &Cluster,
    group: &ByteString,
    member: &ByteString,
    instance: Option<&ByteString>,
    generation: i32,
) -> MemberClaim {
    MemberClaim {
        group: cluster.groups.names.inner(group),
        member: MemberId::from(&**member),
        instance: instance.map(|instance| InstanceId::from(&**instance)),
        generation,
    }
}

fn member(id: &ByteString) -> Option<MemberId> {
    (!id.is_empty()).then(|| MemberId::from(&**id))
}

fn milliseconds(count: i32) -> Duration {
    Duration::from_millis(u64::try_from(count).unwrap_or(0))
}

/// Copied, since a slice would keep the whole request in memory.
fn owned(bytes: &bytes::Bytes) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(bytes)
}
