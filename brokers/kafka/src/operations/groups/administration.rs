//! DescribeGroups, ListGroups and DeleteGroups.

use bytestring::ByteString;
use ninefold_groups::{ClassicDescription, Description, GroupId};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::delete_groups::{
    DeletableGroupResult, DeleteGroupsRequest, DeleteGroupsResponse,
};
use ninefold_kafka_protocol::messages::describe_groups::{
    DescribeGroupsRequest, DescribeGroupsResponse, DescribedGroup, DescribedGroupMember,
};
use ninefold_kafka_protocol::messages::list_groups::{ListGroupsRequest, ListGroupsResponse, ListedGroup};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::{Operation, Resource};
use crate::session::Caller;

/// Since this version a group that is not there is said to be so; before, it is a dead one.
const NOT_FOUND_SINCE: i16 = 6;
/// Since these versions the state and the kind of a group are listed.
const STATE_SINCE: i16 = 4;
const TYPE_SINCE: i16 = 5;
/// What means that nobody has asked what is allowed.
const NOT_ASKED: i32 = i32::MIN;

/// What a request that asks for them is told of the operations allowed.
pub(super) fn operations(cluster: &Cluster, caller: &Caller, group_id: &str, is_asked: bool) -> i32 {
    if is_asked {
        cluster
            .security
            .allowed_operations(caller, Resource::group(group_id))
    } else {
        NOT_ASKED
    }
}

/// DescribeGroups.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeGroupsRequest,
    version: i16,
) -> DescribeGroupsResponse {
    let describe = |group_id: ByteString| {
        if let Err(code) = cluster.check_group(caller, Operation::Describe, &group_id) {
            return DescribedGroup {
                error_code: code.code(),
                error_message: None,
                group_id,
                authorized_operations: NOT_ASKED,
                ..DescribedGroup::default()
            };
        }
        let description = cluster
            .groups
            .engine
            .describe(&cluster.groups.names.inner::<GroupId>(&group_id));
        match description {
            Some(Description::Classic(classic)) => {
                let is_asked = request.include_authorized_operations;
                let authorized_operations = operations(cluster, caller, &group_id, is_asked);
                described(group_id, classic, authorized_operations)
            }
            other => {
                let is_other_kind = other.is_some();
                dead(group_id, is_other_kind, version)
            }
        }
    };
    DescribeGroupsResponse {
        groups: request.groups.into_iter().map(describe).collect(),
        ..DescribeGroupsResponse::default()
    }
}

fn described(
    group_id: ByteString,
    classic: ClassicDescription,
    authorized_operations: i32,
) -> DescribedGroup {
    let members = classic.members.into_iter().map(|member| DescribedGroupMember {
        member_id: member.member.as_str().into(),
        group_instance_id: member.instance.map(|instance| instance.as_str().into()),
        client_id: (*member.client.id).into(),
        client_host: (*member.client.host).into(),
        member_metadata: member.metadata,
        member_assignment: member.assignment,
    });
    DescribedGroup {
        error_code: 0,
        error_message: None,
        group_id,
        group_state: classic.state.name().into(),
        protocol_type: classic.protocol_type.as_deref().unwrap_or_default().into(),
        protocol_data: classic.protocol.as_deref().unwrap_or_default().into(),
        members: members.collect(),
        authorized_operations,
    }
}

fn dead(group_id: ByteString, is_other_kind: bool, version: i16) -> DescribedGroup {
    let message = if is_other_kind {
        format!("Group {group_id} is not a classic group.")
    } else {
        format!("Group {group_id} not found.")
    };
    let is_told = version >= NOT_FOUND_SINCE;
    DescribedGroup {
        error_code: if is_told {
            ErrorCode::GroupIdNotFound.code()
        } else {
            0
        },
        error_message: is_told.then(|| message.into()),
        group_id,
        group_state: "Dead".into(),
        authorized_operations: NOT_ASKED,
        ..DescribedGroup::default()
    }
}

/// ListGroups.
pub(crate) fn list(
    cluster: &Cluster,
    caller: &Caller,
    request: &ListGroupsRequest,
    version: i16,
) -> ListGroupsResponse {
    let sees_all = cluster.allows(caller, Operation::Describe, Resource::CLUSTER);
    let is_seen =
        |group_id: &str| sees_all || cluster.check_group(caller, Operation::Describe, group_id).is_ok();
    let is_wanted = |wanted: &[ByteString], name: &str| {
        wanted.is_empty() || wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    let groups = cluster.groups.engine.list().into_iter().filter_map(|listing| {
        let group_id = cluster.groups.names.outer(listing.group.as_str())?;
        let is_listed = is_wanted(&request.states_filter, listing.state)
            && is_wanted(&request.types_filter, listing.kind);
        (is_listed && is_seen(&group_id)).then(|| ListedGroup {
            group_id,
            protocol_type: (*listing.protocol_type).into(),
            group_state: if version >= STATE_SINCE {
                listing.state.into()
            } else {
                ByteString::new()
            },
            group_type: if version >= TYPE_SINCE {
                listing.kind.into()
            } else {
                ByteString::new()
            },
        })
    });
    ListGroupsResponse {
        groups: groups.collect(),
        ..ListGroupsResponse::default()
    }
}

/// DeleteGroups.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    request: DeleteGroupsRequest,
) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    for group_id in request.groups_names {
        if let Err(code) = cluster.check_group(caller, Operation::Delete, &group_id) {
            results.push(DeletableGroupResult {
                group_id,
                error_code: code.code(),
            });
            continue;
        }
        let deleted = cluster.delete_group(&group_id).await;
        results.push(DeletableGroupResult {
            group_id,
            error_code: errors::of_group_outcome(&deleted),
        });
    }
    DeleteGroupsResponse {
        results,
        ..DeleteGroupsResponse::default()
    }
}
