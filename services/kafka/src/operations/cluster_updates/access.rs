//! Who can connect, and how: UpdateConnectivity and UpdateSecurity.

use ninefold_protocol::ServiceError;
use serde::Deserialize;

use super::{Done, Update};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::operations::new_cluster::check_connectivity;
use crate::record::{
    ClientAuthentication, ConnectivityInfo, EncryptionInfo, MutableClusterInfo, OperationType, Provisioned,
};
use crate::security;

/// UpdateConnectivity.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Connectivity {
    connectivity_info: Option<ConnectivityInfo>,
    zookeeper_access: Option<serde::de::IgnoredAny>,
}

impl Update for Connectivity {
    const ACTION: &'static str = "kafka:UpdateConnectivity";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        if self.zookeeper_access.is_some() {
            return Err(errors::not_here(
                "Access to ZooKeeper can't be changed: clusters of this server have no ZooKeeper nodes.",
            ));
        }
        let wanted = self
            .connectivity_info
            .ok_or_else(|| errors::no_updates("connectivity"))?;
        check_connectivity(&wanted)?;
        let info = |cluster: &Provisioned| MutableClusterInfo {
            connectivity_info: cluster.broker_node_group.connectivity_info.clone(),
            ..MutableClusterInfo::default()
        };
        let source = info(cluster);
        let connectivity = cluster
            .broker_node_group
            .connectivity_info
            .get_or_insert_default();
        let before = connectivity.clone();
        connectivity.public_access = wanted.public_access.or(before.public_access.clone());
        connectivity.vpc_connectivity = wanted.vpc_connectivity.or(before.vpc_connectivity.clone());
        connectivity.network_type = wanted.network_type.or(before.network_type.clone());
        if *connectivity == before {
            return Err(errors::no_updates("connectivity"));
        }
        let target = info(cluster);
        Ok(Done::new(OperationType::UpdateConnectivity, source, target))
    }
}

/// UpdateSecurity.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Security {
    client_authentication: Option<ClientAuthentication>,
    encryption_info: Option<EncryptionInfo>,
}

impl Update for Security {
    const ACTION: &'static str = "kafka:UpdateSecurity";

    fn apply(self, _: &KafkaDoor, _: &ClusterArn, cluster: &mut Provisioned) -> Result<Done, ServiceError> {
        let info = |cluster: &Provisioned| MutableClusterInfo {
            client_authentication: cluster.client_authentication.clone(),
            encryption_info: Some(cluster.encryption.clone()),
            ..MutableClusterInfo::default()
        };
        let source = info(cluster);
        if let Some(wanted) = self.client_authentication {
            let before = cluster.client_authentication.take().unwrap_or_default();
            cluster.client_authentication = Some(before.with(wanted));
        }
        if let Some(wanted) = self.encryption_info {
            change_encryption(&mut cluster.encryption, wanted)?;
        }
        let target = info(cluster);
        if target == source {
            return Err(errors::no_updates("security setting"));
        }
        let authentication = cluster.client_authentication.clone().unwrap_or_default();
        security::listeners(&authentication, &cluster.encryption)?;
        Ok(Done::new(OperationType::UpdateSecurity, source, target))
    }
}

/// Only encryption between clients and brokers can change.
fn change_encryption(current: &mut EncryptionInfo, wanted: EncryptionInfo) -> Result<(), ServiceError> {
    let changes_at_rest =
        wanted.encryption_at_rest.is_some() && wanted.encryption_at_rest != current.encryption_at_rest;
    let in_transit = current.encryption_in_transit.get_or_insert_default();
    let Some(wanted) = wanted.encryption_in_transit.filter(|_| !changes_at_rest) else {
        return match changes_at_rest {
            true => Err(only_client_encryption("encryptionAtRest")),
            false => Ok(()),
        };
    };
    if wanted.in_cluster.is_some() && wanted.in_cluster != in_transit.in_cluster {
        return Err(only_client_encryption("inCluster"));
    }
    in_transit.client_broker = wanted.client_broker.or(in_transit.client_broker);
    Ok(())
}

fn only_client_encryption(parameter: &'static str) -> ServiceError {
    errors::invalid(
        parameter,
        "You can only update the encryption setting of data in transit between clients and brokers.",
    )
}
