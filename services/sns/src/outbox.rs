//! The outbox: mails and text messages that were sent, or would have been if somebody had configured by whom. For people who
//! develop against the server and want to see what their users would.

use std::collections::VecDeque;

use ninefold_time::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;

/// As many are kept; then the oldest goes.
const KEPT: usize = 1_000;

/// One mail or text message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    /// `email` or `sms`.
    pub(crate) kind: &'static str,
    pub(crate) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
    /// Whether somebody took it.
    pub(crate) is_sent: bool,
    /// Milliseconds since 1970.
    pub(crate) at: u64,
}

/// The last mails and text messages, in memory.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<VecDeque<Sent>>);

impl Outbox {
    pub(crate) fn put(&self, sent: Sent) {
        let mut kept = self.0.lock();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(sent);
    }

    /// All of them as JSON, oldest first.
    pub(crate) fn to_json(&self) -> String {
        let kept: Vec<Sent> = self.0.lock().iter().cloned().collect();
        serde_json::to_string(&kept).expect("texts and numbers are always JSON")
    }
}

impl Sent {
    pub(crate) fn mail(to: &str, subject: &str, body: &str, is_sent: bool, now: Timestamp) -> Self {
        Sent {
            kind: "email",
            to: to.to_owned(),
            subject: Some(subject.to_owned()),
            body: body.to_owned(),
            is_sent,
            at: now.as_millis(),
        }
    }

    pub(crate) fn text(to: &str, body: &str, is_sent: bool, now: Timestamp) -> Self {
        Sent {
            kind: "sms",
            to: to.to_owned(),
            subject: None,
            body: body.to_owned(),
            is_sent,
            at: now.as_millis(),
        }
    }
}
