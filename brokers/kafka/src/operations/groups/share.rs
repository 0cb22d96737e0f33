//! ShareGroupHeartbeat and ShareGroupDescribe: who is a member of a share group (KIP-932).

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_groups::{Description, GroupId, MemberId, NamedPartitions, ShareDescription, ShareHeartbeat};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::share_group_describe::{
    Assignment as DescribedAssignment, DescribedGroup, Member, ShareGroupDescribeRequest,
    ShareGroupDescribeResponse, TopicPartitions as DescribedPartitions,
};
use ninefold_kafka_protocol::messages::share_group_heartbeat::{
    Assignment, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse, TopicPartitions,
};

use super::administration::operations;
use super::consumer::signed;
use crate::cluster::Cluster;
use crate::errors;
use crate::groups::{client, uuid};
use crate::security::Operation;
use crate::session::Caller;

/// ShareGroupHeartbeat.
pub(crate) async fn heartbeat(
    cluster: &Cluster,
    caller: &Caller,
    client_id: Option<&ByteString>,
    request: ShareGroupHeartbeatRequest,
) -> ShareGroupHeartbeatResponse {
    let subscribed = request.subscribed_topic_names.as_deref();
    let checked = cluster.check_group(caller, Operation::Read, &request.group_id);
    if let Err(code) = checked.and_then(|()| cluster.check_subscription(caller, subscribed)) {
        return ShareGroupHeartbeatResponse {
            error_code: code.code(),
            error_message: None,
            ..ShareGroupHeartbeatResponse::default()
        };
    }
    let topics = request.subscribed_topic_names.map(|names| {
        let names = names
            .iter()
            .map(|name| cluster.groups.names.inner::<Arc<str>>(name));
        names.collect()
    });
    let beat = cluster
        .groups
        .engine
        .share_heartbeat(ShareHeartbeat {
            group: cluster.groups.names.inner(&request.group_id),
            member: MemberId::from(&*request.member_id),
            epoch: request.member_epoch,
            rack: request.rack_id.as_deref().map(Arc::from),
            client: client(caller, client_id),
            topics,
            pace: Some(cluster.group_configs.get(&request.group_id).share_pace()),
        })
        .await;
    match beat {
        Ok(beat) => ShareGroupHeartbeatResponse {
            member_id: Some(beat.member.as_str().into()),
            member_epoch: beat.epoch,
            heartbeat_interval_ms: i32::try_from(beat.heartbeat_interval.as_millis()).unwrap_or(i32::MAX),
            assignment: beat.assignment.map(|assignment| Assignment {
                topic_partitions: assignment
                    .into_iter()
                    .map(|(topic, partitions)| TopicPartitions {
                        topic_id: uuid(topic),
                        partitions: signed(partitions),
                    })
                    .collect(),
            }),
            ..ShareGroupHeartbeatResponse::default()
        },
        Err(error) => ShareGroupHeartbeatResponse {
            error_code: errors::of_group(&error).code(),
            error_message: Some(error.to_string().into()),
            ..ShareGroupHeartbeatResponse::default()
        },
    }
}

/// ShareGroupDescribe.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: ShareGroupDescribeRequest,
) -> ShareGroupDescribeResponse {
    let describe = |group_id: ByteString| {
        if let Err(code) = cluster.check_group(caller, Operation::Describe, &group_id) {
            return DescribedGroup {
                error_code: code.code(),
                error_message: None,
                group_id,
                ..DescribedGroup::default()
            };
        }
        let is_asked = request.include_authorized_operations;
        let authorized_operations = operations(cluster, caller, &group_id, is_asked);
        let description = cluster
            .groups
            .engine
            .describe(&cluster.groups.names.inner::<GroupId>(&group_id));
        match description {
            Some(Description::Share(share)) => DescribedGroup {
                authorized_operations,
                ..described(cluster, group_id, share)
            },
            other => {
                let message = match other {
                    Some(_) => format!("Group {group_id} is not a share group."),
                    None => format!("Group {group_id} not found."),
                };
                DescribedGroup {
                    error_code: ErrorCode::GroupIdNotFound.code(),
                    error_message: Some(message.into()),
                    group_id,
                    ..DescribedGroup::default()
                }
            }
        }
    };
    ShareGroupDescribeResponse {
        groups: request.group_ids.into_iter().map(describe).collect(),
        ..ShareGroupDescribeResponse::default()
    }
}

fn described(cluster: &Cluster, group_id: ByteString, share: ShareDescription) -> DescribedGroup {
    let members = share.members.into_iter().map(|member| Member {
        member_id: member.member.as_str().into(),
        rack_id: member.rack.as_deref().map(ByteString::from),
        member_epoch: member.epoch,
        client_id: (*member.client.id).into(),
        client_host: (*member.client.host).into(),
        subscribed_topic_names: member
            .topics
            .iter()
            .filter_map(|name| cluster.groups.names.outer(name))
            .collect(),
        assignment: assignment(cluster, member.assignment),
    });
    DescribedGroup {
        group_id,
        group_state: if share.is_empty {
            "Empty".into()
        } else {
            "Stable".into()
        },
        group_epoch: share.epoch,
        assignment_epoch: share.assignment_epoch,
        assignor_name: "simple".into(),
        members: members.collect(),
        ..DescribedGroup::default()
    }
}

fn assignment(cluster: &Cluster, partitions: NamedPartitions) -> DescribedAssignment {
    let topics = partitions.into_iter().filter_map(|(topic, name, partitions)| {
        Some(DescribedPartitions {
            topic_id: uuid(topic),
            topic_name: cluster.groups.names.outer(&name)?,
            partitions: signed(partitions),
        })
    });
    DescribedAssignment {
        topic_partitions: topics.collect(),
    }
}
