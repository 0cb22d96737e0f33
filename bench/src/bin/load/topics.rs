//! The workloads of SNS.

use std::io::{self, Write};
use std::net::SocketAddr;

use clap::Args;
use ninefold_bench::caller::{Caller, Calls};
use ninefold_bench::closed_loop::{self, Work};
use ninefold_bench::delivery::{Delivery, Subject, Times};
use ninefold_bench::fan_out::{FanOut, Shape};
use ninefold_bench::report::PublishReport;
use ninefold_bench::request::{self, Endpoint, Protocol};
use ninefold_bench::topic::TopicEndpoint;

use crate::{Common, Failure, seconds, write_line};

/// The queues of a topic.
#[derive(Args)]
pub(crate) struct Subscribers {
    /// Subscribed queues.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queues: u32,
    /// Messages come as they are, not in an envelope.
    #[arg(long)]
    raw: bool,
    /// Each queue wants only the messages of a number of its own; messages have the numbers in turn.
    #[arg(long)]
    filters: bool,
    /// Longest time for making the queues, for subscribing, counting and deleting them.
    #[arg(long, default_value_t = 60.0)]
    setup_seconds: f64,
    /// Connections on which that is done.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..))]
    setup_connections: u8,
    /// Don't check that every message has got into its queues: for a server that has none.
    #[arg(long)]
    unchecked: bool,
}

/// The web endpoint of a topic.
#[derive(Args)]
pub(crate) struct WebEndpoint {
    /// What is subscribed.
    #[arg(long)]
    url: String,
    /// Where its receiver can be asked without TLS.
    #[arg(long)]
    receiver: SocketAddr,
    /// Messages come as they are, not in a signed envelope.
    #[arg(long)]
    raw: bool,
}

/// Publish, or PublishBatch with more than one entry.
pub(crate) fn publish(
    name: &str,
    subscribers: &Subscribers,
    entries: usize,
    common: &Common,
) -> Result<(), Failure> {
    let shape = Shape {
        queues: usize::try_from(subscribers.queues).unwrap_or(usize::MAX),
        is_raw: subscribers.raw,
        is_filtered: subscribers.filters,
    };
    let calls = Calls {
        connections: usize::from(subscribers.setup_connections),
        limit: seconds(subscribers.setup_seconds),
    };
    let fan_out = FanOut::set_up(topics(common), common.endpoint(), &common.queue, shape, calls)
        .map_err(|error| Failure::NotSetUp(error.to_string()))?;
    let body = request::message_body(common.body_bytes);
    let endpoint = Endpoint {
        protocol: Protocol::Query,
        ..common.endpoint()
    };
    let work = Work {
        endpoint: &endpoint,
        sends: match entries {
            1 => fan_out.publish(&body),
            _ => fan_out.publish_batch(&body, entries),
        },
        messages: entries,
        consumed: None,
    };
    try_once(&work)?;
    mark("begin")?;
    let connections = usize::from(common.connections);
    let mut throughput = closed_loop::run(name, &work, connections, common.limits())?;
    mark("end")?;
    let queues = fan_out.queues_of_a_message();
    if throughput.clean && !subscribers.unchecked {
        let expected = (throughput.answered + 1) * (entries * queues) as u64;
        let arrived = fan_out.wait_for_arrival(expected)?;
        if arrived < expected {
            throughput.clean = false;
            let what = format_args!("{arrived} of {expected} messages are in the queues");
            throughput.errors.other(&what);
        }
    }
    write_line(&PublishReport {
        deliveries_per_second: throughput.messages_per_second * queues as f64,
        throughput,
    })?;
    if common.delete_queue {
        fan_out.take_down()?;
    }
    Ok(())
}

/// A request whose answer shows whether the server can do this at all.
fn try_once(work: &Work<'_>) -> Result<(), Failure> {
    let not_set_up = |what: String| Err(Failure::NotSetUp(what));
    match Caller::new(work.endpoint.address).call("publishing", &work.sends[0]) {
        Ok(answer) if work.endpoint.acknowledged(&answer) == work.messages => Ok(()),
        Ok(answer) => not_set_up(format!(
            "publishing answered {}",
            String::from_utf8_lossy(&answer)
        )),
        Err(error) => not_set_up(error.to_string()),
    }
}

/// Deliveries to a web endpoint.
pub(crate) fn deliver(endpoint: &WebEndpoint, common: &Common) -> Result<(), Failure> {
    let subject = Subject {
        topics: topics(common),
        name: common.queue.clone(),
        receiver: endpoint.receiver,
        url: endpoint.url.clone(),
        is_raw: endpoint.raw,
        body: request::message_body(common.body_bytes),
    };
    let times = Times {
        warm_up: seconds(common.warmup),
        measured: seconds(common.seconds),
    };
    let mut delivery = Delivery::set_up(subject).map_err(|error| Failure::NotSetUp(error.to_string()))?;
    mark("begin")?;
    let report = delivery.run(times)?;
    mark("end")?;
    write_line(&report)?;
    if common.delete_queue {
        delivery.take_down()?;
    }
    Ok(())
}

fn topics(common: &Common) -> TopicEndpoint {
    TopicEndpoint {
        address: common.address,
        signed: !common.unsigned,
    }
}

/// Says that the load begins or has ended, for whoever watches what it costs the server.
fn mark(moment: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{moment}")?)
}
