//! A cluster: what clients know by that name.

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_streams::Streams;
use ninefold_time::Clock;

use crate::fetch::FetchSessions;
use crate::topics::Topics;

/// The one node of a cluster, which leads everything.
pub(crate) const NODE: i32 = 1;

/// What a cluster stands on.
pub struct ClusterParts {
    /// What clients are told that the cluster is called: 22 characters of base64 in Kafka's own.
    pub id: String,
    /// Where its topics are among all streams.
    pub namespace: String,
    /// The streams.
    pub streams: Arc<Streams>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// See the [module](self).
pub struct Cluster {
    pub(crate) id: ByteString,
    pub(crate) topics: Topics,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fetch_sessions: FetchSessions,
}

impl Cluster {
    /// A cluster that does not listen yet.
    pub fn new(parts: ClusterParts) -> Arc<Self> {
        Arc::new(Cluster {
            id: parts.id.into(),
            topics: Topics::new(parts.namespace, parts.streams),
            clock: parts.clock,
            fetch_sessions: FetchSessions::default(),
        })
    }

    pub(crate) fn now_milliseconds(&self) -> i64 {
        i64::try_from(self.clock.now().as_millis()).unwrap_or(i64::MAX)
    }
}
