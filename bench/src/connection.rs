//! One keep-alive connection, driven by an event loop: at most one request is outstanding on it.

use std::io::{self, Read, Write};
use std::net::{self, SocketAddr};
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::http1::{self, Response};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const BUFFER: usize = 16 * 1024;

/// A connection of the event loop. Reads are edge-triggered: a read that doesn't fill the buffer has emptied
/// the socket.
pub struct Connection {
    address: SocketAddr,
    token: Token,
    stream: TcpStream,
    unsent: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
    consumed: usize,
    outstanding: bool,
    closed: bool,
    reusable: bool,
}

impl Connection {
    /// Connects and registers for reading under `token`.
    pub fn open(address: SocketAddr, token: Token, registry: &Registry) -> io::Result<Self> {
        Ok(Self {
            address,
            token,
            stream: connect(address, token, registry)?,
            unsent: Vec::new(),
            buffer: vec![0; BUFFER],
            filled: 0,
            consumed: 0,
            outstanding: false,
            closed: false,
            reusable: true,
        })
    }

    /// Replaces the connection by a new one to the same address.
    pub fn reopen(&mut self, registry: &Registry) -> io::Result<()> {
        *self = Self::open(self.address, self.token, registry)?;
        Ok(())
    }

    /// Whether the next request needs [`Connection::reopen`] first.
    pub fn is_spent(&self) -> bool {
        self.closed || !self.reusable
    }

    /// Whether a request has not been answered yet.
    pub fn is_waiting(&self) -> bool {
        self.outstanding
    }

    /// Writes a request; what the socket doesn't take now follows when it is writable.
    pub fn send(&mut self, request: &[u8], registry: &Registry) -> io::Result<()> {
        debug_assert!(!self.outstanding, "one request at a time");
        self.outstanding = true;
        let written = write(&mut self.stream, request)?;
        if written < request.len() {
            self.unsent.extend_from_slice(&request[written..]);
            registry.reregister(
                &mut self.stream,
                self.token,
                Interest::READABLE | Interest::WRITABLE,
            )?;
        }
        Ok(())
    }

    /// Goes on with a request that [`Connection::send`] could not write in full.
    pub fn on_writable(&mut self, registry: &Registry) -> io::Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let written = write(&mut self.stream, &self.unsent)?;
        self.unsent.drain(..written);
        if self.unsent.is_empty() {
            registry.reregister(&mut self.stream, self.token, Interest::READABLE)?;
        }
        Ok(())
    }

    /// Reads what has arrived; `ending` says that the peer has closed its side, which a further read must see.
    pub fn on_readable(&mut self, ending: bool) -> io::Result<()> {
        self.buffer.copy_within(self.consumed..self.filled, 0);
        self.filled -= self.consumed;
        self.consumed = 0;
        loop {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            match self.stream.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.closed = true;
                    return Ok(());
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if self.filled < self.buffer.len() && !ending {
                return Ok(());
            }
        }
    }

    /// The response to the outstanding request, if there is one, once it is complete. A connection that ended
    /// before is an error.
    pub fn response(&mut self) -> io::Result<Option<Response<'_>>> {
        if !self.outstanding {
            return Ok(None);
        }
        let bytes = &self.buffer[self.consumed..self.filled];
        match http1::parse(bytes, self.closed).map_err(io::Error::other)? {
            Some(response) => {
                self.consumed += response.length;
                self.outstanding = false;
                self.reusable = response.keep_alive;
                Ok(Some(response))
            }
            None if self.closed => Err(io::ErrorKind::UnexpectedEof.into()),
            None => Ok(None),
        }
    }
}

fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

fn connect(address: SocketAddr, token: Token, registry: &Registry) -> io::Result<TcpStream> {
    let stream = net::TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    registry.register(&mut stream, token, Interest::READABLE)?;
    Ok(stream)
}
