//! How much of a thread's time a request takes. Most take less than the milliseconds that the clock of everything else counts, so that
//! it is measured in the time of the system.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

/// Sums up the time that is spent on a request, not the time that it waits; or nothing, where nobody wants to know.
#[derive(Debug)]
pub(crate) struct Meter(Option<Duration>);

impl Meter {
    pub(crate) fn new(is_running: bool) -> Self {
        Meter(is_running.then_some(Duration::ZERO))
    }

    /// Waits for a future. What counts is the time of its polls.
    pub(crate) async fn wait<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        match &mut self.0 {
            None => future.await,
            Some(spent) => {
                poll_fn(|context| {
                    let began_at = Instant::now();
                    let polled = future.as_mut().poll(context);
                    *spent += began_at.elapsed();
                    polled
                })
                .await
            }
        }
    }

    /// Does something at once.
    pub(crate) fn work<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let Some(spent) = &mut self.0 else {
            return work();
        };
        let began_at = Instant::now();
        let done = work();
        *spent += began_at.elapsed();
        done
    }

    /// What was spent since this was asked last, in percent of a second; none where nobody wants to know.
    pub(crate) fn take_percent(&mut self) -> Option<f64> {
        let spent = self.0.as_mut().map(std::mem::take);
        spent.map(|spent| spent.as_secs_f64() * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep};

    use super::*;

    /// Takes so long when it is polled first, waits, and takes so long again.
    async fn work_twice(work: Duration) {
        advance(work).await;
        sleep(Duration::from_secs(60)).await;
        advance(work).await;
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_costs_nothing() {
        let mut meter = Meter::new(true);
        meter.wait(work_twice(Duration::from_millis(3))).await;
        assert_eq!(meter.take_percent(), Some(0.6));
        assert_eq!(meter.take_percent(), Some(0.0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_has_cost_what_was_done() {
        let mut meter = Meter::new(true);
        let work = meter.wait(work_twice(Duration::from_millis(3)));
        let outcome = tokio::time::timeout(Duration::from_secs(1), work).await;
        assert!(outcome.is_err());
        assert_eq!(meter.take_percent(), Some(0.3));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_wants_to_know_is_not_measured() {
        let mut meter = Meter::new(false);
        meter.wait(work_twice(Duration::from_millis(3))).await;
        assert_eq!(meter.work(|| 7), 7);
        assert_eq!(meter.take_percent(), None);
    }
}
