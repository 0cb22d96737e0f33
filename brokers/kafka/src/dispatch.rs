//! Which operation a request is for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, RequestHeader};

use crate::cluster::Cluster;
use crate::fetch;
use crate::operations::{
    api_versions, configs, coordinator, groups, list_offsets, metadata, partitions, produce, records, topics,
};
use crate::security::{acl_requests, quota_requests, user_requests};
use crate::session::Caller;

/// The answer to a request; none where the protocol has none.
pub(crate) type Answered = Pin<Box<dyn Future<Output = Option<Response>> + Send>>;

/// When a request is answered.
pub(crate) enum Answer {
    /// Once what it has appended is durable. It has its place already, so that the next request may be looked at.
    Later(Answered),
    /// Before the next request is looked at.
    Now(Answered),
}

/// The APIs that are answered, which is what clients are told.
pub(crate) const SUPPORTED: &[ApiKey] = &[
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::SyncGroup,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::SaslHandshake,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::DeleteRecords,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::DescribeAcls,
    ApiKey::CreateAcls,
    ApiKey::DeleteAcls,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::SaslAuthenticate,
    ApiKey::CreatePartitions,
    ApiKey::DeleteGroups,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::OffsetDelete,
    ApiKey::DescribeClientQuotas,
    ApiKey::AlterClientQuotas,
    ApiKey::DescribeUserScramCredentials,
    ApiKey::AlterUserScramCredentials,
    ApiKey::DescribeCluster,
    ApiKey::DescribeProducers,
    ApiKey::ConsumerGroupHeartbeat,
    ApiKey::ConsumerGroupDescribe,
    ApiKey::DescribeTopicPartitions,
];

/// Begins to answer a request.
pub(crate) async fn answer(
    cluster: &Arc<Cluster>,
    caller: &Caller,
    header: &RequestHeader,
    request: Request,
) -> Answer {
    if let Request::Produce(request) = request {
        return Answer::Later(produce::answer(cluster, request).await);
    }
    let (cluster, caller, header) = (Arc::clone(cluster), caller.clone(), header.clone());
    Answer::Now(Box::pin(async move {
        let version = header.api_version;
        let request = match answer_group(&cluster, &caller, &header, request).await {
            Ok(response) => return Some(response),
            Err(request) => request,
        };
        let response = match *request {
            Request::Fetch(request) => fetch::answer(&cluster, request, version).await.into(),
            Request::ListOffsets(request) => list_offsets::answer(&cluster, request, version).await.into(),
            Request::Metadata(request) => metadata::answer(&cluster, &caller, request, version).await.into(),
            Request::FindCoordinator(request) => coordinator::find(&caller, request, version).into(),
            Request::ApiVersions(request) => api_versions::answer(&request, version).into(),
            Request::CreateTopics(request) => topics::create(&cluster, request).await.into(),
            Request::DeleteTopics(request) => topics::delete(&cluster, request, version).await.into(),
            Request::DeleteRecords(request) => records::delete(&cluster, request).await.into(),
            Request::OffsetForLeaderEpoch(request) => {
                records::offset_for_leader_epoch(&cluster, request).into()
            }
            Request::DescribeConfigs(request) => configs::describe(&cluster, request).into(),
            Request::AlterConfigs(request) => configs::replace(&cluster, request).await.into(),
            Request::IncrementalAlterConfigs(request) => configs::alter(&cluster, request).await.into(),
            Request::CreatePartitions(request) => partitions::create(&cluster, request).await.into(),
            Request::DescribeCluster(request) => {
                metadata::describe_cluster(&cluster, &caller, &request).into()
            }
            Request::DescribeProducers(request) => records::describe_producers(&cluster, request).into(),
            Request::DescribeTopicPartitions(request) => {
                metadata::describe_topic_partitions(&cluster, &request).into()
            }
            other => return answer_security(&cluster, &caller, other).await,
        };
        Some(response)
    }))
}

/// Answers what is about groups; gives everything else back.
async fn answer_group(
    cluster: &Cluster,
    caller: &Caller,
    header: &RequestHeader,
    request: Request,
) -> Result<Response, Box<Request>> {
    let (version, client_id) = (header.api_version, header.client_id.as_ref());
    Ok(match request {
        Request::JoinGroup(request) => groups::classic::join(cluster, caller, client_id, request, version)
            .await
            .into(),
        Request::SyncGroup(request) => groups::classic::sync(cluster, request).await.into(),
        Request::Heartbeat(request) => groups::classic::heartbeat(cluster, request).await.into(),
        Request::LeaveGroup(request) => groups::classic::leave(cluster, request, version).await.into(),
        Request::OffsetCommit(request) => groups::offset_commit::commit(cluster, request, version)
            .await
            .into(),
        Request::OffsetFetch(request) => groups::offset_fetch::fetch(cluster, request, version).into(),
        Request::OffsetDelete(request) => groups::offset_commit::delete(cluster, request).await.into(),
        Request::DescribeGroups(request) => {
            groups::administration::describe(cluster, request, version).into()
        }
        Request::ListGroups(request) => groups::administration::list(cluster, &request, version).into(),
        Request::DeleteGroups(request) => groups::administration::delete(cluster, request).await.into(),
        Request::ConsumerGroupHeartbeat(request) => {
            groups::consumer::heartbeat(cluster, caller, client_id, request, version)
                .await
                .into()
        }
        Request::ConsumerGroupDescribe(request) => {
            groups::consumer::describe(cluster, request, version).into()
        }
        Request::ShareGroupHeartbeat(request) => {
            groups::share::heartbeat(cluster, caller, client_id, request)
                .await
                .into()
        }
        Request::ShareGroupDescribe(request) => groups::share::describe(cluster, request).into(),
        other => return Err(Box::new(other)),
    })
}

/// Answers what is about users, access control lists and quotas, which is the last of what is offered.
async fn answer_security(cluster: &Cluster, caller: &Caller, request: Request) -> Option<Response> {
    Some(match request {
        Request::DescribeAcls(request) => acl_requests::describe(cluster, caller, &request).into(),
        Request::CreateAcls(request) => acl_requests::create(cluster, caller, request).await.into(),
        Request::DeleteAcls(request) => acl_requests::delete(cluster, caller, request).await.into(),
        Request::DescribeClientQuotas(request) => quota_requests::describe(cluster, caller, &request).into(),
        Request::AlterClientQuotas(request) => quota_requests::alter(cluster, caller, request).await.into(),
        Request::DescribeUserScramCredentials(request) => {
            user_requests::describe(cluster, caller, &request).into()
        }
        Request::AlterUserScramCredentials(request) => {
            user_requests::alter(cluster, caller, request).await.into()
        }
        other => {
            tracing::warn!(api = ?other.api_key(), peer = %caller.peer, "a Kafka client asks for what is not offered");
            return None;
        }
    })
}
