//! The workloads of SNS.

use std::net::SocketAddr;

use clap::Args;
use ninefold_bench::delivery::{Delivery, Subject, Times};
use ninefold_bench::fan_out::{FanOut, Shape};
use ninefold_bench::report::PublishReport;
use ninefold_bench::request::{self, Protocol};
use ninefold_bench::sending::Sending;
use ninefold_bench::topic::TopicEndpoint;

use crate::set_up::SetUp;
use crate::{Common, Failure, mark, seconds, write_line};

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
    #[command(flatten)]
    set_up: SetUp,
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
    let set_up = &subscribers.set_up;
    let fan_out = FanOut::set_up(
        topics(common),
        common.endpoint(),
        &common.queue,
        shape,
        set_up.calls(),
    )
    .map_err(|error| Failure::NotSetUp(error.to_string()))?;
    let body = request::message_body(common.body_bytes);
    let sending = Sending {
        address: common.address,
        requests: match entries {
            1 => fan_out.publish(&body),
            _ => fan_out.publish_batch(&body, entries),
        },
        messages: entries,
        acknowledged: Protocol::Query.acknowledged(),
    };
    let copies = fan_out.queues_of_a_message();
    let throughput = set_up.measure(name, &sending, fan_out.queues(), copies, common, common.limits())?;
    write_line(&PublishReport {
        deliveries_per_second: throughput.messages_per_second * copies as f64,
        throughput,
    })?;
    if common.delete_queue {
        fan_out.take_down()?;
    }
    Ok(())
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
