//! Calls outside the measured time: one request after the other on a blocking connection, and many of them on several.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http1;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
const CHUNK: usize = 16 * 1024;

/// Why there is no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// An answer other than 200.
    #[error("{operation} answered HTTP {status}: {body}")]
    Refused {
        /// What was asked for.
        operation: &'static str,
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// An answer without what it should have.
    #[error("{operation} answered {body}")]
    Unusable {
        /// What was asked for.
        operation: &'static str,
        /// The body.
        body: String,
    },
    /// A list of calls that took too long.
    #[error("{operation}: {done} of {calls} in {} s", limit.as_secs())]
    TooSlow {
        /// What was asked for.
        operation: &'static str,
        /// Calls that were answered.
        done: usize,
        /// Calls in all.
        calls: usize,
        /// The time there was.
        limit: Duration,
    },
    /// A broken connection.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl CallError {
    /// An answer without what it should have.
    pub fn unusable(operation: &'static str, body: &[u8]) -> Self {
        CallError::Unusable {
            operation,
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

/// How a list of calls is made.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// Connections, at least one, each with at most one call under way.
    pub connections: usize,
    /// The time that there is.
    pub limit: Duration,
}

/// A connection that is kept for as long as its peer keeps it.
#[derive(Debug)]
pub struct Caller {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Caller {
    /// Connects with the first call.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
        }
    }

    /// One request and the body of its answer, which has to be 200.
    pub fn call(&mut self, operation: &'static str, request: &[u8]) -> Result<Vec<u8>, CallError> {
        match self.exchange(request)? {
            (200, body) => Ok(body),
            (status, body) => Err(CallError::Refused {
                operation,
                status,
                body: String::from_utf8_lossy(&body).into_owned(),
            }),
        }
    }

    /// One request; the status and the body of its answer.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        stream.write_all(request)?;
        let mut received = Vec::new();
        let mut chunk = [0; CHUNK];
        loop {
            let read = stream.read(&mut chunk).map_err(|error| match error.kind() {
                io::ErrorKind::WouldBlock => io::Error::new(io::ErrorKind::TimedOut, "no answer in time"),
                _ => error,
            })?;
            received.extend_from_slice(&chunk[..read]);
            if let Some(response) = http1::parse(&received, read == 0).map_err(io::Error::other)? {
                self.stream = response.keep_alive.then_some(stream);
                return Ok((response.status, response.body.into_owned()));
            }
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(CALL_TIMEOUT))?;
    Ok(stream)
}

/// Makes many calls on several connections; the bodies of the answers, in the order of the requests. Ends with the
/// first that fails, and when the time is over.
pub fn call_all(
    address: SocketAddr,
    operation: &'static str,
    requests: &[Vec<u8>],
    calls: Calls,
) -> Result<Vec<Vec<u8>>, CallError> {
    let deadline = Instant::now() + calls.limit;
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let mut caller = Caller::new(address);
        let mut answers = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = requests.get(index) else {
                return Ok(answers);
            };
            if Instant::now() > deadline {
                return Err(CallError::TooSlow {
                    operation,
                    done: index,
                    calls: requests.len(),
                    limit: calls.limit,
                });
            }
            answers.push((index, caller.call(operation, request)?));
        }
    };
    let callers = calls.connections.min(requests.len());
    let answers: Result<Vec<_>, CallError> = thread::scope(|scope| {
        let running: Vec<_> = (0..callers).map(|_| scope.spawn(take_turns)).collect();
        running
            .into_iter()
            .map(|caller| caller.join().expect("callers don't panic"))
            .collect()
    });
    let mut answers: Vec<(usize, Vec<u8>)> = answers?.into_iter().flatten().collect();
    answers.sort_by_key(|(index, _)| *index);
    Ok(answers.into_iter().map(|(_, body)| body).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path_server::start;

    fn get(path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\n\r\n").into_bytes()
    }

    fn calls(seconds: u64) -> Calls {
        Calls {
            connections: 16,
            limit: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn answers_come_in_the_order_of_the_requests() {
        let paths: Vec<String> = (0..100).map(|index| format!("/{index}")).collect();
        let requests: Vec<Vec<u8>> = paths.iter().map(|path| get(path)).collect();
        let answers = call_all(start(), "Get", &requests, calls(30)).unwrap();
        let answers: Vec<String> = answers
            .into_iter()
            .map(|body| String::from_utf8(body).unwrap())
            .collect();
        assert_eq!(answers, paths);
    }

    #[test]
    fn the_first_refusal_and_the_end_of_the_time_are_errors() {
        let address = start();
        let refused = call_all(address, "Get", &[get("/bad")], calls(30)).unwrap_err();
        assert_eq!(refused.to_string(), "Get answered HTTP 400: /bad");
        let late = call_all(address, "Get", &[get("/a"), get("/b")], calls(0)).unwrap_err();
        assert!(matches!(late, CallError::TooSlow { calls: 2, .. }), "{late}");
    }
}
