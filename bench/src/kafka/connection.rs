//! A connection to a broker.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{
    ApiKey, DecodeError, EncodeError, Reader, RequestHeader, Writer, read_response_header,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// A response longer than this is refused.
const RESPONSE_BYTES: usize = 256 << 20;
/// Answers come in the order of requests, so that one number does for all of them.
const CORRELATION_ID: i32 = 0;

/// Why a broker can't be measured.
#[derive(Debug, thiserror::Error)]
pub enum KafkaError {
    /// A broken connection.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A request that can't be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// An answer that can't be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// An answer with an error, or to something else.
    #[error("{operation} answered {detail}")]
    Refused {
        /// What was asked for.
        operation: &'static str,
        /// What is wrong.
        detail: String,
    },
}

impl KafkaError {
    pub(super) fn refused(operation: &'static str, detail: impl std::fmt::Display) -> Self {
        KafkaError::Refused {
            operation,
            detail: detail.to_string(),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct KafkaConnection {
    stream: TcpStream,
    /// What the last response was in; used again.
    buffer: Vec<u8>,
}

impl KafkaConnection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(KafkaConnection {
            stream,
            buffer: Vec::new(),
        })
    }

    /// The same connection, for another thread that writes to it.
    pub(super) fn writing_half(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }

    /// One request and the answer to it.
    ///
    /// # Errors
    ///
    /// If the connection breaks or what comes is no answer.
    pub fn ask(&mut self, request: &Request, version: i16) -> Result<Response, KafkaError> {
        self.stream.write_all(&frame(request, version)?)?;
        self.receive(request.api_key(), version, |response| response.clone())
    }

    /// Writes what is a frame already.
    pub(super) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.stream.write_all(frame)
    }

    /// The next answer, looked at in place: what it holds of the buffer has to be let go.
    pub(super) fn receive<T>(
        &mut self,
        api_key: ApiKey,
        version: i16,
        look: impl FnOnce(&Response) -> T,
    ) -> Result<T, KafkaError> {
        let length = self.receive_frame()?;
        let whole = Bytes::from(std::mem::take(&mut self.buffer));
        let seen = read(whole.slice(..length), api_key, version, look);
        // Not a copy, as nobody else holds it; if somebody does, the answer is kept and the next one gets a buffer of its own.
        self.buffer = Vec::from(whole);
        seen
    }

    fn receive_frame(&mut self) -> io::Result<usize> {
        let mut prefix = [0; 4];
        self.stream.read_exact(&mut prefix)?;
        let length = usize::try_from(i32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
        if length > RESPONSE_BYTES {
            return Err(io::Error::other("a response that is too long"));
        }
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
        self.stream.read_exact(&mut self.buffer[..length])?;
        Ok(length)
    }
}

fn read<T>(
    frame: Bytes,
    api_key: ApiKey,
    version: i16,
    look: impl FnOnce(&Response) -> T,
) -> Result<T, KafkaError> {
    let mut reader = Reader::new(frame);
    read_response_header(&mut reader, api_key, version)?;
    Ok(look(&Response::decode(api_key, &mut reader, version)?))
}

/// A request as it goes over the wire.
pub(super) fn frame(request: &Request, version: i16) -> Result<Vec<u8>, KafkaError> {
    let header = RequestHeader {
        api_key: request.api_key(),
        api_version: version,
        correlation_id: CORRELATION_ID,
        client_id: Some("load".into()),
    };
    let segments = Writer::frame(|writer| {
        header.encode(writer)?;
        request.encode(writer, version)
    })?;
    Ok(segments.concat())
}
