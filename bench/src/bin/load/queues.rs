//! The workloads of SQS.

use std::time::Duration;

use ninefold_bench::caller::{CallError, Caller};
use ninefold_bench::closed_loop::{self, Limits, Work};
use ninefold_bench::request::{self, Endpoint, Queue};
use ninefold_bench::sending::Sending;
use ninefold_bench::wake;

use crate::{BATCH_ENTRIES, Command, Common, Failure, write_line};

pub(crate) fn run(workload: &Command, common: &Common) -> Result<(), Failure> {
    let endpoint = common.endpoint();
    let mut caller = Caller::new(common.address);
    let answer = caller.call("CreateQueue", &endpoint.create_queue(&common.queue))?;
    let queue = endpoint
        .queue(&answer)
        .ok_or_else(|| CallError::unusable("CreateQueue", &answer))?;
    let body = request::message_body(common.body_bytes);
    match workload {
        Command::Wake(waiting) => {
            let sending = sending(&endpoint, endpoint.send_message(&queue, &body), 1);
            let limits = common.wake_limits(waiting);
            write_line(&wake::run("wake", &sending, &endpoint, &queue, limits)?)?;
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
        sending: &sending(endpoint, send, messages),
        consumed: matches!(workload, Command::Cycle).then_some((endpoint, queue)),
    };
    let limits = match workload {
        Command::Fill => Limits {
            warm_up: Duration::ZERO,
            ..common.limits()
        },
        _ => common.limits(),
    };
    let connections = usize::from(common.connections);
    write_line(&closed_loop::run(name, work, connections, limits)?)
}

fn sending(endpoint: &Endpoint, request: Vec<u8>, messages: usize) -> Sending {
    Sending {
        address: endpoint.address,
        requests: vec![request],
        messages,
        acknowledged: endpoint.protocol.acknowledged(),
    }
}
