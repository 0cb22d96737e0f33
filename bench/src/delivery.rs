//! Deliveries to a web endpoint: messages are published as fast as they are delivered, and the receiver counts.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::caller::{CallError, Caller};
use crate::report::{DeliveryReport, Errors};
use crate::request::acknowledged_in_xml;
use crate::topic::{Subscription, TopicEndpoint, topic_arn};

/// Connections that publish: so many that publishing is not what limits deliveries.
const PUBLISHERS: usize = 32;
/// Messages of a PublishBatch.
const BATCH_ENTRIES: usize = 10;
/// Messages that are published and not yet delivered: enough for every connection of the server to be at work, and
/// no more, so that publishing costs what it has to and nothing piles up.
const LEAD: u64 = 2_000;
/// How often the receiver is asked, and a publisher that is too far ahead looks again. The receiver is another process, which
/// wakes nobody: so they sleep in between, which is part of how the load is made.
const POLL: Duration = Duration::from_millis(2);
/// How long the subscription may take to be confirmed, and the last deliveries to come.
const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// What is delivered where.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Where requests go.
    pub topics: TopicEndpoint,
    /// The topic's name.
    pub name: String,
    /// The receiver's address without TLS, which is asked for its count.
    pub receiver: SocketAddr,
    /// The URL that is subscribed.
    pub url: String,
    /// Whether it gets messages as they are, not in a signed envelope.
    pub is_raw: bool,
    /// The messages.
    pub body: String,
}

/// Time before the measured one, and the measured one.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Time whose deliveries don't count.
    pub warm_up: Duration,
    /// Measured time.
    pub measured: Duration,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The endpoint was not asked to confirm.
    #[error("no confirmation was asked for within {} s", WAIT_LIMIT.as_secs())]
    NotConfirmed,
    /// The URL is neither http nor https.
    #[error("{0} is neither http nor https")]
    Url(String),
}

/// The receiver, asked on a connection of its own.
#[derive(Debug)]
struct Receiver {
    address: SocketAddr,
    caller: Caller,
}

/// What the publishers and the one who counts tell one another.
#[derive(Debug, Default)]
struct Progress {
    is_over: AtomicBool,
    published: AtomicU64,
    delivered: AtomicU64,
}

/// A topic with one confirmed web endpoint.
#[derive(Debug)]
pub struct Delivery {
    subject: Subject,
    arn: String,
    receiver: Receiver,
}

impl Delivery {
    /// Makes the topic, subscribes the endpoint and confirms it with the token that it gets.
    pub fn set_up(subject: Subject) -> Result<Self, DeliveryError> {
        let topics = &subject.topics;
        let mut caller = Caller::new(topics.address);
        let mut receiver = Receiver {
            address: subject.receiver,
            caller: Caller::new(subject.receiver),
        };
        let answer = caller.call("CreateTopic", &topics.create_topic(&subject.name))?;
        let arn = topic_arn(&answer).ok_or_else(|| CallError::unusable("CreateTopic", &answer))?;
        let (protocol, _) = subject
            .url
            .split_once("://")
            .ok_or_else(|| DeliveryError::Url(subject.url.clone()))?;
        let subscription = Subscription {
            protocol,
            endpoint: &subject.url,
            is_raw: subject.is_raw,
            number: None,
        };
        caller.call("Subscribe", &topics.subscribe(&arn, subscription))?;
        let token = receiver.wait_for_token()?;
        caller.call("ConfirmSubscription", &topics.confirm_subscription(&arn, &token))?;
        Ok(Self {
            subject,
            arn,
            receiver,
        })
    }

    /// Publishes and counts what is delivered, then waits for the rest.
    pub fn run(&mut self, times: Times) -> Result<DeliveryReport, DeliveryError> {
        let progress = Progress::default();
        let publish = self
            .subject
            .topics
            .publish_batch(&self.arn, &self.subject.body, BATCH_ENTRIES);
        let address = self.subject.topics.address;
        let receiver = &mut self.receiver;
        let before = receiver.count()?;
        thread::scope(|scope| {
            let publishers: Vec<_> = (0..PUBLISHERS)
                .map(|_| scope.spawn(|| progress.publish(address, &publish)))
                .collect();
            let measured = measure(receiver, before, &progress, times);
            progress.is_over.store(true, Ordering::Relaxed);
            let mut errors = Errors::default();
            for publisher in publishers {
                if let Err(error) = publisher.join().expect("publishers don't panic") {
                    errors.other(&error);
                }
            }
            let (deliveries, elapsed) = measured?;
            let published = progress.published.load(Ordering::Relaxed);
            let delivered = receiver.wait_for(before + published)? - before;
            if delivered < published {
                errors.other(&format_args!(
                    "{delivered} of {published} messages were delivered"
                ));
            }
            let seconds = elapsed.as_secs_f64();
            Ok(DeliveryReport {
                workload: "deliver".to_owned(),
                seconds,
                deliveries,
                deliveries_per_second: deliveries as f64 / seconds,
                answered: delivered,
                clean: errors.errors == 0 && deliveries > 0,
                errors,
            })
        })
    }

    /// Deletes the topic.
    pub fn take_down(self) -> Result<(), DeliveryError> {
        let topics = &self.subject.topics;
        Caller::new(topics.address).call("DeleteTopic", &topics.delete_topic(&self.arn))?;
        Ok(())
    }
}

/// Deliveries within the measured time, and how long it was.
fn measure(
    receiver: &mut Receiver,
    before: u64,
    progress: &Progress,
    times: Times,
) -> Result<(u64, Duration), DeliveryError> {
    let mut count_for = |time: Duration| {
        let begin = Instant::now();
        loop {
            let delivered = receiver.count()? - before;
            progress.delivered.store(delivered, Ordering::Relaxed);
            if begin.elapsed() >= time {
                return Ok::<_, DeliveryError>((delivered, Instant::now()));
            }
            thread::sleep(POLL);
        }
    };
    let (first, begin) = count_for(times.warm_up)?;
    let (last, end) = count_for(times.measured)?;
    Ok((last - first, end - begin))
}

impl Progress {
    /// One publisher: a batch whenever less than the lead is under way.
    fn publish(&self, address: SocketAddr, request: &[u8]) -> Result<(), DeliveryError> {
        let mut caller = Caller::new(address);
        while !self.is_over.load(Ordering::Relaxed) {
            let published = self.published.load(Ordering::Relaxed);
            if published >= self.delivered.load(Ordering::Relaxed) + LEAD {
                thread::sleep(POLL);
                continue;
            }
            let answer = caller.call("PublishBatch", request)?;
            if acknowledged_in_xml(&answer) != BATCH_ENTRIES {
                return Err(CallError::unusable("PublishBatch", &answer).into());
            }
            self.published.fetch_add(BATCH_ENTRIES as u64, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Receiver {
    fn get(&mut self, path: &str) -> io::Result<(u16, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.caller.exchange(request.as_bytes())
    }

    /// Messages that were posted since the receiver started.
    fn count(&mut self) -> Result<u64, DeliveryError> {
        let (_, body) = self.get("/count").map_err(CallError::from)?;
        let count = std::str::from_utf8(&body).ok().and_then(|text| text.parse().ok());
        count.ok_or_else(|| CallError::unusable("the receiver", &body).into())
    }

    /// The token of the confirmation that was asked for.
    fn wait_for_token(&mut self) -> Result<String, DeliveryError> {
        let deadline = Instant::now() + WAIT_LIMIT;
        while Instant::now() < deadline {
            if let (200, token) = self.get("/token").map_err(CallError::from)? {
                return Ok(String::from_utf8_lossy(&token).into_owned());
            }
            thread::sleep(POLL);
        }
        Err(DeliveryError::NotConfirmed)
    }

    /// Waits until `expected` messages were posted; how many there are then, or after a limit.
    fn wait_for(&mut self, expected: u64) -> Result<u64, DeliveryError> {
        let deadline = Instant::now() + WAIT_LIMIT;
        loop {
            let count = self.count()?;
            if count >= expected || Instant::now() > deadline {
                return Ok(count);
            }
            thread::sleep(POLL);
        }
    }
}
