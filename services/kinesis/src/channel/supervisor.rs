//! All channels, and a worker for each.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::{Catalog, CatalogError, Store};
use ninefold_outbound_object_store::ObjectStore;
use ninefold_protocol::LogGroups;
use ninefold_time::Clock;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};
use uuid::Uuid;

use super::figures::{ChannelFigures, Counts};
use super::worker::Worker;
use crate::arn::{ChannelArn, StreamArn};
use crate::record::{CHANNEL_POSITIONS, CHANNELS, ChannelRecord, ChannelState, PositionsRecord};
use crate::stream::StreamViews;

/// So many objects are made at one time, for all channels together, which bounds what they hold in memory.
const OBJECTS_AT_ONE_TIME: usize = 4;

/// Where channels deliver to.
#[derive(Clone)]
pub struct ChannelDelivery {
    /// The store that has all buckets.
    pub store: Arc<dyn ObjectStore>,
    /// What of records makes an object, before compression. An object may be longer by one record.
    pub object_bytes: usize,
}

/// All channels there are.
pub(crate) struct Channels {
    catalog: Arc<Catalog<ChannelRecord>>,
    positions: Arc<Catalog<PositionsRecord>>,
    delivery: Option<ChannelDelivery>,
    log_groups: Option<Arc<dyn LogGroups>>,
    clock: Arc<dyn Clock>,
    views: Arc<StreamViews>,
    changes: watch::Sender<u64>,
    counts: Mutex<HashMap<Uuid, Arc<Counts>>>,
}

/// What workers share.
pub(super) struct Shared {
    pub(super) channels: Arc<Catalog<ChannelRecord>>,
    pub(super) positions: Arc<Catalog<PositionsRecord>>,
    pub(super) delivery: ChannelDelivery,
    pub(super) log_groups: Option<Arc<dyn LogGroups>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) views: Arc<StreamViews>,
    pub(super) changes: watch::Sender<u64>,
    /// Who may make an object.
    pub(super) turns: Semaphore,
}

impl Channels {
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        delivery: Option<ChannelDelivery>,
        log_groups: Option<Arc<dyn LogGroups>>,
        clock: Arc<dyn Clock>,
        views: Arc<StreamViews>,
    ) -> Result<Self, CatalogError> {
        Ok(Channels {
            catalog: Arc::new(Catalog::open(Arc::clone(store), CHANNELS)?),
            positions: Arc::new(Catalog::open(Arc::clone(store), CHANNEL_POSITIONS)?),
            delivery,
            log_groups,
            clock,
            views,
            changes: watch::Sender::new(0),
            counts: Mutex::default(),
        })
    }

    /// What is known of channels, by their keys. Whoever changes something says so with [`Channels::tell`].
    pub(crate) fn catalog(&self) -> &Catalog<ChannelRecord> {
        &self.catalog
    }

    /// Whether there is somewhere to deliver to.
    pub(crate) fn can_deliver(&self) -> bool {
        self.delivery.is_some()
    }

    /// Lets workers know that channels have changed.
    pub(crate) fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Forgets how far a channel is that is no more.
    pub(crate) async fn forget_positions(&self, id: Uuid) -> Result<(), CatalogError> {
        self.positions.delete(id.as_bytes()).await
    }

    /// The channels of a stream.
    pub(crate) fn of_stream(&self, stream: Uuid) -> Vec<Arc<ChannelRecord>> {
        let channels = self.catalog.page(b"", None, usize::MAX).into_iter();
        channels
            .map(|(_, record)| record)
            .filter(|record| record.stream == stream)
            .collect()
    }

    /// What channels have done since the start.
    pub(crate) fn figures(&self) -> Vec<ChannelFigures> {
        let counts = self.counts.lock().clone();
        let now_milliseconds = self.clock.now().as_millis();
        let channels = self.catalog.page(b"", None, usize::MAX).into_iter();
        channels
            .filter_map(|(_, record)| {
                let counts = counts.get(&record.id)?;
                let id = record.id.to_string();
                Some(counts.figures(&record.name, id, &record.stream_name, now_milliseconds))
            })
            .collect()
    }

    /// Has a worker for each channel. Never returns; when it is dropped, all of them end.
    pub(crate) async fn run(&self) {
        let Some(delivery) = self.delivery.clone() else {
            if !self.catalog.is_empty() {
                tracing::error!(
                    "there are channels, but no object store is configured: nothing is delivered"
                );
            }
            return std::future::pending().await;
        };
        self.forget_strays().await;
        let shared = Arc::new(Shared {
            channels: Arc::clone(&self.catalog),
            positions: Arc::clone(&self.positions),
            delivery,
            log_groups: self.log_groups.clone(),
            clock: Arc::clone(&self.clock),
            views: Arc::clone(&self.views),
            changes: self.changes.clone(),
            turns: Semaphore::new(OBJECTS_AT_ONE_TIME),
        });
        let mut changes = self.changes.subscribe();
        let mut tasks = JoinSet::new();
        let mut workers: HashMap<Uuid, AbortHandle> = HashMap::new();
        loop {
            changes.mark_unchanged();
            let channels = self.catalog.page(b"", None, usize::MAX);
            workers.retain(|id, worker| {
                let is_there = channels.iter().any(|(_, record)| record.id == *id);
                if !is_there {
                    worker.abort();
                    self.counts.lock().remove(id);
                }
                is_there
            });
            for (key, record) in channels {
                if !workers.contains_key(&record.id)
                    && let Some(worker) = self.worker(&shared, key, &record)
                {
                    workers.insert(record.id, tasks.spawn(worker.run()));
                }
            }
            tokio::select! {
                _ = changes.changed() => {}
                Some(ended) = tasks.join_next() => if let Err(error) = ended && error.is_panic() {
                    tracing::error!(%error, "a channel delivers nothing until the next start");
                },
            }
        }
    }

    fn worker(&self, shared: &Arc<Shared>, key: Bytes, record: &ChannelRecord) -> Option<Worker> {
        let arn = channel_arn(&key, record)?;
        let has_failed = matches!(record.state, ChannelState::Failed { .. });
        let counts = Arc::clone(self.counts.lock().entry(record.id).or_default());
        (!has_failed).then(|| Worker {
            arn,
            key,
            shared: Arc::clone(shared),
            counts,
            progress: None,
            failures: 0,
        })
    }

    /// Forgets how far channels were that a crash has left between their own end and that.
    async fn forget_strays(&self) {
        let channels = self.catalog.page(b"", None, usize::MAX);
        for (id, _) in self.positions.page(b"", None, usize::MAX) {
            let is_there = channels.iter().any(|(_, record)| *record.id.as_bytes() == *id);
            if !is_there && let Err(error) = self.positions.delete(&id).await {
                tracing::warn!(%error, "the positions of a deleted channel are left");
            }
        }
    }
}

/// The ARN of a channel, whose key begins with its account and region.
pub(crate) fn channel_arn(key: &[u8], record: &ChannelRecord) -> Option<ChannelArn> {
    let text = std::str::from_utf8(key).ok()?;
    let (namespace, name) = text.split_once('\n')?;
    let stream = StreamArn::from_key(&ninefold_streams::StreamKey::new(namespace, name))?;
    Some(ChannelArn {
        account: stream.account,
        region: stream.region,
        id: record.id,
    })
}
