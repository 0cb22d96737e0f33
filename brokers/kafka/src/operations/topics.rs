//! CreateTopics and DeleteTopics.

use std::collections::BTreeMap;

use ninefold_kafka_protocol::messages::create_topics::{
    CreatableTopic, CreatableTopicConfigs, CreatableTopicResult, CreateTopicsRequest, CreateTopicsResponse,
};
use ninefold_kafka_protocol::messages::delete_topics::{
    DeletableTopicResult, DeleteTopicState, DeleteTopicsRequest, DeleteTopicsResponse,
};
use ninefold_kafka_protocol::{ErrorCode, RequestHeader};

use crate::cluster::{Cluster, NODE, TopicOptions};
use crate::configs::topic::TopicConfigs;
use crate::configs::{Configurable, Definition, NodeProperties, Source};
use crate::errors::Refusal;
use crate::security::{Mutations, Operation, Resource, TOPIC_REFUSED};
use crate::session::Caller;
use crate::topics::TopicReference;

/// What a topic gets that says nothing of it.
const DEFAULT: i32 = -1;
/// Since this version topics are deleted by id too.
const BY_ID_SINCE: i16 = 6;
/// Since these versions, who changes too much is refused what it wants.
const CREATION_STRICT_SINCE: i16 = 6;
const DELETION_STRICT_SINCE: i16 = 5;

/// CreateTopics.
pub(crate) async fn create(
    cluster: &Cluster,
    caller: &Caller,
    header: &RequestHeader,
    request: CreateTopicsRequest,
) -> CreateTopicsResponse {
    let mut mutations = cluster.mutations(caller, header, CREATION_STRICT_SINCE);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for topic in &request.topics {
        *counts.entry(topic.name.clone()).or_default() += 1;
    }
    let mut topics = Vec::with_capacity(counts.len());
    for topic in request.topics {
        let is_duplicate = counts.get(&topic.name).is_some_and(|count| *count > 1);
        if is_duplicate {
            // Answered once.
            if counts.remove(&topic.name).is_some() {
                let refusal = Refusal::new(ErrorCode::InvalidRequest, "Duplicate topic name.");
                topics.push(refused(topic, &refusal));
            }
            continue;
        }
        if !counts.contains_key(&topic.name) {
            continue;
        }
        let counted = (!request.validate_only).then_some(&mut mutations);
        topics.push(match create_one(cluster, caller, &topic, counted).await {
            Ok(created) => created,
            Err(refusal) => refused(topic, &refusal),
        });
    }
    CreateTopicsResponse {
        throttle_time_ms: mutations.throttle_time_ms(),
        topics,
    }
}

/// Makes a topic, or without mutations only finds out whether it could be made.
async fn create_one(
    cluster: &Cluster,
    caller: &Caller,
    topic: &CreatableTopic,
    mutations: Option<&mut Mutations<'_>>,
) -> Result<CreatableTopicResult, Refusal> {
    if !cluster.allows_creation(caller, &topic.name) {
        return Err(Refusal::new(ErrorCode::TopicAuthorizationFailed, TOPIC_REFUSED));
    }
    let options = cluster.topic_options();
    let partitions = partition_count(topic, options)?;
    let replication_factor = match topic.replication_factor {
        -1 if topic.assignments.is_empty() => options.replication_factor,
        asked => u32::try_from(asked).unwrap_or(1),
    };
    let mut configs = TopicConfigs::default();
    for config in &topic.configs {
        let value = config.value.as_deref().ok_or_else(|| {
            let message = format!("Null value not supported for topic configs: {}", config.name);
            Refusal::new(ErrorCode::InvalidConfig, message)
        })?;
        configs
            .set(&config.name, value)
            .map_err(|message| Refusal::new(ErrorCode::InvalidConfig, message))?;
    }
    cluster.topics.check_new(&topic.name, partitions)?;
    let mut result = CreatableTopicResult {
        name: topic.name.clone(),
        num_partitions: partitions,
        replication_factor: i16::try_from(replication_factor).unwrap_or(i16::MAX),
        configs: Some(described(&configs, &cluster.topics.node_properties())),
        ..CreatableTopicResult::default()
    };
    if let Some(mutations) = mutations {
        mutations.note(partitions.unsigned_abs() as usize)?;
        result.topic_id = cluster
            .topics
            .create(&topic.name, partitions, replication_factor, &configs)
            .await?
            .id();
    }
    let may_see_configs = cluster.allows(caller, Operation::DescribeConfigs, Resource::topic(&topic.name));
    if !may_see_configs {
        result.topic_config_error_code = ErrorCode::TopicAuthorizationFailed.code();
        result.configs = None;
        result.num_partitions = DEFAULT;
        result.replication_factor = -1;
    }
    Ok(result)
}

/// How many partitions a topic is to have, whichever way it says so.
fn partition_count(topic: &CreatableTopic, options: TopicOptions) -> Result<i32, Refusal> {
    if !topic.assignments.is_empty() {
        return assigned_count(topic);
    }
    let (factor, most) = (topic.replication_factor, options.most_replicas);
    let can_be = u32::try_from(factor).is_ok_and(|factor| (1..=most).contains(&factor));
    if factor != -1 && !can_be {
        let message = format!(
            "Unable to replicate the partition {factor} time(s): The target replication factor of {factor} cannot be \
             reached because only {most} broker(s) are registered."
        );
        return Err(Refusal::new(ErrorCode::InvalidReplicationFactor, message));
    }
    Ok(if topic.num_partitions == DEFAULT {
        i32::try_from(options.partitions).unwrap_or(i32::MAX)
    } else {
        topic.num_partitions
    })
}

/// The partitions of a topic that names the nodes of each.
fn assigned_count(topic: &CreatableTopic) -> Result<i32, Refusal> {
    if topic.num_partitions != DEFAULT || topic.replication_factor != -1 {
        let message = "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the \
                       same time.";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let mut indexes: Vec<i32> = topic
        .assignments
        .iter()
        .map(|assignment| assignment.partition_index)
        .collect();
    indexes.sort_unstable();
    let is_whole = (0..).zip(&indexes).all(|(expected, index)| expected == *index);
    let is_here = topic
        .assignments
        .iter()
        .all(|assignment| assignment.broker_ids == [NODE]);
    if !is_whole || !is_here {
        let message =
            "Replica assignments have to name every partition from 0 on, each on the one node there is.";
        return Err(Refusal::new(ErrorCode::InvalidReplicaAssignment, message));
    }
    Ok(i32::try_from(indexes.len()).unwrap_or(i32::MAX))
}

fn described(configs: &TopicConfigs, properties: &NodeProperties) -> Vec<CreatableTopicConfigs> {
    let config = |definition: &'static Definition| {
        let (inherited, source) = properties.topic_default(definition);
        let (value, source) = match configs.configured().get(definition.name) {
            Some(value) => (value.as_str(), Source::Topic),
            None => (&*inherited, source),
        };
        CreatableTopicConfigs {
            name: definition.name.into(),
            value: Some(value.into()),
            read_only: false,
            config_source: source as i8,
            is_sensitive: false,
        }
    };
    TopicConfigs::KEYS.iter().map(config).collect()
}

fn refused(topic: CreatableTopic, refusal: &Refusal) -> CreatableTopicResult {
    CreatableTopicResult {
        name: topic.name,
        error_code: refusal.code.code(),
        error_message: Some(refusal.message.as_str().into()),
        num_partitions: -1,
        replication_factor: -1,
        ..CreatableTopicResult::default()
    }
}

/// DeleteTopics.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    header: &RequestHeader,
    request: DeleteTopicsRequest,
) -> DeleteTopicsResponse {
    let named = if header.api_version >= BY_ID_SINCE {
        request.topics
    } else {
        let by_name = |name| DeleteTopicState {
            name: Some(name),
            ..DeleteTopicState::default()
        };
        request.topic_names.into_iter().map(by_name).collect()
    };
    let mut mutations = cluster.mutations(caller, header, DELETION_STRICT_SINCE);
    let mut responses = Vec::with_capacity(named.len());
    for topic in named {
        let mut result = DeletableTopicResult {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            ..DeletableTopicResult::default()
        };
        let deleted = delete_one(cluster, caller, &topic, &mut mutations, &mut result).await;
        if let Err(refusal) = deleted {
            result.error_code = refusal.code.code();
            result.error_message = Some(refusal.message.into());
        }
        responses.push(result);
    }
    DeleteTopicsResponse {
        throttle_time_ms: mutations.throttle_time_ms(),
        responses,
    }
}

async fn delete_one(
    cluster: &Cluster,
    caller: &Caller,
    named: &DeleteTopicState,
    mutations: &mut Mutations<'_>,
    result: &mut DeletableTopicResult,
) -> Result<(), Refusal> {
    if named.name.is_some() && !named.topic_id.is_zero() {
        let message = "You may not specify both topic name and topic id.";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let name = named.name.clone().unwrap_or_default();
    let reference = TopicReference::of(&name, named.topic_id);
    // Who may not even describe a topic is not told its name.
    let found = cluster.topic_for(caller, Operation::Describe, &reference);
    let topic = found.map_err(|code| {
        let message = match code {
            ErrorCode::TopicAuthorizationFailed => TOPIC_REFUSED,
            ErrorCode::UnknownTopicId => "This server does not host this topic ID.",
            _ => "This server does not host this topic-partition.",
        };
        Refusal::new(code, message)
    })?;
    result.name = Some(topic.name());
    result.topic_id = topic.id();
    if !cluster.allows(caller, Operation::Delete, Resource::topic(&topic.name())) {
        return Err(Refusal::new(ErrorCode::TopicAuthorizationFailed, TOPIC_REFUSED));
    }
    mutations.note(topic.stream.partitions.len())?;
    cluster.remove_topic(&topic).await
}
