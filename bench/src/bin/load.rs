//! The load generator: runs one workload against one SQS endpoint on loopback and writes one line of JSON.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ninefold_bench::closed_loop::{self, Workload};
use ninefold_bench::request::{self, Endpoint, Protocol, Queue};
use ninefold_bench::{connection, wake};
use serde::Serialize;

/// Entries of a batch, the most that SQS takes.
const BATCH_ENTRIES: usize = 10;

/// Puts load on one SQS endpoint and writes what it measured as one line of JSON.
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
    /// How requests are written.
    #[arg(long, global = true, value_enum, default_value = "json")]
    protocol: Protocol,
    /// Leave out the headers that signing adds.
    #[arg(long, global = true)]
    unsigned: bool,
    /// Name of the queue, created first.
    #[arg(long, global = true, default_value = "load")]
    queue: String,
    /// Delete the queue afterwards.
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
    /// Letters in a message body.
    #[arg(long, global = true, default_value_t = 256)]
    body_bytes: usize,
    /// Messages after which the run ends early.
    #[arg(long, global = true, default_value_t = 100_000_000)]
    messages: u64,
}

#[derive(Clone, Copy, Subcommand)]
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
    Wake {
        /// Shortest time, in milliseconds, that the receiver has waited when its message is sent.
        #[arg(long, default_value_t = 20)]
        shortest_ms: u64,
        /// Longest such time.
        #[arg(long, default_value_t = 120)]
        longest_ms: u64,
    },
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the load generator talks to loopback addresses only")]
    NotLoopback,
    #[error("{0} answered HTTP {1}: {2}")]
    Refused(&'static str, u16, String),
    #[error("no QueueUrl in the answer to CreateQueue: {0}")]
    NoQueue(String),
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
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let common = &options.common;
    if !common.address.ip().is_loopback() {
        return Err(Failure::NotLoopback);
    }
    let endpoint = Endpoint {
        address: common.address,
        protocol: common.protocol,
        signed: !common.unsigned,
    };
    let queue = create_queue(&endpoint, &common.queue)?;
    let body = request::message_body(common.body_bytes);
    match options.workload {
        Command::Send => throughput("send", &endpoint, &queue, &body, Workload::Send, common)?,
        Command::SendBatch => {
            let workload = Workload::SendBatch(BATCH_ENTRIES);
            throughput("send-batch", &endpoint, &queue, &body, workload, common)?;
        }
        Command::Cycle => throughput("cycle", &endpoint, &queue, &body, Workload::Cycle, common)?,
        Command::Fill => {
            let workload = Workload::SendBatch(BATCH_ENTRIES);
            throughput("fill", &endpoint, &queue, &body, workload, common)?;
        }
        Command::Wake {
            shortest_ms,
            longest_ms,
        } => {
            let limits = wake::Limits {
                measured: seconds(common.seconds),
                messages: common.messages,
                waited: (
                    Duration::from_millis(shortest_ms),
                    Duration::from_millis(longest_ms),
                ),
            };
            write_line(&wake::run(&endpoint, &queue, &body, limits)?)?;
        }
    }
    if common.delete_queue {
        call("DeleteQueue", &endpoint, &endpoint.delete_queue(&queue))?;
    }
    Ok(())
}

fn throughput(
    name: &str,
    endpoint: &Endpoint,
    queue: &Queue,
    body: &str,
    workload: Workload,
    common: &Common,
) -> Result<(), Failure> {
    let warm_up = if name == "fill" {
        Duration::ZERO
    } else {
        seconds(common.warmup)
    };
    let limits = closed_loop::Limits {
        warm_up,
        measured: seconds(common.seconds),
        messages: common.messages,
    };
    let connections = usize::from(common.connections);
    write_line(&closed_loop::run(
        name,
        endpoint,
        queue,
        body,
        workload,
        connections,
        limits,
    )?)
}

fn create_queue(endpoint: &Endpoint, name: &str) -> Result<Queue, Failure> {
    let body = call("CreateQueue", endpoint, &endpoint.create_queue(name))?;
    endpoint
        .queue(&body)
        .ok_or_else(|| Failure::NoQueue(String::from_utf8_lossy(&body).into_owned()))
}

fn call(operation: &'static str, endpoint: &Endpoint, request: &[u8]) -> Result<Vec<u8>, Failure> {
    match connection::call(endpoint.address, request)? {
        (200, body) => Ok(body),
        (status, body) => Err(Failure::Refused(
            operation,
            status,
            String::from_utf8_lossy(&body).into_owned(),
        )),
    }
}

fn write_line(report: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(report)?;
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))
}
