//! Queues that messages are published to: made before a run, counted and deleted after it.

use std::thread;
use std::time::{Duration, Instant};

use crate::caller::{CallError, Calls, call_all};
use crate::request::{Endpoint, Queue};

/// How long the last messages may take to be in the queues, for servers that deliver after they have answered.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(10);
/// How often the queues are counted until then: nobody tells.
const ARRIVAL_POLL: Duration = Duration::from_millis(50);

/// Queues of one endpoint.
#[derive(Debug)]
pub struct QueueSet {
    endpoint: Endpoint,
    calls: Calls,
    queues: Vec<Queue>,
}

impl QueueSet {
    /// Makes queues whose names begin with `name`. `calls` is how, also later on; its time is that for all of them to be
    /// made, counted or deleted.
    pub fn create(endpoint: Endpoint, name: &str, queues: usize, calls: Calls) -> Result<Self, CallError> {
        let operation = "CreateQueue";
        let requests: Vec<_> = (0..queues)
            .map(|index| endpoint.create_queue(&format!("{name}-{index}")))
            .collect();
        let queues = call_all(endpoint.address, operation, &requests, calls)?
            .iter()
            .map(|answer| {
                endpoint
                    .queue(answer)
                    .ok_or_else(|| CallError::unusable(operation, answer))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            endpoint,
            calls,
            queues,
        })
    }

    /// The queues, in the order of their numbers.
    pub fn queues(&self) -> &[Queue] {
        &self.queues
    }

    /// Waits until `expected` messages are in the queues; how many there are then, or after a limit.
    pub fn wait_for_arrival(&self, expected: u64) -> Result<u64, CallError> {
        let deadline = Instant::now() + ARRIVAL_LIMIT;
        loop {
            let arrived = self.count()?;
            if arrived >= expected || Instant::now() > deadline {
                return Ok(arrived);
            }
            // Queues don't tell when they have so many.
            thread::sleep(ARRIVAL_POLL);
        }
    }

    fn count(&self) -> Result<u64, CallError> {
        let operation = "GetQueueAttributes";
        let requests: Vec<_> = self
            .queues
            .iter()
            .map(|queue| self.endpoint.count_messages(queue))
            .collect();
        call_all(self.endpoint.address, operation, &requests, self.calls)?
            .iter()
            .map(|answer| {
                self.endpoint
                    .message_count(answer)
                    .ok_or_else(|| CallError::unusable(operation, answer))
            })
            .sum()
    }

    /// Deletes them.
    pub fn delete(self) -> Result<(), CallError> {
        let requests: Vec<_> = self
            .queues
            .iter()
            .map(|queue| self.endpoint.delete_queue(queue))
            .collect();
        call_all(self.endpoint.address, "DeleteQueue", &requests, self.calls)?;
        Ok(())
    }
}
