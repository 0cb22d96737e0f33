//! How long and how often deliveries are tried.
//!
//! Source: [Amazon SNS message delivery retries](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).

use std::time::Duration;

use ninefold_delivery::{Curve, Phases, RetryPolicy, Terms};

use crate::record::Protocol;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// How long an endpoint may take to answer, and a mail relay, which takes longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
const RELAY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long bringing a message to all subscribers of an ordered topic may take.
const FAN_OUT_TIMEOUT: Duration = Duration::from_secs(10);
/// Pushes to one subscriber under way at one time.
const CONCURRENCY: u32 = 64;

/// Retries of queues and functions on this server: 100,015 attempts over 23 days.
const OWN_ENDPOINTS: Phases = Phases {
    immediate_retries: 3,
    minimum_delay_retries: 2,
    backoff_retries: 10,
    maximum_delay_retries: 100_000,
    minimum_delay: Duration::from_secs(1),
    maximum_delay: Duration::from_secs(20),
    curve: Curve::Exponential,
};
/// Retries of mail, text messages and push notifications: 50 attempts over six hours.
const PEOPLE: Phases = Phases {
    immediate_retries: 0,
    minimum_delay_retries: 2,
    backoff_retries: 10,
    maximum_delay_retries: 38,
    minimum_delay: Duration::from_secs(10),
    maximum_delay: Duration::from_secs(600),
    curve: Curve::Exponential,
};

const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn of_subscriber(topic: &Topic, subscriber: &Subscriber) -> Terms {
    let (phases, maximum_age, pushes_per_second) = match subscriber.record.protocol {
        Protocol::Http | Protocol::Https => {
            let policy = subscriber.policy(&topic.settings());
            // The retries themselves end before; what waits for a dead endpoint ends with it.
            (policy.phases(), DAY, policy.receives_per_second())
        }
        Protocol::Sqs | Protocol::Lambda => (OWN_ENDPOINTS, 23 * DAY, None),
        Protocol::Email | Protocol::EmailJson | Protocol::Sms | Protocol::Application => (PEOPLE, DAY, None),
    };
    Terms {
        retry: RetryPolicy::Phased(phases),
        maximum_age,
        timeout: match subscriber.record.protocol {
            Protocol::Email | Protocol::EmailJson => RELAY_TIMEOUT,
            _ => ANSWER_TIMEOUT,
        },
        concurrency: CONCURRENCY,
        pushes_per_second,
        shared_rate: None,
    }
}

/// What is published to people directly.
pub(super) fn of_people() -> Terms {
    Terms {
        retry: RetryPolicy::Phased(PEOPLE),
        maximum_age: DAY,
        timeout: ANSWER_TIMEOUT,
        concurrency: CONCURRENCY,
        pushes_per_second: None,
        shared_rate: None,
    }
}

/// An ordered topic only has to bring its messages to its subscribers' backlogs, which fails when the store does.
pub(super) fn of_topic() -> Terms {
    Terms {
        retry: RetryPolicy::Exponential {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(20),
            retries: u32::MAX - 1,
        },
        maximum_age: 365 * DAY,
        timeout: FAN_OUT_TIMEOUT,
        concurrency: CONCURRENCY,
        pushes_per_second: None,
        shared_rate: None,
    }
}
