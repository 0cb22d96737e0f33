//! What the door keeps of its resources.

use std::collections::BTreeMap;

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

use crate::replay::Replay;

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicRecord {
    pub(crate) created_at_seconds: u64,
    /// Attributes that were set, with the values given; all others have their defaults.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// The data protection policy, as it was given.
    pub(crate) data_protection_policy: Option<String>,
}

impl Record for TopicRecord {
    const FORMAT: u8 = 1;
}

impl TopicRecord {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.attribute(name) == Some("true")
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionRecord {
    pub(crate) created_at_seconds: u64,
    /// The account that subscribed.
    pub(crate) owner: String,
    /// The ARN of who subscribed.
    pub(crate) principal: String,
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: String,
    /// Attributes that were set, with the values given.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) standing: Standing,
    /// What it wants again, or wanted.
    #[serde(default)]
    pub(crate) replay: Option<Replay>,
}

impl Record for SubscriptionRecord {
    const FORMAT: u8 = 1;
}

impl SubscriptionRecord {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.attribute(name) == Some("true")
    }

    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.standing, Standing::Pending { .. })
    }
}

/// Whether the endpoint has agreed to be subscribed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Not yet: whoever has the token may agree.
    Pending { token: String, until_seconds: u64 },
    /// It has.
    Confirmed {
        /// Whether whoever confirmed was authenticated, as the owner's own subscriptions are.
        authenticated: bool,
        /// Only an authenticated caller may unsubscribe.
        authenticate_on_unsubscribe: bool,
        /// What confirmed it, since a token confirms twice just as well.
        token: Option<String>,
    },
}

/// How a subscriber is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    Sqs,
    Http,
    Https,
    Email,
    EmailJson,
    Sms,
    Application,
    Lambda,
}

impl Protocol {
    /// Reads the API's name of a protocol.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        use Protocol::{Application, Email, EmailJson, Http, Https, Lambda, Sms, Sqs};
        let all = [Sqs, Http, Https, Email, EmailJson, Sms, Application, Lambda];
        all.into_iter().find(|protocol| protocol.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Protocol::Sqs => "sqs",
            Protocol::Http => "http",
            Protocol::Https => "https",
            Protocol::Email => "email",
            Protocol::EmailJson => "email-json",
            Protocol::Sms => "sms",
            Protocol::Application => "application",
            Protocol::Lambda => "lambda",
        }
    }
}
