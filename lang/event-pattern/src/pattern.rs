use crate::branch::{Branch, branches};
use crate::error::{PatternError, Refusal};
use crate::event::Event;
use crate::grammar;
use crate::tree::Tree;
use std::sync::Arc;

/// A valid event pattern: as it was written, and taken apart.
#[derive(Debug, Clone)]
pub struct EventPattern {
    tree: Tree,
    branches: Vec<Arc<Branch>>,
}

/// How large a pattern may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The length of its text.
    pub characters: usize,
    /// The combinations of its alternatives: those of `$or`, and of having a value or none.
    pub combinations: usize,
}

impl Limits {
    /// What EventBridge allows: 4,096 characters. The service has a limit of combinations too but doesn't publish it.
    pub const EVENT_BRIDGE: Self = Self {
        characters: 4_096,
        combinations: 1_000,
    };
}

impl EventPattern {
    /// Reads a pattern of EventBridge.
    ///
    /// # Errors
    /// What is wrong with it and where, in the words of the service.
    pub fn parse(json: &str) -> Result<Self, PatternError> {
        Self::read(json, Limits::EVENT_BRIDGE).map_err(|refusal| refusal.located(json))
    }

    /// Reads a pattern that another service allows.
    ///
    /// # Errors
    /// What is wrong with it, in the words of EventBridge but without the place.
    pub fn parse_within(json: &str, limits: Limits) -> Result<Self, PatternError> {
        Self::read(json, limits).map_err(Refusal::bare)
    }

    fn read(json: &str, limits: Limits) -> Result<Self, Refusal> {
        let characters = json.chars().count();
        if characters > limits.characters {
            let reason = format!(
                "The pattern has {characters} characters, more than the {} allowed",
                limits.characters
            );
            return Err(PatternError::new(reason).into());
        }
        let tree = grammar::parse(json)?;
        let combinations = tree.branch_count();
        if combinations > limits.combinations {
            let reason = format!(
                "Rule is too complex - it has more than {} combinations of alternatives",
                limits.combinations
            );
            return Err(PatternError::new(reason).into());
        }
        let branches = branches(&tree).into_iter().map(Arc::new).collect();
        Ok(Self { tree, branches })
    }

    /// The pattern as it was written.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Whether the event matches. For one pattern; a [`PatternIndex`](crate::PatternIndex) is for many.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.branches.iter().any(|branch| branch.matches(event))
    }

    pub(crate) fn branches(&self) -> &[Arc<Branch>] {
        &self.branches
    }
}
