//! Buses and their rules, ready for use.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Store, Table};
use ninefold_event_pattern::{EventError, PatternIndex};
use ninefold_protocol::ServiceError;
use parking_lot::RwLock;

use crate::arn::{BusArn, RuleArn};
use crate::record::{BusRecord, RuleRecord};
use crate::rule::Rule;

/// Bus -> [`BusRecord`].
pub(crate) const BUSES: Table = Table::new(40, "events.buses");
/// Bus, rule -> [`RuleRecord`].
pub(crate) const RULES: Table = Table::new(41, "events.rules");

/// Every bus.
pub(crate) struct Buses {
    pub(crate) records: Catalog<BusRecord>,
    pub(crate) rules: Catalog<RuleRecord>,
    live: RwLock<HashMap<BusArn, Arc<Bus>>>,
}

/// A bus, ready for use.
pub(crate) struct Bus {
    pub(crate) arn: BusArn,
    record: RwLock<Arc<BusRecord>>,
    rules: RwLock<Rules>,
}

/// The rules of a bus.
#[derive(Default)]
struct Rules {
    by_name: BTreeMap<String, (RuleNumber, Arc<Rule>)>,
    by_number: HashMap<RuleNumber, Arc<Rule>>,
    /// The patterns of those that are enabled.
    index: PatternIndex<RuleNumber>,
    next: RuleNumber,
}

/// Tells apart the rules of a bus, and what a rule was before it was changed.
type RuleNumber = u64;

impl Rules {
    fn put(&mut self, rule: Arc<Rule>) {
        self.remove(&rule.arn.name);
        self.next += 1;
        if let Some(pattern) = rule.pattern.as_ref().filter(|_| rule.record.state.is_enabled()) {
            self.index.insert(self.next, pattern);
            self.by_number.insert(self.next, Arc::clone(&rule));
        }
        self.by_name.insert(rule.arn.name.clone(), (self.next, rule));
    }

    fn remove(&mut self, name: &str) {
        if let Some((number, _)) = self.by_name.remove(name) {
            self.index.remove(&number);
            self.by_number.remove(&number);
        }
    }
}

impl Bus {
    fn new(arn: BusArn) -> Self {
        Bus {
            arn,
            record: RwLock::default(),
            rules: RwLock::default(),
        }
    }

    pub(crate) fn record(&self) -> Arc<BusRecord> {
        Arc::clone(&self.record.read())
    }

    pub(crate) fn rule(&self, name: &str) -> Option<Arc<Rule>> {
        let rules = self.rules.read();
        rules.by_name.get(name).map(|(_, rule)| Arc::clone(rule))
    }

    /// Every rule, in the order of their names.
    pub(crate) fn rules(&self) -> Vec<Arc<Rule>> {
        let rules = self.rules.read();
        rules.by_name.values().map(|(_, rule)| Arc::clone(rule)).collect()
    }

    pub(crate) fn rule_count(&self) -> usize {
        self.rules.read().by_name.len()
    }

    /// The rules that take an event, in no particular order.
    ///
    /// # Errors
    ///
    /// If the event can't be read.
    pub(crate) fn matching(&self, event: &str) -> Result<Vec<Arc<Rule>>, EventError> {
        let rules = self.rules.read();
        if rules.index.is_empty() {
            return Ok(Vec::new());
        }
        let numbers = rules.index.matches(event.as_bytes())?;
        let matching = numbers.iter().filter_map(|number| rules.by_number.get(number));
        Ok(matching.cloned().collect())
    }
}

impl Buses {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        let buses = Buses {
            records: Catalog::open(Arc::clone(store), BUSES)?,
            rules: Catalog::open(Arc::clone(store), RULES)?,
            live: RwLock::default(),
        };
        for (key, _) in buses.records.page(b"", None, usize::MAX) {
            if let Some(arn) = BusArn::from_key(&key) {
                buses.refresh(&arn);
            }
        }
        for (key, _) in buses.rules.page(b"", None, usize::MAX) {
            if let Some(arn) = RuleArn::from_key(&key) {
                let read = buses.refresh_rule(&arn);
                read.map_err(|error| CatalogError::Damaged {
                    table: RULES.name(),
                    reason: error.message,
                })?;
            }
        }
        Ok(buses)
    }

    /// The bus of a name. The default one is always there.
    pub(crate) fn get(&self, arn: &BusArn) -> Option<Arc<Bus>> {
        let live = self.live.read().get(arn).cloned();
        live.or_else(|| arn.is_default().then(|| Arc::new(Bus::new(arn.clone()))))
    }

    /// Every bus that something was ever said of.
    pub(crate) fn all(&self) -> Vec<Arc<Bus>> {
        self.live.read().values().cloned().collect()
    }

    /// Takes over what is stored of a bus now.
    pub(crate) fn refresh(&self, arn: &BusArn) {
        let mut live = self.live.write();
        match self.records.get(arn.key().as_bytes()) {
            Some(record) => {
                let bus = live
                    .entry(arn.clone())
                    .or_insert_with(|| Arc::new(Bus::new(arn.clone())));
                *bus.record.write() = record;
            }
            None => drop(live.remove(arn)),
        }
    }

    /// Takes over what is stored of a rule now.
    ///
    /// # Errors
    ///
    /// If it is not valid.
    pub(crate) fn refresh_rule(&self, arn: &RuleArn) -> Result<(), ServiceError> {
        let bus = self.live_bus(&arn.bus);
        // Whoever comes last finds what was stored last.
        let mut rules = bus.rules.write();
        match self.rules.get(arn.key().as_bytes()) {
            Some(record) => rules.put(Arc::new(Rule::read(arn.clone(), record)?)),
            None => rules.remove(&arn.name),
        }
        Ok(())
    }

    fn live_bus(&self, arn: &BusArn) -> Arc<Bus> {
        let mut live = self.live.write();
        let bus = live
            .entry(arn.clone())
            .or_insert_with(|| Arc::new(Bus::new(arn.clone())));
        Arc::clone(bus)
    }
}
