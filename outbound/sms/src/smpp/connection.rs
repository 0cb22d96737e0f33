use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use ninefold_time::Clock;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::codec::{self, Malformed};
use super::options::Settings;
use super::pdu::Pdu;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to a message centre, over which PDUs go.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    received: BytesMut,
    clock: Arc<dyn Clock>,
    timeout: Duration,
}

/// Why a connection is of no use any more.
#[derive(Debug, Error)]
pub(super) enum Disconnected {
    #[error("the connection to the message centre failed: {0}")]
    Failed(#[from] io::Error),
    #[error("the message centre closed the connection")]
    Closed,
    #[error("what the message centre sends is not SMPP")]
    NotSmpp,
    #[error("the message centre takes nothing any more")]
    Stuck,
}

/// What was received.
pub(super) enum Received {
    Pdu(Pdu),
    /// A request or response with this sequence number that can't be understood.
    Malformed {
        sequence: u32,
        is_response: bool,
    },
}

impl Connection {
    /// Connects, and encrypts if that is configured. May take as long as it wants.
    pub(super) async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let stream = TcpStream::connect((&*settings.host, settings.port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &settings.tls {
            None => Box::new(stream),
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
        };
        Ok(Connection {
            stream,
            received: BytesMut::new(),
            clock,
            timeout: settings.response_timeout,
        })
    }

    /// The next PDU. Dropping the future loses nothing.
    pub(super) async fn receive(&mut self) -> Result<Received, Disconnected> {
        loop {
            if let Some(received) = self.take_received()? {
                return Ok(received);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(Disconnected::Closed);
            }
        }
    }

    fn take_received(&mut self) -> Result<Option<Received>, Disconnected> {
        let length = match codec::length(&self.received) {
            Ok(Some(length)) if length <= self.received.len() => length,
            Ok(_) => return Ok(None),
            Err(_) => return Err(Disconnected::NotSmpp),
        };
        match codec::decode(&self.received.split_to(length)) {
            Ok(pdu) => Ok(Some(Received::Pdu(pdu))),
            Err(Malformed::Body {
                sequence,
                is_response,
            }) => Ok(Some(Received::Malformed {
                sequence,
                is_response,
            })),
            Err(Malformed::Length) => Err(Disconnected::NotSmpp),
        }
    }

    /// Sends a PDU. If the future is dropped, the connection can't be used any more.
    pub(super) async fn send(&mut self, pdu: &Pdu) -> Result<(), Disconnected> {
        let octets = codec::encode(pdu);
        let deadline = self.clock.now() + self.timeout;
        let send = async {
            self.stream.write_all(&octets).await?;
            self.stream.flush().await
        };
        tokio::select! {
            sent = send => Ok(sent?),
            () = self.clock.sleep_until(deadline) => Err(Disconnected::Stuck),
        }
    }
}
