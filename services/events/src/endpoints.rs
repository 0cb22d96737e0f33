//! Global endpoints, which are served by this server alone: their events go to the primary bus, always.
//!
//! Source: [Global endpoints](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html).

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_protocol::{CallContext, ServiceError};

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::errors::{self, Refusal};
use crate::record::EndpointRecord;
use crate::resource_name::ResourceName;

/// Endpoint -> [`EndpointRecord`].
pub(crate) const ENDPOINTS: Table = Table::new(46, "events.endpoints");

/// Every global endpoint.
pub(crate) struct Endpoints {
    records: Catalog<EndpointRecord>,
}

impl Endpoints {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Endpoints {
            records: Catalog::open(Arc::clone(store), ENDPOINTS)?,
        })
    }

    pub(crate) fn get(&self, name: &ResourceName) -> Option<Arc<EndpointRecord>> {
        self.records.get(name.key().as_bytes())
    }

    /// Endpoints whose keys begin with `prefix`, in the order of their regions and names.
    pub(crate) fn page(&self, prefix: &[u8]) -> Vec<(ResourceName, Arc<EndpointRecord>)> {
        let records = self.records.page(prefix, None, usize::MAX).into_iter();
        let named = records.filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
        named.collect()
    }

    /// Changes an endpoint by what it is now.
    pub(crate) async fn change(
        &self,
        name: &ResourceName,
        change: impl FnOnce(Option<&Arc<EndpointRecord>>) -> Result<Change<EndpointRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = name.key();
        let changed = self
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        Ok(())
    }
}

impl EventsDoor {
    /// The context of events that are put to an endpoint: in its primary region.
    ///
    /// # Errors
    ///
    /// If the caller's account has no such endpoint, or an event is for another bus than the endpoint's.
    pub(crate) fn context_of_endpoint<'a>(
        &self,
        context: &CallContext,
        endpoint_id: &str,
        buses: impl Iterator<Item = Option<&'a str>>,
    ) -> Result<CallContext, ServiceError> {
        let prefix = ResourceName::account_prefix(context.principal.account);
        let endpoints = self.endpoints.page(prefix.as_bytes());
        let mut endpoints = endpoints.into_iter();
        let found = endpoints.find(|(_, record)| record.endpoint_id == endpoint_id);
        let (name, record) =
            found.ok_or_else(|| errors::not_found(format!("Endpoint {endpoint_id} does not exist.")))?;
        let context = CallContext {
            region: name.region,
            ..context.clone()
        };
        for bus in buses {
            let is_its_own = |arn: &str| {
                let own = BusArn::parse(arn);
                own.is_some_and(|own| BusArn::meant(&context, bus).name == own.name)
            };
            if !record.event_bus_arns.iter().any(|arn| is_its_own(arn)) {
                return Err(errors::invalid_because(
                    "EventBusName",
                    format!("It is not the event bus of the endpoint {endpoint_id}."),
                ));
            }
        }
        Ok(context)
    }
}
