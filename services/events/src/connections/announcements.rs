//! What EventBridge tells of connections, by events of its own.
//!
//! Source: [Connection events](https://docs.aws.amazon.com/eventbridge/latest/userguide/event-reference.html#event-reference-connections).
//! As there, they are delivered as far as possible: what is told right before a crash is lost.

use std::collections::VecDeque;

use ninefold_time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::arn_of;
use crate::record::{ConnectionRecord, ConnectionState};
use crate::resource_name::ResourceName;

/// Announcements that may wait; more are dropped.
const WAITING: usize = 10_000;

/// What somebody does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undertaking {
    Creation,
    Update,
    Deauthorization,
    Deletion,
}

/// Something that happened to a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) connection: ResourceName,
    pub(crate) connection_arn: String,
    pub(crate) detail_type: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) at: Timestamp,
}

/// What is still to be told.
#[derive(Default)]
pub(super) struct Announcements {
    waiting: Mutex<VecDeque<Announcement>>,
    added: Notify,
}

impl Announcements {
    /// Tells what has become of a connection, and, if that is somebody's doing, that it was begun.
    pub(super) fn tell(
        &self,
        connection: &ResourceName,
        undertaking: Option<Undertaking>,
        before: Option<&ConnectionRecord>,
        after: Option<&ConnectionRecord>,
        at: Timestamp,
    ) {
        let Some(known) = after.or(before) else { return };
        let has_new_state = after.filter(|after| {
            before.is_none_or(|before| {
                before.state != after.state || before.sealed_secret != after.sealed_secret
            })
        });
        let started = undertaking.map(|undertaking| (undertaking.started(), None));
        let became = has_new_state.map(|after| (arrived(after.state), after.state_reason.clone()));
        let mut waiting = self.waiting.lock();
        for (detail_type, reason) in started.into_iter().chain(became) {
            if waiting.len() >= WAITING {
                tracing::warn!(
                    connection = connection.name,
                    detail_type,
                    "there is no room to tell of a connection"
                );
                return;
            }
            waiting.push_back(Announcement {
                connection: connection.clone(),
                connection_arn: arn_of(connection, known),
                detail_type,
                reason,
                at,
            });
        }
        self.added.notify_one();
    }

    /// The next one, as soon as there is one.
    pub(super) async fn next(&self) -> Announcement {
        loop {
            let added = self.added.notified();
            if let Some(next) = self.waiting.lock().pop_front() {
                return next;
            }
            added.await;
        }
    }
}

impl Undertaking {
    fn started(self) -> &'static str {
        match self {
            Undertaking::Creation => "Connection Creation Started",
            Undertaking::Update => "Connection Update Started",
            Undertaking::Deauthorization => "Connection Deauthorization Started",
            Undertaking::Deletion => "Connection Deletion Started",
        }
    }
}

fn arrived(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Authorized => "Connection Authorized",
        ConnectionState::Authorizing => "Connection Authorization Started",
        ConnectionState::Deauthorized => "Connection Deauthorized",
    }
}
