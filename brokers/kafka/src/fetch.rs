//! Fetch: reads partitions, waits until there is enough, and remembers between requests what a client reads (KIP-227).

mod read;
mod sessions;
mod wait;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::fetch::{FetchRequest, FetchResponse};

pub(crate) use self::sessions::FetchSessions;
use self::sessions::Opened;
use self::wait::Deadline;
use crate::cluster::Cluster;
use crate::limits::{FETCH_BYTES, FETCH_WAIT_MILLISECONDS};
use crate::session::Caller;

/// Readers of finished transactions.
const READ_COMMITTED: i8 = 1;
/// Since this version topics are named by id.
const BY_ID_SINCE: i16 = 13;

/// What holds for all partitions of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) min_bytes: usize,
    pub(crate) max_bytes: usize,
    pub(crate) is_committed: bool,
    pub(crate) by_id: bool,
}

/// Fetch.
pub(crate) async fn answer(
    cluster: &Cluster,
    caller: &Caller,
    request: FetchRequest,
    version: i16,
) -> FetchResponse {
    if request.replica_id >= 0 || request.replica_state.replica_id >= 0 {
        // There are no followers.
        return refused(ErrorCode::InvalidRequest);
    }
    let terms = Terms {
        min_bytes: bounded(request.min_bytes, FETCH_BYTES),
        max_bytes: bounded(request.max_bytes, FETCH_BYTES),
        is_committed: request.isolation_level == READ_COMMITTED,
        by_id: version >= BY_ID_SINCE,
    };
    let deadline = Deadline::after(request.max_wait_ms.clamp(0, FETCH_WAIT_MILLISECONDS));
    let mut opened = match cluster.fetch_sessions.open(request, terms.by_id) {
        Ok(opened) => opened,
        Err(code) => return refused(code),
    };
    let partitions = wait::until_enough(cluster, caller, opened.wanted(), terms, deadline).await;
    let Opened { session_id, .. } = opened;
    FetchResponse {
        session_id,
        responses: opened.select(partitions),
        ..FetchResponse::default()
    }
}

fn bounded(wanted: i32, limit: usize) -> usize {
    usize::try_from(wanted).unwrap_or(0).min(limit)
}

fn refused(code: ErrorCode) -> FetchResponse {
    FetchResponse {
        error_code: code.code(),
        ..FetchResponse::default()
    }
}
