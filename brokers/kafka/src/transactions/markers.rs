//! Ending transactions where they have written: in partitions, and in the offsets of groups.

use std::sync::Arc;

use ninefold_groups::{GroupId, Groups};
use ninefold_log::{AppendError, Partition};
use ninefold_record_batch::{EndTransactionMarker, MarkerKind};
use ninefold_streams::Streams;
use ninefold_transactions::{MarkerWriter, Markers, Outcome, Participant, Participants, Writing};

use crate::namespace;

/// Writes the markers of all clusters.
pub struct StreamMarkers {
    streams: Arc<Streams>,
    groups: Arc<Groups>,
    default_namespace: String,
}

impl StreamMarkers {
    /// For these streams and groups; `default_namespace` is where the default cluster's topics are.
    pub fn new(streams: Arc<Streams>, groups: Arc<Groups>, default_namespace: impl Into<String>) -> Self {
        StreamMarkers {
            streams,
            groups,
            default_namespace: default_namespace.into(),
        }
    }

    fn partition(&self, topic: &str, partition: u32) -> Option<Arc<Partition>> {
        let key = namespace::stream_key(topic, &self.default_namespace);
        self.streams.get(&key)?.partition(partition).cloned()
    }
}

impl MarkerWriter for StreamMarkers {
    fn write_markers(&self, markers: Markers) -> Writing {
        let marker = EndTransactionMarker {
            kind: match markers.outcome {
                Outcome::Commit => MarkerKind::Commit,
                Outcome::Abort => MarkerKind::Abort,
            },
            coordinator_epoch: markers.coordinator_epoch.0,
        };
        let (id, epoch) = (markers.producer.id.0, markers.producer.epoch);
        let mut left = Participants::default();
        let mut appends = Vec::new();
        for (topic, partitions) in markers.participants.partitions() {
            for number in partitions {
                // One that is not there any more has nothing to end.
                let Some(partition) = self.partition(topic, *number) else {
                    continue;
                };
                match partition.append_marker(id, epoch, &marker) {
                    Ok(append) => appends.push((Arc::clone(topic), *number, append)),
                    Err(error) if is_over(&error) => {}
                    Err(_) => left.insert(Participant::Partition {
                        topic,
                        partition: *number,
                    }),
                }
            }
        }
        let groups = Arc::clone(&self.groups);
        Box::pin(async move {
            for (topic, partition, append) in appends {
                if append.await.is_err() {
                    left.insert(Participant::Partition {
                        topic: &topic,
                        partition,
                    });
                }
            }
            let producers = [ninefold_groups::ProducerId(id)];
            let is_committed = markers.outcome == Outcome::Commit;
            for group in markers.participants.groups() {
                let group_id = GroupId::from(&**group);
                let completed = groups.complete_transactions(&group_id, &producers, is_committed);
                if completed.await.is_err() {
                    left.insert(Participant::Group(group));
                }
            }
            left
        })
    }
}

/// Whether the transaction is not there any more, to be ended: the partition is gone, or has a newer producer.
fn is_over(error: &AppendError) -> bool {
    matches!(
        error,
        AppendError::Deleted | AppendError::ProducerFenced { .. } | AppendError::CoordinatorFenced { .. }
    )
}
