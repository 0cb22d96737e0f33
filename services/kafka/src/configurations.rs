//! Configurations and their revisions.

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::ServiceError;

use crate::arn::{ClusterArn, ConfigurationArn};
use crate::errors::{self, Refusal};
use crate::record::{ConfigurationInUse, ConfigurationInfo, ConfigurationRecord};
use crate::server_properties;

/// Configuration -> [`ConfigurationRecord`].
pub(crate) const CONFIGURATIONS: Table = Table::new(81, "kafka.configurations");

/// Every configuration.
pub(crate) struct Configurations {
    records: Catalog<ConfigurationRecord>,
}

impl Configurations {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Configurations {
            records: Catalog::open(Arc::clone(store), CONFIGURATIONS)?,
        })
    }

    /// The configuration of an ARN, if it is the one of this name that is there now.
    pub(crate) fn get(&self, arn: &ConfigurationArn) -> Option<Arc<ConfigurationRecord>> {
        let record = self.records.get(arn.key().as_bytes())?;
        (record.id == arn.id).then_some(record)
    }

    /// Configurations whose keys begin with `prefix`, in the order of their names.
    pub(crate) fn page(&self, prefix: &[u8]) -> Vec<(ConfigurationArn, Arc<ConfigurationRecord>)> {
        let records = self.records.page(prefix, None, usize::MAX).into_iter();
        let named = records.filter_map(|(key, record)| {
            let arn = ConfigurationArn::from_key(&key, record.id.clone())?;
            Some((arn, record))
        });
        named.collect()
    }

    /// Changes a configuration by what it is now.
    pub(crate) async fn change(
        &self,
        arn: &ConfigurationArn,
        change: impl FnOnce(
            Option<&Arc<ConfigurationRecord>>,
        ) -> Result<Change<ConfigurationRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = arn.key();
        let changed = self
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        Ok(())
    }

    /// The revision that a cluster is to have, with its properties.
    ///
    /// # Errors
    ///
    /// If it isn't the same account's in the same region, or isn't there.
    pub(crate) fn revision_for(
        &self,
        cluster: &ClusterArn,
        info: ConfigurationInfo,
    ) -> Result<ConfigurationInUse, ServiceError> {
        let arn = ConfigurationArn::parse(&info.arn)
            .filter(|arn| (arn.account, &arn.region) == (cluster.account, &cluster.region))
            .ok_or_else(|| errors::invalid("arn", "Invalid Configuration ARN."))?;
        let record = self.get(&arn).ok_or_else(errors::configuration_does_not_exist)?;
        let revision = record
            .revision(info.revision)
            .ok_or_else(|| errors::invalid("revision", "Configuration revision does not exist."))?;
        Ok(ConfigurationInUse {
            properties: server_properties::parse(&revision.properties),
            info,
        })
    }
}
