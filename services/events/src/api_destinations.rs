//! API destinations: what is kept, and whether they can be used.
//!
//! Source: [API destinations](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html).

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::ServiceError;

use crate::errors::Refusal;
use crate::record::ApiDestinationRecord;
use crate::resource_name::{Kind, ResourceName};

/// API destination -> [`ApiDestinationRecord`].
pub(crate) const API_DESTINATIONS: Table = Table::new(45, "events.api-destinations");

/// Every API destination.
pub(crate) struct ApiDestinations {
    records: Catalog<ApiDestinationRecord>,
}

impl ApiDestinations {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(ApiDestinations {
            records: Catalog::open(Arc::clone(store), API_DESTINATIONS)?,
        })
    }

    pub(crate) fn get(&self, name: &ResourceName) -> Option<Arc<ApiDestinationRecord>> {
        self.records.get(name.key().as_bytes())
    }

    /// The API destination of an ARN, if it is the one of this name that is there now.
    pub(crate) fn of_arn(&self, arn: &str) -> Option<Arc<ApiDestinationRecord>> {
        let name = ResourceName::parse(arn, Kind::ApiDestination)?;
        let record = self.get(&name)?;
        (arn_of(&name, &record) == arn).then_some(record)
    }

    /// API destinations whose keys begin with `prefix`, in the order of their names.
    pub(crate) fn page(&self, prefix: &[u8]) -> Vec<(ResourceName, Arc<ApiDestinationRecord>)> {
        let records = self.records.page(prefix, None, usize::MAX).into_iter();
        let named = records.filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
        named.collect()
    }

    /// Changes an API destination by what it is now.
    pub(crate) async fn change(
        &self,
        name: &ResourceName,
        change: impl FnOnce(
            Option<&Arc<ApiDestinationRecord>>,
        ) -> Result<Change<ApiDestinationRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = name.key();
        let changed = self
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        Ok(())
    }
}

/// The ARN of an API destination.
pub(crate) fn arn_of(name: &ResourceName, record: &ApiDestinationRecord) -> String {
    format!("{}/{}", name.arn(Kind::ApiDestination), record.id)
}
