//! What is measured, and how load is spread: UpdateMonitoring and UpdateRebalancing. Kept and shown, nothing more.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use super::{Done, Update};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::operations::new_cluster::rebalancing_is_for_express;
use crate::record::{MutableClusterInfo, OperationType, Provisioned, Rebalancing, Verbatim};

/// UpdateMonitoring.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Monitoring {
    enhanced_monitoring: Option<String>,
    open_monitoring: Option<Verbatim>,
    logging_info: Option<Verbatim>,
}

impl Update for Monitoring {
    const ACTION: &'static str = "kafka:UpdateMonitoring";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let info = |cluster: &Provisioned| MutableClusterInfo {
            enhanced_monitoring: Some(cluster.enhanced_monitoring.clone()),
            open_monitoring: cluster.open_monitoring.clone(),
            logging_info: cluster.logging.clone(),
            ..MutableClusterInfo::default()
        };
        let source = info(cluster);
        if let Some(wanted) = self.enhanced_monitoring {
            cluster.enhanced_monitoring = wanted;
        }
        cluster.open_monitoring = self.open_monitoring.or(cluster.open_monitoring.take());
        cluster.logging = self.logging_info.or(cluster.logging.take());
        let target = info(cluster);
        if target == source {
            return Err(errors::no_updates("monitoring settings"));
        }
        Ok(Done::new(OperationType::UpdateMonitoring, source, target))
    }
}

/// UpdateRebalancing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RebalancingStatus {
    rebalancing: Rebalancing,
}

impl Update for RebalancingStatus {
    const ACTION: &'static str = "kafka:UpdateRebalancing";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        if !cluster.is_express() {
            return Err(rebalancing_is_for_express());
        }
        let info = |rebalancing| MutableClusterInfo {
            rebalancing,
            ..MutableClusterInfo::default()
        };
        let source = info(cluster.rebalancing.clone());
        cluster.rebalancing = Some(self.rebalancing);
        let target = info(cluster.rebalancing.clone());
        Ok(Done::new(OperationType::UpdateRebalancing, source, target))
    }
}
