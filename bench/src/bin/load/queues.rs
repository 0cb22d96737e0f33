//! The workloads of SQS.

use std::time::Duration;

use ninefold_bench::caller::Caller;
use ninefold_bench::closed_loop::{self, Limits, Work};
use ninefold_bench::request::{self, Endpoint, Queue};
use ninefold_bench::wake;

use crate::{BATCH_ENTRIES, Command, Common, Failure, seconds, write_line};

pub(crate) fn run(workload: &Command, common: &Common) -> Result<(), Failure> {
    let endpoint = common.endpoint();
    let mut caller = Caller::new(common.address);
    let answer = caller.call("CreateQueue", &endpoint.create_queue(&common.queue))?;
    let queue = endpoint
        .queue(&answer)
        .ok_or_else(|| Failure::NoQueue(String::from_utf8_lossy(&answer).into_owned()))?;
    let body = request::message_body(common.body_bytes);
    match workload {
        Command::Wake {
            shortest_ms,
            longest_ms,
        } => {
            let limits = wake::Limits {
                measured: seconds(common.seconds),
                messages: common.messages,
                waited: (
                    Duration::from_millis(*shortest_ms),
                    Duration::from_millis(*longest_ms),
                ),
            };
            write_line(&wake::run(&endpoint, &queue, &body, limits)?)?;
        }
        throughput => run_throughput(throughput, &endpoint, &queue, &body, common)?,
    }
    if common.delete_queue {
        caller.call("DeleteQueue", &endpoint.delete_queue(&queue))?;
    }
    Ok(())
}

fn run_throughput(
    workload: &Command,
    endpoint: &Endpoint,
    queue: &Queue,
    body: &str,
    common: &Common,
) -> Result<(), Failure> {
    let (name, is_batch) = match workload {
        Command::Cycle => ("cycle", false),
        Command::SendBatch => ("send-batch", true),
        Command::Fill => ("fill", true),
        _ => ("send", false),
    };
    let (send, messages) = match is_batch {
        true => (
            endpoint.send_message_batch(queue, body, BATCH_ENTRIES),
            BATCH_ENTRIES,
        ),
        false => (endpoint.send_message(queue, body), 1),
    };
    let work = Work {
        endpoint,
        sends: vec![send],
        messages,
        consumed: matches!(workload, Command::Cycle).then_some(queue),
    };
    let limits = match workload {
        Command::Fill => Limits {
            warm_up: Duration::ZERO,
            ..common.limits()
        },
        _ => common.limits(),
    };
    let connections = usize::from(common.connections);
    write_line(&closed_loop::run(name, &work, connections, limits)?)
}
