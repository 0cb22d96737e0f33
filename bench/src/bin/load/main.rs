//! The load generator: runs one workload against one endpoint of SQS, SNS or EventBridge on loopback and writes one line of
//! JSON.

mod events;
mod queues;
mod set_up;
mod topics;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ninefold_bench::caller::CallError;
use ninefold_bench::closed_loop;
use ninefold_bench::delivery::DeliveryError;
use ninefold_bench::request::{Endpoint, Protocol};
use ninefold_bench::wake;
use serde::Serialize;

/// Entries of a batch, the most that each service takes.
const BATCH_ENTRIES: usize = 10;
/// The exit status when a server doesn't do what the workload needs, or not in time: nothing was measured.
const NOT_SET_UP: u8 = 3;

/// Puts load on one endpoint and writes what it measured as one line of JSON.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    workload: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Common {
    /// Address of the server; loopback only.
    #[arg(long, global = true, default_value = "127.0.0.1:4566")]
    address: SocketAddr,
    /// How requests to queues are written; topics have the query protocol only, events JSON.
    #[arg(long, global = true, value_enum, default_value = "json")]
    protocol: Protocol,
    /// Leave out the headers that signing adds.
    #[arg(long, global = true)]
    unsigned: bool,
    /// Name of the queue, or of the topic or bus and what its queues' names begin with; created first.
    #[arg(long, global = true, default_value = "load")]
    queue: String,
    /// Delete the queue, or the topic or bus and its queues, afterwards.
    #[arg(long, global = true)]
    delete_queue: bool,
    /// Connections, each with at most one request outstanding.
    #[arg(long, global = true, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    connections: u16,
    /// Measured time.
    #[arg(long, global = true, default_value_t = 5.0)]
    seconds: f64,
    /// Time before it, whose answers don't count.
    #[arg(long, global = true, default_value_t = 1.0)]
    warmup: f64,
    /// Letters in a message body, or in an event's detail.
    #[arg(long, global = true, default_value_t = 256)]
    body_bytes: usize,
    /// Messages after which the run ends early.
    #[arg(long, global = true, default_value_t = 100_000_000)]
    messages: u64,
}

/// How long a receiver has waited when its message is sent.
#[derive(Args)]
struct Waiting {
    /// Shortest such time, in milliseconds.
    #[arg(long, default_value_t = 20)]
    shortest_ms: u64,
    /// Longest such time.
    #[arg(long, default_value_t = 120)]
    longest_ms: u64,
}

#[derive(Subcommand)]
enum Command {
    /// SendMessage.
    Send,
    /// SendMessageBatch of 10.
    SendBatch,
    /// SendMessage, ReceiveMessage, DeleteMessage on every connection.
    Cycle,
    /// SendMessageBatch of 10 until there are so many messages, without warm-up.
    Fill,
    /// Time until a waiting ReceiveMessage has the message that is sent.
    Wake(Waiting),
    /// Publish to a topic with queues.
    Publish(topics::Subscribers),
    /// PublishBatch of 10 to a topic with queues.
    PublishBatch(topics::Subscribers),
    /// Deliveries of a topic to a web endpoint.
    Deliver(topics::WebEndpoint),
    /// PutEvents to a bus whose rules lead to a queue.
    PutEvents(events::Rules),
    /// Time until a waiting ReceiveMessage has the event that is put, beside half of the load that the server can take.
    PutToTarget(events::Probe),
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the load generator talks to loopback addresses only")]
    NotLoopback,
    #[error("{0}")]
    NotSetUp(String),
    #[error("under full load: {0}")]
    FullLoad(String),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
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
            let _ = writeln!(io::stderr(), "load: {failure}");
            match failure {
                Failure::NotSetUp(_) => ExitCode::from(NOT_SET_UP),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let common = &options.common;
    if !common.address.ip().is_loopback() {
        return Err(Failure::NotLoopback);
    }
    match &options.workload {
        Command::Publish(subscribers) => topics::publish("publish", subscribers, 1, common),
        Command::PublishBatch(subscribers) => {
            topics::publish("publish-batch", subscribers, BATCH_ENTRIES, common)
        }
        Command::Deliver(endpoint) => topics::deliver(endpoint, common),
        Command::PutEvents(rules) => events::put(rules, common),
        Command::PutToTarget(probe) => events::put_to_target(probe, common),
        workload => queues::run(workload, common),
    }
}

impl Common {
    fn endpoint(&self) -> Endpoint {
        Endpoint {
            address: self.address,
            protocol: self.protocol,
            signed: !self.unsigned,
        }
    }

    fn limits(&self) -> closed_loop::Limits {
        closed_loop::Limits {
            warm_up: seconds(self.warmup),
            measured: seconds(self.seconds),
            messages: self.messages,
        }
    }

    fn wake_limits(&self, waiting: &Waiting) -> wake::Limits {
        wake::Limits {
            measured: seconds(self.seconds),
            messages: self.messages,
            waited: (
                Duration::from_millis(waiting.shortest_ms),
                Duration::from_millis(waiting.longest_ms),
            ),
        }
    }
}

/// Says that the load begins or has ended, for whoever watches what it costs the server.
fn mark(moment: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{moment}")?)
}

fn write_line(report: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(report)?;
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))
}
