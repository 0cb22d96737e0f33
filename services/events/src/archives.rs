//! Archives: the events of a bus, kept to be replayed.
//!
//! An archive is a rule of its bus that the service has made for itself, whose target is the archive. Events stand in it by their own
//! time, which is what replays go by, and are kept as long as the archive says from when they were put.
//!
//! Source: [Archiving and replaying events](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninefold_archive::{Archive, NewEntry, Tally};
use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_model::Timestamp as WireTimestamp;
use ninefold_protocol::ServiceError;
use ninefold_time::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::EventsDoor;
use crate::arn::RuleArn;
use crate::delivery::payload;
use crate::errors::{self, Refusal};
use crate::event::Event;
use crate::operations::rules::remove_entirely;
use crate::record::{
    ArchiveRecord, ArchiveStanding, InputTransformerRecord, RuleRecord, RuleState, SERIES_PREFIX,
    TargetRecord, archive_of_rule,
};
use crate::resource_name::{Kind, ResourceName};
use crate::rule::read_pattern;
use crate::target::Target;

/// Archive -> [`ArchiveRecord`].
pub(crate) const ARCHIVES: Table = Table::new(42, "events.archives");
/// Who makes and changes the rules of archives.
const MANAGED_BY: &str = "prod.vhs.events.aws.internal";
/// What every event has that is replayed, and no event else.
const REPLAY_NAME: &str = "replay-name";
const DAY: Duration = Duration::from_secs(86_400);

/// Every archive.
pub(crate) struct Archives {
    pub(crate) records: Catalog<ArchiveRecord>,
    pub(crate) events: Archive,
    /// Held while an archive, and with it a rule, is made, changed or removed.
    pub(crate) changes: Mutex<()>,
}

/// `State` and `StateReason`.
pub(crate) struct ArchiveState {
    pub(crate) state: &'static str,
    pub(crate) reason: Option<&'static str>,
}

impl Archives {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Archives {
            records: Catalog::open(Arc::clone(store), ARCHIVES)?,
            events: Archive::new(Arc::clone(store)),
            changes: Mutex::default(),
        })
    }

    pub(crate) fn get(&self, name: &ResourceName) -> Option<Arc<ArchiveRecord>> {
        self.records.get(name.key().as_bytes())
    }

    /// How much an archive has.
    pub(crate) fn tally(&self, record: &ArchiveRecord) -> Result<Tally, ServiceError> {
        let tally = self.events.tally(&record.series());
        tally.map_err(|error| errors::from_catalog(error.into()))
    }

    pub(crate) async fn change(
        &self,
        name: &ResourceName,
        change: impl FnOnce(Option<&Arc<ArchiveRecord>>) -> Result<Change<ArchiveRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = name.key();
        let changed = self
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        Ok(())
    }
}

/// The pattern of an archive's rule: what the archive wants, and nothing that is replayed.
///
/// # Errors
///
/// `InvalidEventPatternException`.
pub(crate) fn rule_pattern(pattern: Option<&str>) -> Result<String, ServiceError> {
    let mut fields: BTreeMap<Cow<'_, str>, &RawValue> = BTreeMap::new();
    if let Some(pattern) = pattern {
        read_pattern(pattern)?;
        fields = serde_json::from_str(pattern).map_err(errors::invalid_pattern)?;
    }
    let absent: Box<RawValue> =
        serde_json::from_str(r#"[{"exists":false}]"#).map_err(errors::invalid_pattern)?;
    fields.insert(Cow::Borrowed(REPLAY_NAME), &absent);
    let written = serde_json::to_string(&fields).map_err(errors::invalid_pattern)?;
    read_pattern(&written).map(|_| written)
}

impl EventsDoor {
    /// What an archive's state is: what was asked for, unless somebody has taken its rule away from it.
    pub(crate) fn archive_state(&self, name: &ResourceName, record: &ArchiveRecord) -> ArchiveState {
        let rule = record.rule(name);
        let rule = self.buses.get(&rule.bus).and_then(|bus| bus.rule(&rule.name));
        let is_served = rule.is_some_and(|rule| rule.record.state.is_enabled() && !rule.targets.is_empty());
        let (state, reason) = match record.standing {
            ArchiveStanding::Creating => ("CREATING", None),
            ArchiveStanding::Updating => ("UPDATING", None),
            ArchiveStanding::Ready if is_served => ("ENABLED", None),
            ArchiveStanding::Ready => (
                "DISABLED",
                Some("Managed rule for the archive was forcefully deleted."),
            ),
        };
        ArchiveState { state, reason }
    }

    /// Makes the rule of an archive, or makes it anew, and notes that the archive is ready.
    pub(crate) async fn finish_archive(
        &self,
        name: &ResourceName,
        record: &ArchiveRecord,
    ) -> Result<(), ServiceError> {
        let rule = record.rule(name);
        let pattern = rule_pattern(record.event_pattern.as_deref())?;
        let target = archive_target(name, record, &rule);
        self.change_rule(&rule, |current| {
            refuse_foreign_rule(&rule, current)?;
            Ok(Change::Put(RuleRecord {
                created_at_millis: record.created_at_millis,
                created_by: name.account.to_string(),
                description: None,
                event_pattern: Some(pattern),
                schedule: None,
                scheduled_from_millis: 0,
                state: RuleState::Enabled,
                role_arn: None,
                managed_by: Some(MANAGED_BY.to_owned()),
                tags: BTreeMap::new(),
                targets: vec![target],
            }))
        })
        .await?;
        self.archives
            .change(name, |current| match current {
                Some(current) => Ok(Change::Put(ArchiveRecord {
                    standing: ArchiveStanding::Ready,
                    ..ArchiveRecord::clone(current)
                })),
                None => Ok(Change::Keep),
            })
            .await
    }

    /// Whether an archive's rule can be made where it has to be.
    pub(crate) fn check_archive_rule(&self, rule: &RuleArn) -> Result<(), ServiceError> {
        let bus = self
            .buses
            .get(&rule.bus)
            .ok_or_else(|| errors::bus_does_not_exist(&rule.bus))?;
        let current = bus.rule(&rule.name);
        refuse_foreign_rule(rule, current.as_ref().map(|rule| &rule.record))
    }

    /// Removes the rule of an archive, if it is still there.
    pub(crate) async fn remove_archive_rule(
        &self,
        name: &ResourceName,
        record: &ArchiveRecord,
    ) -> Result<(), ServiceError> {
        let arn = record.rule(name);
        let rule = self.buses.get(&arn.bus).and_then(|bus| bus.rule(&arn.name));
        match rule.filter(|rule| is_managed(&rule.record)) {
            Some(rule) => remove_entirely(self, &rule).await,
            None => Ok(()),
        }
    }

    /// Keeps events in the archive that a rule was made for; says of each whether it is there, durably.
    pub(crate) async fn keep_in_archive(
        &self,
        target: &Target,
        events: &[Arc<Event>],
    ) -> Vec<Result<(), ServiceError>> {
        let archive = archive_of_rule(&target.name.rule).and_then(|name| self.archives.get(&name));
        // Nobody can ask any more for what goes to an archive that was deleted meanwhile.
        let Some(archive) = archive else {
            return vec![Ok(()); events.len()];
        };
        let entries: Vec<NewEntry> = events.iter().map(|event| entry_of(event)).collect();
        let kept = self.archives.events.append_all(&archive.series(), &entries).await;
        vec![kept.map_err(|error| errors::from_catalog(error.into())); events.len()]
    }

    /// Goes on with what a restart has interrupted.
    pub(crate) async fn finish_archives(&self) -> Result<(), ServiceError> {
        let _turn = self.archives.changes.lock().await;
        for (name, record) in self.all_archives() {
            if record.standing != ArchiveStanding::Ready {
                self.finish_archive(&name, &record).await?;
            }
        }
        Ok(())
    }

    /// Removes events that are older than their archives keep them, and those whose archives are deleted.
    pub(crate) async fn expire_archives(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        for (_, record) in self.all_archives() {
            if record.retention_days > 0 {
                let before = now - DAY * record.retention_days;
                self.empty_series(&record.series(), before).await?;
            }
        }
        self.remove_orphans().await
    }

    async fn remove_orphans(&self) -> Result<(), ServiceError> {
        // In this order: an archive that is made meanwhile has no series among these.
        let series = self.archives.events.series(SERIES_PREFIX);
        let series = series.map_err(|error| errors::from_catalog(error.into()))?;
        let archives = self.all_archives();
        let known: HashSet<Vec<u8>> = archives.iter().map(|(_, record)| record.series()).collect();
        for series in series.iter().filter(|series| !known.contains(&series[..])) {
            self.empty_series(series, Timestamp::MAX).await?;
            let forgotten = self.archives.events.forget(series).await;
            forgotten.map_err(|error| errors::from_catalog(error.into()))?;
        }
        Ok(())
    }

    async fn empty_series(&self, series: &[u8], before: Timestamp) -> Result<(), ServiceError> {
        loop {
            let removed = self.archives.events.remove_before(series, before).await;
            if !removed.map_err(|error| errors::from_catalog(error.into()))? {
                return Ok(());
            }
        }
    }

    fn all_archives(&self) -> Vec<(ResourceName, Arc<ArchiveRecord>)> {
        let records = self.archives.records.page(b"", None, usize::MAX);
        let named = records
            .into_iter()
            .filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
        named.collect()
    }
}

fn is_managed(rule: &RuleRecord) -> bool {
    rule.managed_by.as_deref() == Some(MANAGED_BY)
}

/// A rule that somebody has made stays theirs, whatever its name.
fn refuse_foreign_rule(arn: &RuleArn, current: Option<&Arc<RuleRecord>>) -> Result<(), ServiceError> {
    match current {
        Some(record) if !is_managed(record) => Err(errors::already_exists("Rule", &arn.name)),
        _ => Ok(()),
    }
}

/// The target of an archive's rule. Its input is what AWS shows; what is kept is the event.
fn archive_target(name: &ResourceName, record: &ArchiveRecord, rule: &RuleArn) -> TargetRecord {
    let archive = name.arn(Kind::Archive);
    let id = record.id;
    TargetRecord {
        id: rule.name.clone(),
        arn: format!("arn:aws:events:{}:::", name.region),
        role_arn: None,
        input: None,
        input_path: None,
        input_transformer: Some(InputTransformerRecord {
            input_paths_map: BTreeMap::new(),
            input_template: format!(
                r#"{{"archive-arn": "{archive}:{id}","event": <aws.events.event.json>,"ingestion-time": <aws.events.event.ingestion-time>}}"#
            ),
        }),
        sqs_parameters: None,
        kinesis_parameters: None,
        http_parameters: None,
        dead_letter_config: None,
        retry_policy: None,
        others: BTreeMap::new(),
    }
}

/// An event as it is kept: its id, then as it waits for targets.
fn entry_of(event: &Event) -> NewEntry {
    let kept_since = Timestamp::from_millis(event.passage.ingested_at_millis);
    let stored = payload::encode(event);
    let mut payload = BytesMut::with_capacity(size_of::<Uuid>() + stored.len());
    payload.extend_from_slice(event.id.as_bytes());
    payload.extend_from_slice(&stored);
    NewEntry {
        at: time_of(&event.json).unwrap_or(kept_since),
        kept_since,
        payload: payload.freeze(),
    }
}

/// The event that was kept.
///
/// # Errors
///
/// Why it can't be read.
pub(crate) fn read_entry(payload: &Bytes) -> Result<Event, String> {
    let (id, stored) = payload.split_first_chunk().ok_or("it is too short")?;
    payload::decode_stored(Uuid::from_bytes(*id), stored)
}

/// The time that an event says it is of.
fn time_of(json: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Timed<'a> {
        #[serde(borrow)]
        time: Cow<'a, str>,
    }
    let timed: Timed<'_> = serde_json::from_str(json).ok()?;
    let time = WireTimestamp::parse(&timed.time).ok()?;
    Some(Timestamp::from_millis(
        u64::try_from(time.milliseconds()).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Passage;

    #[test]
    fn a_rule_takes_what_its_archive_wants_but_nothing_that_is_replayed() {
        for (pattern, expected) in [
            (None, r#"{"replay-name":[{"exists":false}]}"#),
            (
                Some(r#"{"source": ["shop"], "detail": {"n": [{"numeric": ["=", 1.0]}]}}"#),
                r#"{"detail":{"n": [{"numeric": ["=", 1.0]}]},"replay-name":[{"exists":false}],"source":["shop"]}"#,
            ),
            (
                Some(r#"{"replay-name": ["again"]}"#),
                r#"{"replay-name":[{"exists":false}]}"#,
            ),
        ] {
            assert_eq!(rule_pattern(pattern).unwrap(), expected);
        }
        for pattern in ["", "[]", "shop", r#"{"source": "shop"}"#] {
            let error = rule_pattern(Some(pattern)).unwrap_err();
            assert_eq!(error.code, "InvalidEventPatternException", "{pattern}");
        }
    }

    #[test]
    fn an_event_is_kept_by_its_own_time() {
        let mut event = Event {
            id: Uuid::from_u128(7),
            json: r#"{"version":"0","time":"2026-03-01T12:00:00Z","detail":{"time":"x"}}"#.to_owned(),
            passage: Passage {
                ingested_at_millis: 5,
                ..Passage::default()
            },
        };
        let entry = entry_of(&event);
        assert_eq!(entry.at, Timestamp::from_millis(1_772_366_400_000));
        assert_eq!(entry.kept_since, Timestamp::from_millis(5));
        assert_eq!(read_entry(&entry.payload).as_ref(), Ok(&event));
        event.json = r#"{"time":"1969-12-31T23:59:59Z"}"#.to_owned();
        assert_eq!(entry_of(&event).at, Timestamp::EPOCH);
        assert!(read_entry(&Bytes::from_static(b"short")).is_err());
    }
}
