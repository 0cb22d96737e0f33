//! What changes a provisioned cluster: UpdateBrokerCount, UpdateBrokerStorage, UpdateBrokerType, UpdateClusterConfiguration,
//! UpdateClusterKafkaVersion, UpdateConnectivity, UpdateMonitoring, UpdateRebalancing, UpdateSecurity, UpdateStorage and RebootBroker.
//!
//! Each is a cluster operation: the cluster is `UPDATING` until the host is done, and has another version then.
//!
//! Source: [Operations](https://docs.aws.amazon.com/msk/1.0/apireference/operations.html).

mod access;
mod brokers;
mod monitoring;
mod software;
mod storage;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

pub(crate) use self::access::{Connectivity, Security};
pub(crate) use self::brokers::{BrokerCount, BrokerType, Reboot};
pub(crate) use self::monitoring::{Monitoring, RebalancingStatus};
pub(crate) use self::software::{Configuration, KafkaVersion};
pub(crate) use self::storage::{BrokerStorage, Storage};
use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::operations::clusters::only_provisioned;
use crate::operations::new_cluster::random_id;
use crate::record::{
    Change, ClusterKind, ClusterRecord, ClusterState, MutableClusterInfo, OperationRecord, OperationState,
    OperationType, Provisioned,
};

/// What every change is asked with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateInput<T> {
    cluster_arn: String,
    /// Which version of the cluster the caller has seen; restarts don't ask for it.
    current_version: Option<String>,
    #[serde(flatten)]
    wanted: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateOutput {
    cluster_arn: String,
    cluster_operation_arn: String,
}

/// A change of a provisioned cluster.
pub(crate) trait Update {
    /// The action that it needs.
    const ACTION: &'static str;

    /// Changes the cluster, which is what it was so far.
    fn apply(
        self,
        door: &KafkaDoor,
        arn: &ClusterArn,
        cluster: &mut Provisioned,
    ) -> Result<Done, ServiceError>;
}

/// What was changed.
pub(crate) struct Done {
    kind: OperationType,
    source: MutableClusterInfo,
    target: MutableClusterInfo,
    /// Brokers to restart.
    reboots: Vec<u32>,
}

impl Done {
    fn new(kind: OperationType, source: MutableClusterInfo, target: MutableClusterInfo) -> Self {
        Done {
            kind,
            source,
            target,
            reboots: Vec::new(),
        }
    }
}

/// Begins a change.
pub(crate) async fn update<U: Update>(
    door: &KafkaDoor,
    context: &CallContext,
    input: UpdateInput<U>,
) -> Result<UpdateOutput, ServiceError> {
    let (arn, record) = door.cluster(context, &input.cluster_arn, U::ACTION)?;
    only_provisioned(&record)?;
    let operation = random_id();
    let changed = door.clusters.change(&arn, |record| {
        if record.state != ClusterState::Active {
            return Err(errors::wrong_state("ACTIVE"));
        }
        let version = input.current_version.as_ref();
        if version.is_some_and(|version| *version != record.version) {
            return Err(errors::version_is_not_current());
        }
        let mut target = only_provisioned(record)?.clone();
        let done = input.wanted.apply(door, &arn, &mut target)?;
        let target = Box::new(target);
        door.clusters
            .check(&arn, record, &ClusterKind::Provisioned(target.clone()))?;
        record.begin(
            Change {
                operation,
                target,
                reboots: done.reboots,
            },
            OperationRecord {
                id: operation,
                number: record.next_operation(),
                kind: done.kind,
                state: OperationState::InProgress,
                client_request_id: context.request_id.to_string(),
                began_at_millis: door.now_millis(),
                ended_at_millis: None,
                error: None,
                source: done.source,
                target: done.target,
            },
        );
        Ok(())
    });
    changed.await?;
    door.clusters.begin(&arn);
    Ok(UpdateOutput {
        cluster_arn: arn.to_string(),
        cluster_operation_arn: arn.operation(operation).to_string(),
    })
}

impl ClusterRecord {
    fn begin(&mut self, change: Change, operation: OperationRecord) {
        self.state = match operation.kind {
            OperationType::RebootNode => ClusterState::RebootingBroker,
            _ => ClusterState::Updating,
        };
        self.change = Some(change);
        self.note(operation);
    }
}
