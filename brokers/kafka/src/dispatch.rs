//! Which operation a request is for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, RequestHeader};

use crate::cluster::Cluster;
use crate::fetch;
use crate::operations::{
    api_versions, configs, coordinator, list_offsets, metadata, partitions, produce, records, topics,
};
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
    ApiKey::FindCoordinator,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::DeleteRecords,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::CreatePartitions,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::DescribeCluster,
    ApiKey::DescribeProducers,
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
    let (cluster, caller, version) = (Arc::clone(cluster), caller.clone(), header.api_version);
    Answer::Now(Box::pin(async move {
        let response = match request {
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
            other => {
                tracing::warn!(api = ?other.api_key(), peer = %caller.peer, "a Kafka client asks for what is not offered");
                return None;
            }
        };
        Some(response)
    }))
}
