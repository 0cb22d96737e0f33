//! What the door keeps of its resources.

mod cluster;
mod configuration;
mod operation;
mod provisioned;

pub(crate) use cluster::{Change, ClusterKind, ClusterPolicy, ClusterRecord, ClusterState, StateInfo};
pub(crate) use configuration::{ConfigurationRecord, RevisionRecord};
pub(crate) use operation::{
    BrokerCountUpdateInfo, BrokerEbsVolumeInfo, ErrorInfo, MutableClusterInfo, OperationRecord,
    OperationState, OperationType,
};
pub(crate) use provisioned::{
    BrokerNodeGroupInfo, ClientAuthentication, ClientBroker, ConfigurationInUse, ConfigurationInfo,
    ConnectivityInfo, EbsStorageInfo, EncryptionInTransit, EncryptionInfo, Provisioned,
    ProvisionedThroughput, PublicAccess, Rebalancing, Serverless, Verbatim,
};
