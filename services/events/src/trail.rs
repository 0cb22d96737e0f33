//! The last events: which buses they came by, which rules took them, and what was left for whom. For whoever asks what became
//! of one.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ninefold_delivery::TargetKey;
use ninefold_time::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::buses::Bus;
use crate::event::Event;
use crate::routing::Routed;
use crate::rule::Rule;

/// As many are remembered, and as much of what they say.
const REMEMBERED: usize = 10_000;
const REMEMBERED_BYTES: usize = 8 << 20;

/// The last events, in memory.
#[derive(Default)]
pub(crate) struct Trail(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    order: VecDeque<Arc<Step>>,
    by_event: HashMap<Uuid, Vec<Arc<Step>>>,
    bytes: usize,
}

/// An event on one bus.
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) bus: Arc<Bus>,
    pub(crate) event: Arc<Event>,
    /// The rules that took it.
    pub(crate) rules: Vec<Arc<Rule>>,
    /// Targets that did not get it at once.
    left: Mutex<Vec<TargetKey>>,
}

impl Step {
    /// Whether a target got the event at once.
    pub(crate) fn went_straight(&self, target: &TargetKey) -> bool {
        !self.left.lock().contains(target)
    }
}

impl Trail {
    /// Remembers what takes which events of a bus.
    pub(crate) fn remember(&self, routed: &[Routed], at: Timestamp) {
        let mut remembered = self.0.lock();
        for Routed { bus, event, rules } in routed {
            let step = Arc::new(Step {
                at,
                bus: Arc::clone(bus),
                event: Arc::clone(event),
                rules: rules.clone(),
                left: Mutex::default(),
            });
            remembered.push(step);
        }
    }

    /// Notes that a target did not get an event at once.
    pub(crate) fn note_left(&self, event: &Event, target: &TargetKey) {
        let remembered = self.0.lock();
        for step in remembered.by_event.get(&event.id).into_iter().flatten() {
            let is_for = |rule: &Arc<Rule>| rule.targets.iter().any(|known| known.key == *target);
            if step.rules.iter().any(is_for) {
                step.left.lock().push(target.clone());
            }
        }
    }

    /// What is remembered of an event, bus by bus.
    pub(crate) fn of(&self, event: Uuid) -> Vec<Arc<Step>> {
        self.0.lock().by_event.get(&event).cloned().unwrap_or_default()
    }
}

impl Remembered {
    fn push(&mut self, step: Arc<Step>) {
        self.bytes += step.event.json.len();
        self.by_event
            .entry(step.event.id)
            .or_default()
            .push(Arc::clone(&step));
        self.order.push_back(step);
        while self.order.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            self.bytes -= oldest.event.json.len();
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, oldest: &Arc<Step>) {
        let id = oldest.event.id;
        if let Some(steps) = self.by_event.get_mut(&id) {
            steps.retain(|step| !Arc::ptr_eq(step, oldest));
            if steps.is_empty() {
                self.by_event.remove(&id);
            }
        }
    }
}
