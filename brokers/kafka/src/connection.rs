//! A connection: frames in, answers out in the same order.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, FrameDecoder, Reader, RequestHeader};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::dispatch::{self, Answer};
use crate::limits::{PRODUCE_UNDER_WAY, REQUEST_BYTES};
use crate::listener::Listener;
use crate::operations::api_versions;
use crate::session::{Caller, Endpoint, Principal};

/// A buffer of segments is written in pieces of so many.
const SLICES: usize = 64;

/// An answer that waits for a sync, and to what request.
struct Pending {
    header: RequestHeader,
    answer: Pin<Box<dyn Future<Output = Option<Response>> + Send>>,
}

/// What happens next on a connection.
enum Event {
    Received(usize),
    Answered(Option<Response>),
}

/// Serves a client until it goes away or says something that can't be understood.
pub(crate) async fn serve<S>(
    mut stream: S,
    listener: &Listener,
    peer: SocketAddr,
    reached_at: Endpoint,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let caller = Caller {
        principal: Principal::Anonymous,
        peer,
        reached_at,
    };
    let mut frames = FrameDecoder::new(REQUEST_BYTES);
    let mut pending: VecDeque<Pending> = VecDeque::new();
    loop {
        while pending.len() < PRODUCE_UNDER_WAY
            && let Some(frame) = frames.next_frame().map_err(|error| refused(peer, &error))?
        {
            handle(frame, listener, &caller, &mut pending, &mut stream).await?;
        }
        let event = match pending.front_mut() {
            None => Event::Received(stream.read_buf(frames.room()).await?),
            Some(first) if pending_is_full(&frames) => Event::Answered(first.answer.as_mut().await),
            Some(first) => tokio::select! {
                biased;
                response = first.answer.as_mut() => Event::Answered(response),
                received = stream.read_buf(frames.room()) => Event::Received(received?),
            },
        };
        match event {
            Event::Received(0) => return Ok(()),
            Event::Received(_) => {}
            Event::Answered(response) => {
                let header = pending.pop_front().map(|pending| pending.header);
                write_answer(&mut stream, header, response).await?;
            }
        }
    }
}

/// Whether what was received is not to be added to: there is more than a request in it already.
fn pending_is_full(frames: &FrameDecoder) -> bool {
    frames.pending_bytes() > REQUEST_BYTES
}

/// Handles one request. What waits for a sync is left in `pending`; everything else is answered, after what waits.
async fn handle<S: AsyncWrite + Unpin>(
    frame: Bytes,
    listener: &Listener,
    caller: &Caller,
    pending: &mut VecDeque<Pending>,
    stream: &mut S,
) -> io::Result<()> {
    let peer = caller.peer;
    let mut reader = Reader::new(frame);
    let header = RequestHeader::decode(&mut reader).map_err(|error| refused(peer, &error))?;
    if header.api_key == ApiKey::ApiVersions && !header.api_key.has_version(header.api_version) {
        drain(pending, stream).await?;
        return write(stream, api_versions::of_unknown_version(header.correlation_id)).await;
    }
    let request = Request::after(&header, reader).map_err(|error| refused(peer, &error))?;
    match dispatch::answer(&listener.cluster, caller, &header, request).await {
        Answer::Later(answer) => pending.push_back(Pending { header, answer }),
        Answer::Now(answer) => {
            drain(pending, stream).await?;
            let response = answer.await;
            write_answer(stream, Some(header), response).await?;
        }
    }
    Ok(())
}

/// Answers everything that waits.
async fn drain<S: AsyncWrite + Unpin>(pending: &mut VecDeque<Pending>, stream: &mut S) -> io::Result<()> {
    while let Some(first) = pending.pop_front() {
        let response = first.answer.await;
        write_answer(stream, Some(first.header), response).await?;
    }
    Ok(())
}

async fn write_answer<S: AsyncWrite + Unpin>(
    stream: &mut S,
    header: Option<RequestHeader>,
    response: Option<Response>,
) -> io::Result<()> {
    let (Some(header), Some(response)) = (header, response) else {
        return Ok(());
    };
    let segments = response
        .frame(header.api_version, header.correlation_id)
        .map_err(|error| {
            tracing::error!(api = ?header.api_key, version = header.api_version, %error, "an answer can't be sent");
            io::Error::other(error)
        })?;
    write(stream, segments).await
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, segments: Vec<Bytes>) -> io::Result<()> {
    let mut segments = VecDeque::from(segments);
    while !segments.is_empty() {
        let slices: Vec<IoSlice<'_>> = segments
            .iter()
            .take(SLICES)
            .map(|bytes| IoSlice::new(bytes))
            .collect();
        let mut written = stream.write_vectored(&slices).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        while let Some(first) = segments.front_mut() {
            let taken = written.min(first.len());
            first.advance(taken);
            written -= taken;
            if !first.is_empty() {
                break;
            }
            segments.pop_front();
        }
    }
    stream.flush().await
}

/// What ends a connection because of what the client has sent.
fn refused(peer: SocketAddr, error: &dyn std::error::Error) -> io::Error {
    tracing::warn!(%peer, %error, "closing the connection of a Kafka client");
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
