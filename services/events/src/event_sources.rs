//! Partner event sources: offered by partners, accepted by accounts.
//!
//! Source: [Receiving events from a SaaS partner](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas.html).

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::{AccountId, Region, ServiceError};

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::errors::{self, Refusal};
use crate::record::{EventSourceRecord, EventSourceStanding};

/// Source -> [`EventSourceRecord`].
pub(crate) const EVENT_SOURCES: Table = Table::new(48, "events.event-sources");
/// How long a source may wait for its account.
const PENDING_MILLIS: u64 = 14 * 86_400_000;
/// Between the parts of a key: nothing that is in a name.
const SEPARATOR: char = '\0';

/// Which source, offered to which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventSourceName {
    pub(crate) region: Region,
    pub(crate) name: String,
    pub(crate) account: AccountId,
}

impl EventSourceName {
    pub(crate) fn key(&self) -> String {
        format!("{}{}", Self::key_prefix(&self.region, &self.name), self.account)
    }

    /// What the keys of a source begin with, whichever account it is offered to.
    pub(crate) fn key_prefix(region: &Region, name: &str) -> String {
        format!("{region}{SEPARATOR}{name}{SEPARATOR}")
    }

    /// What the keys of a region's sources begin with.
    pub(crate) fn region_prefix(region: &Region) -> String {
        format!("{region}{SEPARATOR}")
    }

    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.split(SEPARATOR);
        Some(EventSourceName {
            region: Region::parse(parts.next()?).ok()?,
            name: parts.next()?.to_owned(),
            account: AccountId::parse(parts.next()?).ok()?,
        })
    }

    /// The bus that takes its events.
    pub(crate) fn bus(&self) -> BusArn {
        BusArn {
            account: self.account,
            region: self.region.clone(),
            name: self.name.clone(),
        }
    }

    /// The partner's part of the name: `aws.partner/PARTNER/…`.
    pub(crate) fn partner(&self) -> &str {
        self.name.split('/').nth(1).unwrap_or_default()
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:events:{}::event-source/{}", self.region, self.name)
    }
}

impl EventSourceRecord {
    /// As the API has it.
    pub(crate) fn state(&self) -> &'static str {
        match self.standing {
            EventSourceStanding::Pending { .. } => "PENDING",
            EventSourceStanding::Active => "ACTIVE",
            EventSourceStanding::Deleted => "DELETED",
        }
    }

    /// When it will be gone, in milliseconds since 1970, if nothing happens.
    pub(crate) fn expires_at_millis(&self) -> Option<u64> {
        match self.standing {
            EventSourceStanding::Pending { since_millis } => Some(since_millis + PENDING_MILLIS),
            EventSourceStanding::Active | EventSourceStanding::Deleted => None,
        }
    }
}

/// Every source.
pub(crate) struct EventSources(Catalog<EventSourceRecord>);

impl EventSources {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Catalog::open(Arc::clone(store), EVENT_SOURCES).map(EventSources)
    }

    pub(crate) fn get(&self, name: &EventSourceName) -> Option<Arc<EventSourceRecord>> {
        self.0.get(name.key().as_bytes())
    }

    /// Sources whose keys begin like this, in their order.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Vec<(EventSourceName, Arc<EventSourceRecord>)> {
        let found = self.0.page(prefix.as_bytes(), None, usize::MAX).into_iter();
        found
            .filter_map(|(key, record)| Some((EventSourceName::from_key(&key)?, record)))
            .collect()
    }

    /// Changes a source by what it is now.
    pub(crate) async fn change(
        &self,
        name: &EventSourceName,
        change: impl FnOnce(Option<&Arc<EventSourceRecord>>) -> Result<Change<EventSourceRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = name.key();
        let changed = self
            .0
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        Ok(())
    }

    /// Sets where a source stands, if it is there.
    pub(crate) async fn set_standing(
        &self,
        name: &EventSourceName,
        standing: EventSourceStanding,
    ) -> Result<(), ServiceError> {
        self.change(name, |current| {
            let current = current.ok_or_else(|| does_not_exist(&name.name))?;
            let mut record = EventSourceRecord::clone(current);
            record.standing = standing;
            Ok(Change::Put(record))
        })
        .await
    }
}

pub(crate) fn does_not_exist(name: &str) -> ServiceError {
    errors::not_found(format!("Event source {name} does not exist."))
}

impl EventsDoor {
    /// Lets a new bus take the events of the source that it is named after.
    pub(crate) async fn associate(&self, bus: &BusArn) -> Result<(), ServiceError> {
        let name = source_of(bus);
        match self.event_sources.get(&name).map(|record| record.standing) {
            Some(EventSourceStanding::Pending { .. }) => {
                self.event_sources
                    .set_standing(&name, EventSourceStanding::Active)
                    .await
            }
            Some(EventSourceStanding::Active | EventSourceStanding::Deleted) => Err(errors::modelled(
                "InvalidStateException",
                format!("Event source {} is not in state PENDING.", name.name),
            )),
            None => Err(does_not_exist(&name.name)),
        }
    }

    /// The bus of a source is gone: it may have another one, unless the partner has withdrawn it.
    pub(crate) async fn dissociate(&self, bus: &BusArn) -> Result<(), ServiceError> {
        let since_millis = self.now_millis();
        let name = source_of(bus);
        self.event_sources
            .change(&name, |current| match current.map(|record| record.standing) {
                None => Ok(Change::Keep),
                Some(EventSourceStanding::Deleted) => Ok(Change::Delete),
                Some(_) => {
                    let mut record = current.map(|record| EventSourceRecord::clone(record));
                    if let Some(record) = &mut record {
                        record.standing = EventSourceStanding::Pending { since_millis };
                    }
                    Ok(record.map_or(Change::Keep, Change::Put))
                }
            })
            .await
    }

    /// Removes sources that their accounts have not wanted for too long.
    pub(crate) async fn expire_event_sources(&self) -> Result<(), ServiceError> {
        let now = self.now_millis();
        for (name, _) in self.event_sources.with_prefix("") {
            self.event_sources
                .change(&name, |current| {
                    let expires = current.and_then(|record| record.expires_at_millis());
                    Ok(match expires.is_some_and(|expires| expires <= now) {
                        true => Change::Delete,
                        false => Change::Keep,
                    })
                })
                .await?;
        }
        Ok(())
    }
}

/// The source that a bus is named after.
pub(crate) fn source_of(bus: &BusArn) -> EventSourceName {
    EventSourceName {
        region: bus.region.clone(),
        name: bus.name.clone(),
        account: bus.account,
    }
}
