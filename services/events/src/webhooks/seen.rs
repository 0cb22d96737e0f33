//! Which webhooks were taken, for as long as they could be sent again.
//!
//! A window in memory says whether one is new. What it has let in is stored when its event is durable and before its sender is
//! told so: a crash in between leaves an event whose sender tries again, and never an answer without an event.

use std::sync::Arc;

use futures_util::future::{join, join_all, try_join_all};
use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::ServiceError;
use ninefold_time::Timestamp;
use ninefold_webhook::{ReplayError, ReplayKey, ReplayLimit, ReplayWindow, SeenDelivery, Webhook};
use parking_lot::Mutex;

use crate::errors;
use crate::event_sources::EventSourceName;
use crate::record::SeenWebhookRecord;

/// Source, what is the same when it is sent again -> [`SeenWebhookRecord`].
pub(crate) const SEEN_WEBHOOKS: Table = Table::new(49, "events.seen-webhooks");
/// Deliveries of one source remembered, so that none is taken twice.
const REMEMBERED_DELIVERIES: usize = 100_000;
/// Records looked at together when those are removed that have had their time.
const SWEPT_TOGETHER: usize = 1_000;
/// Between source and key: nothing that is in the name of a source.
const SEPARATOR: u8 = 0;

/// The records of all sources.
pub(super) struct SeenWebhooks(Catalog<SeenWebhookRecord>);

impl SeenWebhooks {
    pub(super) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Catalog::open(Arc::clone(store), SEEN_WEBHOOKS).map(SeenWebhooks)
    }

    /// What is remembered of a source.
    pub(super) fn of_source(&self, source: &EventSourceName) -> SeenOfSource {
        let prefix = prefix(source);
        let mut window = ReplayWindow::new(REMEMBERED_DELIVERIES);
        for (key, record) in self.0.page(&prefix, None, usize::MAX) {
            if let Ok(key) = <[u8; 16]>::try_from(&key[prefix.len()..]) {
                window.restore(SeenDelivery {
                    key: ReplayKey::from_bytes(key),
                    until: Timestamp::from_millis(record.until_millis),
                    limit: match record.is_limited {
                        true => ReplayLimit::Limited,
                        false => ReplayLimit::Unlimited,
                    },
                });
            }
        }
        SeenOfSource {
            prefix,
            window: Mutex::new(window),
        }
    }

    /// Removes what can't be sent again any more, also of sources that are no more.
    pub(super) async fn sweep(&self, now: Timestamp) -> Result<(), CatalogError> {
        // At the very end of its time a signature is still good.
        let has_had_its_time = |record: &SeenWebhookRecord| record.until_millis < now.as_millis();
        let mut last = None;
        loop {
            let page = self.0.page(b"", last.as_deref(), SWEPT_TOGETHER);
            let Some((key, _)) = page.last() else {
                return Ok(());
            };
            last = Some(key.clone());
            let removed = page
                .iter()
                .filter(|(_, record)| has_had_its_time(record))
                .map(|(key, _)| {
                    // It may have come again meanwhile, with another time.
                    let remove = |current: Option<&Arc<SeenWebhookRecord>>| {
                        Ok::<_, CatalogError>(match current.is_some_and(|record| has_had_its_time(record)) {
                            true => Change::Delete,
                            false => Change::Keep,
                        })
                    };
                    self.0.change(key, remove)
                });
            try_join_all(removed).await?;
        }
    }
}

/// What is remembered of one source.
pub(super) struct SeenOfSource {
    /// What the keys of its records begin with.
    prefix: Vec<u8>,
    window: Mutex<ReplayWindow>,
}

impl SeenOfSource {
    /// Lets a webhook in that is new.
    pub(super) fn admit(&self, webhook: &Webhook, now: Timestamp) -> Result<Admission<'_>, ReplayError> {
        let admitted = self
            .window
            .lock()
            .admit(webhook.replay_key, webhook.freshness, now);
        admitted.map(|delivery| Admission {
            source: self,
            delivery,
        })
    }

    fn key(&self, delivery: &ReplayKey) -> Vec<u8> {
        [&self.prefix[..], delivery.as_bytes()].concat()
    }
}

/// A webhook that is being taken. If it is dropped before it is kept, the sender may try again.
pub(super) struct Admission<'a> {
    source: &'a SeenOfSource,
    delivery: SeenDelivery,
}

impl Admission<'_> {
    /// Remembers for good that the webhook was taken; durable when it returns.
    pub(super) async fn keep(self, records: &SeenWebhooks) -> Result<(), ServiceError> {
        let record = SeenWebhookRecord {
            until_millis: self.delivery.until.as_millis(),
            is_limited: self.delivery.limit == ReplayLimit::Limited,
        };
        let gave_way = self.source.window.lock().take_gave_way();
        let gave_way: Vec<_> = gave_way.iter().map(|key| self.source.key(key)).collect();
        let key = self.source.key(&self.delivery.key);
        let put = records.0.put(&key, record);
        let removed = join_all(gave_way.iter().map(|key| records.0.delete(key)));
        let (put, removed) = join(put, removed).await;
        for error in removed.into_iter().filter_map(Result::err) {
            // It is removed when it has had its time.
            tracing::warn!(%error, "a webhook that gave way to others could not be forgotten");
        }
        put.map_err(errors::from_catalog)?;
        self.source.window.lock().settle(&self.delivery.key);
        Ok(())
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.source.window.lock().forget(&self.delivery.key);
    }
}

fn prefix(source: &EventSourceName) -> Vec<u8> {
    let mut prefix = source.key().into_bytes();
    prefix.push(SEPARATOR);
    prefix
}
