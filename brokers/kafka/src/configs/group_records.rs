//! What is kept of the configuration of groups. A group need not be there to have one.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Record, Store, Table};
use ninefold_kafka_protocol::ErrorCode;
use serde::{Deserialize, Serialize};

use super::Configurable;
use super::group::GroupConfigs;
use crate::errors::Refusal;
use crate::security::Namespace;

/// Where the configuration of groups is kept.
const GROUP_CONFIGS: Table = Table::new(53, "kafka-broker.group-configs");
/// So many groups of all clusters have a configuration at most.
const GROUPS: usize = 100_000;
/// The longest id of a group that can have one, in bytes.
const GROUP_ID_BYTES: usize = 1_024;

/// What was configured of a group, by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct GroupConfigRecord {
    configs: BTreeMap<String, String>,
}

impl Record for GroupConfigRecord {
    const FORMAT: u8 = 1;
}

/// What all clusters keep of the configuration of groups.
pub struct GroupConfigRecords {
    catalog: Catalog<GroupConfigRecord>,
}

/// The configuration of the groups of a cluster.
pub(crate) struct ClusterGroupConfigs {
    records: Arc<GroupConfigRecords>,
    namespace: Namespace,
}

impl GroupConfigRecords {
    /// What is kept in the store.
    pub const TABLES: &'static [Table] = &[GROUP_CONFIGS];

    /// Opens what a store has.
    ///
    /// # Errors
    ///
    /// If the store fails or something in it is damaged.
    pub fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(GroupConfigRecords {
            catalog: Catalog::open(Arc::clone(store), GROUP_CONFIGS)?,
        })
    }
}

impl ClusterGroupConfigs {
    pub(crate) fn new(records: Arc<GroupConfigRecords>, namespace: &str) -> Self {
        ClusterGroupConfigs {
            records,
            namespace: Namespace::new(namespace),
        }
    }

    /// The configuration of a group.
    pub(crate) fn get(&self, group: &str) -> GroupConfigs {
        let record = self.records.catalog.get(&self.namespace.key(group));
        record.map_or_else(GroupConfigs::default, |record| {
            GroupConfigs::kept(record.configs.clone())
        })
    }

    /// The groups that have one, in the order of their names.
    pub(crate) fn groups(&self) -> Vec<String> {
        let prefix = self.namespace.prefix();
        let page = self.records.catalog.page(&prefix, None, usize::MAX);
        let names = page.iter().map(|(key, _)| &key[prefix.len()..]);
        names
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect()
    }

    /// Changes the configuration of a group by what it is; durable when it returns.
    pub(crate) async fn configure(
        &self,
        group: &str,
        change: impl FnOnce(GroupConfigs) -> Result<GroupConfigs, Refusal>,
    ) -> Result<(), Refusal> {
        if group.len() > GROUP_ID_BYTES {
            let message = format!("Group names have {GROUP_ID_BYTES} bytes at most.");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
        let catalog = &self.records.catalog;
        let change = |current: Option<&Arc<GroupConfigRecord>>| {
            let configs = current.map(|record| record.configs.clone()).unwrap_or_default();
            let changed = change(GroupConfigs::kept(configs))?.configured().clone();
            if changed.is_empty() {
                return Ok(Change::Delete);
            }
            if current.is_none() && catalog.len() >= GROUPS {
                let message = format!("No more than {GROUPS} groups can be configured.");
                return Err(Refusal::new(ErrorCode::PolicyViolation, message));
            }
            Ok(Change::Put(GroupConfigRecord { configs: changed }))
        };
        let key = self.namespace.key(group);
        catalog.change(&key, change).await.map(drop)
    }

    /// Removes all of it; durable when it returns.
    pub(crate) async fn remove_all(&self) -> Result<(), CatalogError> {
        let page = self
            .records
            .catalog
            .page(&self.namespace.prefix(), None, usize::MAX);
        for (key, _) in page {
            self.records.catalog.delete(&key).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ninefold_store::MemoryStore;

    use super::*;

    const LOCK: &str = "share.record.lock.duration.ms";

    async fn set(configs: &ClusterGroupConfigs, value: Option<&str>) {
        let change = |mut current: GroupConfigs| {
            let changed = match value {
                Some(value) => current.set(LOCK, value),
                None => current.unset(LOCK),
            };
            changed.map_err(|message| Refusal::new(ErrorCode::InvalidConfig, message))?;
            Ok(current)
        };
        configs.configure("group", change).await.unwrap();
    }

    #[tokio::test]
    async fn the_groups_of_a_cluster_have_what_they_had_after_a_start() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let open = || {
            let records = Arc::new(GroupConfigRecords::open(&store).unwrap());
            let of = |namespace| ClusterGroupConfigs::new(Arc::clone(&records), namespace);
            [of("one"), of("other")]
        };
        let [one, other] = open();
        set(&one, Some("15000")).await;
        set(&other, Some("20000")).await;
        let [one, other] = open();
        let locks = [&one, &other].map(|configs| configs.get("group").configured()[LOCK].clone());
        assert_eq!(locks, ["15000", "20000"]);
        one.remove_all().await.unwrap();
        assert_eq!((one.groups(), other.groups()), (vec![], vec!["group".to_owned()]));
        set(&other, None).await;
        let [_, other] = open();
        assert_eq!(other.groups(), Vec::<String>::new());
        assert_eq!(other.get("group"), GroupConfigs::default());
    }
}
