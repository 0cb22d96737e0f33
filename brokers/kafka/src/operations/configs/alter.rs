//! AlterConfigs and IncrementalAlterConfigs.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_configs::{self, AlterConfigsRequest, AlterConfigsResponse};
use ninefold_kafka_protocol::messages::incremental_alter_configs::{
    self, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};

use super::{BROKER, GROUP, TOPIC, check_access, check_group_name, check_node, find, unsupported};
use crate::cluster::Cluster;
use crate::configs::Configurable;
use crate::errors::Refusal;
use crate::security::Operation;
use crate::session::Caller;

/// What IncrementalAlterConfigs does to a key.
const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

/// What becomes of a configuration.
enum Change<'a> {
    /// What is not named is as the default says from then on.
    Replace(&'a [alter_configs::AlterableConfig]),
    /// What is not named stays as it is (KIP-339).
    Alter(&'a [incremental_alter_configs::AlterableConfig]),
}

/// AlterConfigs.
pub(crate) async fn replace(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterConfigsRequest,
) -> AlterConfigsResponse {
    let mut responses = Vec::with_capacity(request.resources.len());
    for resource in request.resources {
        let target = (resource.resource_type, &resource.resource_name);
        let change = Change::Replace(&resource.configs);
        let outcome = alter_one(cluster, caller, target, request.validate_only, change).await;
        let (error_code, error_message) = outcome_fields(outcome);
        responses.push(alter_configs::AlterConfigsResourceResponse {
            error_code,
            error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
        });
    }
    AlterConfigsResponse {
        responses,
        ..AlterConfigsResponse::default()
    }
}

/// IncrementalAlterConfigs.
pub(crate) async fn alter(
    cluster: &Cluster,
    caller: &Caller,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let mut responses = Vec::with_capacity(request.resources.len());
    for resource in request.resources {
        let target = (resource.resource_type, &resource.resource_name);
        let change = Change::Alter(&resource.configs);
        let outcome = alter_one(cluster, caller, target, request.validate_only, change).await;
        let (error_code, error_message) = outcome_fields(outcome);
        responses.push(incremental_alter_configs::AlterConfigsResourceResponse {
            error_code,
            error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
        });
    }
    IncrementalAlterConfigsResponse {
        responses,
        ..IncrementalAlterConfigsResponse::default()
    }
}

async fn alter_one(
    cluster: &Cluster,
    caller: &Caller,
    (resource_type, name): (i8, &ByteString),
    validate_only: bool,
    change: Change<'_>,
) -> Result<(), Refusal> {
    check_access(cluster, caller, Operation::AlterConfigs, (resource_type, name))?;
    match resource_type {
        TOPIC => {
            let topic = find(cluster, name)?;
            if validate_only {
                return change.of(topic.configs()).map(drop);
            }
            cluster
                .topics
                .configure(&topic, |configs| change.of(configs))
                .await
        }
        GROUP => {
            check_group_name(name, "Default group resources are not allowed.")?;
            if validate_only {
                return change.of(cluster.group_configs.get(name)).map(drop);
            }
            let configs = &cluster.group_configs;
            configs.configure(name, |configs| change.of(configs)).await
        }
        BROKER => {
            check_node(name)?;
            let message = "The configuration of this node is not changed through the protocol.";
            Err(Refusal::new(ErrorCode::PolicyViolation, message))
        }
        other => Err(unsupported(other)),
    }
}

impl Change<'_> {
    /// What a configuration is from then on.
    fn of<C: Configurable + Default>(self, current: C) -> Result<C, Refusal> {
        match self {
            Change::Replace(configs) => {
                let mut replaced = C::default();
                for config in configs {
                    let value = config.value.as_deref().ok_or_else(|| null_value(&config.name))?;
                    replaced.set(&config.name, value).map_err(invalid)?;
                }
                Ok(replaced)
            }
            Change::Alter(changes) => {
                let mut altered = current;
                for (place, change) in changes.iter().enumerate() {
                    if changes[..place].iter().any(|earlier| earlier.name == change.name) {
                        let message = format!("Error due to duplicate config keys: {}", change.name);
                        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
                    }
                    apply(&mut altered, change)?;
                }
                Ok(altered)
            }
        }
    }
}

fn apply<C: Configurable>(
    configs: &mut C,
    change: &incremental_alter_configs::AlterableConfig,
) -> Result<(), Refusal> {
    let name = &change.name;
    if change.config_operation == DELETE {
        return configs.unset(name).map_err(invalid);
    }
    let value = change.value.as_deref().ok_or_else(|| null_value(name))?;
    let operation = match change.config_operation {
        SET => return configs.set(name, value).map_err(invalid),
        APPEND => "APPEND",
        SUBTRACT => "SUBTRACT",
        other => {
            let message = format!("Unknown operation type {other}");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
    };
    let definition = C::definition(name).filter(|definition| definition.kind.is_list());
    let definition = definition.ok_or_else(|| {
        invalid(format!(
            "Can't {operation} to key {name} because its type is not LIST."
        ))
    })?;
    let current = configs.get(definition).split(',').filter(|part| !part.is_empty());
    let mut parts: Vec<&str> = current.collect();
    if change.config_operation == APPEND {
        for part in value.split(',') {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    } else {
        parts.retain(|part| !value.split(',').any(|removed| removed == *part));
    }
    let joined = parts.join(",");
    configs.set(name, &joined).map_err(invalid)
}

fn invalid(message: String) -> Refusal {
    Refusal::new(ErrorCode::InvalidConfig, message)
}

fn null_value(name: &str) -> Refusal {
    let message = format!("Null value not supported for : {name}");
    Refusal::new(ErrorCode::InvalidRequest, message)
}

fn outcome_fields(outcome: Result<(), Refusal>) -> (i16, Option<ByteString>) {
    match outcome {
        Ok(()) => (0, None),
        Err(refusal) => (refusal.code.code(), Some(refusal.message.into())),
    }
}
