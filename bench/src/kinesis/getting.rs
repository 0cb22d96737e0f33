//! GetRecords of all shards from the beginning to the end, on a connection for each of several shards at a time.

use std::io::{self, Read};
use std::thread;
use std::time::{Duration, Instant};

use memchr::memmem;
use serde_json::{Value, json};

use super::request::KinesisEndpoint;
use super::stream::{KinesisError, Shards, text};
use crate::caller::Caller;
use crate::http_stream::HttpStream;
use crate::report::{StreamCounts, StreamReport};

/// The most that one answer may have.
const LIMIT: u32 = 10_000;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a stream on so many connections, at least one, until as many records as `expected` have come.
///
/// # Errors
///
/// If there is no iterator to be had. What goes wrong later is in the report.
pub fn get_records(
    endpoint: &KinesisEndpoint,
    stream: &str,
    shards: &Shards,
    connections: usize,
    record_bytes: usize,
) -> Result<StreamReport, KinesisError> {
    let mut caller = Caller::new(endpoint.address);
    let mut iterators = Vec::new();
    for (shard, _) in &shards.shards {
        let members = json!({"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
        let answer = caller.call(
            "GetShardIterator",
            &endpoint.request("GetShardIterator", &members),
        )?;
        let answer: Value = serde_json::from_slice(&answer)?;
        iterators.push(text(&answer, "GetShardIterator", "ShardIterator")?);
    }
    let start = Instant::now();
    let mut counts = StreamCounts::default();
    thread::scope(|scope| {
        let running: Vec<_> = (0..connections)
            .map(|index| {
                let own: Vec<String> = iterators
                    .iter()
                    .skip(index)
                    .step_by(connections)
                    .cloned()
                    .collect();
                scope.spawn(move || {
                    let mut counts = StreamCounts::default();
                    if let Err(error) = read_shards(endpoint, own, &mut counts) {
                        counts.errors.other(&error);
                    }
                    counts
                })
            })
            .collect();
        for connection in running {
            counts.add(connection.join().expect("connections don't panic"));
        }
    });
    counts.bytes = counts.records * record_bytes as u64;
    Ok(counts.report("get-records", connections, start.elapsed().as_secs_f64()))
}

fn read_shards(
    endpoint: &KinesisEndpoint,
    iterators: Vec<String>,
    counts: &mut StreamCounts,
) -> Result<(), KinesisError> {
    let mut connection = HttpStream::open(endpoint.address, PATIENCE)?;
    let mut body = Vec::new();
    for first in iterators {
        let mut next = Some(first);
        while let Some(iterator) = next {
            let request = json!({"ShardIterator": iterator, "Limit": LIMIT});
            let started = Instant::now();
            let status = connection.ask(&endpoint.request("GetRecords", &request))?;
            body.clear();
            connection.read_to_end(&mut body)?;
            if status != 200 {
                let detail = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
                return Err(io::Error::other(format!("GetRecords answered {status}: {detail}")).into());
            }
            counts.latencies.record(started.elapsed());
            counts.requests += 1;
            let records = memmem::find_iter(&body, br#""SequenceNumber""#).count() as u64;
            counts.records += records;
            // Nobody writes meanwhile: an answer without records, after the first, is the end.
            next = (records > 0).then(|| next_iterator(&body)).flatten();
        }
    }
    Ok(())
}

/// The iterator in an answer, which is base64, so that nothing in it is escaped.
fn next_iterator(body: &[u8]) -> Option<String> {
    let name = br#""NextShardIterator""#;
    let rest = &body[memmem::rfind(body, name)? + name.len()..];
    let rest = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    std::str::from_utf8(&rest[..end]).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_iterator_is_found_wherever_it_stands() {
        let body = br#"{"NextShardIterator" : "AAA/b+==","Records":[]}"#;
        assert_eq!(next_iterator(body).as_deref(), Some("AAA/b+=="));
        assert_eq!(next_iterator(br#"{"NextShardIterator":null}"#), None);
        assert_eq!(next_iterator(b"{}"), None);
    }
}
