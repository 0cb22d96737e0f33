//! CreateCluster and CreateClusterV2.
//!
//! Source: [CreateClusterV2](https://docs.aws.amazon.com/MSK/2.0/APIReference/v2-clusters.html#CreateClusterV2).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::KafkaDoor;
use crate::arn::{ClusterArn, key_prefix};
use crate::clusters::new_version;
use crate::errors;
use crate::host::ClusterId;
use crate::limits::{CLUSTERS, SUBNETS, VPCS};
use crate::operations::tags;
use crate::record::{
    BrokerNodeGroupInfo, ClientAuthentication, ClusterKind, ClusterRecord, ClusterState, ConfigurationInfo,
    ConnectivityInfo, EncryptionInfo, Provisioned, PublicAccess, Rebalancing, Serverless, Verbatim,
};
use crate::security;
use crate::versions;

/// Before the parts of a cluster's id: how many cells of the service there may be.
const CELLS: u8 = 25;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateClusterInput {
    cluster_name: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(flatten)]
    provisioned: ProvisionedInput,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateClusterV2Input {
    cluster_name: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    provisioned: Option<ProvisionedInput>,
    serverless: Option<Serverless>,
}

/// `ProvisionedRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionedInput {
    broker_node_group_info: BrokerNodeGroupInfo,
    kafka_version: String,
    number_of_broker_nodes: u32,
    client_authentication: Option<ClientAuthentication>,
    configuration_info: Option<ConfigurationInfo>,
    encryption_info: Option<EncryptionInfo>,
    enhanced_monitoring: Option<String>,
    open_monitoring: Option<Verbatim>,
    logging_info: Option<Verbatim>,
    storage_mode: Option<String>,
    rebalancing: Option<Rebalancing>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateClusterOutput {
    cluster_arn: String,
    cluster_name: String,
    state: ClusterState,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateClusterV2Output {
    #[serde(flatten)]
    created: CreateClusterOutput,
    cluster_type: &'static str,
}

pub(crate) async fn create(
    door: &KafkaDoor,
    context: &CallContext,
    input: CreateClusterInput,
) -> Result<CreateClusterOutput, ServiceError> {
    context.authorize("kafka:CreateCluster", &"*", None)?;
    let arn = new_arn(context, &input.cluster_name, false)?;
    let kind = input.provisioned.complete(door, &arn)?;
    create_as(door, context, arn, kind, input.tags).await
}

pub(crate) async fn create_v2(
    door: &KafkaDoor,
    context: &CallContext,
    input: CreateClusterV2Input,
) -> Result<CreateClusterV2Output, ServiceError> {
    context.authorize("kafka:CreateClusterV2", &"*", None)?;
    let arn = new_arn(context, &input.cluster_name, input.serverless.is_some())?;
    let kind = match (input.provisioned, input.serverless) {
        (Some(provisioned), None) => provisioned.complete(door, &arn)?,
        (None, Some(serverless)) => complete_serverless(serverless)?,
        _ => {
            return Err(errors::bad_request(
                "Specify either provisioned or serverless, and not both.",
            ));
        }
    };
    let cluster_type = kind.name();
    let created = create_as(door, context, arn, kind, input.tags).await?;
    Ok(CreateClusterV2Output {
        created,
        cluster_type,
    })
}

async fn create_as(
    door: &KafkaDoor,
    context: &CallContext,
    arn: ClusterArn,
    kind: ClusterKind,
    given_tags: BTreeMap<String, String>,
) -> Result<CreateClusterOutput, ServiceError> {
    if !given_tags.is_empty() {
        context.authorize("kafka:TagResource", &arn, None)?;
    }
    let mut tags = BTreeMap::new();
    tags::add(&mut tags, given_tags)?;
    let prefix = key_prefix(arn.account, &arn.region);
    if door.clusters.page(prefix.as_bytes()).len() >= CLUSTERS {
        return Err(errors::limit_exceeded("clusters", CLUSTERS));
    }
    let record = ClusterRecord {
        id: arn.id.clone(),
        created_at_millis: door.now_millis(),
        state: ClusterState::Creating,
        state_info: None,
        version: new_version(),
        kind,
        tags,
        policy: None,
        scram_secrets: BTreeSet::new(),
        brokers: Vec::new(),
        change: None,
        operations: VecDeque::new(),
    };
    door.clusters.create(&arn, record).await?;
    Ok(CreateClusterOutput {
        cluster_arn: arn.to_string(),
        cluster_name: arn.name,
        state: ClusterState::Creating,
    })
}

/// The ARN of a cluster to be. Its id ends as those of the service do: with the number of a cell.
fn new_arn(context: &CallContext, name: &str, is_serverless: bool) -> Result<ClusterArn, ServiceError> {
    check_name("clusterName", name)?;
    let (cell, mark) = (fastrand::u8(1..=CELLS), if is_serverless { "s" } else { "" });
    let id = format!("{}-{mark}{cell}", random_id());
    Ok(ClusterArn {
        account: context.principal.account,
        region: context.region.clone(),
        name: name.to_owned(),
        id: ClusterId::parse(&id).expect("it has digits, letters and hyphens"),
    })
}

/// Names begin with a letter or digit, and go on with those and hyphens.
pub(crate) fn check_name(parameter: &'static str, name: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    match name.bytes().all(allowed) && !name.starts_with('-') {
        true => Ok(()),
        false => Err(errors::invalid_characters(parameter)),
    }
}

/// An id that nobody can guess and that nothing else has.
pub(crate) fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid()
}

impl ClusterKind {
    /// `ClusterType`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            ClusterKind::Provisioned(_) => "PROVISIONED",
            ClusterKind::Serverless(_) => "SERVERLESS",
        }
    }
}

impl ProvisionedInput {
    /// Checks what was given, and fills in what was left open.
    fn complete(self, door: &KafkaDoor, arn: &ClusterArn) -> Result<ClusterKind, ServiceError> {
        check_version(&self.kafka_version)?;
        let group = complete_group(self.broker_node_group_info)?;
        check_broker_count(self.number_of_broker_nodes, &group)?;
        let authentication = self.client_authentication.unwrap_or_default();
        let mut encryption = self.encryption_info.unwrap_or_default();
        security::complete(&authentication, &mut encryption);
        let configuration = self
            .configuration_info
            .map(|info| door.configurations.revision_for(arn, info))
            .transpose()?;
        let mut provisioned = Provisioned {
            kafka_version: self.kafka_version,
            number_of_broker_nodes: self.number_of_broker_nodes,
            broker_node_group: group,
            client_authentication: Some(authentication),
            encryption,
            configuration,
            enhanced_monitoring: self.enhanced_monitoring.unwrap_or_else(|| "DEFAULT".to_owned()),
            open_monitoring: self.open_monitoring,
            logging: self.logging_info,
            storage_mode: self.storage_mode,
            rebalancing: self.rebalancing,
        };
        check_express(&mut provisioned)?;
        Ok(ClusterKind::Provisioned(Box::new(provisioned)))
    }
}

/// Brokers of the Express type have no storage to set, and rebalance by themselves; others are the other way round.
fn check_express(provisioned: &mut Provisioned) -> Result<(), ServiceError> {
    if !provisioned.is_express() {
        provisioned.storage_mode.get_or_insert_with(|| "LOCAL".to_owned());
        return match provisioned.rebalancing {
            None => Ok(()),
            Some(_) => Err(rebalancing_is_for_express()),
        };
    }
    if provisioned.broker_node_group.storage_info.is_some() || provisioned.storage_mode.is_some() {
        return Err(storage_is_not_for_express());
    }
    provisioned.rebalancing.get_or_insert_with(|| Rebalancing {
        status: Some("ACTIVE".to_owned()),
    });
    Ok(())
}

pub(crate) fn rebalancing_is_for_express() -> ServiceError {
    errors::invalid(
        "rebalancing",
        "Intelligent rebalancing is only for clusters with Express brokers.",
    )
}

pub(crate) fn storage_is_not_for_express() -> ServiceError {
    errors::invalid(
        "storageInfo",
        "The storage of clusters with Express brokers can't be set.",
    )
}

pub(crate) fn check_version(version: &str) -> Result<(), ServiceError> {
    match versions::ACTIVE.contains(&version) {
        true => Ok(()),
        false => Err(errors::invalid(
            "kafkaVersion",
            format!(
                "Unsupported KafkaVersion [{version}]. Valid values: [{}]",
                versions::ACTIVE.join(", ")
            ),
        )),
    }
}

pub(crate) fn check_instance_type(instance_type: &str) -> Result<(), ServiceError> {
    let parts: Vec<&str> = instance_type.split('.').collect();
    let is_valid = matches!(&*parts, ["kafka" | "express", family, size]
        if [family, size].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    match is_valid {
        true => Ok(()),
        false => Err(errors::invalid(
            "instanceType",
            format!("Unsupported InstanceType [{instance_type}]."),
        )),
    }
}

/// The same number of brokers is in every zone.
pub(crate) fn check_broker_count(count: u32, group: &BrokerNodeGroupInfo) -> Result<(), ServiceError> {
    let zones = u32::try_from(group.client_subnets.len()).unwrap_or(u32::MAX);
    match count > 0 && count.is_multiple_of(zones) {
        true => Ok(()),
        false => Err(errors::invalid(
            "numberOfBrokerNodes",
            "The target number of broker nodes must be a multiple of the number of Availability Zones.",
        )),
    }
}

/// The service wants two or three subnets, each in a zone of its own. On one machine they mean nothing, so one will do.
fn complete_group(mut group: BrokerNodeGroupInfo) -> Result<BrokerNodeGroupInfo, ServiceError> {
    check_instance_type(&group.instance_type)?;
    let distinct: BTreeSet<&String> = group.client_subnets.iter().collect();
    if !(1..=SUBNETS).contains(&group.client_subnets.len()) || distinct.len() != group.client_subnets.len() {
        return Err(errors::invalid(
            "clientSubnets",
            "Specify either two or three client subnets.",
        ));
    }
    group
        .broker_az_distribution
        .get_or_insert_with(|| "DEFAULT".to_owned());
    let connectivity = group.connectivity_info.get_or_insert_default();
    check_connectivity(connectivity)?;
    connectivity.public_access.get_or_insert_with(|| PublicAccess {
        r#type: Some("DISABLED".to_owned()),
    });
    connectivity.network_type.get_or_insert_with(|| "IPV4".to_owned());
    Ok(group)
}

/// Where clients come from is the network's business; what needs AWS's is refused.
pub(crate) fn check_connectivity(connectivity: &ConnectivityInfo) -> Result<(), ServiceError> {
    let access = connectivity.public_access.as_ref();
    match access.and_then(|access| access.r#type.as_deref()) {
        None | Some("DISABLED" | "SERVICE_PROVIDED_EIPS") => {}
        Some(_) => {
            return Err(errors::invalid(
                "publicAccess",
                "The type of public access must be DISABLED or SERVICE_PROVIDED_EIPS.",
            ));
        }
    }
    let private = connectivity.vpc_connectivity.as_ref();
    let private = private.and_then(|private| private.client_authentication.as_ref());
    match private.is_some_and(ClientAuthentication::any) {
        true => Err(errors::not_here(super::vpc_connections::NO_VPC_CONNECTIONS)),
        false => Ok(()),
    }
}

fn complete_serverless(serverless: Serverless) -> Result<ClusterKind, ServiceError> {
    if !(1..=VPCS).contains(&serverless.vpc_configs.len()) {
        return Err(errors::invalid(
            "vpcConfigs",
            format!("Specify between 1 and {VPCS} VPC configurations."),
        ));
    }
    let authentication = serverless.client_authentication.as_ref();
    match authentication.is_some_and(ClientAuthentication::iam) {
        true => Ok(ClusterKind::Serverless(serverless)),
        false => Err(errors::invalid(
            "clientAuthentication",
            "IAM access control must be turned on for serverless clusters.",
        )),
    }
}
