//! Produce with acks=all: pre-encoded batches, several requests under way on each connection.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ninefold_kafka_protocol::ApiKey;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::produce::{PartitionProduceData, ProduceRequest, TopicProduceData};

use super::connection::{KafkaConnection, KafkaError, frame};
use super::record_batch::batch;
use super::topic::Topic;
use crate::report::{StreamCounts, StreamReport};
use crate::request::message_body;

/// The last version that names topics, so that one encoding does for every broker.
const VERSION: i16 = 9;
const ALL_REPLICAS: i16 = -1;
const TIMEOUT_MS: i32 = 30_000;

/// How to produce.
#[derive(Clone, Copy, Debug)]
pub struct Producing {
    /// Connections, at least one.
    pub connections: usize,
    /// Requests under way on each, at least one.
    pub under_way: usize,
    /// Records in a batch.
    pub batch_records: i32,
    /// Partitions that a request has a batch for.
    pub request_partitions: usize,
    /// Bytes of a record's value.
    pub record_bytes: usize,
    /// Records that become due in a second on all connections; as many as are taken if `None`.
    pub records_per_second: Option<f64>,
    /// Time before the measured one.
    pub warm_up: Duration,
    /// Measured time.
    pub measured: Duration,
}

/// When what is measured begins and ends.
#[derive(Clone, Copy)]
struct Period {
    begin: Instant,
    end: Instant,
}

/// Puts the load on a topic. A request counts if it was sent (or due) and answered in the measured time; its latency is counted
/// from when it was due, at a given rate, or sent.
///
/// # Errors
///
/// If a connection can't be opened or a request not be encoded. What goes wrong later is in the report.
pub fn produce(topic: &Topic, producing: &Producing) -> Result<StreamReport, KafkaError> {
    let requests = requests(topic, producing)?;
    let connections = (0..producing.connections)
        .map(|_| KafkaConnection::open(topic.address))
        .collect::<io::Result<Vec<_>>>()?;
    let start = Instant::now();
    let period = Period {
        begin: start + producing.warm_up,
        end: start + producing.warm_up + producing.measured,
    };
    let mut counts = StreamCounts::default();
    thread::scope(|scope| {
        let running: Vec<_> = connections
            .into_iter()
            .enumerate()
            .map(|(index, connection)| {
                let requests = &requests;
                scope.spawn(move || run(index, connection, requests, producing, start, period))
            })
            .collect();
        for connection in running {
            counts.add(connection.join().expect("connections don't panic"));
        }
    });
    let name = match producing.records_per_second {
        Some(_) => "produce-paced",
        None => "produce",
    };
    let seconds = (period.end - period.begin).as_secs_f64();
    Ok(counts.report(name, producing.connections, seconds))
}

/// Requests that together have a batch for every partition.
fn requests(topic: &Topic, producing: &Producing) -> Result<Vec<Vec<u8>>, KafkaError> {
    let value = message_body(producing.record_bytes);
    let records = Bytes::from(batch(producing.batch_records, value.as_bytes()));
    let partitions: Vec<i32> = (0..topic.partitions).collect();
    partitions
        .chunks(producing.request_partitions)
        .map(|partitions| {
            let partition_data = partitions.iter().map(|&index| PartitionProduceData {
                index,
                records: Some(records.clone()),
            });
            let request = ProduceRequest {
                acks: ALL_REPLICAS,
                timeout_ms: TIMEOUT_MS,
                topic_data: vec![TopicProduceData {
                    name: topic.name.as_str().into(),
                    partition_data: partition_data.collect(),
                    ..TopicProduceData::default()
                }],
                ..ProduceRequest::default()
            };
            frame(&request.into(), VERSION)
        })
        .collect()
}

/// One connection: a thread that writes, and this one, which reads.
fn run(
    index: usize,
    mut connection: KafkaConnection,
    requests: &[Vec<u8>],
    producing: &Producing,
    start: Instant,
    period: Period,
) -> StreamCounts {
    let (free, slots) = channel();
    let (sent, answers) = channel();
    for _ in 0..producing.under_way {
        // Its other end is here.
        let _ = free.send(());
    }
    let mut counts = StreamCounts::default();
    let request_records = producing.batch_records.unsigned_abs() as usize * producing.request_partitions;
    let sender = connection.writing_half().map(|stream| WritingHalf {
        stream,
        requests,
        first: index * requests.len() / producing.connections,
        due: Due::of(producing, request_records, index, start),
        end: period.end,
    });
    let written = thread::scope(|scope| {
        let writing = scope.spawn(|| sender.and_then(|sender| sender.send(slots, sent)));
        while let Ok(from) = answers.recv() {
            match connection.receive(ApiKey::Produce, VERSION, batches_taken) {
                Ok(Ok(batches)) => {
                    let now = Instant::now();
                    if from >= period.begin && now <= period.end {
                        let records = batches * u64::from(producing.batch_records.unsigned_abs());
                        counts.requests += 1;
                        counts.records += records;
                        counts.bytes += records * producing.record_bytes as u64;
                        counts.latencies.record(now - from);
                    }
                }
                Ok(Err(code)) => counts
                    .errors
                    .other(&format_args!("Produce answered error {code}")),
                Err(error) => {
                    counts.errors.other(&error);
                    break;
                }
            }
            // The writer has ended if nobody takes it.
            let _ = free.send(());
        }
        drop((free, answers));
        writing.join().expect("writers don't panic")
    });
    if let Err(error) = written {
        counts.errors.connection(&error);
    }
    counts
}

/// How many batches an answer says were appended, or the first error in it.
fn batches_taken(response: &Response) -> Result<u64, i16> {
    let Response::Produce(response) = response else {
        return Err(-1);
    };
    let mut batches = 0;
    for partition in response
        .responses
        .iter()
        .flat_map(|topic| &topic.partition_responses)
    {
        if partition.error_code != 0 {
            return Err(partition.error_code);
        }
        batches += 1;
    }
    Ok(batches)
}

/// When requests of a connection become due.
#[derive(Clone, Copy)]
enum Due {
    /// As soon as there is a slot.
    AtOnce,
    /// At even intervals.
    Every { first: Instant, interval: Duration },
}

impl Due {
    fn of(producing: &Producing, request_records: usize, index: usize, start: Instant) -> Self {
        let Some(records_per_second) = producing.records_per_second else {
            return Due::AtOnce;
        };
        let interval = request_records as f64 * producing.connections as f64 / records_per_second;
        let offset = interval * index as f64 / producing.connections as f64;
        Due::Every {
            first: start + Duration::from_secs_f64(offset),
            interval: Duration::from_secs_f64(interval),
        }
    }
}

/// What writes the requests of a connection.
struct WritingHalf<'a> {
    stream: TcpStream,
    requests: &'a [Vec<u8>],
    /// Where in the requests to begin, so that connections are at different partitions.
    first: usize,
    due: Due,
    end: Instant,
}

impl WritingHalf<'_> {
    fn send(mut self, slots: Receiver<()>, sent: Sender<Instant>) -> io::Result<()> {
        for number in 0_u32.. {
            let due = match self.due {
                Due::AtOnce => None,
                Due::Every { first, interval } => Some(first + interval * number),
            };
            if let Some(due) = due {
                // The pace is the load, and goes by the wall clock.
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            // Whoever reads has given up if there is none.
            if slots.recv().is_err() {
                break;
            }
            let from = due.unwrap_or_else(Instant::now);
            if from >= self.end || sent.send(from).is_err() {
                break;
            }
            let request = (self.first + number as usize) % self.requests.len();
            self.stream.write_all(&self.requests[request])?;
        }
        Ok(())
    }
}
