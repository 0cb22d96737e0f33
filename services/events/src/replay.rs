//! Replays: events of an archive, put on its bus again.
//!
//! A replay goes page by page, and notes how far it is when the targets have a page: after a crash the last one comes again. The
//! events go by the rules that the bus has now, and are as they were but for their `replay-name`, by which no archive keeps them
//! twice.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use ninefold_archive::{Entry, Place};
use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::ServiceError;
use tokio::sync::{Notify, Semaphore};

use crate::EventsDoor;
use crate::archives::read_entry;
use crate::buses::Bus;
use crate::errors::{self, Refusal};
use crate::event::{Event, with_replay_name};
use crate::record::{ReplayRecord, ReplayState};
use crate::resource_name::ResourceName;
use crate::routing::Routed;

/// Replay -> [`ReplayRecord`].
pub(crate) const REPLAYS: Table = Table::new(43, "events.replays");
/// Events replayed at a time, and replays that have a page under way together.
const PAGE_EVENTS: usize = 100;
const PAGES_TOGETHER: usize = 8;
/// How long to wait when a replay can't go on.
const TROUBLE_DELAY: Duration = Duration::from_secs(5);
/// How long a replay is remembered after its end.
const REMEMBERED_MILLIS: u64 = 90 * 86_400_000;

/// Every replay.
pub(crate) struct Replays {
    pub(crate) records: Catalog<ReplayRecord>,
    /// There may be one to begin.
    pub(crate) started: Notify,
    turns: Semaphore,
}

/// What a step has come to.
enum Step {
    /// Events up to this place have been replayed.
    Page(Place),
    Ended {
        state: ReplayState,
        reason: Option<String>,
    },
}

impl Step {
    fn failed(reason: String) -> Self {
        Step::Ended {
            state: ReplayState::Failed,
            reason: Some(reason),
        }
    }
}

impl Replays {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Replays {
            records: Catalog::open(Arc::clone(store), REPLAYS)?,
            started: Notify::new(),
            turns: Semaphore::new(PAGES_TOGETHER),
        })
    }

    pub(crate) fn get(&self, name: &ResourceName) -> Option<Arc<ReplayRecord>> {
        self.records.get(name.key().as_bytes())
    }

    pub(crate) async fn change(
        &self,
        name: &ResourceName,
        change: impl FnOnce(Option<&Arc<ReplayRecord>>) -> Result<Change<ReplayRecord>, ServiceError>,
    ) -> Result<Option<Arc<ReplayRecord>>, ServiceError> {
        let key = name.key();
        let changed = self
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        Ok(changed.await?)
    }

    fn active(&self) -> Vec<ResourceName> {
        let records = self.records.page(b"", None, usize::MAX);
        let active = records.iter().filter(|(_, record)| record.state.is_active());
        active
            .filter_map(|(key, _)| ResourceName::from_key(key))
            .collect()
    }
}

impl EventsDoor {
    /// Replays what is asked for, for ever.
    pub(crate) async fn run_replays(&self) {
        let mut running = FuturesUnordered::new();
        let mut names = HashSet::new();
        loop {
            for name in self.replays.active() {
                if names.insert(name.clone()) {
                    running.push(self.run_replay(name));
                }
            }
            tokio::select! {
                () = self.replays.started.notified() => {}
                Some(ended) = running.next() => drop(names.remove(&ended)),
            }
        }
    }

    async fn run_replay(&self, name: ResourceName) -> ResourceName {
        loop {
            match self.advance_replay(&name).await {
                Ok(true) => {}
                Ok(false) => return name,
                Err(error) => {
                    tracing::warn!(replay = name.name, %error, "a replay could not go on");
                    self.clock.sleep_until(self.clock.now() + TROUBLE_DELAY).await;
                }
            }
        }
    }

    /// Does one step of a replay; says whether there are more.
    async fn advance_replay(&self, name: &ResourceName) -> Result<bool, ServiceError> {
        let _turn = self.replays.turns.acquire().await;
        let Some(record) = self.replays.get(name) else {
            return Ok(false);
        };
        let step = match record.state {
            ReplayState::Starting | ReplayState::Running => self.replay_page(name, &record).await?,
            ReplayState::Cancelling => Step::Ended {
                state: ReplayState::Cancelled,
                reason: None,
            },
            ReplayState::Completed | ReplayState::Cancelled | ReplayState::Failed => return Ok(false),
        };
        let now_millis = self.now_millis();
        let advanced = self.replays.change(name, |current| {
            let Some(current) = current else {
                return Ok(Change::Keep);
            };
            let mut record = ReplayRecord::clone(current);
            match step {
                Step::Page(last) => record.advance(last),
                Step::Ended { state, reason } => record.end_as(state, reason, now_millis),
            }
            Ok(Change::Put(record))
        });
        Ok(advanced.await?.is_some_and(|record| record.state.is_active()))
    }

    async fn replay_page(&self, name: &ResourceName, record: &ReplayRecord) -> Result<Step, ServiceError> {
        let archive = self.archives.get(&record.archive(name));
        let Some(archive) = archive.filter(|archive| archive.id == record.archive_id) else {
            return Ok(Step::failed(format!(
                "Archive {} does not exist.",
                record.archive_name
            )));
        };
        let Some(bus) = self.buses.get(&record.bus(name)) else {
            return Ok(Step::failed(format!(
                "Event bus {} does not exist.",
                record.bus_name
            )));
        };
        let page = self.archives.events.page(
            &archive.series(),
            record.next_place(),
            Some(record.end()),
            PAGE_EVENTS,
        );
        let page = page.map_err(|error| errors::from_catalog(error.into()))?;
        let Some(last) = page.last().map(|entry| entry.place) else {
            return Ok(Step::Ended {
                state: ReplayState::Completed,
                reason: None,
            });
        };
        match route(name, record, &bus, &page) {
            Ok(routed) => {
                self.bring_to_targets(routed).await?;
                Ok(Step::Page(last))
            }
            Err(reason) => Ok(Step::failed(format!("An archived event can't be read: {reason}"))),
        }
    }

    /// Forgets replays that have ended long ago.
    pub(crate) async fn expire_replays(&self) -> Result<(), ServiceError> {
        let before = self.now_millis().saturating_sub(REMEMBERED_MILLIS);
        for (key, record) in self.replays.records.page(b"", None, usize::MAX) {
            if record.ended_at_millis.is_some_and(|ended_at| ended_at < before) {
                let forgotten = self.replays.records.delete(&key).await;
                forgotten.map_err(errors::from_catalog)?;
            }
        }
        Ok(())
    }
}

/// Finds the rules that take the events of a page, of those that the replay is for.
fn route(
    name: &ResourceName,
    record: &ReplayRecord,
    bus: &Arc<Bus>,
    page: &[Entry],
) -> Result<Vec<Routed>, String> {
    let mut routed = Vec::with_capacity(page.len());
    for entry in page {
        let event = read_entry(&entry.payload)?;
        // A replay has what was there when it began: whatever it brings about comes after it.
        if event.passage.ingested_at_millis > record.started_at_millis {
            continue;
        }
        let event = Event {
            json: with_replay_name(&event.json, &name.name),
            ..event
        };
        let mut found = Routed::on(bus, event).map_err(|error| error.to_string())?;
        if !record.filter_arns.is_empty() {
            found
                .rules
                .retain(|rule| record.filter_arns.contains(&rule.arn.to_string()));
        }
        routed.push(found);
    }
    Ok(routed)
}
