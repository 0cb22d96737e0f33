//! DescribeClientQuotas and AlterClientQuotas (KIP-546).

use std::collections::BTreeMap;
use std::sync::Arc;

use bytestring::ByteString;
use ninefold_catalog::Change;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_client_quotas::{
    AlterClientQuotasRequest, AlterClientQuotasResponse, RequestEntryData, ResponseEntityData,
    ResponseEntryData,
};
use ninefold_kafka_protocol::messages::describe_client_quotas::{
    ComponentData, DescribeClientQuotasRequest, DescribeClientQuotasResponse, EntityData, EntryData,
    ValueData,
};

use super::entity::{CLIENT_ID, Entity, IP, Limits, Name, Quota, USER, read_key, read_limit};
use super::{ENTITIES, QuotaRecord, Quotas};
use crate::cluster::Cluster;
use crate::errors::Refusal;
use crate::security::CLUSTER_REFUSED;
use crate::security::resource::{Operation, Resource};
use crate::session::Caller;

/// How a filter names entities.
const EXACT: i8 = 0;
const DEFAULT: i8 = 1;
const SPECIFIED: i8 = 2;

/// Which names of a type of entity are meant.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    This(Name),
    Any,
}

/// DescribeClientQuotas.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: &DescribeClientQuotasRequest,
) -> DescribeClientQuotasResponse {
    let may = cluster
        .security
        .allows(caller, Operation::DescribeConfigs, Resource::CLUSTER);
    let filter = if may {
        read_filter(&request.components)
    } else {
        Err(Refusal::new(
            ErrorCode::ClusterAuthorizationFailed,
            CLUSTER_REFUSED,
        ))
    };
    let filter = match filter {
        Ok(filter) => filter,
        Err(refusal) => {
            return DescribeClientQuotasResponse {
                error_code: refusal.code.code(),
                error_message: Some(refusal.message.into()),
                entries: None,
                ..DescribeClientQuotasResponse::default()
            };
        }
    };
    let entries = cluster.security.quotas.records().into_iter();
    let entries = entries
        .filter(|record| is_wanted(&record.entity, &filter, request.strict))
        .map(|record| described(&record));
    DescribeClientQuotasResponse {
        error_message: None,
        entries: Some(entries.collect()),
        ..DescribeClientQuotasResponse::default()
    }
}

fn read_filter(components: &[ComponentData]) -> Result<BTreeMap<&str, Wanted>, Refusal> {
    let mut filter = BTreeMap::new();
    for component in components {
        let kind = &*component.entity_type;
        if ![USER, CLIENT_ID, IP].contains(&kind) {
            let message = format!("Custom entity type '{kind}' not supported");
            return Err(Refusal::new(ErrorCode::UnsupportedVersion, message));
        }
        let wanted = match (component.match_type, &component.r#match) {
            (EXACT, Some(name)) => Wanted::This(Name::Named(name.to_string())),
            (DEFAULT, None) => Wanted::This(Name::Default),
            (SPECIFIED, None) => Wanted::Any,
            (EXACT | DEFAULT | SPECIFIED, _) => {
                let message = format!("The match string of {kind} doesn't fit its match type");
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
            (other, _) => {
                let message = format!("Unknown match type {other}");
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
        };
        if filter.insert(kind, wanted).is_some() {
            let message = format!("Entity type {kind} cannot appear more than once in the filter");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
    }
    Ok(filter)
}

fn is_wanted(entity: &Entity, filter: &BTreeMap<&str, Wanted>, is_strict: bool) -> bool {
    let parts = entity.parts();
    let has = |kind: &str, wanted: &Wanted| {
        let mut found = parts.iter().filter(|(own, _)| *own == kind);
        found.any(|(_, name)| match wanted {
            Wanted::This(wanted) => wanted == *name,
            Wanted::Any => true,
        })
    };
    let is_more = is_strict && parts.len() != filter.len();
    !is_more && filter.iter().all(|(kind, wanted)| has(kind, wanted))
}

fn described(record: &QuotaRecord) -> EntryData {
    let entity = record.entity.parts().into_iter();
    let values = record.limits.iter();
    EntryData {
        entity: entity
            .map(|(kind, name)| EntityData {
                entity_type: kind.into(),
                entity_name: name.as_option().map(ByteString::from),
            })
            .collect(),
        values: values
            .map(|(quota, value)| ValueData {
                key: quota.name().into(),
                value: *value,
            })
            .collect(),
    }
}

/// AlterClientQuotas.
pub(crate) async fn alter(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterClientQuotasRequest,
) -> AlterClientQuotasResponse {
    let may = cluster
        .security
        .allows(caller, Operation::AlterConfigs, Resource::CLUSTER);
    let quotas = &cluster.security.quotas;
    let mut entries = Vec::with_capacity(request.entries.len());
    for entry in request.entries {
        let altered = if may {
            alter_one(quotas, &entry, request.validate_only).await
        } else {
            Err(Refusal::new(
                ErrorCode::ClusterAuthorizationFailed,
                CLUSTER_REFUSED,
            ))
        };
        let entity = entry.entity.into_iter().map(|part| ResponseEntityData {
            entity_type: part.entity_type,
            entity_name: part.entity_name,
        });
        entries.push(ResponseEntryData {
            error_code: altered.as_ref().err().map_or(0, |refusal| refusal.code.code()),
            error_message: altered.err().map(|refusal| refusal.message.into()),
            entity: entity.collect(),
        });
    }
    quotas.refresh();
    AlterClientQuotasResponse {
        entries,
        ..AlterClientQuotasResponse::default()
    }
}

async fn alter_one(quotas: &Quotas, entry: &RequestEntryData, validate_only: bool) -> Result<(), Refusal> {
    let invalid = |reason: String| Refusal::new(ErrorCode::InvalidRequest, reason);
    let parts: Vec<_> = entry
        .entity
        .iter()
        .map(|part| (&*part.entity_type, part.entity_name.as_ref()))
        .collect();
    let entity = Entity::read(&parts).map_err(invalid)?;
    let mut changes: BTreeMap<Quota, Option<f64>> = BTreeMap::new();
    for change in &entry.ops {
        let (quota, value) = if change.remove {
            (read_key(&entity, &change.key).map_err(invalid)?, None)
        } else {
            let quota = read_limit(&entity, &change.key, change.value).map_err(invalid)?;
            (quota, Some(change.value))
        };
        if changes.insert(quota, value).is_some() {
            return Err(invalid(format!("Duplicate configuration key {}", change.key)));
        }
    }
    if validate_only {
        return Ok(());
    }
    quotas.change(entity, &changes).await
}

impl Quotas {
    /// Sets and removes quotas of an entity; durable when it returns.
    async fn change(&self, entity: Entity, changes: &BTreeMap<Quota, Option<f64>>) -> Result<(), Refusal> {
        let key = self.key(&entity);
        let change = |current: Option<&Arc<QuotaRecord>>| {
            if current.is_none() && self.catalog.len() >= ENTITIES {
                let message = format!("There can't be quotas for more than {ENTITIES} entities.");
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
            let mut limits = current.map_or_else(Limits::new, |record| record.limits.clone());
            for (quota, value) in changes {
                match value {
                    Some(value) => drop(limits.insert(*quota, *value)),
                    None => drop(limits.remove(quota)),
                }
            }
            Ok(match (current, limits.is_empty()) {
                (None, true) => Change::Keep,
                (Some(_), true) => Change::Delete,
                (_, false) => Change::Put(QuotaRecord { entity, limits }),
            })
        };
        self.catalog.change(&key, change).await.map(drop)
    }

    /// The types and names one after the other; that for all others is unlike every name.
    fn key(&self, entity: &Entity) -> Vec<u8> {
        let mut key = self.namespace.prefix();
        for (kind, name) in entity.parts() {
            key.extend(kind.as_bytes());
            match name {
                Name::Default => key.extend([0, 0]),
                Name::Named(name) => {
                    key.extend([0, 1]);
                    // With its length, so that no name can be taken for what follows another one.
                    key.extend(name.len().to_be_bytes());
                    key.extend(name.as_bytes());
                }
            }
        }
        key
    }
}
