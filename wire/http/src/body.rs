use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{Limits, Refusal};

/// How much of a body beyond the limit is read and thrown away, so that a client that only reads after it
/// has written sees why its request was refused.
const DISCARDED_BYTES: u64 = 16 * 1024 * 1024;

type NextFrame = Option<Result<Frame<Bytes>, hyper::Error>>;

/// The unit that room for bodies is counted in.
const UNIT_BYTES: usize = 1024;

/// Bounds what the bodies of all requests hold in memory together.
pub(crate) struct BodyRoom(Arc<Semaphore>);

/// A body, and the room it takes for as long as its request is being answered.
pub(crate) struct Collected {
    pub(crate) bytes: Bytes,
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

impl From<Bytes> for Collected {
    fn from(bytes: Bytes) -> Self {
        Collected { bytes, room: None }
    }
}

impl BodyRoom {
    /// Room for at least one body of the largest size.
    pub(crate) fn new(limits: &Limits) -> Self {
        let bytes = limits.body_memory_bytes.max(limits.request_bytes);
        let units = bytes.div_ceil(UNIT_BYTES).min(u32::MAX as usize >> 3);
        BodyRoom(Arc::new(Semaphore::new(units)))
    }

    async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).ok()?;
        Arc::clone(&self.0).acquire_many_owned(units).await.ok()
    }
}

/// Reads a body. One that has arrived already costs neither a timer nor a copy nor room.
pub(crate) async fn collect(
    mut body: Incoming,
    limits: &Limits,
    room: &BodyRoom,
) -> Result<Collected, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new().into());
    }
    if body.size_hint().lower() > limits.request_bytes as u64 {
        return Err(Box::pin(refuse_too_large(body, limits)).await);
    }
    match poll_once(&mut body).await {
        Some(None) => Ok(Bytes::new().into()),
        Some(Some(frame)) => {
            let first = data(frame)?;
            if body.is_end_stream() && first.len() <= limits.request_bytes {
                return Ok(first.into());
            }
            // Boxed, here and below, so that requests which have arrived in full don't move the room for it around.
            Box::pin(collect_slowly(body, first, limits, room)).await
        }
        None => Box::pin(collect_slowly(body, Bytes::new(), limits, room)).await,
    }
}

/// The next frame if it is there already.
async fn poll_once(body: &mut Incoming) -> Option<NextFrame> {
    poll_fn(|context| {
        Poll::Ready(match Pin::new(&mut *body).poll_frame(context) {
            Poll::Ready(frame) => Some(frame),
            Poll::Pending => None,
        })
    })
    .await
}

/// Takes room for what is to come (a body of unknown length may take all it is allowed), then reads it.
async fn collect_slowly(
    mut body: Incoming,
    first: Bytes,
    limits: &Limits,
    room: &BodyRoom,
) -> Result<Collected, Refusal> {
    let announced = body
        .size_hint()
        .upper()
        .and_then(|rest| usize::try_from(rest).ok());
    let expected = announced.map_or(limits.request_bytes, |rest| first.len().saturating_add(rest));
    let deadline = Instant::now() + limits.body_timeout;
    let Ok(Some(room)) = timeout_at(deadline, room.take(expected.min(limits.request_bytes))).await else {
        return Err(Refusal::NoRoom);
    };
    let rest = gather(&mut body, first, limits.request_bytes);
    match timeout_at(deadline, rest).await {
        Err(_) => Err(Refusal::TooSlow),
        Ok(Err(Refusal::TooLarge { .. })) => Err(refuse_too_large(body, limits).await),
        Ok(outcome) => outcome.map(|bytes| Collected {
            bytes,
            room: Some(room),
        }),
    }
}

/// Appends the rest of a body to its first bytes.
async fn gather(body: &mut Incoming, first: Bytes, limit: usize) -> Result<Bytes, Refusal> {
    let announced = body.size_hint().lower() as usize;
    let mut collected = BytesMut::with_capacity((first.len() + announced).min(limit));
    let mut next = Some(first);
    while let Some(bytes) = next {
        if collected.len() + bytes.len() > limit {
            return Err(Refusal::TooLarge { limit });
        }
        collected.extend_from_slice(&bytes);
        next = next_frame(body).await.map(data).transpose()?;
    }
    Ok(collected.freeze())
}

/// Reads on for a while without keeping anything; the answer is the same whatever comes of it.
async fn refuse_too_large(mut body: Incoming, limits: &Limits) -> Refusal {
    let discard = async {
        let mut discarded = 0;
        while let Some(Ok(frame)) = next_frame(&mut body).await {
            discarded += frame.data_ref().map_or(0, Bytes::len) as u64;
            if discarded > DISCARDED_BYTES {
                break;
            }
        }
    };
    // Running out of time is one of the ways to have read enough.
    let _ = timeout(limits.body_timeout, discard).await;
    Refusal::TooLarge {
        limit: limits.request_bytes,
    }
}

async fn next_frame(body: &mut Incoming) -> NextFrame {
    poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

/// A frame's bytes; trailers have none.
fn data(frame: Result<Frame<Bytes>, hyper::Error>) -> Result<Bytes, Refusal> {
    let frame = frame.map_err(|_| Refusal::Broken)?;
    Ok(frame.into_data().unwrap_or_default())
}
