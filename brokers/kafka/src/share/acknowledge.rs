//! ShareAcknowledge: members decide about records that they have acquired.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::share_acknowledge::{
    PartitionData, ShareAcknowledgeRequest, ShareAcknowledgeResponse, ShareAcknowledgeTopicResponse,
};

use super::decisions::{Decided, Renewal, decide};
use super::sessions::Phase;
use super::{Member, fetch, lock_milliseconds};
use crate::cluster::Cluster;
use crate::configs::group::ShareSettings;
use crate::session::Caller;

/// ShareAcknowledge.
pub(crate) async fn answer(
    cluster: &Cluster,
    caller: &Caller,
    request: ShareAcknowledgeRequest,
) -> ShareAcknowledgeResponse {
    match acknowledge(cluster, caller, request).await {
        Ok((settings, responses)) => ShareAcknowledgeResponse {
            acquisition_lock_timeout_ms: lock_milliseconds(&settings),
            responses,
            ..ShareAcknowledgeResponse::default()
        },
        Err(code) => ShareAcknowledgeResponse {
            error_code: code.code(),
            ..ShareAcknowledgeResponse::default()
        },
    }
}

async fn acknowledge(
    cluster: &Cluster,
    caller: &Caller,
    request: ShareAcknowledgeRequest,
) -> Result<(ShareSettings, Vec<ShareAcknowledgeTopicResponse>), ErrorCode> {
    cluster.shares()?;
    let member = Member::of(cluster, caller, request.group_id, request.member_id)?;
    let (epoch, now) = (request.share_session_epoch, cluster.clock.now());
    let phase = cluster.shared.sessions.enter_opened(&member, epoch, now)?;
    let settings = cluster.group_configs.get(&member.group).share_settings();
    let renewal = Renewal::of(request.is_renew_ack, &settings);
    let mut responses = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for partition in topic.partitions {
            let batches = partition.acknowledgement_batches.into_iter();
            let decided: Vec<Decided> = batches
                .map(|batch| Decided {
                    first: batch.first_offset,
                    last: batch.last_offset,
                    types: batch.acknowledge_types,
                })
                .collect();
            let name = (topic.topic_id, partition.partition_index);
            let outcome = decide(cluster, caller, &member, name, &decided, renewal).await;
            partitions.push(PartitionData {
                partition_index: partition.partition_index,
                error_code: outcome.err().map_or(0, |code| code.code()),
                ..PartitionData::default()
            });
        }
        responses.push(ShareAcknowledgeTopicResponse {
            topic_id: topic.topic_id,
            partitions,
        });
    }
    if phase == Phase::Last {
        fetch::leave(cluster, caller, &member).await;
    }
    Ok((settings, responses))
}
