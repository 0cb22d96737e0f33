//! Which operation a request is for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, RequestHeader};

use crate::cluster::Cluster;
use crate::fetch;
use crate::operations::{
    api_versions, configs, coordinator, features, groups, list_offsets, metadata, partitions, produce,
    records, replicas, topics, transactions,
};
use crate::security::{acl_requests, quota_requests, user_requests};
use crate::session::Caller;
use crate::share;

/// The answer to a request; none where the protocol has none.
pub(crate) type Answered = Pin<Box<dyn Future<Output = Option<Response>> + Send>>;

/// When a request is answered.
pub(crate) enum Answer {
    /// Once what it has appended is durable. It has its place already, so that the next request may be looked at.
    Later(Answered),
    /// Before the next request is looked at.
    Now(Answered),
}

/// The APIs that are always answered, which is what clients are told.
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
    ApiKey::InitProducerId,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::AddPartitionsToTxn,
    ApiKey::AddOffsetsToTxn,
    ApiKey::EndTxn,
    ApiKey::WriteTxnMarkers,
    ApiKey::TxnOffsetCommit,
    ApiKey::DescribeAcls,
    ApiKey::CreateAcls,
    ApiKey::DeleteAcls,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::AlterReplicaLogDirs,
    ApiKey::DescribeLogDirs,
    ApiKey::SaslAuthenticate,
    ApiKey::CreatePartitions,
    ApiKey::DeleteGroups,
    ApiKey::ElectLeaders,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::AlterPartitionReassignments,
    ApiKey::ListPartitionReassignments,
    ApiKey::OffsetDelete,
    ApiKey::DescribeClientQuotas,
    ApiKey::AlterClientQuotas,
    ApiKey::DescribeUserScramCredentials,
    ApiKey::AlterUserScramCredentials,
    ApiKey::DescribeQuorum,
    ApiKey::UpdateFeatures,
    ApiKey::DescribeCluster,
    ApiKey::DescribeProducers,
    ApiKey::DescribeTransactions,
    ApiKey::ListTransactions,
    ApiKey::ConsumerGroupHeartbeat,
    ApiKey::ConsumerGroupDescribe,
    ApiKey::ListConfigResources,
    ApiKey::DescribeTopicPartitions,
];

impl Cluster {
    /// The APIs that are answered here.
    pub(crate) fn offered(&self) -> impl Iterator<Item = ApiKey> {
        let shared: &[ApiKey] = if self.shares_records() {
            share::OFFERED
        } else {
            &[]
        };
        SUPPORTED.iter().chain(shared).copied()
    }

    /// Whether an API is answered here.
    pub(crate) fn offers(&self, api: ApiKey) -> bool {
        self.offered().any(|offered| offered == api)
    }
}

/// Begins to answer a request.
pub(crate) async fn answer(
    cluster: &Arc<Cluster>,
    caller: &Caller,
    header: &RequestHeader,
    request: Request,
) -> Answer {
    if let Request::Produce(request) = request {
        return Answer::Later(produce::answer(cluster, caller, request, header.api_version).await);
    }
    let (cluster, caller, header) = (Arc::clone(cluster), caller.clone(), header.clone());
    Answer::Now(Box::pin(async move {
        let version = header.api_version;
        let request = match answer_group(&cluster, &caller, &header, request).await {
            Ok(response) => return Some(response),
            Err(request) => request,
        };
        let request = match answer_transaction(&cluster, &caller, version, *request).await {
            Ok(response) => return Some(response),
            Err(request) => request,
        };
        let response = match *request {
            Request::Fetch(request) => fetch::answer(&cluster, &caller, request, version).await.into(),
            Request::ListOffsets(request) => list_offsets::answer(&cluster, &caller, request, version)
                .await
                .into(),
            Request::Metadata(request) => metadata::answer(&cluster, &caller, &header, request).await.into(),
            Request::FindCoordinator(request) => {
                coordinator::find(&cluster, &caller, request, version).into()
            }
            Request::ApiVersions(request) => api_versions::answer(&cluster, &request, version).into(),
            Request::CreateTopics(request) => {
                topics::create(&cluster, &caller, &header, request).await.into()
            }
            Request::DeleteTopics(request) => {
                topics::delete(&cluster, &caller, &header, request).await.into()
            }
            Request::DeleteRecords(request) => records::delete(&cluster, &caller, request).await.into(),
            Request::OffsetForLeaderEpoch(request) => {
                records::offset_for_leader_epoch(&cluster, &caller, request).into()
            }
            Request::DescribeConfigs(request) => configs::describe(&cluster, &caller, request).into(),
            Request::AlterConfigs(request) => configs::replace(&cluster, &caller, request).await.into(),
            Request::IncrementalAlterConfigs(request) => {
                configs::alter(&cluster, &caller, request).await.into()
            }
            Request::CreatePartitions(request) => partitions::create(&cluster, &caller, &header, request)
                .await
                .into(),
            Request::DescribeCluster(request) => {
                metadata::describe_cluster(&cluster, &caller, &request).into()
            }
            Request::DescribeProducers(request) => {
                records::describe_producers(&cluster, &caller, request).into()
            }
            Request::DescribeTopicPartitions(request) => {
                metadata::describe_topic_partitions(&cluster, &caller, &request).into()
            }
            other => return answer_administration(&cluster, &caller, version, other).await,
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
        Request::SyncGroup(request) => groups::classic::sync(cluster, caller, request).await.into(),
        Request::Heartbeat(request) => groups::classic::heartbeat(cluster, caller, request).await.into(),
        Request::LeaveGroup(request) => groups::classic::leave(cluster, caller, request, version)
            .await
            .into(),
        Request::OffsetCommit(request) => groups::offset_commit::commit(cluster, caller, request, version)
            .await
            .into(),
        Request::OffsetFetch(request) => {
            groups::offset_fetch::fetch(cluster, caller, request, version).into()
        }
        Request::OffsetDelete(request) => groups::offset_commit::delete(cluster, caller, request)
            .await
            .into(),
        Request::DescribeGroups(request) => {
            groups::administration::describe(cluster, caller, request, version).into()
        }
        Request::ListGroups(request) => {
            groups::administration::list(cluster, caller, &request, version).into()
        }
        Request::DeleteGroups(request) => groups::administration::delete(cluster, caller, request)
            .await
            .into(),
        Request::ConsumerGroupHeartbeat(request) => {
            groups::consumer::heartbeat(cluster, caller, client_id, request, version)
                .await
                .into()
        }
        Request::ConsumerGroupDescribe(request) => {
            groups::consumer::describe(cluster, caller, request, version).into()
        }
        Request::ShareGroupHeartbeat(request) => {
            groups::share::heartbeat(cluster, caller, client_id, request)
                .await
                .into()
        }
        Request::ShareGroupDescribe(request) => groups::share::describe(cluster, caller, request).into(),
        Request::ShareFetch(request) => share::fetch(cluster, caller, request).await.into(),
        Request::ShareAcknowledge(request) => share::acknowledge(cluster, caller, request).await.into(),
        Request::DescribeShareGroupOffsets(request) => share::describe(cluster, caller, request).await.into(),
        Request::AlterShareGroupOffsets(request) => share::alter(cluster, caller, request).await.into(),
        Request::DeleteShareGroupOffsets(request) => share::delete(cluster, caller, request).await.into(),
        other => return Err(Box::new(other)),
    })
}

/// Answers what is about the node, and goes on with what is about security.
async fn answer_administration(
    cluster: &Cluster,
    caller: &Caller,
    version: i16,
    request: Request,
) -> Option<Response> {
    Some(match request {
        Request::ElectLeaders(request) => replicas::elect_leaders(cluster, caller, request, version).into(),
        Request::AlterPartitionReassignments(request) => replicas::reassign(cluster, caller, request).into(),
        Request::ListPartitionReassignments(_) => replicas::reassignments(cluster, caller).into(),
        Request::DescribeLogDirs(request) => replicas::log_dirs(cluster, caller, request, version).into(),
        Request::AlterReplicaLogDirs(request) => replicas::move_replicas(cluster, caller, request).into(),
        Request::DescribeQuorum(request) => {
            features::describe_quorum(cluster, caller, request, version).into()
        }
        Request::UpdateFeatures(request) => features::update(cluster, caller, request, version).into(),
        Request::ListConfigResources(request) => {
            features::list_config_resources(cluster, caller, &request, version).into()
        }
        other => return answer_security(cluster, caller, other).await,
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

/// Answers what is about transactions; gives everything else back.
async fn answer_transaction(
    cluster: &Cluster,
    caller: &Caller,
    version: i16,
    request: Request,
) -> Result<Response, Box<Request>> {
    Ok(match request {
        Request::InitProducerId(request) => {
            transactions::producer_ids::init(cluster, caller, request, version)
                .await
                .into()
        }
        Request::AddPartitionsToTxn(request) => {
            transactions::participants::add_partitions(cluster, caller, request, version)
                .await
                .into()
        }
        Request::AddOffsetsToTxn(request) => {
            transactions::participants::add_offsets(cluster, caller, request, version)
                .await
                .into()
        }
        Request::EndTxn(request) => transactions::ending::end(cluster, caller, request, version)
            .await
            .into(),
        Request::WriteTxnMarkers(request) => transactions::ending::write_markers(cluster, caller, request)
            .await
            .into(),
        Request::TxnOffsetCommit(request) => transactions::offsets::commit(cluster, caller, request, version)
            .await
            .into(),
        Request::DescribeTransactions(request) => {
            transactions::description::describe(cluster, caller, request).into()
        }
        Request::ListTransactions(request) => {
            transactions::description::list(cluster, caller, request).into()
        }
        other => return Err(Box::new(other)),
    })
}
