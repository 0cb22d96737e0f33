//! Every queue of the door.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::{Catalog, CatalogError, Change, Store};
use ninefold_protocol::{AccountId, CallContext, Region, ServiceError};
use ninefold_share::{Group, ShareKey, Shares};
use parking_lot::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

use super::open::{OpenQueue, QueueShard, settings, start_in};
use crate::KinesisDoor;
use crate::arn::{QueueArn, StreamArn};
use crate::errors::{self, Refusal};
use crate::record::{QUEUES, QueueRecord};
use crate::stream::StreamView;

/// What no other door's groups begin with.
const GROUP_PREFIX: &[u8] = b"kinesis-queue/";

/// Every queue of the door.
pub(crate) struct Queues {
    pub(crate) catalog: Catalog<QueueRecord>,
    shares: Arc<Shares>,
    open: Mutex<HashMap<Uuid, Arc<OpenQueue>>>,
    /// Queues are made, opened and deleted one after the other: so that no share is opened of one that is being deleted.
    turn: tokio::sync::Mutex<()>,
    changes: watch::Sender<()>,
}

/// A queue that there is.
pub(crate) struct Queue {
    pub(crate) arn: QueueArn,
    pub(crate) record: Arc<QueueRecord>,
    pub(crate) view: Arc<StreamView>,
}

/// What the keys of an account's queues in a region begin with.
pub(crate) fn prefix(account: AccountId, region: &Region) -> String {
    format!("{}\n", StreamArn::namespace(account, region))
}

/// A queue's key in the catalog.
pub(crate) fn key(arn: &QueueArn) -> String {
    format!("{}{}", prefix(arn.account, &arn.region), arn.id)
}

fn arn_of(key: &[u8]) -> Option<QueueArn> {
    let (namespace, id) = std::str::from_utf8(key).ok()?.split_once('\n')?;
    let (account, region) = namespace.split_once('/')?;
    Some(QueueArn {
        account: AccountId::parse(account).ok()?,
        region: Region::parse(region).ok()?,
        id: id.parse().ok()?,
    })
}

fn group(id: Uuid) -> Group {
    Group(Bytes::from([GROUP_PREFIX, id.as_bytes()].concat()))
}

impl Queues {
    pub(crate) fn open(store: Arc<dyn Store>, shares: Arc<Shares>) -> Result<Self, CatalogError> {
        Ok(Queues {
            catalog: Catalog::open(store, QUEUES)?,
            shares,
            open: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            changes: watch::Sender::new(()),
        })
    }

    /// The queues of an account in a region, in the order of their ids, after one of them.
    pub(crate) fn of_account(
        &self,
        account: AccountId,
        region: &Region,
        after: Option<&str>,
    ) -> Vec<(QueueArn, Arc<QueueRecord>)> {
        let prefix = prefix(account, region);
        let after = after.map(|id| format!("{prefix}{id}"));
        let after = after.as_deref().map(str::as_bytes);
        let page = self.catalog.page(prefix.as_bytes(), after, usize::MAX);
        let queues = page
            .into_iter()
            .filter_map(|(key, record)| Some((arn_of(&key)?, record)));
        queues.collect()
    }

    /// How many queues there are on a stream.
    pub(crate) fn count_of_stream(&self, stream: Uuid) -> usize {
        let queues = self.catalog.page(b"", None, usize::MAX);
        queues
            .iter()
            .filter(|(_, record)| record.stream == stream)
            .count()
    }

    /// Makes a queue, if `check` has nothing against it when nobody else makes one.
    pub(crate) async fn create(
        &self,
        arn: &QueueArn,
        record: QueueRecord,
        check: impl FnOnce() -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let _turn = self.turn.lock().await;
        check()?;
        let made = self.catalog.put(key(arn).as_bytes(), record).await;
        made.map_err(errors::from_catalog)
    }

    /// Changes a queue's record; says what it is then.
    pub(crate) async fn change(
        &self,
        arn: &QueueArn,
        change: impl FnOnce(&mut QueueRecord) -> Result<(), ServiceError>,
    ) -> Result<Arc<QueueRecord>, ServiceError> {
        let gone = || errors::queue_not_found(arn);
        let key = key(arn);
        let changed = self.catalog.change(key.as_bytes(), |current| {
            let current = current.filter(|record| !record.is_deleting).ok_or_else(gone)?;
            let mut record = QueueRecord::clone(current);
            change(&mut record)?;
            Ok::<_, Refusal>(Change::Put(record))
        });
        let changed = changed.await.map_err(|refusal| match refusal {
            Refusal::Refused(error) => error,
            Refusal::Streams(_) => ServiceError::internal("The queue could not be changed."),
        })?;
        self.changes.send_replace(());
        changed.ok_or_else(gone)
    }

    /// Deletes a queue with all that it knows of deliveries; durable when it returns.
    pub(crate) async fn delete(&self, arn: &QueueArn) -> Result<(), ServiceError> {
        let _turn = self.turn.lock().await;
        let key = key(arn);
        if self
            .catalog
            .get(key.as_bytes())
            .is_none_or(|record| !record.is_deleting)
        {
            // Should it come to no end, it goes on at the next start at the latest.
            let deleting = self.change(arn, |record| {
                record.is_deleting = true;
                Ok(())
            });
            deleting.await?;
        }
        self.open.lock().remove(&arn.id);
        let deleted = self.shares.delete_group(&group(arn.id)).await;
        deleted.map_err(|error| errors::from_share(&error, arn))?;
        let deleted = self.catalog.delete(key.as_bytes()).await;
        deleted.map_err(errors::from_catalog)
    }

    /// A queue as it is now, with a share of every shard that holds anything for it.
    pub(crate) async fn opened(
        &self,
        queue: &Queue,
        now_milliseconds: u64,
    ) -> Result<Arc<OpenQueue>, ServiceError> {
        if let Some(open) = self.opened_so(queue) {
            return Ok(open);
        }
        let _turn = self.turn.lock().await;
        if let Some(open) = self.opened_so(queue) {
            return Ok(open);
        }
        let arn = &queue.arn;
        let record = self.catalog.get(key(arn).as_bytes());
        let record = record.filter(|record| !record.is_deleting);
        let record = record.ok_or_else(|| errors::queue_not_found(arn))?;
        let settings = settings(&record);
        let mut shards = Vec::new();
        for shard in queue.view.listed(now_milliseconds) {
            let Some(start) = start_in(&record, shard) else {
                continue;
            };
            let key = ShareKey {
                group: group(arn.id),
                partition: shard.partition.number(),
            };
            let share = self.shares.open(&key, &shard.partition, settings, start).await;
            let share = share.map_err(|error| errors::from_share(&error, arn))?;
            if share.settings() != settings {
                share.configure(settings);
            }
            shards.push(QueueShard { id: shard.id, share });
        }
        let open = Arc::new(OpenQueue::new(record, Arc::clone(&queue.view), shards));
        self.open.lock().insert(arn.id, Arc::clone(&open));
        Ok(open)
    }

    /// The open queue, if it is as it was found.
    fn opened_so(&self, queue: &Queue) -> Option<Arc<OpenQueue>> {
        let open = self.open.lock().get(&queue.arn.id).cloned()?;
        let is_so = Arc::ptr_eq(&open.record, &queue.record) && Arc::ptr_eq(&open.view, &queue.view);
        is_so.then_some(open)
    }

    /// Tells when a queue was changed or deleted.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }
}

impl KinesisDoor {
    /// The queue of an ARN, if the caller may do this to it.
    pub(crate) fn queue(
        &self,
        context: &CallContext,
        arn: &QueueArn,
        action: &str,
    ) -> Result<Queue, ServiceError> {
        let record = self.queues.catalog.get(key(arn).as_bytes());
        let policy = record.as_ref().and_then(|record| record.policy.as_deref());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, arn, policy)?;
        self.queue_now(arn)
    }

    /// The queue that a caller means, if they may do this to it.
    pub(crate) fn queue_named(
        &self,
        context: &CallContext,
        arn: &str,
        action: &str,
    ) -> Result<Queue, ServiceError> {
        match QueueArn::parse(arn) {
            Some(arn) => self.queue(context, &arn, action),
            // Ids are given out here, and none is like that.
            None => {
                context.authorize(action, &arn, None)?;
                Err(errors::not_found(format!("Queue {arn} not found.")))
            }
        }
    }

    /// The queue of an ARN as it is now.
    pub(crate) fn queue_now(&self, arn: &QueueArn) -> Result<Queue, ServiceError> {
        let record = self.queues.catalog.get(key(arn).as_bytes());
        let record = record.filter(|record| !record.is_deleting);
        let gone = || errors::queue_not_found(arn);
        let record = record.ok_or_else(gone)?;
        let stream = self.streams().by_id(record.stream).ok_or_else(gone)?;
        let stream_arn = stream_arn(arn, &record);
        Ok(Queue {
            arn: arn.clone(),
            view: self.views.of(&stream_arn, stream)?,
            record,
        })
    }

    /// Deletes queues that were to be, or whose streams are gone, and lets go of what streams don't retain any more.
    pub(crate) async fn sweep_queues(&self) {
        for (key, record) in self.queues.catalog.page(b"", None, usize::MAX) {
            let Some(arn) = arn_of(&key) else { continue };
            if let Err(error) = self.sweep_queue(&arn, &record).await {
                tracing::warn!(%error, %arn, "a queue could not be looked after");
            }
        }
    }

    async fn sweep_queue(&self, arn: &QueueArn, record: &QueueRecord) -> Result<(), ServiceError> {
        if record.is_deleting || self.streams().by_id(record.stream).is_none() {
            return self.queues.delete(arn).await;
        }
        let open = self.queues.open.lock().get(&arn.id).cloned();
        match open {
            Some(open) => open.let_go(self.now_milliseconds()).await,
            None => Ok(()),
        }
    }
}

/// The stream that a queue is on.
pub(crate) fn stream_arn(queue: &QueueArn, record: &QueueRecord) -> StreamArn {
    StreamArn {
        account: queue.account,
        region: queue.region.clone(),
        name: record.stream_name.clone(),
    }
}
