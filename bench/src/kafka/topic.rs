//! Making topics.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::create_topics::{CreatableTopic, CreateTopicsRequest};
use ninefold_kafka_protocol::messages::list_offsets::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use ninefold_kafka_protocol::messages::metadata::{MetadataRequest, MetadataRequestTopic};
use ninefold_kafka_protocol::messages::{Request, Response};

use super::connection::{KafkaConnection, KafkaError};

const CREATE_VERSION: i16 = 7;
const METADATA_VERSION: i16 = 12;
const LIST_OFFSETS_VERSION: i16 = 7;
const LATEST: i64 = -1;
const CREATE_TIMEOUT_MS: i32 = 60_000;
/// How long partitions may take to get a leader.
const LEADERS: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

/// What is produced to and consumed from.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Where it is.
    pub address: SocketAddr,
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
}

/// Makes a topic with one replica, unless it is there, and waits until all of its partitions can be used.
///
/// # Errors
///
/// If the broker refuses to, or takes too long.
pub fn create(topic: &Topic) -> Result<(), KafkaError> {
    let mut connection = KafkaConnection::open(topic.address)?;
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: topic.name.as_str().into(),
            num_partitions: topic.partitions,
            replication_factor: 1,
            ..CreatableTopic::default()
        }],
        timeout_ms: CREATE_TIMEOUT_MS,
        ..CreateTopicsRequest::default()
    };
    let Response::CreateTopics(created) = connection.ask(&request.into(), CREATE_VERSION)? else {
        return Err(KafkaError::refused("CreateTopics", "something else"));
    };
    let acceptable = [0, ErrorCode::TopicAlreadyExists.code()];
    if let Some(refused) = created
        .topics
        .iter()
        .find(|topic| !acceptable.contains(&topic.error_code))
    {
        let message = refused.error_message.as_deref().unwrap_or_default();
        let detail = format!("error {}: {message}", refused.error_code);
        return Err(KafkaError::refused("CreateTopics", detail));
    }
    let deadline = Instant::now() + LEADERS;
    while !is_led(&mut connection, topic)? || !is_served(&mut connection, topic)? {
        if Instant::now() > deadline {
            return Err(KafkaError::refused("Metadata", "partitions without a leader"));
        }
        // No broker tells when its leaders are ready; until the deadline.
        thread::sleep(POLL);
    }
    Ok(())
}

fn is_led(connection: &mut KafkaConnection, topic: &Topic) -> Result<bool, KafkaError> {
    let request: Request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some(topic.name.as_str().into()),
            ..MetadataRequestTopic::default()
        }]),
        allow_auto_topic_creation: false,
        ..MetadataRequest::default()
    }
    .into();
    let Response::Metadata(metadata) = connection.ask(&request, METADATA_VERSION)? else {
        return Err(KafkaError::refused("Metadata", "something else"));
    };
    let partitions = metadata.topics.iter().flat_map(|topic| &topic.partitions);
    let led = partitions.filter(|partition| partition.error_code == 0 && partition.leader_id >= 0);
    Ok(led.count() >= topic.partitions.unsigned_abs() as usize)
}

/// Whether the leader of each partition knows that it is: it may hear of it later than clients do.
fn is_served(connection: &mut KafkaConnection, topic: &Topic) -> Result<bool, KafkaError> {
    let partition = |partition_index| ListOffsetsPartition {
        partition_index,
        timestamp: LATEST,
        ..ListOffsetsPartition::default()
    };
    let request: Request = ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: topic.name.as_str().into(),
            partitions: (0..topic.partitions).map(partition).collect(),
        }],
        ..ListOffsetsRequest::default()
    }
    .into();
    let Response::ListOffsets(listed) = connection.ask(&request, LIST_OFFSETS_VERSION)? else {
        return Err(KafkaError::refused("ListOffsets", "something else"));
    };
    let mut partitions = listed.topics.iter().flat_map(|topic| &topic.partitions);
    Ok(partitions.all(|partition| partition.error_code == 0))
}
