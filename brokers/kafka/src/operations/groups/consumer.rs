//! ConsumerGroupHeartbeat and ConsumerGroupDescribe: groups that assign by themselves (KIP-848).

use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use ninefold_groups::{
    ConsumerDescription, ConsumerHeartbeat, Description, GroupId, InstanceId, MemberId, NamedPartitions,
    Partitions,
};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::consumer_group_describe::{
    Assignment as DescribedAssignment, ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse,
    DescribedGroup, Member, TopicPartitions,
};
use ninefold_kafka_protocol::messages::consumer_group_heartbeat::{
    Assignment, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, RequestTopicPartitions,
    ResponseTopicPartitions,
};

use super::administration::operations;
use crate::cluster::Cluster;
use crate::errors;
use crate::groups::{client, topic_id, uuid};
use crate::security::Operation;
use crate::session::Caller;

/// Since this version a client chooses its member id.
const OWN_MEMBER_ID_SINCE: i16 = 1;
/// Since this version it is said what kind of member one is, and this is the kind.
const MEMBER_TYPE_SINCE: i16 = 1;
const CONSUMER_MEMBER: i8 = 1;
const UNKNOWN_MEMBER: i8 = -1;

/// ConsumerGroupHeartbeat.
pub(crate) async fn heartbeat(
    cluster: &Cluster,
    caller: &Caller,
    client_id: Option<&ByteString>,
    request: ConsumerGroupHeartbeatRequest,
    version: i16,
) -> ConsumerGroupHeartbeatResponse {
    let is_new = request.member_id.is_empty() && version < OWN_MEMBER_ID_SINCE;
    let subscribed = request.subscribed_topic_names.as_deref();
    let checked = cluster.check_group(caller, Operation::Read, &request.group_id);
    if let Err(code) = checked.and_then(|()| cluster.check_subscription(caller, subscribed)) {
        return ConsumerGroupHeartbeatResponse {
            error_code: code.code(),
            error_message: None,
            ..ConsumerGroupHeartbeatResponse::default()
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
        .consumer_heartbeat(ConsumerHeartbeat {
            group: cluster.groups.names.inner(&request.group_id),
            member: (!is_new).then(|| MemberId::from(&*request.member_id)),
            epoch: request.member_epoch,
            instance: request.instance_id.as_deref().map(InstanceId::from),
            rack: request.rack_id.as_deref().map(Arc::from),
            client: client(caller, client_id),
            rebalance_timeout: u64::try_from(request.rebalance_timeout_ms)
                .ok()
                .map(Duration::from_millis),
            topics,
            pattern: request
                .subscribed_topic_regex
                .as_deref()
                .map(|pattern| cluster.groups.names.inner_pattern(pattern).into()),
            assignor: request.server_assignor.as_deref().map(Arc::from),
            owned: request.topic_partitions.as_deref().map(partitions),
            pace: Some(cluster.group_configs.get(&request.group_id).consumer_pace()),
        })
        .await;
    match beat {
        Ok(beat) => ConsumerGroupHeartbeatResponse {
            member_id: Some(beat.member.as_str().into()),
            member_epoch: beat.epoch,
            heartbeat_interval_ms: i32::try_from(beat.heartbeat_interval.as_millis()).unwrap_or(i32::MAX),
            assignment: beat.assignment.map(|assignment| Assignment {
                topic_partitions: assignment
                    .into_iter()
                    .map(|(topic, partitions)| ResponseTopicPartitions {
                        topic_id: uuid(topic),
                        partitions: signed(partitions),
                    })
                    .collect(),
            }),
            ..ConsumerGroupHeartbeatResponse::default()
        },
        Err(error) => ConsumerGroupHeartbeatResponse {
            error_code: errors::of_group(&error).code(),
            error_message: Some(error.to_string().into()),
            ..ConsumerGroupHeartbeatResponse::default()
        },
    }
}

fn partitions(owned: &[RequestTopicPartitions]) -> Partitions {
    let topics = owned
        .iter()
        .filter(|topic| !topic.partitions.is_empty())
        .map(|topic| {
            let numbers = topic.partitions.iter().map(|index| index.unsigned_abs());
            (topic_id(topic.topic_id), numbers.collect())
        });
    topics.collect()
}

/// Numbers of partitions as the protocol has them.
pub(crate) fn signed(partitions: impl IntoIterator<Item = u32>) -> Vec<i32> {
    let numbers = partitions.into_iter();
    numbers
        .map(|number| i32::try_from(number).unwrap_or(i32::MAX))
        .collect()
}

/// ConsumerGroupDescribe.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: ConsumerGroupDescribeRequest,
    version: i16,
) -> ConsumerGroupDescribeResponse {
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
            Some(Description::Consumer(consumer)) => DescribedGroup {
                authorized_operations,
                ..described(cluster, group_id, consumer, version)
            },
            other => {
                let message = match other {
                    Some(_) => format!("Group {group_id} is not a consumer group."),
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
    ConsumerGroupDescribeResponse {
        groups: request.group_ids.into_iter().map(describe).collect(),
        ..ConsumerGroupDescribeResponse::default()
    }
}

fn described(
    cluster: &Cluster,
    group_id: ByteString,
    consumer: ConsumerDescription,
    version: i16,
) -> DescribedGroup {
    let members = consumer.members.into_iter().map(|member| Member {
        member_id: member.member.as_str().into(),
        instance_id: member.instance.map(|instance| instance.as_str().into()),
        rack_id: member.rack.as_deref().map(ByteString::from),
        member_epoch: member.epoch,
        client_id: (*member.client.id).into(),
        client_host: (*member.client.host).into(),
        subscribed_topic_names: member
            .topics
            .iter()
            .filter_map(|name| cluster.groups.names.outer(name))
            .collect(),
        subscribed_topic_regex: member.pattern.as_deref().map(ByteString::from),
        assignment: assignment(cluster, member.assignment),
        target_assignment: assignment(cluster, member.target),
        member_type: if version >= MEMBER_TYPE_SINCE {
            CONSUMER_MEMBER
        } else {
            UNKNOWN_MEMBER
        },
    });
    DescribedGroup {
        group_id,
        group_state: consumer.state.name().into(),
        group_epoch: consumer.epoch,
        assignment_epoch: consumer.assignment_epoch,
        assignor_name: consumer.assignor.name().into(),
        members: members.collect(),
        ..DescribedGroup::default()
    }
}

fn assignment(cluster: &Cluster, partitions: NamedPartitions) -> DescribedAssignment {
    let topics = partitions.into_iter().filter_map(|(topic, name, partitions)| {
        Some(TopicPartitions {
            topic_id: uuid(topic),
            topic_name: cluster.groups.names.outer(&name)?,
            partitions: signed(partitions),
        })
    });
    DescribedAssignment {
        topic_partitions: topics.collect(),
    }
}
