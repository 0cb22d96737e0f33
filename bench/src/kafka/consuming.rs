//! Catching up: Fetch from the beginning to the end, with what Kafka's consumer asks for by default. Records are discarded.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::fetch::{
    FetchPartition, FetchRequest, FetchResponse, FetchTopic, PartitionData,
};
use ninefold_kafka_protocol::{ApiKey, Records};

use super::connection::{KafkaConnection, KafkaError, frame};
use super::record_batch::summary;
use super::topic::Topic;
use crate::report::{StreamCounts, StreamReport};

/// The last version that names topics.
const VERSION: i16 = 12;
const CONSUMER: i32 = -1;
/// No session: every request says everything.
const NO_SESSION: i32 = 0;
const NO_SESSION_EPOCH: i32 = -1;
const MAX_WAIT_MS: i32 = 500;

/// How to consume.
#[derive(Clone, Copy, Debug)]
pub struct Consuming {
    /// Connections, at least one, among which partitions are shared out.
    pub connections: usize,
    /// Bytes of an answer (`fetch.max.bytes`).
    pub max_bytes: i32,
    /// Bytes of a partition in an answer (`max.partition.fetch.bytes`).
    pub partition_max_bytes: i32,
}

/// Reads a topic from the beginning to where its partitions end when they are first read.
///
/// # Errors
///
/// If a connection can't be opened. What goes wrong later is in the report.
pub fn consume(topic: &Topic, consuming: &Consuming) -> Result<StreamReport, KafkaError> {
    let readers = (0..consuming.connections)
        .map(|index| {
            let partitions = (0..topic.partitions).skip(index).step_by(consuming.connections);
            Ok(TopicReader {
                connection: KafkaConnection::open(topic.address)?,
                topic,
                consuming: *consuming,
                places: partitions
                    .map(|partition| (partition, Place::default()))
                    .collect(),
                counts: StreamCounts::default(),
            })
        })
        .collect::<Result<Vec<_>, KafkaError>>()?;
    let start = Instant::now();
    let mut counts = StreamCounts::default();
    thread::scope(|scope| {
        let running: Vec<_> = readers
            .into_iter()
            .map(|reader| scope.spawn(|| reader.read()))
            .collect();
        for reader in running {
            counts.add(reader.join().expect("readers don't panic"));
        }
    });
    Ok(counts.report("consume", consuming.connections, start.elapsed().as_secs_f64()))
}

/// How far a partition is read.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    offset: i64,
    /// Where it ended when it was first read.
    end: Option<i64>,
}

struct TopicReader<'a> {
    connection: KafkaConnection,
    topic: &'a Topic,
    consuming: Consuming,
    /// What is not at its end.
    places: BTreeMap<i32, Place>,
    counts: StreamCounts,
}

impl TopicReader<'_> {
    fn read(mut self) -> StreamCounts {
        while !self.places.is_empty() {
            if let Err(error) = self.fetch() {
                self.counts.errors.other(&error);
                break;
            }
        }
        self.counts
    }

    fn fetch(&mut self) -> Result<(), KafkaError> {
        let request = frame(&self.request().into(), VERSION)?;
        self.connection.send(&request)?;
        let (places, counts) = (&mut self.places, &mut self.counts);
        let taken = self.connection.receive(ApiKey::Fetch, VERSION, |response| {
            let Response::Fetch(response) = response else {
                return Err(KafkaError::refused("Fetch", "something else"));
            };
            take(response, places, counts)
        });
        taken?
    }

    fn request(&self) -> FetchRequest {
        let partitions = self.places.iter().map(|(&partition, place)| FetchPartition {
            partition,
            fetch_offset: place.offset,
            partition_max_bytes: self.consuming.partition_max_bytes,
            ..FetchPartition::default()
        });
        let mut partitions: Vec<FetchPartition> = partitions.collect();
        // As the consumer does it, so that no partition is always the one for which there is no room left.
        let turn = self.counts.requests as usize % partitions.len().max(1);
        partitions.rotate_left(turn);
        FetchRequest {
            replica_id: CONSUMER,
            max_wait_ms: MAX_WAIT_MS,
            min_bytes: 1,
            max_bytes: self.consuming.max_bytes,
            session_id: NO_SESSION,
            session_epoch: NO_SESSION_EPOCH,
            topics: vec![FetchTopic {
                topic: self.topic.name.as_str().into(),
                partitions,
                ..FetchTopic::default()
            }],
            ..FetchRequest::default()
        }
    }
}

fn take(
    response: &FetchResponse,
    places: &mut BTreeMap<i32, Place>,
    counts: &mut StreamCounts,
) -> Result<(), KafkaError> {
    if response.error_code != 0 {
        return Err(KafkaError::refused(
            "Fetch",
            format_args!("error {}", response.error_code),
        ));
    }
    for partition in response.responses.iter().flat_map(|topic| &topic.partitions) {
        take_partition(partition, places, counts)?;
    }
    counts.requests += 1;
    Ok(())
}

fn take_partition(
    partition: &PartitionData,
    places: &mut BTreeMap<i32, Place>,
    counts: &mut StreamCounts,
) -> Result<(), KafkaError> {
    let index = partition.partition_index;
    if partition.error_code != 0 {
        let detail = format_args!("error {} of partition {index}", partition.error_code);
        return Err(KafkaError::refused("Fetch", detail));
    }
    let Some(place) = places.get_mut(&index) else {
        return Err(KafkaError::refused("Fetch", format_args!("partition {index}")));
    };
    let end = *place.end.get_or_insert(partition.high_watermark);
    let records = partition.records.as_ref().and_then(Records::in_memory);
    let records = records.map_or(&[][..], |records| records);
    let read = summary(records);
    counts.bytes += records.len() as u64;
    counts.records += read.records;
    if let Some(next_offset) = read.next_offset {
        if next_offset <= place.offset {
            let detail = format_args!("offset {next_offset} after {} of partition {index}", place.offset);
            return Err(KafkaError::refused("Fetch", detail));
        }
        place.offset = next_offset;
    }
    if place.offset >= end {
        places.remove(&index);
    }
    Ok(())
}
