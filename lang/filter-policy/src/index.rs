use crate::attribute::{Attribute, fields};
use crate::policy::{FilterPolicy, FilterScope};
use hashbrown::HashSet;
use ninefold_event_pattern::PatternIndex;
use std::hash::Hash;

/// The filter policies of a topic's subscriptions, of both scopes.
#[derive(Debug)]
pub struct FilterIndex<Id> {
    by_attributes: PatternIndex<Id>,
    by_body: PatternIndex<Id>,
    /// Those that let everything through.
    unconditional: HashSet<Id>,
}

impl<Id> Default for FilterIndex<Id> {
    fn default() -> Self {
        Self {
            by_attributes: PatternIndex::default(),
            by_body: PatternIndex::default(),
            unconditional: HashSet::new(),
        }
    }
}

impl<Id: Clone + Eq + Hash> FilterIndex<Id> {
    /// An index without policies.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many policies there are.
    pub fn len(&self) -> usize {
        self.by_attributes.len() + self.by_body.len() + self.unconditional.len()
    }

    /// Whether there are no policies.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a policy, in place of the one that had this id. It takes effect at once.
    pub fn insert(&mut self, id: Id, policy: &FilterPolicy) {
        self.remove(&id);
        match (policy.pattern(), policy.scope()) {
            (None, _) => {
                self.unconditional.insert(id);
            }
            (Some(pattern), FilterScope::MessageAttributes) => self.by_attributes.insert(id, pattern),
            (Some(pattern), FilterScope::MessageBody) => self.by_body.insert(id, pattern),
        }
    }

    /// Takes the policy with this id away. Returns whether there was one.
    pub fn remove(&mut self, id: &Id) -> bool {
        self.by_attributes.remove(id) || self.by_body.remove(id) || self.unconditional.remove(id)
    }

    /// The ids of the policies that a message matches, each once, in no particular order. The body is read only if some policy
    /// is about it.
    pub fn matching(&self, attributes: &[Attribute<'_>], body: &str) -> Vec<Id> {
        let mut matching = self.unconditional.iter().cloned().collect::<Vec<_>>();
        if !attributes.is_empty() && !self.by_attributes.is_empty() {
            matching.append(&mut self.by_attributes.matches_fields(fields(attributes)));
        }
        if !self.by_body.is_empty() {
            // A body that isn't JSON matches nothing; that is no error.
            matching.append(&mut self.by_body.matches(body.as_bytes()).unwrap_or_default());
        }
        matching
    }
}
