//! The throughput workloads: every connection sends its next request when it has the answer to the last one.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Registry, Token};

use crate::connection::Connection;
use crate::report::{Errors, Latencies, ThroughputReport};
use crate::request::{Endpoint, Queue};
use crate::sending::Sending;

/// What every connection does, over and over: one of the sending requests, and with a queue to consume from,
/// ReceiveMessage and DeleteMessage after it.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// What is sent.
    pub sending: &'a Sending,
    /// The queue whose messages are received and deleted.
    pub consumed: Option<(&'a Endpoint, &'a Queue)>,
}

/// When a run ends.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time before the measured one, whose answers don't count.
    pub warm_up: Duration,
    /// Measured time.
    pub measured: Duration,
    /// Messages after which a run ends early.
    pub messages: u64,
}

/// Errors after which a run ends early: the server doesn't do what the workload asks.
const ERROR_LIMIT: u64 = 1_000;
/// Longest time without any answer before a run ends.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// Longest time that requests under way at the end of a run are waited for.
const DRAIN_LIMIT: Duration = Duration::from_secs(30);
/// A broken connection is opened again not sooner than the loop comes round; this bounds the wait for events.
const TICK: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Send,
    Receive,
    Delete,
}

struct Worker {
    connection: Connection,
    step: Step,
    started: Instant,
}

struct Run<'a> {
    work: Work<'a>,
    receive: Vec<u8>,
    next_send: usize,
    counts: Counts,
    answered: u64,
    draining: bool,
}

#[derive(Default)]
struct Counts {
    requests: u64,
    messages: u64,
    empty_receives: u64,
    reconnects: u64,
    errors: Errors,
    latencies: Latencies,
}

/// Does `work` on `connections` connections and reports it as `name`.
pub fn run(name: &str, work: Work<'_>, connections: usize, limits: Limits) -> io::Result<ThroughputReport> {
    let receive = work
        .consumed
        .map(|(endpoint, queue)| endpoint.receive_message(queue, 0));
    let mut run = Run {
        work,
        receive: receive.unwrap_or_default(),
        next_send: 0,
        counts: Counts::default(),
        answered: 0,
        draining: false,
    };
    let mut poll = Poll::new()?;
    let mut workers = open(work.sending.address, connections, poll.registry())?;
    for worker in &mut workers {
        run.send_next(worker, poll.registry())?;
    }
    let warm_up = Limits {
        measured: limits.warm_up,
        messages: u64::MAX,
        ..limits
    };
    if !limits.warm_up.is_zero() {
        run.turn(&mut poll, &mut workers, warm_up)?;
    }
    // Errors of the warm-up stay: a server that failed there has not been measured in the state asked for.
    let errors = std::mem::take(&mut run.counts.errors);
    run.counts = Counts {
        errors,
        ..Counts::default()
    };
    let elapsed = run.turn(&mut poll, &mut workers, limits)?.as_secs_f64();
    run.drain(&mut poll, &mut workers)?;
    Ok(report(name, connections, elapsed, run.answered, run.counts))
}

fn open(address: SocketAddr, connections: usize, registry: &Registry) -> io::Result<Vec<Worker>> {
    (0..connections)
        .map(|index| {
            let connection = Connection::open(address, Token(index), registry)?;
            Ok(Worker {
                connection,
                step: Step::Send,
                started: Instant::now(),
            })
        })
        .collect()
}

fn report(
    name: &str,
    connections: usize,
    seconds: f64,
    answered: u64,
    mut counts: Counts,
) -> ThroughputReport {
    if counts.requests == 0 {
        counts
            .errors
            .other(&"nothing was answered as it should be in the measured time");
    }
    let clean = counts.errors.errors == 0;
    ThroughputReport {
        workload: name.to_owned(),
        connections,
        seconds,
        requests: counts.requests,
        messages: counts.messages,
        requests_per_second: counts.requests as f64 / seconds,
        messages_per_second: counts.messages as f64 / seconds,
        answered,
        empty_receives: counts.empty_receives,
        reconnects: counts.reconnects,
        errors: counts.errors,
        clean,
        latency_us: counts.latencies.summary(),
    }
}

impl Run<'_> {
    /// Drives every connection until a limit is reached; returns the time it took.
    fn turn(&mut self, poll: &mut Poll, workers: &mut [Worker], limits: Limits) -> io::Result<Duration> {
        let mut events = Events::with_capacity(1024);
        let begin = Instant::now();
        let mut last_answer = begin;
        loop {
            match poll.poll(&mut events, Some(TICK)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            }
            let now = Instant::now();
            for event in &events {
                self.on_event(event, &mut workers[event.token().0], poll.registry())?;
            }
            if !events.is_empty() {
                last_answer = now;
            }
            let elapsed = now - begin;
            if now - last_answer > SILENCE_LIMIT {
                self.counts.errors.connection(&io::ErrorKind::TimedOut.into());
                return Ok(elapsed);
            }
            if elapsed >= limits.measured
                || self.counts.messages >= limits.messages
                || self.counts.errors.errors >= ERROR_LIMIT
            {
                return Ok(begin.elapsed());
            }
        }
    }

    /// Reads the answers to the requests under way without sending more, so that what follows the run (deleting
    /// the queue) doesn't race with them.
    fn drain(&mut self, poll: &mut Poll, workers: &mut [Worker]) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let deadline = Instant::now() + DRAIN_LIMIT;
        self.draining = true;
        while workers.iter().any(|worker| worker.connection.is_waiting()) && Instant::now() < deadline {
            match poll.poll(&mut events, Some(TICK)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            }
            for event in &events {
                self.on_event(event, &mut workers[event.token().0], poll.registry())?;
            }
        }
        Ok(())
    }

    fn on_event(&mut self, event: &Event, worker: &mut Worker, registry: &Registry) -> io::Result<()> {
        match self.exchange(event, worker, registry) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.counts.errors.connection(&error);
                worker.connection.reopen(registry)?;
                self.restart(worker, registry)
            }
        }
    }

    fn exchange(&mut self, event: &Event, worker: &mut Worker, registry: &Registry) -> io::Result<()> {
        if event.is_writable() {
            worker.connection.on_writable(registry)?;
        }
        if !event.is_readable() {
            return Ok(());
        }
        worker.connection.on_readable(event.is_read_closed())?;
        let Some(response) = worker.connection.response()? else {
            return Ok(());
        };
        self.answered += 1;
        if self.draining {
            return Ok(());
        }
        let delete = match (worker.step, response.status) {
            (Step::Send, 200) => self.on_sent(&response.body, worker.started, &mut worker.step),
            (Step::Receive, 200) => self.on_received(&response.body, &mut worker.step),
            (Step::Delete, 200) => {
                self.on_cycle_end(worker.started, &mut worker.step);
                None
            }
            (_, status) => {
                self.counts.errors.answer(status, &response.body);
                worker.step = Step::Send;
                None
            }
        };
        if worker.connection.is_spent() {
            worker.connection.reopen(registry)?;
            self.counts.reconnects += 1;
        }
        match delete {
            Some(request) => worker.connection.send(&request, registry),
            None => self.send_next(worker, registry),
        }
    }

    fn on_sent(&mut self, body: &[u8], started: Instant, step: &mut Step) -> Option<Vec<u8>> {
        if !self.work.sending.is_acknowledged(200, body) {
            self.counts.errors.answer(200, body);
            return None;
        }
        self.counts.requests += 1;
        if self.work.consumed.is_some() {
            *step = Step::Receive;
        } else {
            self.counts.messages += self.work.sending.messages as u64;
            self.counts.latencies.record(started.elapsed());
        }
        None
    }

    /// The delete request of a received message; with none received, the receive is repeated.
    fn on_received(&mut self, body: &[u8], step: &mut Step) -> Option<Vec<u8>> {
        self.counts.requests += 1;
        let delete = self
            .work
            .consumed
            .and_then(|(endpoint, queue)| endpoint.delete_message(queue, body));
        match delete {
            Some(_) => *step = Step::Delete,
            None => self.counts.empty_receives += 1,
        }
        delete
    }

    fn on_cycle_end(&mut self, started: Instant, step: &mut Step) {
        self.counts.requests += 1;
        self.counts.messages += 1;
        self.counts.latencies.record(started.elapsed());
        *step = Step::Send;
    }

    /// Starts over on a connection that was opened again.
    fn restart(&mut self, worker: &mut Worker, registry: &Registry) -> io::Result<()> {
        if self.draining {
            return Ok(());
        }
        worker.step = Step::Send;
        self.send_next(worker, registry)
    }

    /// Sends the request of the worker's step, which is one of those that were written before.
    fn send_next(&mut self, worker: &mut Worker, registry: &Registry) -> io::Result<()> {
        let request = match worker.step {
            Step::Receive => &self.receive,
            Step::Send | Step::Delete => {
                worker.started = Instant::now();
                let index = self.next_send;
                self.next_send = (index + 1) % self.work.sending.requests.len();
                &self.work.sending.requests[index]
            }
        };
        worker.connection.send(request, registry)
    }
}
