//! A topic with subscribed queues: set up before a run, counted and taken down after it.

use crate::caller::{CallError, Caller, Calls, call_all};
use crate::queue_set::QueueSet;
use crate::request::Endpoint;
use crate::topic::{Subscription, TopicEndpoint, topic_arn};

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

/// A topic and the queues that are subscribed to it.
#[derive(Debug)]
pub struct FanOut {
    topics: TopicEndpoint,
    shape: Shape,
    arn: String,
    queues: QueueSet,
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
    ) -> Result<Self, CallError> {
        let address = endpoint.address;
        let answer = Caller::new(address).call("CreateTopic", &topics.create_topic(name))?;
        let arn = topic_arn(&answer).ok_or_else(|| CallError::unusable("CreateTopic", &answer))?;
        let queues = QueueSet::create(endpoint, name, shape.queues, calls)?;
        let subscriptions: Vec<_> = queues
            .queues()
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
            shape,
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

    /// The queues.
    pub fn queues(&self) -> &QueueSet {
        &self.queues
    }

    /// Deletes the topic and its queues.
    pub fn take_down(self) -> Result<(), CallError> {
        Caller::new(self.topics.address).call("DeleteTopic", &self.topics.delete_topic(&self.arn))?;
        self.queues.delete()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::request::Protocol;

    fn fan_out(is_filtered: bool) -> FanOut {
        let address = "127.0.0.1:4566".parse().unwrap();
        let endpoint = Endpoint {
            address,
            protocol: Protocol::Json,
            signed: false,
        };
        let calls = Calls {
            connections: 1,
            limit: Duration::ZERO,
        };
        FanOut {
            topics: TopicEndpoint {
                address,
                signed: false,
            },
            shape: Shape {
                queues: 3,
                is_raw: true,
                is_filtered,
            },
            arn: "arn:aws:sns:us-east-1:1:t".to_owned(),
            queues: QueueSet::create(endpoint, "q", 0, calls).unwrap(),
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
