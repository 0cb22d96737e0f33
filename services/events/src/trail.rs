//! The last events: which buses they came by, which rules took them, and what was left for whom. For whoever asks what became
//! of one.
//!
//! Every event is remembered and hardly one is ever asked for. So what came together is kept together as it is, and who asks looks
//! through all of it.

use std::collections::VecDeque;
use std::sync::Arc;

use ninefold_delivery::TargetKey;
use ninefold_time::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

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
    /// The oldest first.
    batches: VecDeque<Batch>,
    events: usize,
    bytes: usize,
}

/// Events that came together.
struct Batch {
    at: Timestamp,
    routed: Arc<Vec<Routed>>,
    /// Targets that did not get an event at once.
    left: Vec<(Uuid, TargetKey)>,
}

/// An event on one bus.
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    /// What came together with it.
    together: Arc<Vec<Routed>>,
    place: usize,
    /// Targets that did not get it at once.
    left: Vec<TargetKey>,
}

impl Step {
    pub(crate) fn routed(&self) -> &Routed {
        &self.together[self.place]
    }

    /// Whether a target got the event at once.
    pub(crate) fn went_straight(&self, target: &TargetKey) -> bool {
        !self.left.contains(target)
    }
}

impl Trail {
    /// Remembers what takes which events.
    pub(crate) fn remember(&self, routed: &Arc<Vec<Routed>>, at: Timestamp) {
        let batch = Batch {
            at,
            routed: Arc::clone(routed),
            left: Vec::new(),
        };
        let forgotten = self.0.lock().push(batch);
        // Outside of the lock: there is a lot to free.
        drop(forgotten);
    }

    /// Notes that a target did not get an event at once. A target is one rule's, so it is of one bus, by which an event comes once.
    pub(crate) fn note_left(&self, event: &Event, target: &TargetKey) {
        let is_for = |rule: &Arc<Rule>| rule.targets.iter().any(|known| known.key == *target);
        let is_this = |routed: &Routed| routed.event.id == event.id && routed.rules.iter().any(is_for);
        let mut remembered = self.0.lock();
        let mut newest_first = remembered.batches.iter_mut().rev();
        if let Some(batch) = newest_first.find(|batch| batch.routed.iter().any(is_this)) {
            batch.left.push((event.id, target.clone()));
        }
    }

    /// What is remembered of an event, bus by bus.
    pub(crate) fn of(&self, event: Uuid) -> Vec<Step> {
        let remembered = self.0.lock();
        let steps = remembered.batches.iter().flat_map(|batch| batch.steps_of(event));
        steps.collect()
    }
}

impl Remembered {
    /// Adds what is the newest; returns what there is no more room for.
    fn push(&mut self, batch: Batch) -> Vec<Batch> {
        self.events += batch.routed.len();
        self.bytes += batch.bytes();
        self.batches.push_back(batch);
        let mut forgotten = Vec::new();
        while (self.events > REMEMBERED || self.bytes > REMEMBERED_BYTES)
            && let Some(oldest) = self.batches.pop_front()
        {
            self.events -= oldest.routed.len();
            self.bytes -= oldest.bytes();
            forgotten.push(oldest);
        }
        forgotten
    }
}

impl Batch {
    fn bytes(&self) -> usize {
        self.routed.iter().map(|routed| routed.event.json.len()).sum()
    }

    fn steps_of(&self, event: Uuid) -> impl Iterator<Item = Step> {
        let places = self.routed.iter().enumerate();
        let places = places.filter(move |(_, routed)| routed.event.id == event);
        places.map(move |(place, _)| Step {
            at: self.at,
            together: Arc::clone(&self.routed),
            place,
            left: self
                .left
                .iter()
                .filter(|(id, _)| *id == event)
                .map(|(_, target)| target.clone())
                .collect(),
        })
    }
}
