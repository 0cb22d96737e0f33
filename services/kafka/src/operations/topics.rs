//! CreateTopic, DeleteTopic, DescribeTopic, DescribeTopicPartitions, ListTopics and UpdateTopic: topics without Kafka's protocol.
//!
//! They need the permissions that Kafka clients with IAM need, and work on clusters that are provisioned and `ACTIVE`.
//!
//! Source: [Topic operations](https://docs.aws.amazon.com/msk/latest/developerguide/msk-topic-operations-information.html).

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::host::{ClusterHost, HostError, NewTopic, Topic, TopicChange};
use crate::limits::TOPIC_CONFIGS_BYTES;
use crate::operations::clusters::only_provisioned;
use crate::operations::page::Page;
use crate::record::{ClusterRecord, ClusterState};
use crate::server_properties;

/// Characters of a topic's name.
const NAME_CHARACTERS: usize = 249;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateTopicInput {
    cluster_arn: String,
    topic_name: String,
    partition_count: u32,
    replication_factor: u32,
    configs: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateTopicInput {
    cluster_arn: String,
    topic_name: String,
    partition_count: Option<i64>,
    configs: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TopicInput {
    cluster_arn: String,
    topic_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartitionsInput {
    cluster_arn: String,
    topic_name: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTopicsInput {
    cluster_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
    topic_name_filter: Option<String>,
}

/// What every change of a topic answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangedTopic {
    topic_arn: String,
    topic_name: String,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeTopicOutput {
    topic_arn: String,
    topic_name: String,
    replication_factor: u32,
    partition_count: u32,
    configs: String,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartitionsOutput {
    partitions: Vec<PartitionInfo>,
    next_token: Option<String>,
}

/// `TopicPartitionInfo`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartitionInfo {
    partition: u32,
    leader: u32,
    replicas: Vec<u32>,
    isr: Vec<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListTopicsOutput {
    topics: Vec<TopicInfo>,
    next_token: Option<String>,
}

/// `TopicInfo`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TopicInfo {
    topic_arn: String,
    topic_name: String,
    replication_factor: u32,
    partition_count: u32,
    out_of_sync_replica_count: u32,
}

/// A cluster that is asked for its topics.
struct Reached<'a> {
    arn: ClusterArn,
    record: Arc<ClusterRecord>,
    host: &'a dyn ClusterHost,
}

impl<'a> Reached<'a> {
    /// The cluster that a caller means, if they may connect to it and do this to a topic (`*`: to any).
    fn by(
        door: &'a KafkaDoor,
        context: &CallContext,
        cluster_arn: &str,
        topic: &str,
        actions: &[&str],
    ) -> Result<Self, ServiceError> {
        let (arn, record) = door.cluster(context, cluster_arn, "kafka-cluster:Connect")?;
        let policy = record.policy.as_ref().map(|policy| &*policy.document);
        for action in actions {
            context.authorize(action, &arn.topic(topic), policy)?;
        }
        only_provisioned(&record)?;
        if record.state != ClusterState::Active {
            return Err(errors::wrong_state("ACTIVE"));
        }
        Ok(Reached {
            arn,
            record,
            host: &*door.clusters.host,
        })
    }

    fn changed(&self, topic: String, status: &'static str) -> ChangedTopic {
        ChangedTopic {
            topic_arn: self.arn.topic(&topic).to_string(),
            topic_name: topic,
            status,
        }
    }
}

/// What is only looked at isn't there, rather than unknown to Kafka.
fn looked_at(error: HostError) -> ServiceError {
    match error {
        HostError::UnknownTopic => errors::not_found(),
        error => errors::from_host(error),
    }
}

/// Kafka's rules for names.
fn check_name(name: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_valid = (1..=NAME_CHARACTERS).contains(&name.len())
        && name.bytes().all(allowed)
        && !matches!(name, "." | "..");
    match is_valid {
        true => Ok(()),
        false => Err(errors::invalid(
            "topicName",
            "The topic name must have 1 to 249 letters, digits, dots, underscores and hyphens, and must not be . or ..",
        )),
    }
}

/// Reads the settings of a topic: properties, or a JSON object, in Base64.
fn read_configs(configs: Option<&str>) -> Result<BTreeMap<String, String>, ServiceError> {
    let invalid = |reason: &str| errors::invalid("configs", format!("The topic configurations {reason}."));
    let Some(configs) = configs else {
        return Ok(BTreeMap::new());
    };
    let bytes = STANDARD
        .decode(configs.trim())
        .map_err(|_| invalid("must be encoded in Base64"))?;
    if bytes.len() > TOPIC_CONFIGS_BYTES {
        return Err(invalid("are too large"));
    }
    let text = String::from_utf8(bytes).map_err(|_| invalid("must be text"))?;
    match text.trim_start().starts_with('{') {
        true => serde_json::from_str(&text).map_err(|_| invalid("must be an object with texts")),
        false => Ok(server_properties::parse(&text)),
    }
}

pub(crate) async fn create(
    door: &KafkaDoor,
    context: &CallContext,
    input: CreateTopicInput,
) -> Result<ChangedTopic, ServiceError> {
    let actions = ["kafka-cluster:CreateTopic"];
    let cluster = Reached::by(door, context, &input.cluster_arn, &input.topic_name, &actions)?;
    check_name(&input.topic_name)?;
    let brokers = only_provisioned(&cluster.record)?.number_of_broker_nodes;
    if input.replication_factor > brokers {
        return Err(errors::invalid(
            "replicationFactor",
            format!(
                "Replication factor: {} larger than available brokers: {brokers}.",
                input.replication_factor
            ),
        ));
    }
    let topic = NewTopic {
        name: input.topic_name.clone(),
        partitions: input.partition_count,
        replication_factor: input.replication_factor,
        configs: read_configs(input.configs.as_deref())?,
    };
    let created = cluster.host.create_topic(&cluster.arn.id, topic).await;
    created.map_err(errors::from_host)?;
    Ok(cluster.changed(input.topic_name, "CREATING"))
}

pub(crate) async fn update(
    door: &KafkaDoor,
    context: &CallContext,
    input: UpdateTopicInput,
) -> Result<ChangedTopic, ServiceError> {
    let actions = [
        "kafka-cluster:DescribeTopic",
        "kafka-cluster:AlterTopic",
        "kafka-cluster:AlterTopicDynamicConfiguration",
    ];
    let cluster = Reached::by(door, context, &input.cluster_arn, &input.topic_name, &actions)?;
    let partitions = input.partition_count.map(u32::try_from).transpose();
    let change = TopicChange {
        partitions: partitions.map_err(|_| errors::invalid("partitionCount", "It must be at least 1."))?,
        configs: read_configs(input.configs.as_deref())?,
    };
    if change == TopicChange::default() {
        return Err(errors::bad_request(
            "The request does not include any updates to the topic. Verify the request, then try again.",
        ));
    }
    let changed = cluster
        .host
        .change_topic(&cluster.arn.id, &input.topic_name, change)
        .await;
    changed.map_err(errors::from_host)?;
    Ok(cluster.changed(input.topic_name, "UPDATING"))
}

pub(crate) async fn delete(
    door: &KafkaDoor,
    context: &CallContext,
    input: TopicInput,
) -> Result<ChangedTopic, ServiceError> {
    let actions = ["kafka-cluster:DescribeTopic", "kafka-cluster:DeleteTopic"];
    let cluster = Reached::by(door, context, &input.cluster_arn, &input.topic_name, &actions)?;
    let deleted = cluster
        .host
        .delete_topic(&cluster.arn.id, &input.topic_name)
        .await;
    deleted.map_err(errors::from_host)?;
    Ok(cluster.changed(input.topic_name, "DELETING"))
}

const DESCRIBE_ACTIONS: [&str; 2] = [
    "kafka-cluster:DescribeTopic",
    "kafka-cluster:DescribeTopicDynamicConfiguration",
];

pub(crate) async fn describe(
    door: &KafkaDoor,
    context: &CallContext,
    input: TopicInput,
) -> Result<DescribeTopicOutput, ServiceError> {
    let name = &input.topic_name;
    let cluster = Reached::by(door, context, &input.cluster_arn, name, &DESCRIBE_ACTIONS)?;
    let found = cluster.host.topic(&cluster.arn.id, name).await;
    let topic: Topic = found.map_err(looked_at)?;
    Ok(DescribeTopicOutput {
        topic_arn: cluster.arn.topic(name).to_string(),
        topic_name: topic.name,
        replication_factor: topic.replication_factor,
        partition_count: topic.partitions,
        configs: STANDARD.encode(server_properties::write(&topic.configs)),
        status: "ACTIVE",
    })
}

pub(crate) async fn partitions(
    door: &KafkaDoor,
    context: &CallContext,
    input: PartitionsInput,
) -> Result<PartitionsOutput, ServiceError> {
    let name = &input.topic_name;
    let cluster = Reached::by(door, context, &input.cluster_arn, name, &DESCRIBE_ACTIONS)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let after = page.after.as_deref().map(str::parse::<u32>).transpose();
    let after = after.map_err(|_| errors::invalid("nextToken", "Invalid NextToken."))?;
    let first = after.map_or(0, |after| after.saturating_add(1));
    let found = cluster
        .host
        .partitions(&cluster.arn.id, name, first, page.limit + 1)
        .await;
    let (found, next_token) = page.of(found.map_err(looked_at)?, |partition| {
        format!("{:010}", partition.number)
    });
    Ok(PartitionsOutput {
        partitions: found
            .into_iter()
            .map(|partition| PartitionInfo {
                partition: partition.number,
                leader: partition.leader,
                replicas: partition.replicas,
                isr: partition.in_sync_replicas,
            })
            .collect(),
        next_token,
    })
}

pub(crate) async fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListTopicsInput,
) -> Result<ListTopicsOutput, ServiceError> {
    let actions = ["kafka-cluster:DescribeTopic"];
    let cluster = Reached::by(door, context, &input.cluster_arn, "*", &actions)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let prefix = input.topic_name_filter.as_deref().unwrap_or_default();
    let after = page.after.clone();
    let found = cluster
        .host
        .topics(&cluster.arn.id, prefix, after.as_deref(), page.limit + 1)
        .await;
    let (found, next_token) = page.of(found.map_err(errors::from_host)?, |topic| topic.name.clone());
    Ok(ListTopicsOutput {
        topics: found
            .into_iter()
            .map(|topic| TopicInfo {
                topic_arn: cluster.arn.topic(&topic.name).to_string(),
                topic_name: topic.name,
                replication_factor: topic.replication_factor,
                partition_count: topic.partitions,
                out_of_sync_replica_count: topic.out_of_sync_replicas,
            })
            .collect(),
        next_token,
    })
}
