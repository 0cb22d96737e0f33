//! The load generator for streams: one workload per call, one line of JSON on standard output.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ninefold_bench::closed_loop::{self, Limits, Work};
use ninefold_bench::kafka::{self, Consuming, KafkaError, Producing, Topic};
use ninefold_bench::kinesis::{self, FanOutDelay, KinesisEndpoint, KinesisError};
use ninefold_bench::limit;
use ninefold_bench::sending::Sending;
use serde::Serialize;

/// PutRecords requests that take turns.
const DISTINCT_REQUESTS: usize = 8;

/// Puts load on one broker or stream and writes what it measured as one line of JSON.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    workload: Workload,
    /// Measured time.
    #[arg(long, global = true, default_value_t = 5.0)]
    seconds: f64,
    /// Time before it, whose answers don't count.
    #[arg(long, global = true, default_value_t = 1.0)]
    warmup: f64,
    /// Bytes of a record.
    #[arg(long, global = true, default_value_t = 1_024)]
    record_bytes: usize,
    /// Connections.
    #[arg(long, global = true, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
}

#[derive(Subcommand)]
enum Workload {
    /// Make a topic and wait until its partitions have leaders.
    Topic(TopicOptions),
    /// Produce with acks=all.
    Produce(ProduceOptions),
    /// Fetch from the beginning to the end.
    Consume(ConsumeOptions),
    /// PutRecords.
    PutRecords(PutRecordsOptions),
    /// GetRecords from the beginning to the end.
    GetRecords(StreamOptions),
    /// From PutRecord to the event of a subscription.
    FanOut(FanOutOptions),
    /// The limit of writing: a file written and synced.
    WriteAndSync(WriteOptions),
    /// The limit of reading: a cached file sent to sockets.
    SendFile(DirectoryOptions),
}

#[derive(Args)]
struct TopicOptions {
    /// Where the broker listens; loopback only.
    #[arg(long, default_value = "127.0.0.1:9092")]
    broker: SocketAddr,
    /// The topic, which is made if it isn't there.
    #[arg(long, default_value = "load")]
    topic: String,
    /// Its partitions.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(i32).range(1..=100_000))]
    partitions: i32,
}

#[derive(Args)]
struct ProduceOptions {
    #[command(flatten)]
    topic: TopicOptions,
    /// Records in a batch.
    #[arg(long, default_value_t = 63, value_parser = clap::value_parser!(i32).range(1..=1_000_000))]
    batch_records: i32,
    /// Partitions that a request has a batch for.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    request_partitions: u16,
    /// Requests under way on a connection.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    under_way: u16,
    /// Records that become due in a second; as many as are taken if it isn't given.
    #[arg(long)]
    rate: Option<f64>,
}

#[derive(Args)]
struct ConsumeOptions {
    #[command(flatten)]
    topic: TopicOptions,
    /// Bytes of an answer.
    #[arg(long, default_value_t = 50 << 20)]
    max_bytes: i32,
    /// Bytes of a partition in it.
    #[arg(long, default_value_t = 1 << 20)]
    partition_max_bytes: i32,
}

#[derive(Args)]
struct StreamOptions {
    /// Where the server listens; loopback only.
    #[arg(long, default_value = "127.0.0.1:4566")]
    address: SocketAddr,
    /// Leave out the headers that signing adds.
    #[arg(long)]
    unsigned: bool,
    /// The stream, which is made if it isn't there.
    #[arg(long, default_value = "load")]
    stream: String,
    /// Its shards.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    shards: u16,
}

#[derive(Args)]
struct PutRecordsOptions {
    #[command(flatten)]
    stream: StreamOptions,
    /// Records in a request.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=500))]
    records: u16,
    /// Records after which the run ends early.
    #[arg(long, default_value_t = 100_000_000)]
    at_most: u64,
}

#[derive(Args)]
struct FanOutOptions {
    #[command(flatten)]
    stream: StreamOptions,
    /// Records that become due in a second.
    #[arg(long, default_value_t = 100.0)]
    rate: f64,
}

#[derive(Args)]
struct WriteOptions {
    #[command(flatten)]
    directory: DirectoryOptions,
    /// Bytes between two syncs.
    #[arg(long, default_value_t = 1 << 20)]
    bytes: usize,
}

#[derive(Args)]
struct DirectoryOptions {
    /// Where the file is made.
    #[arg(long)]
    directory: PathBuf,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the load generator talks to loopback addresses only")]
    NotLoopback,
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    #[error(transparent)]
    Kinesis(#[from] KinesisError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // There is nowhere left to report that standard error is closed.
            let _ = writeln!(io::stderr(), "streams: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let connections = usize::from(options.connections);
    let measured = seconds(options.seconds);
    match &options.workload {
        Workload::Topic(topic) => Ok(kafka::create(&topic.topic()?)?),
        Workload::Produce(produce) => {
            let topic = produce.topic.topic()?;
            kafka::create(&topic)?;
            write_line(&kafka::produce(&topic, &produce.producing(options))?)
        }
        Workload::Consume(consume) => {
            let consuming = Consuming {
                connections,
                max_bytes: consume.max_bytes,
                partition_max_bytes: consume.partition_max_bytes,
            };
            write_line(&kafka::consume(&consume.topic.topic()?, &consuming)?)
        }
        Workload::PutRecords(put) => put_records(put, options),
        Workload::GetRecords(stream) => {
            let endpoint = stream.endpoint()?;
            let shards = kinesis::create(&endpoint, &stream.stream, usize::from(stream.shards))?;
            let (name, bytes) = (&stream.stream, options.record_bytes);
            write_line(&kinesis::get_records(
                &endpoint,
                name,
                &shards,
                connections,
                bytes,
            )?)
        }
        Workload::FanOut(fan_out) => {
            let stream = &fan_out.stream;
            let endpoint = stream.endpoint()?;
            let shards = kinesis::create(&endpoint, &stream.stream, usize::from(stream.shards))?;
            let warm_up_records = (options.warmup * fan_out.rate) as usize;
            let delay = FanOutDelay {
                records_per_second: fan_out.rate,
                record_bytes: options.record_bytes,
                records: warm_up_records + (options.seconds * fan_out.rate) as usize,
                warm_up_records,
            };
            write_line(&kinesis::fan_out(&endpoint, &stream.stream, &shards, &delay)?)
        }
        Workload::WriteAndSync(write) => {
            let directory = &write.directory.directory;
            write_line(&limit::write_and_sync(directory, write.bytes.max(1), measured)?)
        }
        Workload::SendFile(send) => write_line(&limit::send_file(&send.directory, connections, measured)?),
    }
}

fn put_records(put: &PutRecordsOptions, options: &Options) -> Result<(), Failure> {
    let endpoint = put.stream.endpoint()?;
    let stream = &put.stream.stream;
    kinesis::create(&endpoint, stream, usize::from(put.stream.shards))?;
    let records = usize::from(put.records);
    let requests = (0..DISTINCT_REQUESTS)
        .map(|number| endpoint.put_records(stream, number, records, options.record_bytes))
        .collect();
    let sending = Sending {
        address: endpoint.address,
        requests,
        messages: records,
        acknowledged: kinesis::acknowledged,
    };
    let work = Work {
        sending: &sending,
        consumed: None,
    };
    let limits = Limits {
        warm_up: seconds(options.warmup),
        measured: seconds(options.seconds),
        messages: put.at_most,
    };
    let connections = usize::from(options.connections);
    write_line(&closed_loop::run("put-records", work, connections, limits)?)
}

impl TopicOptions {
    fn topic(&self) -> Result<Topic, Failure> {
        Ok(Topic {
            address: loopback(self.broker)?,
            name: self.topic.clone(),
            partitions: self.partitions,
        })
    }
}

impl ProduceOptions {
    fn producing(&self, options: &Options) -> Producing {
        Producing {
            connections: usize::from(options.connections),
            under_way: usize::from(self.under_way),
            batch_records: self.batch_records,
            request_partitions: usize::from(self.request_partitions),
            record_bytes: options.record_bytes,
            records_per_second: self.rate.filter(|rate| *rate > 0.0),
            warm_up: seconds(options.warmup),
            measured: seconds(options.seconds),
        }
    }
}

impl StreamOptions {
    fn endpoint(&self) -> Result<KinesisEndpoint, Failure> {
        Ok(KinesisEndpoint {
            address: loopback(self.address)?,
            signed: !self.unsigned,
        })
    }
}

fn loopback(address: SocketAddr) -> Result<SocketAddr, Failure> {
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err(Failure::NotLoopback),
    }
}

fn write_line(report: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(report)?;
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))
}
