//! Metadata, DescribeCluster and DescribeTopicPartitions: which topics there are and where. Everything is on the one node, which
//! clients reach as they have reached it.

use bytestring::ByteString;
use ninefold_kafka_protocol::messages::describe_cluster::{
    DescribeClusterBroker, DescribeClusterRequest, DescribeClusterResponse,
};
use ninefold_kafka_protocol::messages::describe_topic_partitions::{
    DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse,
    DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic, ResponseCursor,
};
use ninefold_kafka_protocol::messages::metadata::{
    MetadataRequest, MetadataRequestTopic, MetadataResponse, MetadataResponseBroker,
    MetadataResponsePartition, MetadataResponseTopic,
};
use ninefold_kafka_protocol::{ErrorCode, RequestHeader, Uuid};

use crate::cluster::{Cluster, NODE};
use crate::configs::topic::TopicConfigs;
use crate::security::{Mutations, Operation, Resource};
use crate::session::Caller;
use crate::topics::{Topic, TopicReference, check_name};

/// The most partitions in one answer to DescribeTopicPartitions (`max.request.partition.size.limit`).
const DESCRIBED_PARTITIONS: usize = 2_000;
/// Who has had too many topics made by asking for them is refused further ones, in whatever version it asks. (Kafka's broker makes them
/// by the latest version of CreateTopics.)
const CREATION_STRICT_SINCE: i16 = 0;
/// What means that nobody has asked what is allowed.
const NOT_ASKED: i32 = i32::MIN;

/// Metadata.
pub(crate) async fn answer(
    cluster: &Cluster,
    caller: &Caller,
    header: &RequestHeader,
    request: MetadataRequest,
) -> MetadataResponse {
    let with_operations = request.include_topic_authorized_operations;
    let mut topics = Vec::new();
    match request.topics {
        None => {
            let all = cluster.topics.all();
            let seen = all
                .iter()
                .filter(|topic| may_describe(cluster, caller, &topic.name()));
            topics.extend(seen.map(described));
        }
        Some(named) => {
            let mut mutations = request
                .allow_auto_topic_creation
                .then(|| cluster.mutations(caller, header, CREATION_STRICT_SINCE));
            for topic in &named {
                topics.push(named_topic(cluster, caller, topic, mutations.as_mut()).await);
            }
        }
    }
    if with_operations {
        for topic in topics.iter_mut().filter(|topic| topic.error_code == 0) {
            let name = topic.name.as_deref().unwrap_or_default();
            topic.topic_authorized_operations =
                cluster.security.allowed_operations(caller, Resource::topic(name));
        }
    }
    let has_cluster_operations =
        (8..=10).contains(&header.api_version) && request.include_cluster_authorized_operations;
    MetadataResponse {
        brokers: vec![MetadataResponseBroker {
            node_id: NODE,
            host: caller.reached_at.host.as_str().into(),
            port: i32::from(caller.reached_at.port),
            rack: None,
        }],
        cluster_id: Some(cluster.id.clone()),
        controller_id: NODE,
        topics,
        cluster_authorized_operations: if has_cluster_operations {
            cluster.allowed_cluster_operations(caller)
        } else {
            NOT_ASKED
        },
        ..MetadataResponse::default()
    }
}

fn may_describe(cluster: &Cluster, caller: &Caller, name: &str) -> bool {
    cluster.allows(caller, Operation::Describe, Resource::topic(name))
}

/// Describes a topic, and makes it if there is none and changes may be made.
async fn named_topic(
    cluster: &Cluster,
    caller: &Caller,
    named: &MetadataRequestTopic,
    mutations: Option<&mut Mutations<'_>>,
) -> MetadataResponseTopic {
    let name = named.name.clone().unwrap_or_default();
    let reference = TopicReference::of(&name, named.topic_id);
    let code = match cluster.topic_for(caller, Operation::Describe, &reference) {
        Ok(topic) => return described(&topic),
        // Whose id it is, is not told.
        Err(_) if matches!(reference, TopicReference::Id(_)) => ErrorCode::UnknownTopicId,
        Err(code) => code,
    };
    let refused = |code: ErrorCode| MetadataResponseTopic {
        error_code: code.code(),
        name: named.name.clone(),
        topic_id: named.topic_id,
        topic_authorized_operations: NOT_ASKED,
        ..MetadataResponseTopic::default()
    };
    if matches!(
        code,
        ErrorCode::UnknownTopicId | ErrorCode::TopicAuthorizationFailed
    ) {
        return refused(code);
    }
    if let Err(refusal) = check_name(&name) {
        return refused(refusal.code);
    }
    let options = cluster.topic_options();
    let Some(mutations) = mutations.filter(|_| options.automatic_creation) else {
        return refused(code);
    };
    if !cluster.allows_creation(caller, &name) {
        return refused(ErrorCode::TopicAuthorizationFailed);
    }
    // The client asks again, as it does where topics are made in the background.
    if mutations.note(options.partitions as usize).is_err() {
        return refused(code);
    }
    let partitions = i32::try_from(options.partitions).unwrap_or(i32::MAX);
    let configs = TopicConfigs::default();
    let created = cluster
        .topics
        .create(&name, partitions, options.replication_factor, &configs);
    match created.await {
        Ok(topic) => described(&topic),
        // Somebody else was quicker.
        Err(refusal) if refusal.code == ErrorCode::TopicAlreadyExists => {
            refused(ErrorCode::LeaderNotAvailable)
        }
        Err(refusal) => refused(refusal.code),
    }
}

fn described(topic: &Topic) -> MetadataResponseTopic {
    let partition = |index| MetadataResponsePartition {
        error_code: 0,
        partition_index: index,
        leader_id: NODE,
        leader_epoch: 0,
        replica_nodes: vec![NODE],
        isr_nodes: vec![NODE],
        offline_replicas: Vec::new(),
    };
    MetadataResponseTopic {
        error_code: 0,
        name: Some(topic.name()),
        topic_id: topic.id(),
        is_internal: false,
        partitions: (0..topic.partition_count()).map(partition).collect(),
        topic_authorized_operations: NOT_ASKED,
    }
}

/// DescribeCluster.
pub(crate) fn describe_cluster(
    cluster: &Cluster,
    caller: &Caller,
    request: &DescribeClusterRequest,
) -> DescribeClusterResponse {
    const BROKERS: i8 = 1;
    if request.endpoint_type != BROKERS {
        return DescribeClusterResponse {
            error_code: ErrorCode::MismatchedEndpointType.code(),
            error_message: Some("The request was sent to an endpoint of type BROKER".into()),
            endpoint_type: BROKERS,
            ..DescribeClusterResponse::default()
        };
    }
    let operations = if request.include_cluster_authorized_operations {
        cluster.allowed_cluster_operations(caller)
    } else {
        NOT_ASKED
    };
    DescribeClusterResponse {
        endpoint_type: BROKERS,
        cluster_id: cluster.id.clone(),
        controller_id: NODE,
        brokers: vec![DescribeClusterBroker {
            broker_id: NODE,
            host: caller.reached_at.host.as_str().into(),
            port: i32::from(caller.reached_at.port),
            rack: None,
            is_fenced: false,
        }],
        cluster_authorized_operations: operations,
        ..DescribeClusterResponse::default()
    }
}

/// DescribeTopicPartitions: in pages of partitions, topics in the order of names (KIP-966).
pub(crate) fn describe_topic_partitions(
    cluster: &Cluster,
    caller: &Caller,
    request: &DescribeTopicPartitionsRequest,
) -> DescribeTopicPartitionsResponse {
    let mut names: Vec<_> = request.topics.iter().map(|topic| topic.name.clone()).collect();
    if names.is_empty() {
        names = cluster.topics.all().iter().map(Topic::name).collect();
        names.retain(|name| may_describe(cluster, caller, name));
    }
    names.sort();
    let (first, mut from) = match &request.cursor {
        Some(cursor) => (cursor.topic_name.clone(), cursor.partition_index.max(0)),
        None => (Default::default(), 0),
    };
    names.retain(|name| *name >= first);
    if names.first() != Some(&first) {
        from = 0;
    }
    let wanted = usize::try_from(request.response_partition_limit).unwrap_or(0);
    let mut left = wanted.clamp(1, DESCRIBED_PARTITIONS);
    let mut response = DescribeTopicPartitionsResponse::default();
    for name in names {
        if left == 0 {
            response.next_cursor = Some(ResponseCursor {
                topic_name: name,
                partition_index: from,
            });
            return response;
        }
        let topic = match cluster.named_topic_for(caller, Operation::Describe, &name) {
            Ok(topic) => topic,
            Err(code) => {
                response.topics.push(undescribed(name, code));
                continue;
            }
        };
        let count = topic.partition_count();
        let page = i32::try_from(left)
            .unwrap_or(i32::MAX)
            .min(count - from.min(count));
        let operations = cluster
            .security
            .allowed_operations(caller, Resource::topic(&topic.name()));
        response.topics.push(paged(&topic, from, page, operations));
        left -= page.unsigned_abs() as usize;
        from += page;
        if from < count {
            response.next_cursor = Some(ResponseCursor {
                topic_name: name,
                partition_index: from,
            });
            return response;
        }
        from = 0;
    }
    response
}

fn undescribed(name: ByteString, code: ErrorCode) -> DescribeTopicPartitionsResponseTopic {
    let code = match (code, check_name(&name)) {
        (ErrorCode::UnknownTopicOrPartition, Err(refusal)) => refusal.code,
        (code, _) => code,
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: code.code(),
        name: Some(name),
        topic_id: Uuid::ZERO,
        topic_authorized_operations: NOT_ASKED,
        ..DescribeTopicPartitionsResponseTopic::default()
    }
}

fn paged(
    topic: &Topic,
    from: i32,
    count: i32,
    topic_authorized_operations: i32,
) -> DescribeTopicPartitionsResponseTopic {
    let partition = |index| DescribeTopicPartitionsResponsePartition {
        error_code: 0,
        partition_index: index,
        leader_id: NODE,
        leader_epoch: 0,
        replica_nodes: vec![NODE],
        isr_nodes: vec![NODE],
        eligible_leader_replicas: Some(Vec::new()),
        last_known_elr: Some(Vec::new()),
        offline_replicas: Vec::new(),
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: 0,
        name: Some(topic.name()),
        topic_id: topic.id(),
        is_internal: false,
        partitions: (from..from + count).map(partition).collect(),
        topic_authorized_operations,
    }
}
