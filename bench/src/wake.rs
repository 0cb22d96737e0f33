//! Long-poll wake-up: one connection waits in ReceiveMessage, another sends a message, to the queue or to something that
//! brings it there, and the time until the waiting one has its answer is what is measured.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::connection::Connection;
use crate::report::{Errors, Latencies, WakeReport};
use crate::request::{Endpoint, Queue};
use crate::sending::Sending;

/// WaitTimeSeconds of the receiver, the longest there is.
const WAIT_SECONDS: u8 = 20;
/// Longest time for one wake-up before the run ends.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

const RECEIVER: Token = Token(0);
const SENDER: Token = Token(1);

/// When a run ends, and when messages are sent.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Measured time.
    pub measured: Duration,
    /// Messages after which a run ends early.
    pub messages: u64,
    /// Shortest and longest time the receiver has waited when its message is sent.
    pub waited: (Duration, Duration),
}

impl Limits {
    /// How long the receiver of message `number` waits before it is sent. The times are spread evenly (golden
    /// ratio sequence), so that a server that looks every so often is met at every phase of its clock.
    fn waited(&self, number: u64) -> Duration {
        let (shortest, longest) = self.waited;
        let phase = (number as f64 * 0.618_033_988_749_895).fract();
        shortest + longest.saturating_sub(shortest).mul_f64(phase)
    }
}

struct Pair<'a> {
    endpoint: &'a Endpoint,
    poll: Poll,
    events: Events,
    receiver: Connection,
    sender: Connection,
    queue: &'a Queue,
    sending: &'a Sending,
}

struct Wake {
    from_send: Duration,
    from_acknowledgement: Duration,
}

/// Sends over and over, each time to a receiver that waits at `queue`, and reports it as `name`.
pub fn run(
    name: &str,
    sending: &Sending,
    endpoint: &Endpoint,
    queue: &Queue,
    limits: Limits,
) -> io::Result<WakeReport> {
    let poll = Poll::new()?;
    let receiver = Connection::open(endpoint.address, RECEIVER, poll.registry())?;
    let sender = Connection::open(endpoint.address, SENDER, poll.registry())?;
    let mut pair = Pair {
        endpoint,
        poll,
        events: Events::with_capacity(8),
        receiver,
        sender,
        queue,
        sending,
    };
    let receive = endpoint.receive_message(queue, WAIT_SECONDS);
    let (mut from_send, mut from_acknowledgement) = (Latencies::default(), Latencies::default());
    let (mut errors, mut messages) = (Errors::default(), 0);
    let begin = Instant::now();
    let mut sends = sending.requests.iter().cycle();
    while begin.elapsed() < limits.measured
        && messages < limits.messages
        && let Some(send) = sends.next()
    {
        match pair.wake(&receive, send, limits.waited(messages), &mut errors)? {
            Some(wake) => {
                from_send.record(wake.from_send);
                from_acknowledgement.record(wake.from_acknowledgement);
                messages += 1;
            }
            None => break,
        }
    }
    Ok(WakeReport {
        workload: name.to_owned(),
        messages,
        clean: errors.errors == 0 && messages > 0,
        errors,
        from_send_us: from_send.summary(),
        from_acknowledgement_us: from_acknowledgement.summary(),
    })
}

impl Pair<'_> {
    /// One message: `None` when an answer was wrong, which ends the run.
    fn wake(
        &mut self,
        receive: &[u8],
        send: &[u8],
        waited: Duration,
        errors: &mut Errors,
    ) -> io::Result<Option<Wake>> {
        self.reopen_spent()?;
        self.receiver.send(receive, self.poll.registry())?;
        // Part of the load: the receive has to be parked in a long poll when the message comes.
        thread::sleep(waited);
        let sent = Instant::now();
        self.sender.send(send, self.poll.registry())?;
        let (mut acknowledged, mut received, mut delete) = (None, None, None);
        while acknowledged.is_none() || received.is_none() {
            if !self.wait(sent + ANSWER_LIMIT)? {
                errors.connection(&io::ErrorKind::TimedOut.into());
                return Ok(None);
            }
            if let Some((status, body)) = take(&mut self.receiver)? {
                received = Some(Instant::now());
                delete = self.endpoint.delete_message(self.queue, &body);
                if status != 200 || delete.is_none() {
                    errors.answer(status, &body);
                    return Ok(None);
                }
            }
            if let Some((status, body)) = take(&mut self.sender)? {
                acknowledged = Some(Instant::now());
                if !self.sending.is_acknowledged(status, &body) {
                    errors.answer(status, &body);
                    return Ok(None);
                }
            }
        }
        if let Some(delete) = delete {
            self.delete(&delete, errors)?;
        }
        Ok(acknowledged.zip(received).map(|(acknowledged, received)| Wake {
            from_send: received - sent,
            from_acknowledgement: received.saturating_duration_since(acknowledged),
        }))
    }

    fn delete(&mut self, request: &[u8], errors: &mut Errors) -> io::Result<()> {
        self.reopen_spent()?;
        self.sender.send(request, self.poll.registry())?;
        let deadline = Instant::now() + ANSWER_LIMIT;
        loop {
            if !self.wait(deadline)? {
                errors.connection(&io::ErrorKind::TimedOut.into());
                return Ok(());
            }
            if let Some((status, body)) = take(&mut self.sender)? {
                if status != 200 {
                    errors.answer(status, &body);
                }
                return Ok(());
            }
        }
    }

    /// Waits for events and reads what they announce; `false` at the deadline.
    fn wait(&mut self, deadline: Instant) -> io::Result<bool> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        match self.poll.poll(&mut self.events, Some(left)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            result => result?,
        }
        for event in &self.events {
            let connection = if event.token() == RECEIVER {
                &mut self.receiver
            } else {
                &mut self.sender
            };
            if event.is_writable() {
                connection.on_writable(self.poll.registry())?;
            }
            if event.is_readable() {
                connection.on_readable(event.is_read_closed())?;
            }
        }
        Ok(true)
    }

    fn reopen_spent(&mut self) -> io::Result<()> {
        for connection in [&mut self.receiver, &mut self.sender] {
            if connection.is_spent() {
                connection.reopen(self.poll.registry())?;
            }
        }
        Ok(())
    }
}

fn take(connection: &mut Connection) -> io::Result<Option<(u16, Vec<u8>)>> {
    Ok(connection
        .response()?
        .map(|response| (response.status, response.body.into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_cover_the_whole_range() {
        let (shortest, longest) = (Duration::from_millis(20), Duration::from_millis(120));
        let limits = Limits {
            measured: Duration::ZERO,
            messages: 0,
            waited: (shortest, longest),
        };
        let mut tenths = [0; 10];
        for number in 0..100 {
            let waited = limits.waited(number);
            assert!((shortest..=longest).contains(&waited));
            tenths[usize::try_from((waited - shortest).as_millis()).unwrap() / 10] += 1;
        }
        assert!(tenths.iter().all(|count| (8..=12).contains(count)), "{tenths:?}");
    }
}
