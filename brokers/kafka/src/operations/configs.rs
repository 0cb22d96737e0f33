//! DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_configs::{self, AlterConfigsRequest, AlterConfigsResponse};
use ninefold_kafka_protocol::messages::describe_configs::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult, DescribeConfigsResponse,
    DescribeConfigsResult, DescribeConfigsSynonym,
};
use ninefold_kafka_protocol::messages::incremental_alter_configs::{
    self, AlterableConfig, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};

use crate::cluster::{Cluster, NODE};
use crate::configs::topic::{KEYS, TopicConfigs, definition};
use crate::configs::{Definition, Source, node};
use crate::errors::Refusal;
use crate::security::{CLUSTER_REFUSED, Operation, Resource, TOPIC_REFUSED};
use crate::session::Caller;

/// The kinds of resources that have a configuration, as the protocol numbers them.
const TOPIC: i8 = 2;
const BROKER: i8 = 4;

/// What IncrementalAlterConfigs does to a key.
const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

/// DescribeConfigs.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeConfigsRequest,
) -> DescribeConfigsResponse {
    let with = Wanted {
        synonyms: request.include_synonyms,
        documentation: request.include_documentation,
    };
    let result = |resource: DescribeConfigsResource| {
        let target = (resource.resource_type, &resource.resource_name);
        let described = check_access(cluster, caller, Operation::DescribeConfigs, target)
            .and_then(|()| describe_one(cluster, caller, &resource, with));
        let (error_code, error_message, configs) = match described {
            Ok(configs) => (0, None, configs),
            Err(refusal) => (refusal.code.code(), Some(refusal.message.into()), Vec::new()),
        };
        DescribeConfigsResult {
            error_code,
            error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            configs,
        }
    };
    DescribeConfigsResponse {
        results: request.resources.into_iter().map(result).collect(),
        ..DescribeConfigsResponse::default()
    }
}

/// What besides values is asked for.
#[derive(Clone, Copy)]
struct Wanted {
    synonyms: bool,
    documentation: bool,
}

fn describe_one(
    cluster: &Cluster,
    caller: &Caller,
    resource: &DescribeConfigsResource,
    with: Wanted,
) -> Result<Vec<DescribeConfigsResourceResult>, Refusal> {
    let is_wanted = |name: &str| {
        let keys = resource.configuration_keys.as_ref();
        keys.is_none_or(|keys| keys.is_empty() || keys.iter().any(|key| **key == *name))
    };
    match resource.resource_type {
        TOPIC => {
            let topic = find(cluster, &resource.resource_name)?;
            let configs = topic.configs();
            let wanted = KEYS.iter().filter(|definition| is_wanted(definition.name));
            Ok(wanted
                .map(|definition| topic_config(definition, &configs, with))
                .collect())
        }
        BROKER => {
            check_node(&resource.resource_name)?;
            let all = node::all(&caller.reached_at).into_iter();
            let wanted = all.filter(|config| is_wanted(config.name));
            Ok(wanted.map(|config| node_config(&config, with)).collect())
        }
        other => Err(unsupported(other)),
    }
}

fn topic_config(
    definition: &'static Definition,
    configs: &TopicConfigs,
    with: Wanted,
) -> DescribeConfigsResourceResult {
    let configured = configs.configured().get(definition.name);
    let mut synonyms = Vec::new();
    if with.synonyms {
        synonyms.extend(configured.map(|value| synonym(definition.name, value, Source::Topic)));
        let node_name = definition.node_name;
        synonyms.extend(node_name.map(|name| synonym(name, definition.default, Source::Default)));
    }
    DescribeConfigsResourceResult {
        name: definition.name.into(),
        value: Some(configs.get(definition).into()),
        read_only: false,
        config_source: configured.map_or(Source::Default, |_| Source::Topic) as i8,
        is_sensitive: false,
        synonyms,
        config_type: definition.kind.code(),
        documentation: with.documentation.then(|| definition.documentation.into()),
    }
}

fn node_config(config: &node::NodeConfig, with: Wanted) -> DescribeConfigsResourceResult {
    let is_static = matches!(
        config.name,
        node::ADVERTISED_LISTENERS | "broker.id" | "node.id" | "process.roles"
    );
    let source = if is_static {
        Source::StaticNode
    } else {
        Source::Default
    };
    let synonyms = with.synonyms.then(|| synonym(config.name, &config.value, source));
    DescribeConfigsResourceResult {
        name: config.name.into(),
        value: Some(config.value.as_ref().into()),
        read_only: true,
        config_source: source as i8,
        is_sensitive: false,
        synonyms: synonyms.into_iter().collect(),
        config_type: config.kind.code(),
        documentation: with.documentation.then(|| config.documentation.into()),
    }
}

fn synonym(name: &str, value: &str, source: Source) -> DescribeConfigsSynonym {
    DescribeConfigsSynonym {
        name: name.into(),
        value: Some(value.into()),
        source: source as i8,
    }
}

/// AlterConfigs: what is not named is as the default says from then on.
pub(crate) async fn replace(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterConfigsRequest,
) -> AlterConfigsResponse {
    let mut responses = Vec::with_capacity(request.resources.len());
    for resource in request.resources {
        let configs = resource.configs;
        let change = |_: TopicConfigs| {
            let mut replaced = TopicConfigs::default();
            for config in &configs {
                let value = config.value.as_deref().ok_or_else(|| null_value(&config.name))?;
                replaced.set(&config.name, value).map_err(invalid)?;
            }
            Ok(replaced)
        };
        let target = (resource.resource_type, &resource.resource_name);
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

/// IncrementalAlterConfigs (KIP-339).
pub(crate) async fn alter(
    cluster: &Cluster,
    caller: &Caller,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let mut responses = Vec::with_capacity(request.resources.len());
    for resource in request.resources {
        let configs = resource.configs;
        let change = |mut altered: TopicConfigs| {
            for (place, config) in configs.iter().enumerate() {
                if configs[..place].iter().any(|earlier| earlier.name == config.name) {
                    let message = format!("Error due to duplicate config keys: {}", config.name);
                    return Err(Refusal::new(ErrorCode::InvalidRequest, message));
                }
                apply(&mut altered, config)?;
            }
            Ok(altered)
        };
        let target = (resource.resource_type, &resource.resource_name);
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

fn apply(configs: &mut TopicConfigs, change: &AlterableConfig) -> Result<(), Refusal> {
    let name = &change.name;
    if change.config_operation == DELETE {
        return configs.unset(name).map_err(invalid);
    }
    let value = change.value.as_deref().ok_or_else(|| null_value(name))?;
    if change.config_operation == SET {
        return configs.set(name, value).map_err(invalid);
    }
    let definition = definition(name).ok_or_else(|| invalid(format!("Unknown topic config name: {name}")))?;
    if !definition.kind.is_list() {
        let message = format!("Config value append is not allowed for config key: {name}");
        return Err(invalid(message));
    }
    let mut parts: Vec<&str> = configs
        .get(definition)
        .split(',')
        .filter(|part| !part.is_empty())
        .collect();
    match change.config_operation {
        APPEND => {
            for part in value
                .split(',')
                .filter(|part| !parts.contains(part))
                .collect::<Vec<_>>()
            {
                parts.push(part);
            }
        }
        SUBTRACT => parts.retain(|part| !value.split(',').any(|removed| removed == *part)),
        other => {
            let message = format!("Unknown operation type {other}");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
    }
    let joined = parts.join(",");
    configs.set(name, &joined).map_err(invalid)
}

async fn alter_one(
    cluster: &Cluster,
    caller: &Caller,
    (resource_type, name): (i8, &ByteString),
    validate_only: bool,
    change: impl FnOnce(TopicConfigs) -> Result<TopicConfigs, Refusal>,
) -> Result<(), Refusal> {
    check_access(cluster, caller, Operation::AlterConfigs, (resource_type, name))?;
    match resource_type {
        TOPIC => {
            let topic = find(cluster, name)?;
            if validate_only {
                return change(topic.configs()).map(drop);
            }
            cluster.topics.configure(&topic, change).await
        }
        BROKER => {
            check_node(name)?;
            let message = "The configuration of this node is not changed through the protocol.";
            Err(Refusal::new(ErrorCode::PolicyViolation, message))
        }
        other => Err(unsupported(other)),
    }
}

/// Whether somebody may do something to the configuration of a resource.
fn check_access(
    cluster: &Cluster,
    caller: &Caller,
    operation: Operation,
    (resource_type, name): (i8, &ByteString),
) -> Result<(), Refusal> {
    let (resource, code, message) = match resource_type {
        TOPIC => {
            let code = ErrorCode::TopicAuthorizationFailed;
            (Resource::topic(name), code, TOPIC_REFUSED)
        }
        BROKER => {
            let code = ErrorCode::ClusterAuthorizationFailed;
            (Resource::CLUSTER, code, CLUSTER_REFUSED)
        }
        // Refused for what it is.
        _ => return Ok(()),
    };
    if cluster.allows(caller, operation, resource) {
        Ok(())
    } else {
        Err(Refusal::new(code, message))
    }
}

fn find(cluster: &Cluster, name: &str) -> Result<crate::topics::Topic, Refusal> {
    cluster.topics.get(name).ok_or_else(|| {
        let message = format!("The topic '{name}' does not exist.");
        Refusal::new(ErrorCode::UnknownTopicOrPartition, message)
    })
}

/// The configuration of all nodes is the empty name.
fn check_node(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name == NODE.to_string() {
        return Ok(());
    }
    let message = format!("Unexpected broker id, expected {NODE} or empty string, but received {name}");
    Err(Refusal::new(ErrorCode::InvalidRequest, message))
}

fn unsupported(resource_type: i8) -> Refusal {
    let message = format!("Unsupported resource type: {resource_type}");
    Refusal::new(ErrorCode::InvalidRequest, message)
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
