//! A blocking HTTP/1.1 connection whose answers are read as they come: those that are long, and those that don't end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const BUFFER_BYTES: usize = 256 << 10;
/// A line of a head, or before a chunk.
const LINE_BYTES: u64 = 16 << 10;
/// Lines of a head.
const HEAD_LINES: usize = 100;

/// A connection with at most one request outstanding.
#[derive(Debug)]
pub struct HttpStream {
    address: SocketAddr,
    patience: Duration,
    reader: BufReader<TcpStream>,
    framing: Framing,
    /// Whether the peer takes another request after this answer.
    is_kept: bool,
}

/// What is left of a body.
#[derive(Clone, Copy, Debug)]
enum Framing {
    /// So many bytes.
    Length(u64),
    /// So many bytes of a chunk, and more chunks.
    Chunked(u64),
    /// Everything until the peer closes.
    UntilClose,
    /// Nothing.
    Ended,
}

impl HttpStream {
    /// Connects; an answer may pause for `patience`.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub fn open(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        Ok(HttpStream {
            address,
            patience,
            reader: connect(address, patience)?,
            framing: Framing::Ended,
            is_kept: true,
        })
    }

    /// Sends a request, on a new connection if the peer wants one, and reads the head of its answer: the status.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or what comes is no answer.
    pub fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        if !self.is_kept {
            self.reader = connect(self.address, self.patience)?;
        }
        self.reader.get_mut().write_all(request)?;
        let status_line = self.line()?;
        self.is_kept = status_line.starts_with("HTTP/1.1 ");
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no status line"))?;
        self.framing = Framing::UntilClose;
        for _ in 0..HEAD_LINES {
            let line = self.line()?;
            if line.is_empty() {
                self.is_kept &= !matches!(self.framing, Framing::UntilClose);
                return Ok(status);
            }
            self.take_header(&line)?;
        }
        Err(io::Error::other("a head that is too long"))
    }

    fn take_header(&mut self, line: &str) -> io::Result<()> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            let length = value.trim().parse().map_err(io::Error::other)?;
            self.framing = Framing::Length(length);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            self.framing = Framing::Chunked(0);
        } else if name.eq_ignore_ascii_case("connection") {
            self.is_kept &= !value.trim().eq_ignore_ascii_case("close");
        }
        Ok(())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        (&mut self.reader).take(LINE_BYTES).read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(text) => Ok(text.to_owned()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let line = self.line()?;
        let size = line.split(';').next().unwrap_or_default();
        let length = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        self.framing = Framing::Chunked(length);
        if length == 0 {
            while !self.line()?.is_empty() {}
            self.framing = Framing::Ended;
        }
        Ok(())
    }
}

fn connect(address: SocketAddr, patience: Duration) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(patience))?;
    Ok(BufReader::with_capacity(BUFFER_BYTES, stream))
}

/// Reads the body of the answer.
impl Read for HttpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Framing::Chunked(0) = self.framing {
            self.next_chunk()?;
        }
        let left = match self.framing {
            Framing::Length(left) | Framing::Chunked(left) => left,
            Framing::UntilClose => return self.reader.read(buffer),
            Framing::Ended => return Ok(0),
        };
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..room])?;
        if read == 0 && room > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let left = left - read as u64;
        self.framing = match self.framing {
            Framing::Chunked(_) => {
                if left == 0 && !self.line()?.is_empty() {
                    return Err(io::Error::other("no end of a chunk"));
                }
                Framing::Chunked(left)
            }
            _ if left == 0 => Framing::Ended,
            _ => Framing::Length(left),
        };
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn bodies_of_all_kinds_follow_one_another() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let answers: [&[&str]; 3] = [
                &[
                    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                    "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x\r\nf\r\n0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                ],
                &["HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\ng"],
                &["HTTP/1.1 200 OK\r\n\r\nhi"],
            ];
            for of_connection in answers {
                let (mut stream, _) = listener.accept().unwrap();
                for answer in of_connection {
                    stream.read_exact(&mut [0; 4]).unwrap();
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            }
        });
        let mut stream = HttpStream::open(address, Duration::from_secs(10)).unwrap();
        for (status, expected) in [(200, "abc"), (400, "def"), (200, ""), (200, "g"), (200, "hi")] {
            assert_eq!(stream.ask(b"GET ").unwrap(), status);
            let mut body = String::new();
            stream.read_to_string(&mut body).unwrap();
            assert_eq!(body, expected);
        }
        server.join().unwrap();
    }
}
