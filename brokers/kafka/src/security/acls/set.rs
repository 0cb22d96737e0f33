//! All entries of a cluster, so that the ones about a resource are found without looking at the others. Decides as Kafka's
//! `StandardAuthorizer` does.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::acl::{PatternType, Permission, ResourcePattern, Rule, WILDCARD};
use crate::security::resource::{Operation, Resource, ResourceType};

/// Who wants to do what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// `User:name`.
    pub(crate) principal: &'a str,
    pub(crate) host: &'a str,
    pub(crate) operation: Operation,
}

/// What the entries say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// An entry denies it, or there are entries for the resource, of which none allows it.
    Denied,
    /// There is no entry for the resource.
    NoAcl,
}

/// The entries.
#[derive(Debug, Default)]
pub(crate) struct AclSet {
    by_kind: BTreeMap<ResourceType, Patterns>,
    patterns: usize,
}

#[derive(Debug, Default)]
struct Patterns {
    literal: HashMap<String, Vec<Rule>>,
    prefixed: BTreeMap<String, Vec<Rule>>,
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    any: bool,
    allowed: bool,
}

impl AclSet {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// How many patterns of resources there are entries for.
    pub(crate) fn patterns(&self) -> usize {
        self.patterns
    }

    /// Adds what is said of resources, which has not been said before.
    pub(crate) fn insert(&mut self, resources: ResourcePattern, rules: Vec<Rule>) {
        let patterns = self.by_kind.entry(resources.kind).or_default();
        match resources.pattern {
            PatternType::Literal => drop(patterns.literal.insert(resources.name, rules)),
            PatternType::Prefixed => drop(patterns.prefixed.insert(resources.name, rules)),
        }
        self.patterns += 1;
    }

    /// What the entries say of something.
    pub(crate) fn decide(&self, asked: &Asked<'_>, resource: Resource<'_>) -> Verdict {
        let Some(patterns) = self.by_kind.get(&resource.kind) else {
            return Verdict::NoAcl;
        };
        let mut findings = Findings::default();
        for rules in patterns.about(resource.name) {
            findings.any = true;
            for rule in rules {
                match rule.decides(asked.principal, asked.host, asked.operation) {
                    Some(Permission::Deny) => return Verdict::Denied,
                    Some(Permission::Allow) => findings.allowed = true,
                    None => {}
                }
            }
        }
        match findings {
            Findings { allowed: true, .. } => Verdict::Allowed,
            Findings { any: true, .. } => Verdict::Denied,
            Findings { .. } => Verdict::NoAcl,
        }
    }

    /// Whether there may be a resource of a kind for which something is allowed: an entry allows it, and none denies it for all of
    /// what that one is about (KIP-679).
    pub(crate) fn allows_any(&self, asked: &Asked<'_>, kind: ResourceType) -> bool {
        let Some(patterns) = self.by_kind.get(&kind) else {
            return false;
        };
        let says = |rules: &[Rule], permission: Permission| {
            let decides = |rule: &Rule| rule.decides(asked.principal, asked.host, asked.operation);
            rules.iter().any(|rule| decides(rule) == Some(permission))
        };
        let is_denied_for_prefix_of = |name: &str| {
            let mut prefixes = patterns.prefixes_of(name);
            prefixes.any(|rules| says(rules, Permission::Deny))
        };
        let is_denied = |name: &str| {
            let literal = patterns.literal.get(name);
            literal.is_some_and(|rules| says(rules, Permission::Deny))
        };
        if is_denied(WILDCARD) {
            return false;
        }
        let literal_allows = patterns.literal.iter().any(|(name, rules)| {
            let is_everything = name == WILDCARD;
            says(rules, Permission::Allow)
                && (is_everything || !is_denied(name) && !is_denied_for_prefix_of(name))
        });
        literal_allows
            || patterns
                .prefixed
                .iter()
                .any(|(prefix, rules)| says(rules, Permission::Allow) && !is_denied_for_prefix_of(prefix))
    }

    /// A set of these entries.
    #[cfg(test)]
    pub(crate) fn of(acls: &[super::acl::Acl]) -> Self {
        let mut by_resources: BTreeMap<ResourcePattern, Vec<Rule>> = BTreeMap::new();
        for acl in acls {
            let rules = by_resources.entry(acl.resources.clone()).or_default();
            rules.push(acl.rule.clone());
        }
        let mut set = AclSet::default();
        for (resources, rules) in by_resources {
            set.insert(resources, rules);
        }
        set
    }
}

impl Patterns {
    /// The rules about a resource of this name.
    fn about<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [Rule]> {
        let own = self.literal.get(name);
        let everything = self.literal.get(WILDCARD).filter(|_| name != WILDCARD);
        let literal = own.into_iter().chain(everything).map(Vec::as_slice);
        literal.chain(self.prefixes_of(name))
    }

    /// The rules about names that begin as this one does, the longest prefix first.
    fn prefixes_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [Rule]> {
        let mut bound = Bound::Included(name);
        std::iter::from_fn(move || {
            loop {
                let range = (Bound::Unbounded, bound);
                let (candidate, rules) = self.prefixed.range::<str, _>(range).next_back()?;
                if name.starts_with(candidate.as_str()) {
                    bound = Bound::Excluded(candidate.as_str());
                    return Some(rules.as_slice());
                }
                // Between what they have in common and the candidate nothing begins as the name does.
                bound = Bound::Included(shared_prefix(name, candidate));
            }
        })
    }
}

/// What two texts begin with.
fn shared_prefix<'a>(name: &'a str, other: &str) -> &'a str {
    let pairs = name.char_indices().zip(other.chars());
    let end = pairs
        .take_while(|((_, own), other)| own == other)
        .last()
        .map_or(0, |((start, own), _)| start + own.len_utf8());
    &name[..end]
}
