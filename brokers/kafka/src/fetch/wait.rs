//! Waiting until partitions have enough for a fetch.

use std::sync::Arc;
use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::fetch::{FetchPartition, PartitionData};
use ninefold_log::Partition;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::read::Taken;
use super::{Terms, read};
use crate::cluster::Cluster;
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::TopicReference;

/// When to answer with what there is. In the time of the network, which no clock of ours drives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

/// A partition of a request.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) topic: TopicReference,
    pub(super) partition: FetchPartition,
}

impl Deadline {
    pub(super) fn after(milliseconds: i32) -> Self {
        Deadline(Instant::now() + Duration::from_millis(u64::from(milliseconds.unsigned_abs())))
    }
}

/// Reads everything wanted, in its order, as soon as there is enough of it, something is wrong with one, or at the deadline.
pub(super) async fn until_enough(
    cluster: &Cluster,
    caller: &Caller,
    wanted: Vec<Wanted>,
    terms: Terms,
    deadline: Deadline,
) -> Vec<(TopicReference, PartitionData)> {
    let found: Vec<(Wanted, Result<Arc<Partition>, ErrorCode>)> = wanted
        .into_iter()
        .map(|wanted| {
            let topic = cluster.topic_for(caller, Operation::Read, &wanted.topic);
            let partition = topic.and_then(|topic| topic.partition(wanted.partition.partition).cloned());
            (wanted, partition)
        })
        .collect();
    let notify = Arc::new(Notify::new());
    // Before reading, so that what comes after it is not missed.
    let _watching: Vec<_> = found
        .iter()
        .filter_map(|(_, partition)| partition.as_ref().ok())
        .map(|partition| partition.watch(&notify))
        .collect();
    loop {
        let (read, bytes) = read_all(&found, terms).await;
        let has_failed = read.iter().any(|(_, partition)| partition.error_code != 0);
        if bytes >= terms.min_bytes || has_failed || found.is_empty() {
            return read;
        }
        if timeout_at(deadline.0, notify.notified()).await.is_err() {
            return read;
        }
    }
}

async fn read_all(
    found: &[(Wanted, Result<Arc<Partition>, ErrorCode>)],
    terms: Terms,
) -> (Vec<(TopicReference, PartitionData)>, usize) {
    let mut all = Vec::with_capacity(found.len());
    let mut taken = Taken::default();
    for (wanted, partition) in found {
        let data = read::partition(partition.clone(), &wanted.partition, terms, taken).await;
        taken.add(&data);
        all.push((wanted.topic.clone(), data));
    }
    (all, taken.bytes)
}
