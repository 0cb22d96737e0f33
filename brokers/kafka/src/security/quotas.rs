//! Quotas: how much clients may use of a cluster (KIP-13, KIP-55, KIP-124, KIP-219, KIP-546, KIP-599, KIP-612).
//!
//! Counted are bytes produced and consumed, the time that requests take, partitions made and deleted, and new connections. The most
//! special quota there is holds, and who exceeds several waits for the longest.

mod account;
mod entity;
mod mutations;
pub(crate) mod requests;
mod set;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::{Catalog, Record, Table};
use ninefold_kafka_protocol::messages::fetch::FetchResponse;
use ninefold_kafka_protocol::{Records, RequestHeader};
use ninefold_time::Timestamp;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use self::account::{Account, Accounts};
pub(crate) use self::entity::Quota;
use self::entity::{Entity, Limits};
pub(crate) use self::mutations::Mutations;
use self::set::{QuotaSet, Spender};
use super::namespace::Namespace;
use crate::session::Caller;

/// Where quotas are kept.
pub(super) const QUOTAS: Table = Table::new(52, "kafka-broker.quotas");
/// A cluster has quotas for so many entities at most.
const ENTITIES: usize = 10_000;

/// The quotas of an entity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct QuotaRecord {
    entity: Entity,
    limits: Limits,
}

impl Record for QuotaRecord {
    const FORMAT: u8 = 1;
}

/// The quotas of a cluster, and what was used of them.
pub(crate) struct Quotas {
    catalog: Arc<Catalog<QuotaRecord>>,
    namespace: Namespace,
    set: RwLock<Arc<QuotaSet>>,
    accounts: Accounts,
}

impl Quotas {
    pub(super) fn new(catalog: Arc<Catalog<QuotaRecord>>, namespace: Namespace) -> Self {
        let quotas = Quotas {
            catalog,
            namespace,
            set: RwLock::default(),
            accounts: Accounts::default(),
        };
        quotas.refresh();
        quotas
    }

    /// Whether anybody has a quota of this.
    pub(crate) fn has(&self, quota: Quota) -> bool {
        self.set.read().has(quota)
    }

    /// Notes that a client has used some of a quota. How long it has to wait because of that.
    pub(crate) fn spend(
        &self,
        quota: Quota,
        caller: &Caller,
        header: &RequestHeader,
        amount: f64,
        now: Timestamp,
    ) -> Duration {
        match self.limit(quota, caller, header) {
            Some((account, per_second)) => self.accounts.spend(&account, per_second, amount, now),
            None => Duration::ZERO,
        }
    }

    /// With whom a client shares a quota, and how much it is in a second.
    fn limit(&self, quota: Quota, caller: &Caller, header: &RequestHeader) -> Option<(Account, f64)> {
        let set = Arc::clone(&self.set.read());
        if !set.has(quota) {
            return None;
        }
        let spender = Spender {
            user: caller.principal.name(),
            client_id: header.client_id.as_deref().unwrap_or_default(),
        };
        set.of_client(quota, spender)
    }

    /// Notes that somebody has connected. How long it should have waited.
    pub(crate) fn spend_connection(&self, address: IpAddr, now: Timestamp) -> Duration {
        let set = Arc::clone(&self.set.read());
        if !set.has(Quota::ConnectionCreationRate) {
            return Duration::ZERO;
        }
        match set.of_address(&address.to_canonical().to_string()) {
            Some((account, per_second)) => self.accounts.spend(&account, per_second, 1.0, now),
            None => Duration::ZERO,
        }
    }

    fn records(&self) -> Vec<Arc<QuotaRecord>> {
        let page = self.catalog.page(&self.namespace.prefix(), None, usize::MAX);
        page.into_iter().map(|(_, record)| record).collect()
    }

    /// Takes over what the catalog has. Under the lock, so that nobody puts back what was before.
    fn refresh(&self) {
        let mut current = self.set.write();
        let records = self.records();
        let entities = records
            .iter()
            .map(|record| (record.entity.clone(), record.limits.clone()));
        *current = Arc::new(QuotaSet::new(entities));
    }
}

/// The records in an answer to a fetch, in bytes.
pub(crate) fn fetched_bytes(response: &FetchResponse) -> usize {
    let partitions = response.responses.iter().flat_map(|topic| &topic.partitions);
    let records = partitions.filter_map(|partition| partition.records.as_ref());
    records.map(Records::len).sum()
}

/// A time to wait, as answers tell it.
pub(crate) fn milliseconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
}
