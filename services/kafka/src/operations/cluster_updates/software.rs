//! What brokers run and how it is set: UpdateClusterConfiguration and UpdateClusterKafkaVersion.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use super::{Done, Update};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::record::{ConfigurationInfo, MutableClusterInfo, OperationType, Provisioned};
use crate::versions;

/// UpdateClusterConfiguration.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Configuration {
    configuration_info: ConfigurationInfo,
}

impl Update for Configuration {
    const ACTION: &'static str = "kafka:UpdateClusterConfiguration";

    fn apply(
        self,
        door: &KafkaDoor,
        arn: &ClusterArn,
        cluster: &mut Provisioned,
    ) -> Result<Done, ServiceError> {
        let source = configuration_of(cluster);
        let wanted = door.configurations.revision_for(arn, self.configuration_info)?;
        cluster.configuration = Some(wanted);
        let target = configuration_of(cluster);
        Ok(Done::new(
            OperationType::UpdateClusterConfiguration,
            source,
            target,
        ))
    }
}

fn configuration_of(cluster: &Provisioned) -> MutableClusterInfo {
    let configuration = cluster.configuration.as_ref();
    MutableClusterInfo {
        configuration_info: configuration.map(|configuration| configuration.info.clone()),
        ..MutableClusterInfo::default()
    }
}

/// UpdateClusterKafkaVersion.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KafkaVersion {
    configuration_info: Option<ConfigurationInfo>,
    target_kafka_version: String,
}

impl Update for KafkaVersion {
    const ACTION: &'static str = "kafka:UpdateClusterKafkaVersion";

    fn apply(
        self,
        door: &KafkaDoor,
        arn: &ClusterArn,
        cluster: &mut Provisioned,
    ) -> Result<Done, ServiceError> {
        let possible = versions::successors(&cluster.kafka_version);
        if !possible.contains(&&*self.target_kafka_version) {
            return Err(errors::invalid(
                "targetKafkaVersion",
                format!(
                    "Unsupported KafkaVersion [{}]. Valid values: [{}]",
                    self.target_kafka_version,
                    possible.join(", ")
                ),
            ));
        }
        let info = |cluster: &Provisioned| MutableClusterInfo {
            kafka_version: Some(cluster.kafka_version.clone()),
            ..configuration_of(cluster)
        };
        let source = info(cluster);
        if let Some(wanted) = self.configuration_info {
            cluster.configuration = Some(door.configurations.revision_for(arn, wanted)?);
        }
        cluster.kafka_version = self.target_kafka_version;
        let target = info(cluster);
        Ok(Done::new(
            OperationType::UpdateClusterKafkaVersion,
            source,
            target,
        ))
    }
}
