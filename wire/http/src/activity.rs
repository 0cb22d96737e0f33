//! What a connection is doing, in a form that costs the request path a few plain stores: one sweeper looks
//! at all connections now and then, instead of a timer for each request.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::Limits;

/// Time since the server started, in milliseconds, as of the last sweep.
#[derive(Clone)]
pub(crate) struct CoarseClock {
    start: Instant,
    milliseconds: Arc<AtomicU32>,
}

impl CoarseClock {
    pub(crate) fn new() -> Self {
        CoarseClock {
            start: Instant::now(),
            milliseconds: Arc::default(),
        }
    }

    /// Moves the clock to the present. Wraps around after 49 days, which differences don't notice.
    pub(crate) fn refresh(&self) {
        let milliseconds = self.start.elapsed().as_millis() as u32;
        self.milliseconds.store(milliseconds, Ordering::Relaxed);
    }

    fn now(&self) -> u32 {
        self.milliseconds.load(Ordering::Relaxed)
    }
}

/// Before the first request: the TLS handshake, the first bytes.
const OPENING: u8 = 0;
/// Between requests: nothing of the next one has come.
const IDLE: u8 = 1;
/// The next request has begun to arrive.
const HEAD: u8 = 2;
/// At least one request is being read, handled or answered.
const BUSY: u8 = 3;

/// The activity of one connection.
pub(crate) struct Activity {
    clock: CoarseClock,
    stage: AtomicU8,
    /// When the stage began, by the coarse clock.
    since: AtomicU32,
    requests: AtomicU32,
    /// HTTP/2: bytes between requests are no sign of a request's head.
    multiplexed: AtomicBool,
    draining: AtomicBool,
    /// Tells streaming answers of it.
    drained: Notify,
    /// Wakes the connection's task, whose waker stays the same for as long as the task lives.
    waker: Mutex<Option<Waker>>,
    /// HTTP/1.1: a part of a streaming answer is on its way to the socket.
    is_unflushed: AtomicBool,
    /// Wakes who waits for it to be there.
    flush_waker: Mutex<Option<Waker>>,
}

/// What a sweep decides about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Drain,
    Cut,
}

impl Activity {
    pub(crate) fn new(clock: CoarseClock) -> Self {
        let since = AtomicU32::new(clock.now());
        Activity {
            clock,
            stage: AtomicU8::new(OPENING),
            since,
            requests: AtomicU32::new(0),
            multiplexed: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            drained: Notify::new(),
            waker: Mutex::new(None),
            is_unflushed: AtomicBool::new(false),
            flush_waker: Mutex::new(None),
        }
    }

    pub(crate) fn set_multiplexed(&self) {
        self.multiplexed.store(true, Ordering::Relaxed);
        self.enter(IDLE);
    }

    /// Bytes have come in.
    pub(crate) fn bytes_arrived(&self) {
        if self.stage.load(Ordering::Relaxed) == IDLE && !self.multiplexed.load(Ordering::Relaxed) {
            self.enter(HEAD);
        }
    }

    /// A request's head is complete; the request lasts until the guard is dropped.
    pub(crate) fn begin_request(&self) -> RequestGuard<'_> {
        self.enter_request();
        RequestGuard(self)
    }

    /// A streaming answer waits for what it is to say next, until the guard is dropped.
    pub(crate) fn begin_streaming(self: &Arc<Self>) -> StreamingGuard {
        self.enter_request();
        StreamingGuard(Arc::clone(self))
    }

    fn enter_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.stage.store(BUSY, Ordering::Relaxed);
    }

    fn leave_request(&self) {
        if self.requests.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.enter(IDLE);
        }
    }

    fn enter(&self, stage: u8) {
        self.since.store(self.clock.now(), Ordering::Relaxed);
        self.stage.store(stage, Ordering::Relaxed);
    }

    /// What to do with the connection now.
    pub(crate) fn verdict(&self, limits: &Limits) -> Verdict {
        let elapsed = self.clock.now().wrapping_sub(self.since.load(Ordering::Relaxed));
        let elapsed = Duration::from_millis(elapsed.into());
        if self.requests.load(Ordering::Relaxed) > 0 {
            // Whatever the stage says: one request may end while another begins.
            return Verdict::Keep;
        }
        match self.stage.load(Ordering::Relaxed) {
            OPENING | HEAD if elapsed > limits.head_timeout => Verdict::Cut,
            // Whoever doesn't take its answer looks idle too, and doesn't react to draining.
            IDLE if elapsed > limits.idle_timeout + limits.head_timeout => Verdict::Cut,
            IDLE if elapsed > limits.idle_timeout => Verdict::Drain,
            _ => Verdict::Keep,
        }
    }

    /// Whether the connection has not come to its first request.
    pub(crate) fn is_opening(&self) -> bool {
        self.stage.load(Ordering::Relaxed) == OPENING
    }

    /// Asks the connection to close once the requests in flight are answered.
    pub(crate) fn drain(&self) {
        if self.draining.swap(true, Ordering::SeqCst) {
            return;
        }
        self.drained.notify_waiters();
        if let Some(waker) = locked(&self.waker).take() {
            waker.wake();
        }
    }

    /// Waits until the connection is to close.
    pub(crate) async fn until_draining(self: Arc<Self>) {
        let mut drained = pin!(self.drained.notified());
        drained.as_mut().enable();
        if !self.is_draining() {
            drained.await;
        }
    }

    /// Registers the connection's task to be woken by [`Activity::drain`].
    pub(crate) fn wake_on_drain(&self, waker: &Waker) {
        *locked(&self.waker) = Some(waker.clone());
    }

    /// Whether the connection is to close.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// A part of a streaming answer has been handed over to be written.
    pub(crate) fn note_unflushed(&self) {
        self.is_unflushed.store(true, Ordering::Release);
    }

    /// Everything that was handed over has been written.
    pub(crate) fn note_flushed(&self) {
        if self.is_unflushed.load(Ordering::Relaxed) {
            self.is_unflushed.store(false, Ordering::Release);
            if let Some(waker) = locked(&self.flush_waker).take() {
                waker.wake();
            }
        }
    }

    /// Whether there is something to be written; if so, the task is woken when it is.
    pub(crate) fn waits_for_flush(&self, context: &mut Context<'_>) -> bool {
        if !self.is_unflushed.load(Ordering::Acquire) {
            return false;
        }
        *locked(&self.flush_waker) = Some(context.waker().clone());
        // It may have been written meanwhile.
        self.is_unflushed.load(Ordering::Acquire)
    }
}

fn locked(waker: &Mutex<Option<Waker>>) -> MutexGuard<'_, Option<Waker>> {
    waker.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request in flight.
pub(crate) struct RequestGuard<'a>(&'a Activity);

impl Drop for RequestGuard<'_> {
    fn drop(&mut self) {
        self.0.leave_request();
    }
}

/// A streaming answer that waits for what it is to say next.
pub(crate) struct StreamingGuard(Arc<Activity>);

impl Drop for StreamingGuard {
    fn drop(&mut self) {
        self.0.leave_request();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &CoarseClock, seconds: u32) {
        clock.milliseconds.store(seconds * 1_000, Ordering::Relaxed);
    }

    #[test]
    fn each_stage_has_its_own_bound() {
        let clock = CoarseClock::new();
        let limits = Limits::default();
        let activity = Activity::new(clock.clone());
        at(&clock, 9);
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        at(&clock, 11);
        assert_eq!(activity.verdict(&limits), Verdict::Cut);

        let request = activity.begin_request();
        at(&clock, 100_000);
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        drop(request);
        at(&clock, 100_119);
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        at(&clock, 100_121);
        assert_eq!(activity.verdict(&limits), Verdict::Drain);
        at(&clock, 100_131);
        assert_eq!(activity.verdict(&limits), Verdict::Cut);

        activity.bytes_arrived();
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        at(&clock, 100_142);
        assert_eq!(activity.verdict(&limits), Verdict::Cut);
    }

    #[test]
    fn on_http2_bytes_are_no_head_and_requests_overlap() {
        let clock = CoarseClock::new();
        let limits = Limits::default();
        let activity = Activity::new(clock.clone());
        activity.set_multiplexed();
        activity.bytes_arrived();
        at(&clock, 60);
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        let first = activity.begin_request();
        let second = activity.begin_request();
        drop(first);
        at(&clock, 6_000);
        assert_eq!(activity.verdict(&limits), Verdict::Keep);
        drop(second);
        at(&clock, 6_121);
        assert_eq!(activity.verdict(&limits), Verdict::Drain);
    }

    #[test]
    fn the_coarse_clock_wraps_around() {
        let clock = CoarseClock::new();
        clock.milliseconds.store(u32::MAX - 500, Ordering::Relaxed);
        let activity = Activity::new(clock.clone());
        clock.milliseconds.store(500, Ordering::Relaxed);
        assert_eq!(activity.verdict(&Limits::default()), Verdict::Keep);
        at(&clock, 11);
        assert_eq!(activity.verdict(&Limits::default()), Verdict::Cut);
    }
}
