//! The workloads of EventBridge.

use clap::Args;
use ninefold_bench::closed_loop::Limits;
use ninefold_bench::event::EventEndpoint;
use ninefold_bench::event_bus::{EventBus, Shape};
use ninefold_bench::paced::{self, Pace, Paced};
use ninefold_bench::report::{Errors, LoadedWakeReport, WakeReport};
use ninefold_bench::sending::Sending;
use ninefold_bench::wake;

use crate::set_up::SetUp;
use crate::{BATCH_ENTRIES, Common, Failure, Waiting, seconds, write_line};

/// The part of its rate that a load beside a measurement must keep up.
const LEAST_OF_PACE: f64 = 0.9;
/// The rule that the load goes by, and the one of the events that are waited for.
const LOAD_RULE: usize = 0;
const PROBE_RULE: usize = 1;

/// The rules of a bus.
#[derive(Args)]
pub(crate) struct Rules {
    /// Rules, each of which wants the events of a number of its own; events have the numbers in turn.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rules: u32,
    /// Events of a request.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=10))]
    entries: u8,
    #[command(flatten)]
    set_up: SetUp,
}

/// How the time to a target is measured.
#[derive(Args)]
pub(crate) struct Probe {
    /// Time under full load before, to know what half of it is.
    #[arg(long, default_value_t = 5.0)]
    full_load_seconds: f64,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    set_up: SetUp,
}

/// PutEvents to a bus whose rules lead to one queue.
pub(crate) fn put(rules: &Rules, common: &Common) -> Result<(), Failure> {
    let shape = Shape {
        rules: usize::try_from(rules.rules).unwrap_or(usize::MAX),
        queues: 1,
    };
    let bus = set_up(shape, &rules.set_up, common)?;
    let sending = bus.events_in_turn(usize::from(rules.entries), common.body_bytes);
    let report = rules
        .set_up
        .measure("put-events", &sending, bus.queues(), 1, common, common.limits())?;
    write_line(&report)?;
    if common.delete_queue {
        bus.take_down()?;
    }
    Ok(())
}

/// The time to a queue where a receiver waits, while half of the load that the server can take goes by another rule of the
/// same bus to another queue.
pub(crate) fn put_to_target(probe: &Probe, common: &Common) -> Result<(), Failure> {
    let shape = Shape { rules: 2, queues: 2 };
    let bus = set_up(shape, &probe.set_up, common)?;
    let load = bus.events_of(LOAD_RULE, BATCH_ENTRIES, common.body_bytes);
    let limits = Limits {
        measured: seconds(probe.full_load_seconds),
        ..common.limits()
    };
    let full = probe
        .set_up
        .measure("full load", &load, bus.queues(), 1, common, limits)?;
    if !full.clean {
        return Err(Failure::FullLoad(full.errors.first_error.unwrap_or_default()));
    }
    let pace = Pace {
        requests_per_second: full.requests_per_second / 2.0,
        connections: usize::from(common.connections),
    };
    let (paced, mut wake) = wake_beside(&load, pace, &bus, &probe.waiting, common)?;
    check_pace(&paced, pace, &mut wake.errors);
    // The first request only showed that the server can do this.
    let expected = (1 + full.answered + paced.requests) * BATCH_ENTRIES as u64;
    probe
        .set_up
        .check_arrival(bus.queues(), expected, &mut wake.errors)?;
    wake.clean = wake.clean && wake.errors.errors == 0;
    write_line(&LoadedWakeReport {
        wake,
        full_messages_per_second: full.messages_per_second,
        messages_per_second: paced.requests_per_second * BATCH_ENTRIES as f64,
    })?;
    if common.delete_queue {
        bus.take_down()?;
    }
    Ok(())
}

fn wake_beside(
    load: &Sending,
    pace: Pace,
    bus: &EventBus,
    waiting: &Waiting,
    common: &Common,
) -> Result<(Paced, WakeReport), Failure> {
    let waited_for = bus.events_of(PROBE_RULE, 1, common.body_bytes);
    let queue = &bus.queues().queues()[PROBE_RULE];
    let limits = common.wake_limits(waiting);
    let measure = || wake::run("put-to-target", &waited_for, &common.endpoint(), queue, limits);
    let (paced, wake) = paced::beside(load, pace, measure);
    Ok((paced?, wake?))
}

/// Makes it an error of the run that the load was not what it should have been.
fn check_pace(paced: &Paced, pace: Pace, errors: &mut Errors) {
    if let Some(error) = &paced.errors.first_error {
        errors.other(&format_args!("the load beside it: {error}"));
    }
    if paced.requests_per_second < pace.requests_per_second * LEAST_OF_PACE {
        errors.other(&format_args!(
            "the load beside it was {:.0} of {:.0} requests/s",
            paced.requests_per_second, pace.requests_per_second
        ));
    }
}

fn set_up(shape: Shape, set_up: &SetUp, common: &Common) -> Result<EventBus, Failure> {
    let events = EventEndpoint {
        address: common.address,
        signed: !common.unsigned,
    };
    EventBus::set_up(events, common.endpoint(), &common.queue, shape, set_up.calls())
        .map_err(|error| Failure::NotSetUp(error.to_string()))
}
