//! Rules with schedules: what is due when.
//!
//! Source: [Creating a rule that runs on a schedule](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::{Catalog, CatalogError, Record, Store, Table};
use ninefold_protocol::ServiceError;
use ninefold_time::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::EventsDoor;
use crate::arn::RuleArn;
use crate::buses::Bus;
use crate::errors;
use crate::event::{Event, EventParts, Passage, random_id};
use crate::routing::Routed;
use crate::rule::Rule;

/// Rule -> [`FiredUntil`].
pub(crate) const FIRED: Table = Table::new(47, "events.fired");
/// What a server that was away has missed is made up for if it isn't older than this; the last time only.
const MADE_UP_SECONDS: u64 = 300;
/// How long to wait when what is due can't be delivered.
const TROUBLE_DELAY: Duration = Duration::from_secs(5);
/// Rules fired together.
const FIRED_TOGETHER: usize = 256;

/// When a rule was due the last time that its targets have got their event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FiredUntil {
    seconds: u64,
}

impl Record for FiredUntil {
    const FORMAT: u8 = 1;
}

/// What is due when.
pub(crate) struct Schedules {
    fired: Catalog<FiredUntil>,
    due: Mutex<Due>,
    /// Something may be due earlier than before.
    changed: Notify,
}

#[derive(Default)]
struct Due {
    order: BTreeSet<(u64, RuleArn)>,
    seconds: HashMap<RuleArn, u64>,
}

impl Due {
    fn set(&mut self, rule: &RuleArn, seconds: Option<u64>) {
        if let Some(before) = self.seconds.remove(rule) {
            self.order.remove(&(before, rule.clone()));
        }
        if let Some(seconds) = seconds {
            self.seconds.insert(rule.clone(), seconds);
            self.order.insert((seconds, rule.clone()));
        }
    }
}

impl Schedules {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Schedules {
            fired: Catalog::open(Arc::clone(store), FIRED)?,
            due: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Takes over what a rule is now: when it is due next, not looking further back than to `now`.
    pub(crate) fn refresh(&self, arn: &RuleArn, rule: Option<&Rule>, now: Timestamp) {
        let from = now.as_secs().saturating_sub(MADE_UP_SECONDS);
        let next = rule.and_then(|rule| {
            let since = self.fired_until(rule).max(from);
            let next = due_after(rule, since)?;
            Some(last_missed(rule, next, now.as_secs()))
        });
        self.due.lock().set(arn, next);
        self.changed.notify_one();
    }

    /// Forgets a rule that is no more.
    pub(crate) async fn forget(&self, arn: &RuleArn) -> Result<(), CatalogError> {
        self.fired.delete(arn.key().as_bytes()).await
    }

    /// Up to when nothing is due any more.
    fn fired_until(&self, rule: &Rule) -> u64 {
        let fired = self.fired.get(rule.arn.key().as_bytes());
        let scheduled_from = rule.record.scheduled_from_millis / 1_000;
        fired.map_or(scheduled_from, |fired| fired.seconds.max(scheduled_from))
    }

    fn earliest(&self) -> Option<u64> {
        self.due.lock().order.first().map(|(seconds, _)| *seconds)
    }

    /// What is due at a time or earlier, a bounded number.
    fn due_at(&self, now_seconds: u64) -> Vec<(u64, RuleArn)> {
        let due = self.due.lock();
        let is_due = |entry: &&(u64, RuleArn)| entry.0 <= now_seconds;
        due.order
            .iter()
            .take_while(is_due)
            .take(FIRED_TOGETHER)
            .cloned()
            .collect()
    }
}

fn due_after(rule: &Rule, seconds: u64) -> Option<u64> {
    let schedule = rule
        .schedule
        .as_ref()
        .filter(|_| rule.record.state.is_enabled())?;
    schedule.next_after(rule.record.scheduled_from_millis / 1_000, seconds)
}

/// Of times that have gone by, the last one; a time in the future is itself.
fn last_missed(rule: &Rule, mut next: u64, now_seconds: u64) -> u64 {
    // Nothing is due more often than once a minute, so these are few.
    while let Some(later) = due_after(rule, next).filter(|later| *later <= now_seconds) {
        next = later;
    }
    next
}

impl EventsDoor {
    /// Fires what is due, for ever.
    pub(crate) async fn run_schedules(&self) {
        loop {
            let changed = self.schedules.changed.notified();
            match self.schedules.earliest() {
                None => changed.await,
                Some(seconds) if seconds > self.clock.now().as_secs() => {
                    let due = self.clock.sleep_until(Timestamp::from_secs(seconds));
                    tokio::select! {
                        () = due => {}
                        () = changed => {}
                    }
                }
                Some(_) => {
                    if let Err(error) = self.fire_due().await {
                        tracing::error!(%error, "scheduled rules could not be fired");
                        self.clock.sleep_until(self.clock.now() + TROUBLE_DELAY).await;
                    }
                }
            }
        }
    }

    async fn fire_due(&self) -> Result<(), ServiceError> {
        for (seconds, arn) in self.schedules.due_at(self.clock.now().as_secs()) {
            let bus = self.buses.get(&arn.bus);
            let rule = bus.as_ref().and_then(|bus| bus.rule(&arn.name));
            if let (Some(bus), Some(rule)) = (bus, &rule) {
                self.fire(bus, rule, seconds).await?;
            }
            self.schedules.refresh(&arn, rule.as_deref(), self.clock.now());
        }
        Ok(())
    }

    /// Sends the event of a schedule to the rule's targets.
    async fn fire(&self, bus: Arc<Bus>, rule: &Arc<Rule>, due_seconds: u64) -> Result<(), ServiceError> {
        let routed = Routed {
            bus,
            event: Arc::new(self.scheduled_event(rule, due_seconds)),
            rules: vec![Arc::clone(rule)],
        };
        self.bring_to_targets(vec![routed]).await?;
        let fired = FiredUntil { seconds: due_seconds };
        let key = rule.arn.key();
        let noted = self.schedules.fired.put(key.as_bytes(), fired).await;
        noted.map_err(errors::from_catalog)
    }

    fn scheduled_event(&self, rule: &Rule, due_seconds: u64) -> Event {
        let id = random_id();
        let resource = rule.arn.to_string();
        let parts = EventParts {
            id,
            detail_type: "Scheduled Event",
            source: "aws.events",
            account: rule.arn.bus.account,
            time_millis: i64::try_from(due_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX),
            region: &rule.arn.bus.region,
            resources: &[resource.into()],
            detail: "{}",
        };
        Event {
            id,
            json: parts.to_json(),
            passage: Passage {
                ingested_at_millis: self.now_millis(),
                ..Passage::default()
            },
        }
    }

    /// Reads what is due from the rules that are stored.
    pub(crate) fn resume_schedules(&self) {
        let now = self.clock.now();
        for rule in self.buses.all().iter().flat_map(|bus| bus.rules()) {
            if rule.schedule.is_some() {
                self.schedules.refresh(&rule.arn, Some(&rule), now);
            }
        }
    }

    /// Takes over what a rule is now.
    pub(crate) fn reschedule(&self, arn: &RuleArn) {
        let rule = self.buses.get(&arn.bus).and_then(|bus| bus.rule(&arn.name));
        self.schedules.refresh(arn, rule.as_deref(), self.clock.now());
    }
}
