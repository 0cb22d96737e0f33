//! An operation on a cluster.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::provisioned::{
    ClientAuthentication, ConfigurationInfo, ConnectivityInfo, EncryptionInfo, ProvisionedThroughput,
    Rebalancing, Verbatim,
};

/// An operation on a cluster, done or under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationRecord {
    pub(crate) id: Uuid,
    /// Counts the operations of a cluster, from 1 on.
    pub(crate) number: u64,
    pub(crate) kind: OperationType,
    pub(crate) state: OperationState,
    /// The request that began it.
    pub(crate) client_request_id: String,
    pub(crate) began_at_millis: u64,
    pub(crate) ended_at_millis: Option<u64>,
    pub(crate) error: Option<ErrorInfo>,
    pub(crate) source: MutableClusterInfo,
    pub(crate) target: MutableClusterInfo,
}

/// What an operation does, as the service calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OperationType {
    IncreaseBrokerCount,
    DecreaseBrokerCount,
    UpdateBrokerStorage,
    UpdateBrokerType,
    UpdateStorage,
    UpdateClusterConfiguration,
    UpdateClusterKafkaVersion,
    UpdateConnectivity,
    UpdateMonitoring,
    UpdateRebalancing,
    UpdateSecurity,
    RebootNode,
}

/// Where an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OperationState {
    #[serde(rename = "UPDATE_IN_PROGRESS")]
    InProgress,
    #[serde(rename = "UPDATE_COMPLETE")]
    Complete,
    #[serde(rename = "UPDATE_FAILED")]
    Failed,
}

/// `ErrorInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ErrorInfo {
    pub(crate) error_code: String,
    pub(crate) error_string: String,
}

/// `MutableClusterInfo`: what an operation changes, before or after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct MutableClusterInfo {
    #[serde(rename = "BrokerEBSVolumeInfo")]
    pub(crate) broker_ebs_volume_info: Option<Vec<BrokerEbsVolumeInfo>>,
    pub(crate) configuration_info: Option<ConfigurationInfo>,
    pub(crate) number_of_broker_nodes: Option<u32>,
    pub(crate) enhanced_monitoring: Option<String>,
    pub(crate) open_monitoring: Option<Verbatim>,
    pub(crate) kafka_version: Option<String>,
    pub(crate) logging_info: Option<Verbatim>,
    pub(crate) instance_type: Option<String>,
    pub(crate) client_authentication: Option<ClientAuthentication>,
    pub(crate) encryption_info: Option<EncryptionInfo>,
    pub(crate) connectivity_info: Option<ConnectivityInfo>,
    pub(crate) storage_mode: Option<String>,
    pub(crate) broker_count_update_info: Option<BrokerCountUpdateInfo>,
    pub(crate) rebalancing: Option<Rebalancing>,
}

/// `BrokerEBSVolumeInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerEbsVolumeInfo {
    pub(crate) kafka_broker_node_id: String,
    pub(crate) provisioned_throughput: Option<ProvisionedThroughput>,
    #[serde(rename = "VolumeSizeGB")]
    pub(crate) volume_size_gib: Option<u32>,
}

/// `BrokerCountUpdateInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerCountUpdateInfo {
    pub(crate) created_broker_ids: Vec<u32>,
    pub(crate) deleted_broker_ids: Vec<u32>,
}
