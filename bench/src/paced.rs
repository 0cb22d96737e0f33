//! A load at a given rate, beside what is measured: a request is sent when it is due, whatever the answers take, as long as a
//! connection is free. What falls behind is made up for.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Token};

use crate::connection::Connection;
use crate::report::Errors;
use crate::sending::Sending;

/// How late a request may be sent: the precision of the wait for events.
const PRECISION: Duration = Duration::from_millis(1);
/// Longest time that requests under way at the end are waited for.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// How much load there is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Requests that become due in a second.
    pub requests_per_second: f64,
    /// Connections, each with at most one request outstanding.
    pub connections: usize,
}

/// What became of a load.
#[derive(Debug)]
pub struct Paced {
    /// Requests that were answered as they should be.
    pub requests: u64,
    /// Such requests per second until the end was asked for.
    pub requests_per_second: f64,
    /// What went wrong; the first of it ends the load.
    pub errors: Errors,
}

struct Load<'a> {
    sending: &'a Sending,
    poll: Poll,
    connections: Vec<Connection>,
    idle: VecDeque<usize>,
    sent: u64,
    paced: Paced,
}

/// Keeps up the load while `measured` runs.
pub fn beside<T>(sending: &Sending, pace: Pace, measured: impl FnOnce() -> T) -> (io::Result<Paced>, T) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let load = scope.spawn(|| run(sending, pace, &is_over));
        let result = measured();
        is_over.store(true, Ordering::Relaxed);
        (load.join().expect("the load doesn't panic"), result)
    })
}

fn run(sending: &Sending, pace: Pace, is_over: &AtomicBool) -> io::Result<Paced> {
    let mut load = Load::open(sending, pace.connections)?;
    let mut events = Events::with_capacity(1024);
    let begin = Instant::now();
    while !is_over.load(Ordering::Relaxed) && load.paced.errors.errors == 0 {
        let due = begin.elapsed().as_secs_f64() * pace.requests_per_second;
        load.send_due(due as u64)?;
        load.take_answers(&mut events)?;
    }
    load.paced.requests_per_second = load.paced.requests as f64 / begin.elapsed().as_secs_f64();
    let deadline = Instant::now() + DRAIN_LIMIT;
    while load.idle.len() < load.connections.len()
        && load.paced.errors.errors == 0
        && Instant::now() < deadline
    {
        load.take_answers(&mut events)?;
    }
    Ok(load.paced)
}

impl<'a> Load<'a> {
    fn open(sending: &'a Sending, connections: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let connections = (0..connections)
            .map(|index| Connection::open(sending.address, Token(index), poll.registry()))
            .collect::<io::Result<Vec<_>>>()?;
        Ok(Self {
            sending,
            poll,
            idle: (0..connections.len()).collect(),
            connections,
            sent: 0,
            paced: Paced {
                requests: 0,
                requests_per_second: 0.0,
                errors: Errors::default(),
            },
        })
    }

    /// Sends until `due` requests have been sent, or every connection waits for an answer.
    fn send_due(&mut self, due: u64) -> io::Result<()> {
        let requests = &self.sending.requests;
        while self.sent < due
            && let Some(index) = self.idle.pop_front()
        {
            let connection = &mut self.connections[index];
            if connection.is_spent() {
                connection.reopen(self.poll.registry())?;
            }
            let turn = self.sent % requests.len() as u64;
            connection.send(&requests[turn as usize], self.poll.registry())?;
            self.sent += 1;
        }
        Ok(())
    }

    fn take_answers(&mut self, events: &mut Events) -> io::Result<()> {
        match self.poll.poll(events, Some(PRECISION)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            result => result?,
        }
        for event in &*events {
            if let Err(error) = self.on_event(event) {
                self.paced.errors.connection(&error);
            }
        }
        Ok(())
    }

    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        let index = event.token().0;
        let connection = &mut self.connections[index];
        if event.is_writable() {
            connection.on_writable(self.poll.registry())?;
        }
        if !event.is_readable() {
            return Ok(());
        }
        connection.on_readable(event.is_read_closed())?;
        let Some(response) = connection.response()? else {
            return Ok(());
        };
        if self.sending.is_acknowledged(response.status, &response.body) {
            self.paced.requests += 1;
        } else {
            self.paced.errors.answer(response.status, &response.body);
        }
        self.idle.push_back(index);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::path_server;

    const LIMIT: Duration = Duration::from_secs(10);

    static ANSWERS: AtomicUsize = AtomicUsize::new(0);

    fn acknowledged(body: &[u8]) -> usize {
        ANSWERS.fetch_add(1, Ordering::Relaxed);
        usize::from(body == b"/good")
    }

    fn sending(path: &str) -> Sending {
        Sending {
            address: path_server::start(),
            requests: vec![format!("GET {path} HTTP/1.1\r\n\r\n").into_bytes()],
            messages: 1,
            acknowledged,
        }
    }

    const PACE: Pace = Pace {
        requests_per_second: 100.0,
        connections: 4,
    };

    #[test]
    fn no_more_is_sent_than_is_due() {
        let begin = Instant::now();
        let wait = || {
            while ANSWERS.load(Ordering::Relaxed) < 20 && begin.elapsed() < LIMIT {
                // The load is timed by the wall clock, and nobody tells when enough was answered.
                thread::sleep(PRECISION);
            }
        };
        let (paced, ()) = beside(&sending("/good"), PACE, wait);
        let paced = paced.unwrap();
        assert_eq!(paced.errors.first_error, None);
        let due = begin.elapsed().as_secs_f64() * PACE.requests_per_second;
        assert!(
            paced.requests >= 20 && paced.requests as f64 <= due,
            "{}",
            paced.requests
        );
    }

    #[test]
    fn a_wrong_answer_ends_the_load() {
        let sending = sending("/bad");
        let begin = Instant::now();
        let is_over = AtomicBool::new(false);
        let paced = thread::scope(|scope| {
            let load = scope.spawn(|| run(&sending, PACE, &is_over));
            while !load.is_finished() && begin.elapsed() < LIMIT {
                // A thread can't be joined with a deadline; the loop ends when the load does.
                thread::sleep(PRECISION);
            }
            is_over.store(true, Ordering::Relaxed);
            load.join().unwrap().unwrap()
        });
        assert!(begin.elapsed() < LIMIT);
        assert_eq!(paced.errors.first_error.as_deref(), Some("HTTP 400: /bad"));
        assert_eq!(paced.requests, 0);
    }
}
