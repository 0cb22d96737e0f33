//! Access control lists: what is kept of them, and how they change.

mod acl;
#[cfg(test)]
mod model;
pub(crate) mod requests;
mod set;

use std::collections::BTreeSet;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Record, Table};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use self::acl::{Acl, AclFilter, ResourcePattern, Rule};
use self::set::AclSet;
pub(crate) use self::set::{Asked, Verdict};
use super::namespace::Namespace;

/// Where the entries are kept.
pub(super) const ACLS: Table = Table::new(51, "kafka-broker.acls");
/// A cluster has entries for so many patterns of resources at most.
const PATTERNS: usize = 10_000;
/// There are so many entries for a pattern at most.
const RULES: usize = 1_000;

/// The entries for a pattern of resources.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PatternRecord {
    resources: ResourcePattern,
    rules: BTreeSet<Rule>,
}

impl Record for PatternRecord {
    const FORMAT: u8 = 1;
}

/// The entries of a cluster.
pub(crate) struct Acls {
    catalog: Arc<Catalog<PatternRecord>>,
    namespace: Namespace,
    set: RwLock<Arc<AclSet>>,
}

/// Why entries were not added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AclError {
    #[error("A cluster can't have ACLs for more than {PATTERNS} resource patterns.")]
    TooManyPatterns,
    #[error("There can't be more than {RULES} ACLs for a resource pattern.")]
    TooManyRules,
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Acls {
    pub(super) fn new(catalog: Arc<Catalog<PatternRecord>>, namespace: Namespace) -> Self {
        let acls = Acls {
            catalog,
            namespace,
            set: RwLock::default(),
        };
        acls.refresh();
        acls
    }

    /// The entries as they are now.
    pub(crate) fn current(&self) -> Arc<AclSet> {
        Arc::clone(&self.set.read())
    }

    fn key(&self, resources: &ResourcePattern) -> Vec<u8> {
        let mut key = self.namespace.prefix();
        key.extend([resources.kind as u8, resources.pattern as u8]);
        key.extend(resources.name.as_bytes());
        key
    }

    fn records(&self) -> impl Iterator<Item = Arc<PatternRecord>> {
        let page = self.catalog.page(&self.namespace.prefix(), None, usize::MAX);
        page.into_iter().map(|(_, record)| record)
    }

    /// Takes over what the catalog has. Under the lock, so that nobody puts back what was before.
    fn refresh(&self) {
        let mut current = self.set.write();
        let mut set = AclSet::default();
        for record in self.records() {
            set.insert(record.resources.clone(), record.rules.iter().cloned().collect());
        }
        *current = Arc::new(set);
    }

    /// Adds entries, one after the other; durable when it returns. Those that are there already are none too many.
    async fn create(&self, acls: Vec<Result<Acl, String>>) -> Vec<Result<(), CreateError>> {
        let mut outcomes = Vec::with_capacity(acls.len());
        for acl in acls {
            outcomes.push(match acl {
                Ok(acl) => self.create_one(acl).await.map_err(CreateError::Acl),
                Err(reason) => Err(CreateError::Invalid(reason)),
            });
        }
        self.refresh();
        outcomes
    }

    async fn create_one(&self, acl: Acl) -> Result<(), AclError> {
        let key = self.key(&acl.resources);
        // What was added by this request is not counted yet: the bound may be passed by one request.
        let has_room = self.current().patterns() < PATTERNS;
        let add = |current: Option<&Arc<PatternRecord>>| {
            let mut rules = match current {
                Some(record) if record.rules.contains(&acl.rule) => return Ok(Change::Keep),
                Some(record) => record.rules.clone(),
                None if has_room => BTreeSet::new(),
                None => return Err(AclError::TooManyPatterns),
            };
            if rules.len() >= RULES {
                return Err(AclError::TooManyRules);
            }
            rules.insert(acl.rule);
            Ok(Change::Put(PatternRecord {
                resources: acl.resources,
                rules,
            }))
        };
        self.catalog.change(&key, add).await.map(drop)
    }

    /// Removes the entries that are meant, and says which they were; durable when it returns.
    async fn delete(&self, filter: &AclFilter) -> Result<Vec<Acl>, CatalogError> {
        let mut deleted = Vec::new();
        let outcome = self.delete_all(filter, &mut deleted).await;
        self.refresh();
        outcome.map(|()| deleted)
    }

    async fn delete_all(&self, filter: &AclFilter, deleted: &mut Vec<Acl>) -> Result<(), CatalogError> {
        let records: Vec<_> = self
            .records()
            .filter(|record| filter.is_about(&record.resources))
            .collect();
        for record in records {
            let mut removed = Vec::new();
            let remove = |current: Option<&Arc<PatternRecord>>| {
                let Some(current) = current else {
                    return Ok::<_, CatalogError>(Change::Keep);
                };
                let (meant, kept): (BTreeSet<_>, BTreeSet<_>) =
                    current.rules.iter().cloned().partition(|rule| filter.says(rule));
                removed.extend(meant);
                Ok(match (removed.is_empty(), kept.is_empty()) {
                    (true, _) => Change::Keep,
                    (false, true) => Change::Delete,
                    (false, false) => Change::Put(PatternRecord {
                        resources: current.resources.clone(),
                        rules: kept,
                    }),
                })
            };
            self.catalog.change(&self.key(&record.resources), remove).await?;
            deleted.extend(removed.into_iter().map(|rule| Acl {
                resources: record.resources.clone(),
                rule,
            }));
        }
        Ok(())
    }

    /// The entries that are meant, by their resources.
    fn matching(&self, filter: &AclFilter) -> Vec<(ResourcePattern, Vec<Rule>)> {
        let matching = self.records().filter_map(|record| {
            let rules = record.rules.iter().filter(|rule| filter.says(rule));
            let rules: Vec<Rule> = rules.cloned().collect();
            (filter.is_about(&record.resources) && !rules.is_empty())
                .then(|| (record.resources.clone(), rules))
        });
        matching.collect()
    }
}

/// Why an entry was not added.
#[derive(Debug, thiserror::Error)]
enum CreateError {
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Acl(AclError),
}
