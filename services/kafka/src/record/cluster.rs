//! A cluster.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::operation::OperationRecord;
use super::provisioned::{Provisioned, Serverless};
use crate::host::{Broker, ClusterId};
use crate::limits::OPERATIONS;

/// A cluster, with what was done to it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterRecord {
    pub(crate) id: ClusterId,
    pub(crate) created_at_millis: u64,
    pub(crate) state: ClusterState,
    pub(crate) state_info: Option<StateInfo>,
    /// What changes have to name, and change.
    pub(crate) version: String,
    pub(crate) kind: ClusterKind,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) policy: Option<ClusterPolicy>,
    /// ARNs.
    pub(crate) scram_secrets: BTreeSet<String>,
    /// Where its brokers listen; nowhere until it was opened once.
    pub(crate) brokers: Vec<Broker>,
    /// What is under way; there is something while the state says so.
    pub(crate) change: Option<Change>,
    /// The last operations, the oldest first.
    pub(crate) operations: VecDeque<OperationRecord>,
}

impl Record for ClusterRecord {
    const FORMAT: u8 = 1;
}

/// `ClusterState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ClusterState {
    Active,
    Creating,
    Deleting,
    Failed,
    RebootingBroker,
    Updating,
}

/// `StateInfo`: why a cluster is in its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StateInfo {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// What a cluster is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ClusterKind {
    Provisioned(Box<Provisioned>),
    Serverless(Serverless),
}

/// A policy, and the version of it that changes have to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterPolicy {
    pub(crate) document: String,
    pub(crate) version: String,
}

/// A change that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The operation that it is.
    pub(crate) operation: Uuid,
    /// What the cluster will be.
    pub(crate) target: Box<Provisioned>,
    /// Brokers that are restarted.
    pub(crate) reboots: Vec<u32>,
}

impl ClusterRecord {
    /// The provisioned cluster that it is.
    pub(crate) fn provisioned(&self) -> Option<&Provisioned> {
        match &self.kind {
            ClusterKind::Provisioned(provisioned) => Some(provisioned),
            ClusterKind::Serverless(_) => None,
        }
    }

    /// An operation on it.
    pub(crate) fn operation(&self, id: Uuid) -> Option<&OperationRecord> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Notes an operation, and forgets the oldest if there are too many.
    pub(crate) fn note(&mut self, operation: OperationRecord) {
        self.operations.push_back(operation);
        while self.operations.len() > OPERATIONS {
            self.operations.pop_front();
        }
    }

    /// The number of the next operation.
    pub(crate) fn next_operation(&self) -> u64 {
        self.operations.back().map_or(1, |last| last.number + 1)
    }
}
