//! How many brokers, which, and their restart: UpdateBrokerCount, UpdateBrokerType and RebootBroker.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use super::{Done, Update};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::operations::new_cluster::{check_broker_count, check_instance_type};
use crate::record::{BrokerCountUpdateInfo, MutableClusterInfo, OperationType, Provisioned};

/// UpdateBrokerCount.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerCount {
    target_number_of_broker_nodes: u32,
}

impl Update for BrokerCount {
    const ACTION: &'static str = "kafka:UpdateBrokerCount";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let (before, after) = (cluster.number_of_broker_nodes, self.target_number_of_broker_nodes);
        check_broker_count(after, &cluster.broker_node_group)?;
        let kind = match after {
            _ if after == before => return Err(errors::no_updates("number of broker nodes")),
            _ if after > before => OperationType::IncreaseBrokerCount,
            _ => OperationType::DecreaseBrokerCount,
        };
        cluster.number_of_broker_nodes = after;
        let info = |count, ids| MutableClusterInfo {
            number_of_broker_nodes: Some(count),
            broker_count_update_info: ids,
            ..MutableClusterInfo::default()
        };
        let ids = BrokerCountUpdateInfo {
            created_broker_ids: (before + 1..=after).collect(),
            deleted_broker_ids: (after + 1..=before).collect(),
        };
        Ok(Done::new(kind, info(before, None), info(after, Some(ids))))
    }
}

/// UpdateBrokerType.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerType {
    target_instance_type: String,
}

impl Update for BrokerType {
    const ACTION: &'static str = "kafka:UpdateBrokerType";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        check_instance_type(&self.target_instance_type)?;
        let before = cluster.broker_node_group.instance_type.clone();
        if before == self.target_instance_type {
            return Err(errors::no_updates("broker type"));
        }
        let was_express = cluster.is_express();
        cluster
            .broker_node_group
            .instance_type
            .clone_from(&self.target_instance_type);
        if was_express != cluster.is_express() {
            return Err(errors::invalid(
                "targetInstanceType",
                "Standard brokers can't become Express brokers, nor the other way round.",
            ));
        }
        let info = |instance_type| MutableClusterInfo {
            instance_type: Some(instance_type),
            ..MutableClusterInfo::default()
        };
        let (source, target) = (info(before), info(self.target_instance_type));
        Ok(Done::new(OperationType::UpdateBrokerType, source, target))
    }
}

/// RebootBroker.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Reboot {
    broker_ids: Vec<String>,
}

impl Update for Reboot {
    const ACTION: &'static str = "kafka:RebootBroker";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let [broker] = &*self.broker_ids else {
            return Err(errors::invalid(
                "brokerIds",
                "You can reboot one broker at a time.",
            ));
        };
        let number = broker.parse().ok();
        let number = number.filter(|number| (1..=cluster.number_of_broker_nodes).contains(number));
        let number = number
            .ok_or_else(|| errors::invalid("brokerIds", format!("Broker ID {broker} does not exist.")))?;
        let nothing = MutableClusterInfo::default();
        Ok(Done {
            reboots: vec![number],
            ..Done::new(OperationType::RebootNode, nothing.clone(), nothing)
        })
    }
}
