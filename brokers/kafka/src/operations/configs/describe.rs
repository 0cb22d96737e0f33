//! DescribeConfigs.

use ninefold_kafka_protocol::messages::describe_configs::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult, DescribeConfigsResponse,
    DescribeConfigsResult, DescribeConfigsSynonym,
};

use super::{BROKER, GROUP, TOPIC, check_access, check_group_name, check_node, find, unsupported};
use crate::cluster::Cluster;
use crate::configs::group::GroupConfigs;
use crate::configs::topic::TopicConfigs;
use crate::configs::{Configurable, Definition, NodeProperties, Source, node};
use crate::errors::Refusal;
use crate::security::Operation;
use crate::session::Caller;

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
            let configs = find(cluster, &resource.resource_name)?.configs();
            let properties = cluster.topics.node_properties();
            let wanted = TopicConfigs::KEYS
                .iter()
                .filter(|definition| is_wanted(definition.name));
            Ok(wanted
                .map(|definition| topic_config(definition, &configs, &properties, with))
                .collect())
        }
        BROKER => {
            check_node(&resource.resource_name)?;
            let all = node::all(&caller.reached_at, &cluster.topics.node_properties());
            let wanted = all.into_iter().filter(|config| is_wanted(&config.name));
            Ok(wanted.map(|config| node_config(config, with)).collect())
        }
        GROUP => {
            check_group_name(&resource.resource_name, "Group name must not be empty")?;
            let configs = cluster.group_configs.get(&resource.resource_name);
            let wanted = GroupConfigs::KEYS
                .iter()
                .filter(|definition| is_wanted(definition.name));
            Ok(wanted
                .map(|definition| group_config(definition, &configs, with))
                .collect())
        }
        other => Err(unsupported(other)),
    }
}

fn topic_config(
    definition: &'static Definition,
    configs: &TopicConfigs,
    properties: &NodeProperties,
    with: Wanted,
) -> DescribeConfigsResourceResult {
    let configured = configs.configured().get(definition.name);
    let (inherited, source) = properties.topic_default(definition);
    let mut synonyms: Vec<_> = configured
        .map(|value| synonym(definition.name, value, Source::Topic))
        .into_iter()
        .collect();
    if let Some(name) = definition.node_name {
        let set = properties.get(name).filter(|_| source == Source::StaticNode);
        synonyms.extend(set.map(|value| synonym(name, value, Source::StaticNode)));
        let default = node::default(name, definition);
        synonyms.extend(default.map(|value| synonym(name, value, Source::Default)));
    }
    let value = configured.map_or(&*inherited, String::as_str);
    DescribeConfigsResourceResult {
        config_source: configured.map_or(source, |_| Source::Topic) as i8,
        ..described(definition, value, synonyms, with)
    }
}

fn group_config(
    definition: &'static Definition,
    configs: &GroupConfigs,
    with: Wanted,
) -> DescribeConfigsResourceResult {
    let configured = configs.configured().get(definition.name);
    let own = configured.map(|value| synonym(definition.name, value, Source::Group));
    // What is no key of the node has its default under its own name, as Kafka tells it.
    let inherited = definition.node_name.unwrap_or(definition.name);
    let inherited = synonym(inherited, definition.default, Source::Default);
    DescribeConfigsResourceResult {
        config_source: configured.map_or(Source::Default, |_| Source::Group) as i8,
        ..described(
            definition,
            configs.get(definition),
            own.into_iter().chain([inherited]).collect(),
            with,
        )
    }
}

/// All of a key but where its value comes from.
fn described(
    definition: &'static Definition,
    value: &str,
    synonyms: Vec<DescribeConfigsSynonym>,
    with: Wanted,
) -> DescribeConfigsResourceResult {
    DescribeConfigsResourceResult {
        name: definition.name.into(),
        value: Some(value.into()),
        synonyms: if with.synonyms { synonyms } else { Vec::new() },
        config_type: definition.kind.code(),
        documentation: with.documentation.then(|| definition.documentation.into()),
        ..DescribeConfigsResourceResult::default()
    }
}

fn node_config(config: node::NodeConfig, with: Wanted) -> DescribeConfigsResourceResult {
    let set = config.set.as_deref().map(|value| (value, Source::StaticNode));
    let default = config.default.map(|value| (value, Source::Default));
    let (value, source) = match set.or(default) {
        Some((value, source)) => (Some(value), source),
        None => (None, Source::Default),
    };
    let synonyms = set
        .into_iter()
        .chain(default)
        .filter(|_| with.synonyms)
        .map(|(value, source)| synonym(&config.name, value, source));
    DescribeConfigsResourceResult {
        name: config.name.as_ref().into(),
        value: value.map(Into::into),
        read_only: true,
        config_source: source as i8,
        is_sensitive: false,
        synonyms: synonyms.collect(),
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
