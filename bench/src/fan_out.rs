//! A topic with subscribed queues: set up before a run, counted and taken down after it.

use std::thread;
use std::time::{Duration, Instant};

use crate::caller::{CallError, Caller, Calls, call_all};
use crate::request::{Endpoint, Queue};
use crate::topic::{Subscription, TopicEndpoint, topic_arn};

/// How long the last messages may take to be in the queues, for servers that deliver after they have answered.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(10);
/// How often the queues are counted until then: nobody tells.
const ARRIVAL_POLL: Duration = Duration::from_millis(50);

/// Who is subscribed to the topic.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Subscribed queues.
    pub queues: usize,
    /// Whether they get messages as they are, not in an envelope.
    pub is_raw: bool,
    /// Whether each queue wants only the messages of a number of its own.
    pub is_filtered: bool,
}

/// Why there is no topic to publish to.
#[derive(Debug, thiserror::Error)]
pub enum FanOutError {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// An answer without what it should have.
    #[error("{0} answered {1}")]
    Answer(&'static str, String),
}

/// A topic and the queues that are subscribed to it.
#[derive(Debug)]
pub struct FanOut {
    topics: TopicEndpoint,
    endpoint: Endpoint,
    shape: Shape,
    calls: Calls,
    arn: String,
    queues: Vec<Queue>,
}

impl FanOut {
    /// Makes a topic and its queues. `calls` is how, also later on; its time is that for all queues to be made, subscribed,
    /// counted or deleted.
    pub fn set_up(
        topics: TopicEndpoint,
        endpoint: Endpoint,
        name: &str,
        shape: Shape,
        calls: Calls,
    ) -> Result<Self, FanOutError> {
        let address = endpoint.address;
        let answer = Caller::new(address).call("CreateTopic", &topics.create_topic(name))?;
        let arn = topic_arn(&answer).ok_or_else(|| unusable("CreateTopic", &answer))?;
        let creations: Vec<_> = (0..shape.queues)
            .map(|index| endpoint.create_queue(&format!("{name}-{index}")))
            .collect();
        let queues: Result<Vec<Queue>, FanOutError> = call_all(address, "CreateQueue", &creations, calls)?
            .iter()
            .map(|answer| {
                endpoint
                    .queue(answer)
                    .ok_or_else(|| unusable("CreateQueue", answer))
            })
            .collect();
        let queues = queues?;
        let subscriptions: Vec<_> = queues
            .iter()
            .enumerate()
            .map(|(index, queue)| {
                let subscription = Subscription {
                    protocol: "sqs",
                    endpoint: &queue.arn(),
                    is_raw: shape.is_raw,
                    number: shape.is_filtered.then_some(index),
                };
                topics.subscribe(&arn, subscription)
            })
            .collect();
        call_all(address, "Subscribe", &subscriptions, calls)?;
        Ok(Self {
            topics,
            endpoint,
            shape,
            calls,
            arn,
            queues,
        })
    }

    /// Publish requests: with filters one for each queue, else the one that all of them get.
    pub fn publish(&self, body: &str) -> Vec<Vec<u8>> {
        if !self.shape.is_filtered {
            return vec![self.topics.publish(&self.arn, body, None)];
        }
        (0..self.shape.queues)
            .map(|number| self.topics.publish(&self.arn, body, Some(number)))
            .collect()
    }

    /// The PublishBatch request of `entries` equal messages.
    pub fn publish_batch(&self, body: &str, entries: usize) -> Vec<Vec<u8>> {
        vec![self.topics.publish_batch(&self.arn, body, entries)]
    }

    /// Queues that get a message.
    pub fn queues_of_a_message(&self) -> usize {
        if self.shape.is_filtered {
            1
        } else {
            self.shape.queues
        }
    }

    /// Waits until `expected` messages are in the queues; how many there are then, or after a limit.
    pub fn wait_for_arrival(&self, expected: u64) -> Result<u64, FanOutError> {
        let deadline = Instant::now() + ARRIVAL_LIMIT;
        loop {
            let arrived = self.count()?;
            if arrived >= expected || Instant::now() > deadline {
                return Ok(arrived);
            }
            thread::sleep(ARRIVAL_POLL);
        }
    }

    fn count(&self) -> Result<u64, FanOutError> {
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
                    .ok_or_else(|| unusable(operation, answer))
            })
            .sum()
    }

    /// Deletes the topic and its queues.
    pub fn take_down(self) -> Result<(), FanOutError> {
        let address = self.endpoint.address;
        Caller::new(address).call("DeleteTopic", &self.topics.delete_topic(&self.arn))?;
        let deletions: Vec<_> = self
            .queues
            .iter()
            .map(|queue| self.endpoint.delete_queue(queue))
            .collect();
        call_all(address, "DeleteQueue", &deletions, self.calls)?;
        Ok(())
    }
}

fn unusable(operation: &'static str, answer: &[u8]) -> FanOutError {
    FanOutError::Answer(operation, String::from_utf8_lossy(answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Protocol;

    fn fan_out(is_filtered: bool) -> FanOut {
        let address = "127.0.0.1:4566".parse().unwrap();
        FanOut {
            topics: TopicEndpoint {
                address,
                signed: false,
            },
            endpoint: Endpoint {
                address,
                protocol: Protocol::Json,
                signed: false,
            },
            shape: Shape {
                queues: 3,
                is_raw: true,
                is_filtered,
            },
            calls: Calls {
                connections: 1,
                limit: Duration::ZERO,
            },
            arn: "arn:aws:sns:us-east-1:1:t".to_owned(),
            queues: Vec::new(),
        }
    }

    #[test]
    fn with_filters_every_queue_has_a_message_of_its_own() {
        let requests = fan_out(true).publish("abc");
        assert_eq!(requests.len(), 3);
        assert!(requests[2].ends_with(b"StringValue=00002"));
        assert_eq!(fan_out(true).queues_of_a_message(), 1);
    }

    #[test]
    fn without_filters_every_queue_gets_every_message() {
        assert_eq!(fan_out(false).publish("abc").len(), 1);
        assert_eq!(fan_out(false).queues_of_a_message(), 3);
    }
}
