//! What is bounded, and where.

use std::time::Duration;

/// A request may be so long (Kafka's `socket.request.max.bytes`).
pub(crate) const REQUEST_BYTES: usize = 100 << 20;
/// Before a client has authenticated itself.
pub(crate) const UNAUTHENTICATED_REQUEST_BYTES: usize = 512 << 10;
/// A client may take so long to authenticate itself, from when it is connected.
pub(crate) const AUTHENTICATION: Duration = Duration::from_secs(30);
/// A connection is closed when nothing came over it for so long (`connections.max.idle.ms`): longer than any request waits.
pub(crate) const IDLE: Duration = Duration::from_secs(600);
/// A client that has failed to authenticate itself waits so long for the answer (`connection.failed.authentication.delay.ms`).
pub(crate) const FAILED_AUTHENTICATION_PAUSE: Duration = Duration::from_millis(100);
/// So many produce requests of a connection may wait for their sync.
pub(crate) const PRODUCE_UNDER_WAY: usize = 64;
/// A fetch returns so many bytes at most, whatever the client asks for (`fetch.max.bytes`).
pub(crate) const FETCH_BYTES: usize = 55 << 20;
/// What a fetch finds in a file is sent from there if it is so long at least; below that, copying it costs less.
pub(crate) const SENT_FROM_FILE_BYTES: usize = 32 << 10;
/// So many files of a fetch are open at most until they are sent; what is in others is read.
pub(crate) const FETCH_FILES: usize = 64;
/// A fetch waits so long at most.
pub(crate) const FETCH_WAIT_MILLISECONDS: i32 = 300_000;
/// Incremental fetch sessions of a cluster (`max.incremental.fetch.session.cache.slots`).
pub(crate) const FETCH_SESSIONS: usize = 1_000;
/// Connections of a listener.
pub(crate) const CONNECTIONS: usize = 10_000;
/// A topic has so many partitions at most.
pub(crate) const TOPIC_PARTITIONS: i32 = 100_000;
/// The length of a topic's name.
pub(crate) const TOPIC_NAME_BYTES: usize = 249;
