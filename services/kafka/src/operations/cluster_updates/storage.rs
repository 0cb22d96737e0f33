//! What brokers keep their data on: UpdateBrokerStorage and UpdateStorage. On one machine it means nothing; it is kept and shown.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use super::{Done, Update};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::operations::new_cluster::storage_is_not_for_express;
use crate::record::{
    BrokerEbsVolumeInfo, EbsStorageInfo, MutableClusterInfo, OperationType, Provisioned,
    ProvisionedThroughput,
};

/// Stands for every broker.
const ALL_BROKERS: &str = "All";
/// The largest volume of a broker, in GiB.
const LARGEST_VOLUME_GIB: u32 = 16_384;

/// UpdateBrokerStorage.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerStorage {
    #[serde(rename = "TargetBrokerEBSVolumeInfo")]
    target_broker_ebs_volume_info: Vec<BrokerEbsVolumeInfo>,
}

impl Update for BrokerStorage {
    const ACTION: &'static str = "kafka:UpdateBrokerStorage";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let [wanted] = &*self.target_broker_ebs_volume_info else {
            return Err(only_all_brokers());
        };
        if !wanted.kafka_broker_node_id.eq_ignore_ascii_case(ALL_BROKERS) {
            return Err(only_all_brokers());
        }
        let source = volumes(change_storage(
            cluster,
            wanted.volume_size_gib,
            wanted.provisioned_throughput.clone(),
        )?);
        let target = volumes(cluster.storage_mut().clone());
        Ok(Done::new(OperationType::UpdateBrokerStorage, source, target))
    }
}

fn only_all_brokers() -> ServiceError {
    errors::invalid(
        "targetBrokerEBSVolumeInfo",
        "The storage of all brokers is the same: specify one volume, with All as the ID of the broker.",
    )
}

/// Changes the storage of every broker; says what it was.
fn change_storage(
    cluster: &mut Provisioned,
    volume_size_gib: Option<u32>,
    throughput: Option<ProvisionedThroughput>,
) -> Result<EbsStorageInfo, ServiceError> {
    if cluster.is_express() {
        return Err(storage_is_not_for_express());
    }
    let storage = cluster.storage_mut();
    let before = storage.clone();
    if volume_size_gib.is_some_and(|size| size < before.volume_size.unwrap_or(1) || size > LARGEST_VOLUME_GIB)
    {
        return Err(errors::invalid(
            "volumeSizeGB",
            format!(
                "The size of a volume can only grow, up to {LARGEST_VOLUME_GIB} GiB; it is {} GiB.",
                before.volume_size.unwrap_or_default()
            ),
        ));
    }
    storage.volume_size = volume_size_gib.or(before.volume_size);
    storage.provisioned_throughput = throughput.or(before.provisioned_throughput.clone());
    match *storage == before {
        true => Err(errors::no_updates("EBS volumes")),
        false => Ok(before),
    }
}

fn volumes(storage: EbsStorageInfo) -> MutableClusterInfo {
    let volume = BrokerEbsVolumeInfo {
        kafka_broker_node_id: ALL_BROKERS.to_owned(),
        provisioned_throughput: storage.provisioned_throughput,
        volume_size_gib: storage.volume_size,
    };
    MutableClusterInfo {
        broker_ebs_volume_info: Some(vec![volume]),
        ..MutableClusterInfo::default()
    }
}

/// UpdateStorage.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Storage {
    provisioned_throughput: Option<ProvisionedThroughput>,
    storage_mode: Option<String>,
    #[serde(rename = "VolumeSizeGB")]
    volume_size_gib: Option<u32>,
}

impl Update for Storage {
    const ACTION: &'static str = "kafka:UpdateStorage";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let mode_before = cluster.storage_mode.clone();
        let changes_mode = self.storage_mode.is_some() && self.storage_mode != mode_before;
        if changes_mode && mode_before.as_deref() == Some("TIERED") {
            return Err(errors::invalid(
                "storageMode",
                "A cluster with tiered storage can't go back to local storage.",
            ));
        }
        let changes_volume = self.volume_size_gib.is_some() || self.provisioned_throughput.is_some();
        let before = match changes_volume || !changes_mode {
            true => change_storage(cluster, self.volume_size_gib, self.provisioned_throughput)?,
            false if cluster.is_express() => return Err(storage_is_not_for_express()),
            false => cluster.storage_mut().clone(),
        };
        let with_mode = |storage, mode| MutableClusterInfo {
            storage_mode: mode,
            ..volumes(storage)
        };
        cluster.storage_mode = self.storage_mode.or(mode_before.clone());
        let source = with_mode(before, mode_before);
        let target = with_mode(cluster.storage_mut().clone(), cluster.storage_mode.clone());
        Ok(Done::new(OperationType::UpdateStorage, source, target))
    }
}
