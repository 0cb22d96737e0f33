use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use ninefold_http::Interrupted;
use ninefold_protocol::EventFrames;

/// The future panicked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Runs a future to its end or its panic, after which it is dropped and not looked at again.
pub(super) async fn catch_panic<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        },
    )
    .await
}

/// The frames of an answer, up to the first panic; after it the answer is interrupted, and the frames are not looked at again.
pub(super) struct UntilPanic(Option<EventFrames>);

impl UntilPanic {
    pub(super) fn new(frames: EventFrames) -> Self {
        UntilPanic(Some(frames))
    }
}

impl Stream for UntilPanic {
    type Item = Result<Bytes, Interrupted>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(frames) = &mut self.0 else {
            return Poll::Ready(None);
        };
        match catch_unwind(AssertUnwindSafe(|| Pin::new(frames).poll_next(context))) {
            Ok(poll) => Poll::Ready(ready!(poll).map(Ok)),
            Err(_) => {
                self.0 = None;
                Poll::Ready(Some(Err(Interrupted)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_outcome() {
        assert_eq!(catch_panic(async { 7 }).await, Ok(7));
        let panics = async {
            tokio::task::yield_now().await;
            panic!("on purpose");
        };
        assert_eq!(catch_panic(panics).await, Err::<(), _>(Panicked));
    }
}
