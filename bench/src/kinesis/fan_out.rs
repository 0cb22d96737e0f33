//! Enhanced fan-out: from putting a record until the subscriber of its shard has the event that holds it.

use std::io::{self, Read};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::event_stream;
use super::request::KinesisEndpoint;
use super::stream::{KinesisError, Shards, text, wait_until_active};
use crate::caller::Caller;
use crate::http_stream::HttpStream;
use crate::report::{StreamCounts, StreamReport};

/// How long there may be no event.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the delay is measured.
#[derive(Clone, Copy, Debug)]
pub struct FanOutDelay {
    /// Records that become due in a second.
    pub records_per_second: f64,
    /// Bytes of each.
    pub record_bytes: usize,
    /// How many.
    pub records: usize,
    /// How many of them come before those that count.
    pub warm_up_records: usize,
}

/// The records of an event.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    #[serde(default)]
    records: Vec<Numbered>,
}

/// A record, whose partition key is its number.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Numbered {
    partition_key: String,
}

/// Puts records one by one to the first shard and notes when they come out of a subscription to it.
///
/// # Errors
///
/// If there can be no subscription. What goes wrong later is in the report.
pub fn fan_out(
    endpoint: &KinesisEndpoint,
    stream: &str,
    shards: &Shards,
    delay: &FanOutDelay,
) -> Result<StreamReport, KinesisError> {
    let mut subscription = subscribe(endpoint, shards)?;
    let (_, hash_key) = &shards.shards[0];
    let requests: Vec<Vec<u8>> = (0..delay.records)
        .map(|number| endpoint.put_numbered(stream, number, hash_key, delay.record_bytes))
        .collect();
    let interval = Duration::from_secs_f64(1.0 / delay.records_per_second);
    let start = Instant::now();
    let due = |number: usize| start + interval * u32::try_from(number).unwrap_or(u32::MAX);
    let mut counts = StreamCounts::default();
    let put = thread::scope(|scope| {
        let putting = scope.spawn(|| put_all(endpoint, &requests, due));
        if let Err(error) = receive_all(&mut subscription, delay, due, &mut counts) {
            counts.errors.connection(&error);
        }
        putting.join().expect("whoever puts doesn't panic")
    });
    if let Err(error) = put {
        counts.errors.other(&error);
    }
    Ok(counts.report("fan-out", 1, start.elapsed().as_secs_f64()))
}

/// Subscribes to what comes from now on.
fn subscribe(endpoint: &KinesisEndpoint, shards: &Shards) -> Result<HttpStream, KinesisError> {
    let mut caller = Caller::new(endpoint.address);
    let members = json!({"StreamARN": shards.stream_arn, "ConsumerName": "load"});
    let request = endpoint.request("RegisterStreamConsumer", &members);
    let answer: Value = serde_json::from_slice(&caller.call("RegisterStreamConsumer", &request)?)?;
    let consumer_arn = text(&answer["Consumer"], "RegisterStreamConsumer", "ConsumerARN")?;
    let request = endpoint.request("DescribeStreamConsumer", &members);
    wait_until_active(
        &mut caller,
        "the consumer",
        "DescribeStreamConsumer",
        &request,
        "/ConsumerDescription",
    )?;
    let members = json!({
        "ConsumerARN": consumer_arn,
        "ShardId": shards.shards[0].0,
        "StartingPosition": {"Type": "LATEST"},
    });
    let mut stream = HttpStream::open(endpoint.address, PATIENCE)?;
    let status = stream.ask(&endpoint.request("SubscribeToShard", &members))?;
    if status != 200 {
        let mut body = String::new();
        stream.read_to_string(&mut body)?;
        return Err(io::Error::other(format!("SubscribeToShard answered {status}: {body}")).into());
    }
    // The initial response: from then on there is a subscription.
    event_stream::next(&mut stream)?;
    Ok(stream)
}

fn put_all(
    endpoint: &KinesisEndpoint,
    requests: &[Vec<u8>],
    due: impl Fn(usize) -> Instant,
) -> Result<(), KinesisError> {
    let mut caller = Caller::new(endpoint.address);
    for (number, request) in requests.iter().enumerate() {
        // The pace is the load, and goes by the wall clock.
        thread::sleep(due(number).saturating_duration_since(Instant::now()));
        caller.call("PutRecord", request)?;
    }
    Ok(())
}

fn receive_all(
    subscription: &mut HttpStream,
    delay: &FanOutDelay,
    due: impl Fn(usize) -> Instant,
    counts: &mut StreamCounts,
) -> io::Result<()> {
    let deadline = due(delay.records) + PATIENCE;
    let mut received = 0;
    while received < delay.records && Instant::now() < deadline {
        let (_, payload) = event_stream::next(subscription)?;
        let now = Instant::now();
        let event: Event = serde_json::from_slice(&payload)?;
        counts.requests += 1;
        for record in event.records {
            let number = record.partition_key.parse::<usize>().map_err(io::Error::other)?;
            received += 1;
            if number >= delay.warm_up_records {
                counts.records += 1;
                counts.bytes += delay.record_bytes as u64;
                counts
                    .latencies
                    .record(now.saturating_duration_since(due(number)));
            }
        }
    }
    if received < delay.records {
        return Err(io::Error::other(format!(
            "{received} of {} records have come",
            delay.records
        )));
    }
    Ok(())
}
