//! Workloads that need more than a queue: how it is made, whether the server can do it at all, and what has arrived.

use clap::Args;
use ninefold_bench::caller::{Caller, Calls};
use ninefold_bench::closed_loop::{self, Limits, Work};
use ninefold_bench::queue_set::QueueSet;
use ninefold_bench::report::{Errors, ThroughputReport};
use ninefold_bench::sending::Sending;

use crate::{Common, Failure, mark, seconds};

/// What is done before the load and after it.
#[derive(Args)]
pub(crate) struct SetUp {
    /// Longest time for making what there are many of, for counting and deleting them.
    #[arg(long, default_value_t = 60.0)]
    setup_seconds: f64,
    /// Connections on which that is done.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..))]
    setup_connections: u8,
    /// Don't check that every message has got into its queues: for a server that has none.
    #[arg(long)]
    unchecked: bool,
}

impl SetUp {
    pub(crate) fn calls(&self) -> Calls {
        Calls {
            connections: usize::from(self.setup_connections),
            limit: seconds(self.setup_seconds),
        }
    }

    /// Puts the load on a server, and makes it an error of the run if messages have not arrived, each in so many of the
    /// queues as `copies` says.
    pub(crate) fn measure(
        &self,
        name: &str,
        sending: &Sending,
        queues: &QueueSet,
        copies: usize,
        common: &Common,
        limits: Limits,
    ) -> Result<ThroughputReport, Failure> {
        try_once(sending)?;
        let work = Work {
            sending,
            consumed: None,
        };
        mark("begin")?;
        let mut report = closed_loop::run(name, work, usize::from(common.connections), limits)?;
        mark("end")?;
        if report.clean {
            let expected = (report.answered + 1) * (sending.messages * copies) as u64;
            self.check_arrival(queues, expected, &mut report.errors)?;
            report.clean = report.errors.errors == 0;
        }
        Ok(report)
    }

    /// Makes it an error that fewer messages than `expected` are in the queues.
    pub(crate) fn check_arrival(
        &self,
        queues: &QueueSet,
        expected: u64,
        errors: &mut Errors,
    ) -> Result<(), Failure> {
        if self.unchecked {
            return Ok(());
        }
        let arrived = queues.wait_for_arrival(expected)?;
        if arrived < expected {
            let what = format_args!("{arrived} of {expected} messages are in the queues");
            errors.other(&what);
        }
        Ok(())
    }
}

/// A request whose answer shows whether the server can do this at all.
fn try_once(sending: &Sending) -> Result<(), Failure> {
    let not_set_up = |what: String| Err(Failure::NotSetUp(what));
    match Caller::new(sending.address).call("publishing", &sending.requests[0]) {
        Ok(answer) if sending.is_acknowledged(200, &answer) => Ok(()),
        Ok(answer) => not_set_up(format!(
            "publishing answered {}",
            String::from_utf8_lossy(&answer)
        )),
        Err(error) => not_set_up(error.to_string()),
    }
}
