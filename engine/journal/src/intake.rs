//! Where what is to be written waits for the one thread that writes it.
//!
//! The group adapts to the load by itself. With nothing under way whoever comes is taken at once; while a sync is under way,
//! what arrives gathers and makes the next round.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};

/// The next round may be held back for as long as this many of the last one took, and this long at most.
const GATHER_ROUNDS: u32 = 4;
const GATHER_LIMIT: Duration = Duration::from_millis(1);

/// A bounded queue of submissions, and the waiting of their writer.
#[derive(Debug)]
pub struct Intake<T> {
    queue: Mutex<Queue<T>>,
    arrived: Condvar,
    limit_bytes: usize,
}

#[derive(Debug)]
struct Queue<T> {
    waiting: VecDeque<T>,
    /// What all submissions take that are not written yet.
    bytes: usize,
    /// How many the writer waits for, while it does.
    awaited: Option<usize>,
    closed: bool,
}

/// Why a submission was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The queue was closed.
    Closed,
    /// As much waits as may.
    Full,
}

/// What the writer's waiting has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// There is something to write.
    Something,
    /// The deadline has passed and there is nothing.
    Overdue,
    /// There is nothing, and there will be nothing.
    Closed,
}

/// What the round before says about the next one.
#[derive(Debug, Default)]
pub struct Gathering {
    /// How many submissions the next round should have.
    wanted: usize,
    /// How long it may wait for them.
    patience: Duration,
}

impl<T> Intake<T> {
    /// An empty queue for submissions of at most so many bytes together.
    pub fn new(limit_bytes: usize) -> Self {
        Intake {
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                bytes: 0,
                awaited: None,
                closed: false,
            }),
            arrived: Condvar::new(),
            limit_bytes,
        }
    }

    /// Adds a submission of so many bytes.
    ///
    /// # Errors
    ///
    /// Gives it back with the reason if it can't be taken.
    pub fn submit(&self, submission: T, bytes: usize) -> Result<(), (T, Refused)> {
        let mut queue = self.queue.lock();
        if queue.closed {
            return Err((submission, Refused::Closed));
        }
        if queue.bytes + bytes > self.limit_bytes {
            return Err((submission, Refused::Full));
        }
        queue.bytes += bytes;
        queue.waiting.push_back(submission);
        let is_enough = queue
            .awaited
            .is_some_and(|awaited| queue.waiting.len() >= awaited);
        if is_enough {
            queue.awaited = None;
        }
        drop(queue);
        if is_enough {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Takes no more submissions.
    pub fn close(&self) {
        self.queue.lock().closed = true;
        self.arrived.notify_all();
    }

    /// What all submissions take that are not written yet.
    pub fn bytes(&self) -> usize {
        self.queue.lock().bytes
    }

    /// Moves what waits into `backlog`, which is empty. Waits for something until `deadline`, and for as much as `gathering`
    /// wants for as long as that is patient.
    pub fn take(&self, backlog: &mut VecDeque<T>, gathering: &Gathering, deadline: Option<Instant>) -> Taken {
        let mut queue = self.queue.lock();
        if gathering.wanted > 1 {
            let until = Instant::now() + gathering.patience;
            self.wait(&mut queue, gathering.wanted, Some(until));
        }
        while queue.waiting.is_empty() {
            if queue.closed {
                return Taken::Closed;
            }
            if !self.wait(&mut queue, 1, deadline) {
                return Taken::Overdue;
            }
        }
        std::mem::swap(&mut queue.waiting, backlog);
        Taken::Something
    }

    /// Submissions of so many bytes were written; says how many have arrived meanwhile.
    pub fn written(&self, bytes: usize) -> usize {
        let mut queue = self.queue.lock();
        queue.bytes -= bytes;
        queue.waiting.len()
    }

    /// Waits until there are so many submissions, or until closed or told to give up; says whether it did not give up.
    fn wait(
        &self,
        queue: &mut MutexGuard<'_, Queue<T>>,
        submissions: usize,
        give_up_at: Option<Instant>,
    ) -> bool {
        while queue.waiting.len() < submissions && !queue.closed {
            queue.awaited = Some(submissions);
            let gave_up = match give_up_at {
                None => {
                    self.arrived.wait(queue);
                    false
                }
                Some(at) => self.arrived.wait_until(queue, at).timed_out(),
            };
            if gave_up {
                queue.awaited = None;
                return queue.waiting.len() >= submissions;
            }
        }
        queue.awaited = None;
        true
    }
}

impl Gathering {
    /// Gives those whose submissions have just been written the chance to submit the next ones, so that callers which wait for
    /// one commit before the next one end up in few rounds: a sync costs the same for one submission and for a hundred. Half
    /// of those under way are waited for; the other half is served while these are synced. The wait is short, a
    /// few rounds and never more than a millisecond, and there is none when hardly anybody else is under way.
    pub fn after(written: usize, arrived: usize, took: Duration) -> Self {
        Gathering {
            wanted: (written + arrived) / 2,
            patience: (took * GATHER_ROUNDS).min(GATHER_LIMIT),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn what_is_over_the_bound_is_given_back_until_something_was_written() {
        let intake = Intake::new(10);
        intake.submit("first", 6).unwrap();
        assert_eq!(intake.submit("second", 5), Err(("second", Refused::Full)));
        let mut backlog = VecDeque::new();
        let taken = intake.take(&mut backlog, &Gathering::default(), None);
        assert_eq!((taken, backlog), (Taken::Something, VecDeque::from(["first"])));
        assert_eq!(intake.submit("second", 5), Err(("second", Refused::Full)));
        assert_eq!(intake.written(6), 0);
        intake.submit("second", 5).unwrap();
        assert_eq!(intake.bytes(), 5);
    }

    #[test]
    fn after_closing_what_waits_is_written_and_nothing_else_taken() {
        let intake = Intake::new(10);
        intake.submit(1, 1).unwrap();
        intake.close();
        assert_eq!(intake.submit(2, 1), Err((2, Refused::Closed)));
        let mut backlog = VecDeque::new();
        let gathering = Gathering::after(8, 8, Duration::from_secs(1));
        assert_eq!(intake.take(&mut backlog, &gathering, None), Taken::Something);
        backlog.clear();
        assert_eq!(intake.take(&mut backlog, &gathering, None), Taken::Closed);
    }

    #[test]
    fn the_writer_wakes_for_what_comes_and_at_its_deadline() {
        let intake = Intake::new(10);
        let mut backlog = VecDeque::new();
        let overdue = intake.take(&mut backlog, &Gathering::default(), Some(Instant::now()));
        assert_eq!(overdue, Taken::Overdue);
        thread::scope(|scope| {
            scope.spawn(|| intake.submit(7, 1).unwrap());
            let taken = intake.take(&mut backlog, &Gathering::default(), None);
            assert_eq!((taken, &backlog), (Taken::Something, &VecDeque::from([7])));
        });
    }
}
