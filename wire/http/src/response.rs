use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};

use crate::activity::{Activity, StreamingGuard};

/// What a request is answered with.
pub enum ResponseBody {
    /// All of it.
    Whole(Bytes),
    /// One part after another, each of which is asked for when the client has taken those before. Dropped when the client goes
    /// away; the answer ends in good order when the server is to stop.
    Streaming(PartStream),
}

/// The parts of a streaming answer.
pub type PartStream = Pin<Box<dyn Stream<Item = Result<Bytes, Interrupted>> + Send>>;

/// A streaming answer can't go on. The client sees that it is incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer was interrupted")]
pub struct Interrupted;

impl ResponseBody {
    /// All of it, if it is whole.
    pub fn as_whole(&self) -> Option<&Bytes> {
        match self {
            ResponseBody::Whole(bytes) => Some(bytes),
            ResponseBody::Streaming(_) => None,
        }
    }

    /// It on a connection. HTTP/1.1 needs to be told to wait for the client.
    pub(crate) fn on(self, activity: &Arc<Activity>, is_http1: bool) -> Outgoing {
        match self {
            ResponseBody::Whole(bytes) => Outgoing::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            ResponseBody::Streaming(parts) => Outgoing::Streaming(Box::new(Streaming {
                parts: Some(parts),
                drain: Box::pin(Arc::clone(activity).until_draining()),
                waiting: Some(activity.begin_streaming()),
                activity: Arc::clone(activity),
                is_http1,
            })),
        }
    }
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        ResponseBody::Whole(bytes)
    }
}

/// A body on its way to the client.
pub(crate) enum Outgoing {
    Whole(Option<Bytes>),
    Streaming(Box<Streaming>),
}

pub(crate) struct Streaming {
    /// Until they have ended.
    parts: Option<PartStream>,
    /// Over when the connection is to close.
    drain: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// While the next part is waited for the connection is busy. While the client has one to take it is not: who doesn't
    /// take it is cut like everyone who doesn't take an answer.
    waiting: Option<StreamingGuard>,
    activity: Arc<Activity>,
    is_http1: bool,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Interrupted;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        match self.get_mut() {
            Outgoing::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Outgoing::Streaming(streaming) => streaming.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Whole(bytes) => bytes.is_none(),
            Outgoing::Streaming(streaming) => streaming.parts.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Outgoing::Streaming(_) => SizeHint::default(),
        }
    }
}

impl Streaming {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        // With pipelining, hyper buffers whatever a body of HTTP/1.1 has, without a bound.
        if self.is_http1 && self.activity.waits_for_flush(context) {
            return Poll::Pending;
        }
        if self.waiting.is_none() {
            self.waiting = Some(self.activity.begin_streaming());
        }
        let next = match &mut self.parts {
            Some(_) if self.drain.as_mut().poll(context).is_ready() => None,
            Some(parts) => ready!(parts.as_mut().poll_next(context)),
            None => None,
        };
        self.waiting = None;
        match next {
            Some(Ok(part)) => {
                if self.is_http1 {
                    self.activity.note_unflushed();
                }
                Poll::Ready(Some(Ok(Frame::data(part))))
            }
            ended => {
                self.parts = None;
                Poll::Ready(ended.map(|_| Err(Interrupted)))
            }
        }
    }
}
