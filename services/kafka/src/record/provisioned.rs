//! What a cluster was asked to be. The structures are the API's, with its names, and are stored as they are answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A provisioned cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provisioned {
    pub(crate) kafka_version: String,
    pub(crate) number_of_broker_nodes: u32,
    pub(crate) broker_node_group: BrokerNodeGroupInfo,
    pub(crate) client_authentication: Option<ClientAuthentication>,
    pub(crate) encryption: EncryptionInfo,
    pub(crate) configuration: Option<ConfigurationInUse>,
    pub(crate) enhanced_monitoring: String,
    pub(crate) open_monitoring: Option<Verbatim>,
    pub(crate) logging: Option<Verbatim>,
    pub(crate) storage_mode: Option<String>,
    pub(crate) rebalancing: Option<Rebalancing>,
}

/// A serverless cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Serverless {
    pub(crate) vpc_configs: Vec<VpcConfig>,
    pub(crate) client_authentication: Option<ClientAuthentication>,
}

/// `VpcConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VpcConfig {
    pub(crate) subnet_ids: Vec<String>,
    pub(crate) security_group_ids: Option<Vec<String>>,
}

/// A structure that nothing here depends on: what logs and metrics AWS should bring where. Kept and answered as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Verbatim(serde_json::Value);

/// The revision of a configuration that a cluster has, with its properties, which never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigurationInUse {
    pub(crate) info: ConfigurationInfo,
    pub(crate) properties: BTreeMap<String, String>,
}

/// `ConfigurationInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfigurationInfo {
    pub(crate) arn: String,
    pub(crate) revision: i64,
}

/// `BrokerNodeGroupInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BrokerNodeGroupInfo {
    #[serde(rename = "BrokerAZDistribution")]
    pub(crate) broker_az_distribution: Option<String>,
    pub(crate) client_subnets: Vec<String>,
    pub(crate) instance_type: String,
    pub(crate) security_groups: Option<Vec<String>>,
    pub(crate) storage_info: Option<StorageInfo>,
    pub(crate) connectivity_info: Option<ConnectivityInfo>,
    pub(crate) zone_ids: Option<Vec<String>>,
}

/// `StorageInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StorageInfo {
    pub(crate) ebs_storage_info: Option<EbsStorageInfo>,
}

/// `EBSStorageInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EbsStorageInfo {
    pub(crate) provisioned_throughput: Option<ProvisionedThroughput>,
    /// In GiB.
    pub(crate) volume_size: Option<u32>,
}

/// `ProvisionedThroughput`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProvisionedThroughput {
    pub(crate) enabled: Option<bool>,
    /// In MiB a second.
    pub(crate) volume_throughput: Option<i32>,
}

/// `ConnectivityInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConnectivityInfo {
    pub(crate) public_access: Option<PublicAccess>,
    pub(crate) vpc_connectivity: Option<VpcConnectivity>,
    pub(crate) network_type: Option<String>,
}

/// `PublicAccess`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublicAccess {
    pub(crate) r#type: Option<String>,
}

/// `VpcConnectivity`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VpcConnectivity {
    pub(crate) client_authentication: Option<ClientAuthentication>,
}

/// `Rebalancing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Rebalancing {
    pub(crate) status: Option<String>,
}

/// `ClientAuthentication`, and those of serverless clusters and of VPC connections, which have less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ClientAuthentication {
    pub(crate) sasl: Option<Sasl>,
    pub(crate) tls: Option<Tls>,
    pub(crate) unauthenticated: Option<Switch>,
}

/// `Sasl`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Sasl {
    pub(crate) scram: Option<Switch>,
    pub(crate) iam: Option<Switch>,
}

/// `Tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tls {
    pub(crate) certificate_authority_arn_list: Option<Vec<String>>,
    pub(crate) enabled: Option<bool>,
}

/// `Scram`, `Iam`, `Unauthenticated`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Switch {
    pub(crate) enabled: Option<bool>,
}

/// `EncryptionInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EncryptionInfo {
    /// Stored and returned; nothing is encrypted by it.
    pub(crate) encryption_at_rest: Option<EncryptionAtRest>,
    pub(crate) encryption_in_transit: Option<EncryptionInTransit>,
}

/// `EncryptionAtRest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EncryptionAtRest {
    #[serde(rename = "DataVolumeKMSKeyId")]
    pub(crate) key: String,
}

/// `EncryptionInTransit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EncryptionInTransit {
    pub(crate) client_broker: Option<ClientBroker>,
    pub(crate) in_cluster: Option<bool>,
}

/// `ClientBroker`: whether clients must encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ClientBroker {
    Tls,
    TlsPlaintext,
    Plaintext,
}

impl ClientAuthentication {
    /// These settings, with others in the place of those that they name.
    pub(crate) fn with(self, wanted: ClientAuthentication) -> Self {
        let (before, after) = (self.sasl.unwrap_or_default(), wanted.sasl.unwrap_or_default());
        let sasl = Sasl {
            scram: after.scram.or(before.scram),
            iam: after.iam.or(before.iam),
        };
        ClientAuthentication {
            sasl: (sasl != Sasl::default()).then_some(sasl),
            tls: wanted.tls.or(self.tls),
            unauthenticated: wanted.unauthenticated.or(self.unauthenticated),
        }
    }

    pub(crate) fn scram(&self) -> bool {
        self.sasl.as_ref().is_some_and(|sasl| is_on(&sasl.scram))
    }

    pub(crate) fn iam(&self) -> bool {
        self.sasl.as_ref().is_some_and(|sasl| is_on(&sasl.iam))
    }

    /// Whether clients show certificates.
    pub(crate) fn mutual_tls(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| {
            let authorities = tls.certificate_authority_arn_list.as_deref();
            tls.enabled
                .unwrap_or(authorities.is_some_and(|authorities| !authorities.is_empty()))
        })
    }

    /// Whether clients can come without authentication: if that is said, or nothing else is.
    pub(crate) fn unauthenticated(&self) -> bool {
        let said = self.unauthenticated.as_ref().and_then(|switch| switch.enabled);
        said.unwrap_or(!(self.scram() || self.iam() || self.mutual_tls()))
    }

    /// Whether any way to authenticate is on.
    pub(crate) fn any(&self) -> bool {
        self.scram() || self.iam() || self.mutual_tls()
    }
}

fn is_on(switch: &Option<Switch>) -> bool {
    switch.as_ref().and_then(|switch| switch.enabled) == Some(true)
}

impl Provisioned {
    /// Whether its brokers are of the Express type.
    pub(crate) fn is_express(&self) -> bool {
        self.broker_node_group.instance_type.starts_with("express.")
    }

    /// Its storage, to be changed.
    pub(crate) fn storage_mut(&mut self) -> &mut EbsStorageInfo {
        let storage = self
            .broker_node_group
            .storage_info
            .get_or_insert_with(StorageInfo::default);
        storage
            .ebs_storage_info
            .get_or_insert_with(EbsStorageInfo::default)
    }
}
