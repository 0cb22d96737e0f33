//! GetBootstrapBrokers and ListNodes: where clients connect.
//!
//! Source: [Bootstrap brokers](https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-bootstrap-brokers.html).

use ninefold_model::TimestampFormat;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::door::timestamp;
use crate::errors;
use crate::host::{Broker, ListenerKind};
use crate::operations::clusters::{BrokerSoftwareInfo, ClusterInput, only_provisioned};
use crate::operations::page::Page;
use crate::record::{ClusterRecord, ClusterState, Provisioned};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListNodesInput {
    cluster_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BootstrapBrokersOutput {
    bootstrap_broker_string: Option<String>,
    bootstrap_broker_string_tls: Option<String>,
    bootstrap_broker_string_sasl_scram: Option<String>,
    bootstrap_broker_string_sasl_iam: Option<String>,
    bootstrap_broker_string_public_tls: Option<String>,
    bootstrap_broker_string_public_sasl_scram: Option<String>,
    bootstrap_broker_string_public_sasl_iam: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListNodesOutput {
    node_info_list: Vec<NodeInfo>,
    next_token: Option<String>,
}

/// `NodeInfo`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NodeInfo {
    added_to_cluster_time: String,
    broker_node_info: BrokerNodeInfo,
    instance_type: String,
    #[serde(rename = "NodeARN")]
    node_arn: String,
    node_type: &'static str,
}

/// `BrokerNodeInfo`. There is no network interface in AWS that it could name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BrokerNodeInfo {
    broker_id: u32,
    client_subnet: Option<String>,
    client_vpc_ip_address: Option<String>,
    current_broker_software_info: BrokerSoftwareInfo,
    endpoints: Vec<String>,
}

pub(crate) fn bootstrap(
    door: &KafkaDoor,
    context: &CallContext,
    input: ClusterInput,
) -> Result<BootstrapBrokersOutput, ServiceError> {
    let (_, record) = door.cluster(context, &input.cluster_arn, "kafka:GetBootstrapBrokers")?;
    if matches!(record.state, ClusterState::Creating | ClusterState::Failed) {
        return Err(errors::conflict(
            "The cluster has no brokers to connect to yet. Wait until it is ACTIVE.",
        ));
    }
    let at = |kind| addresses(&record.brokers, kind);
    // Whoever reaches the server reaches its brokers: they have no other addresses for the public.
    let is_public = record.provisioned().is_some_and(has_public_access);
    let in_public = |kind| is_public.then(|| at(kind)).flatten();
    Ok(BootstrapBrokersOutput {
        bootstrap_broker_string: at(ListenerKind::Plaintext),
        bootstrap_broker_string_tls: at(ListenerKind::Tls),
        bootstrap_broker_string_sasl_scram: at(ListenerKind::SaslScram),
        bootstrap_broker_string_sasl_iam: at(ListenerKind::SaslIam),
        bootstrap_broker_string_public_tls: in_public(ListenerKind::Tls),
        bootstrap_broker_string_public_sasl_scram: in_public(ListenerKind::SaslScram),
        bootstrap_broker_string_public_sasl_iam: in_public(ListenerKind::SaslIam),
    })
}

fn has_public_access(provisioned: &Provisioned) -> bool {
    let connectivity = provisioned.broker_node_group.connectivity_info.as_ref();
    let access = connectivity.and_then(|connectivity| connectivity.public_access.as_ref());
    access.and_then(|access| access.r#type.as_deref()) == Some("SERVICE_PROVIDED_EIPS")
}

/// Where brokers have a listener of a kind, with commas between them.
fn addresses(brokers: &[Broker], kind: ListenerKind) -> Option<String> {
    let addresses: Vec<&str> = brokers
        .iter()
        .filter_map(|broker| broker.listeners.get(&kind).map(String::as_str))
        .collect();
    (!addresses.is_empty()).then(|| addresses.join(","))
}

pub(crate) fn list_nodes(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListNodesInput,
) -> Result<ListNodesOutput, ServiceError> {
    let (arn, record) = door.cluster(context, &input.cluster_arn, "kafka:ListNodes")?;
    let provisioned = only_provisioned(&record)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let numbers = 1..=provisioned.number_of_broker_nodes;
    let (found, next_token) = page.of(numbers, |number| format!("{number:010}"));
    Ok(ListNodesOutput {
        node_info_list: found
            .into_iter()
            .map(|number| node(&arn, &record, provisioned, number))
            .collect(),
        next_token,
    })
}

/// A broker node that the cluster was asked to have; where the host runs fewer, several are in one place.
fn node(arn: &ClusterArn, record: &ClusterRecord, provisioned: &Provisioned, number: u32) -> NodeInfo {
    let place = usize::try_from(number - 1).unwrap_or_default();
    let around = |count: usize| (count > 0).then(|| place % count);
    let broker = around(record.brokers.len()).map(|place| &record.brokers[place]);
    let subnets = &provisioned.broker_node_group.client_subnets;
    let mut endpoints: Vec<String> = broker
        .into_iter()
        .flat_map(|broker| broker.listeners.values())
        .map(|address| host_of(address).to_owned())
        .collect();
    endpoints.dedup();
    let ip_address = endpoints
        .iter()
        .find(|endpoint| endpoint.parse::<std::net::IpAddr>().is_ok());
    NodeInfo {
        added_to_cluster_time: timestamp(record.created_at_millis).format(TimestampFormat::Iso8601),
        broker_node_info: BrokerNodeInfo {
            broker_id: number,
            client_subnet: around(subnets.len()).map(|place| subnets[place].clone()),
            client_vpc_ip_address: ip_address.cloned(),
            current_broker_software_info: BrokerSoftwareInfo::of(provisioned),
            endpoints,
        },
        instance_type: provisioned.broker_node_group.instance_type.clone(),
        node_arn: arn.node(number),
        node_type: "BROKER",
    }
}

/// The host of `HOST:PORT`, without the brackets of an IPv6 address.
fn host_of(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}
