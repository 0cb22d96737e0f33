//! Clusters: what is kept of them, and how they become what they should be.
//!
//! An operation only says what a cluster should be; that is durable when it is answered. A task then asks the host for it and notes what
//! came of it. What a stop interrupts goes on when the server starts again.

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change as Changed, Store, Table};
use ninefold_protocol::ServiceError;
use ninefold_time::Clock;
use tokio::sync::Mutex;

use crate::arn::ClusterArn;
use crate::errors::{self, Refusal};
use crate::host::{Broker, ClusterHost, ClusterSettings, HostError, ListenerKind};
use crate::record::{
    Change, ClusterKind, ClusterRecord, ClusterState, ErrorInfo, OperationState, Provisioned, StateInfo,
};
use crate::secrets::ScramSecrets;
use crate::security;
use crate::server_properties::{self, Properties};

/// Cluster -> [`ClusterRecord`].
pub(crate) const CLUSTERS: Table = Table::new(80, "kafka.clusters");
/// So many clusters can be changed at the host at one time.
const TURNS: usize = 64;
/// The code of a cluster or operation that the host couldn't do.
const HOST_FAILED: &str = "HostFailed";

/// Every cluster.
pub(crate) struct Clusters {
    records: Catalog<ClusterRecord>,
    pub(crate) host: Arc<dyn ClusterHost>,
    secrets: Arc<dyn ScramSecrets>,
    clock: Arc<dyn Clock>,
    /// Calls of the host that change one cluster come one after the other.
    turns: [Mutex<()>; TURNS],
}

impl Clusters {
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        host: Arc<dyn ClusterHost>,
        secrets: Arc<dyn ScramSecrets>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CatalogError> {
        Ok(Clusters {
            records: Catalog::open(Arc::clone(store), CLUSTERS)?,
            host,
            secrets,
            clock,
            turns: [const { Mutex::const_new(()) }; TURNS],
        })
    }

    /// The cluster of an ARN, if it is the one of this name that is there now.
    pub(crate) fn get(&self, arn: &ClusterArn) -> Option<Arc<ClusterRecord>> {
        let record = self.records.get(arn.key().as_bytes())?;
        (record.id == arn.id).then_some(record)
    }

    /// Clusters whose keys begin with `prefix`, in the order of their names.
    pub(crate) fn page(&self, prefix: &[u8]) -> Vec<(ClusterArn, Arc<ClusterRecord>)> {
        let records = self.records.page(prefix, None, usize::MAX).into_iter();
        let named = records.filter_map(|(key, record)| {
            let arn = ClusterArn::from_key(&key, record.id.clone())?;
            Some((arn, record))
        });
        named.collect()
    }

    /// Adds a cluster, which is to be opened.
    pub(crate) async fn create(
        self: &Arc<Self>,
        arn: &ClusterArn,
        record: ClusterRecord,
    ) -> Result<(), ServiceError> {
        self.check(arn, &record, &record.kind)?;
        let key = arn.key();
        let changed = self.records.change(key.as_bytes(), |current| match current {
            Some(_) => Err(Refusal(errors::name_exists())),
            None => Ok(Changed::Put(record)),
        });
        changed.await?;
        self.begin(arn);
        Ok(())
    }

    /// Changes a cluster's record by what it is now.
    ///
    /// # Errors
    ///
    /// What `change` refuses with, or if there is no such cluster.
    pub(crate) async fn change(
        &self,
        arn: &ClusterArn,
        change: impl FnOnce(&mut ClusterRecord) -> Result<(), ServiceError>,
    ) -> Result<Arc<ClusterRecord>, ServiceError> {
        let key = arn.key();
        let changed = self.records.change(key.as_bytes(), |current| {
            let current = current.filter(|record| record.id == arn.id);
            let mut record = ClusterRecord::clone(current.ok_or_else(errors::not_found)?);
            change(&mut record)?;
            Ok::<_, Refusal>(match current {
                Some(current) if **current == record => Changed::Keep,
                _ => Changed::Put(record),
            })
        });
        changed.await?.ok_or_else(errors::not_found)
    }

    /// Whether the host could open a cluster of this kind.
    pub(crate) fn check(
        &self,
        arn: &ClusterArn,
        record: &ClusterRecord,
        kind: &ClusterKind,
    ) -> Result<(), ServiceError> {
        let settings = settings(arn, record, kind)?;
        self.host.check(&settings).map_err(errors::from_host)
    }

    /// Begins to make a cluster what its record says.
    pub(crate) fn begin(self: &Arc<Self>, arn: &ClusterArn) {
        let (clusters, arn) = (Arc::clone(self), arn.clone());
        tokio::spawn(async move {
            if let Err(error) = clusters.settle(&arn).await {
                tracing::error!(cluster = %arn, %error, "what came of a change of a cluster could not be noted");
            }
        });
    }

    /// Makes a cluster what its record says.
    pub(crate) async fn settle(&self, arn: &ClusterArn) -> Result<(), ServiceError> {
        let _turn = self.turn(arn).lock().await;
        let Some(record) = self.get(arn) else {
            return Ok(());
        };
        match (record.state, &record.change) {
            (ClusterState::Deleting, _) => self.finish_deletion(arn, &record).await,
            (_, Some(change)) => self.finish_change(arn, &record, change).await,
            (_, None) => self.finish_opening(arn, &record).await,
        }
    }

    /// Tells the host who can authenticate with SCRAM: what the cluster's secrets say now.
    pub(crate) async fn apply_secrets(&self, arn: &ClusterArn) -> Result<(), ServiceError> {
        let _turn = self.turn(arn).lock().await;
        match self.get(arn) {
            Some(record) if is_open(&record) => {
                let applied = self.set_credentials(&record).await;
                applied.map_err(errors::from_host)
            }
            _ => Ok(()),
        }
    }

    /// Takes over what has changed in secrets.
    pub(crate) async fn refresh_secrets(&self) {
        for (arn, record) in self.page(b"") {
            if record.scram_secrets.is_empty() {
                continue;
            }
            if let Err(error) = self.apply_secrets(&arn).await {
                tracing::warn!(cluster = %arn, %error, "the secrets of a cluster could not be applied");
            }
        }
    }

    /// Whether there is a secret of this ARN.
    pub(crate) fn knows_secret(&self, secret_arn: &str) -> bool {
        self.secrets.credential(secret_arn).is_some()
    }

    fn turn(&self, arn: &ClusterArn) -> &Mutex<()> {
        let sum: usize = arn.id.as_str().bytes().map(usize::from).sum();
        &self.turns[sum % TURNS]
    }

    async fn set_credentials(&self, record: &ClusterRecord) -> Result<(), HostError> {
        let credentials = record
            .scram_secrets
            .iter()
            .filter_map(|secret| self.secrets.credential(secret));
        self.host
            .set_scram_credentials(&record.id, credentials.collect())
            .await
    }

    /// Opens a cluster, or one that is open with other settings.
    async fn open_at_host(
        &self,
        arn: &ClusterArn,
        record: &ClusterRecord,
        kind: &ClusterKind,
    ) -> Result<Vec<Broker>, HostError> {
        let settings =
            settings(arn, record, kind).map_err(|error| HostError::Failed(error.message.clone()))?;
        let brokers = self.host.open(&record.id, &settings).await?;
        if settings.listeners.contains(&ListenerKind::SaslScram) {
            self.set_credentials(record).await?;
        }
        Ok(brokers)
    }

    async fn finish_opening(&self, arn: &ClusterArn, record: &ClusterRecord) -> Result<(), ServiceError> {
        let opened = self.open_at_host(arn, record, &record.kind).await;
        if let Err(error) = &opened {
            tracing::error!(cluster = %arn, %error, "a cluster could not be opened");
        }
        let changed = self.change(arn, |record| {
            record.take_over(opened);
            Ok(())
        });
        changed.await.map(drop)
    }

    async fn finish_change(
        &self,
        arn: &ClusterArn,
        record: &ClusterRecord,
        change: &Change,
    ) -> Result<(), ServiceError> {
        let target = ClusterKind::Provisioned(change.target.clone());
        let mut done = self.open_at_host(arn, record, &target).await;
        if done.is_ok() && !change.reboots.is_empty() {
            let rebooted = self.host.reboot(&record.id, &change.reboots).await;
            done = rebooted.and(done);
        }
        let ended_at_millis = self.clock.now().as_millis();
        let (opened, error) = match done {
            Ok(brokers) => (Ok(brokers), None),
            Err(error) => (
                self.open_at_host(arn, record, &record.kind).await,
                Some(error_info(&error)),
            ),
        };
        let changed = self.change(arn, |record| {
            record.end_change(ended_at_millis, error);
            record.take_over(opened);
            Ok(())
        });
        changed.await.map(drop)
    }

    async fn finish_deletion(&self, arn: &ClusterArn, record: &ClusterRecord) -> Result<(), ServiceError> {
        let deleted = self.host.delete(&record.id).await;
        deleted.map_err(errors::from_host)?;
        let key = arn.key();
        let changed = self.records.change(key.as_bytes(), |current| match current {
            Some(record) if record.id == arn.id => Ok::<_, Refusal>(Changed::Delete),
            _ => Ok(Changed::Keep),
        });
        changed.await?;
        Ok(())
    }
}

impl ClusterRecord {
    /// Notes what came of opening it.
    fn take_over(&mut self, opened: Result<Vec<Broker>, HostError>) {
        if self.state == ClusterState::Deleting {
            return;
        }
        match opened {
            Ok(brokers) => {
                self.state = ClusterState::Active;
                self.state_info = None;
                self.brokers = brokers;
            }
            Err(error) => {
                self.state = ClusterState::Failed;
                self.state_info = Some(StateInfo {
                    code: HOST_FAILED.to_owned(),
                    message: error.to_string(),
                });
            }
        }
    }

    /// Ends the change that is under way: the cluster is what it should be, or stays what it was.
    fn end_change(&mut self, ended_at_millis: u64, error: Option<ErrorInfo>) {
        let Some(change) = self.change.take() else {
            return;
        };
        let operation = self
            .operations
            .iter_mut()
            .find(|operation| operation.id == change.operation);
        if let Some(operation) = operation {
            operation.ended_at_millis = Some(ended_at_millis);
            operation.state = match error {
                None => OperationState::Complete,
                Some(_) => OperationState::Failed,
            };
            operation.error.clone_from(&error);
        }
        if error.is_none() {
            self.kind = ClusterKind::Provisioned(change.target);
            self.version = new_version();
        }
    }
}

/// Whether the host has the cluster.
fn is_open(record: &ClusterRecord) -> bool {
    !matches!(
        record.state,
        ClusterState::Creating | ClusterState::Deleting | ClusterState::Failed
    )
}

fn error_info(error: &HostError) -> ErrorInfo {
    ErrorInfo {
        error_code: HOST_FAILED.to_owned(),
        error_string: error.to_string(),
    }
}

/// A version as the service makes them, e.g. `K3AEGXETSR30VB`. Clusters and policies have one, and another one after every change.
pub(crate) fn new_version() -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digit = |_| char::from(DIGITS[fastrand::usize(..DIGITS.len())]);
    std::iter::once('K').chain((0..13).map(digit)).collect()
}

/// What the host is asked for.
fn settings(
    arn: &ClusterArn,
    record: &ClusterRecord,
    kind: &ClusterKind,
) -> Result<ClusterSettings, ServiceError> {
    let (listeners, broker_count, properties) = match kind {
        ClusterKind::Provisioned(provisioned) => of_provisioned(provisioned)?,
        ClusterKind::Serverless(serverless) => {
            let zones = serverless.vpc_configs.first().map(|vpc| vpc.subnet_ids.len());
            let zones = zones.unwrap_or(1).max(1);
            let properties = server_properties::effective(zones, &Properties::new());
            (vec![ListenerKind::SaslIam], 1, properties)
        }
    };
    Ok(ClusterSettings {
        arn: arn.to_string(),
        name: arn.name.clone(),
        account: arn.account,
        region: arn.region.clone(),
        listeners,
        broker_count,
        brokers: record.brokers.clone(),
        properties,
        policy: record.policy.as_ref().map(|policy| policy.document.clone()),
    })
}

fn of_provisioned(provisioned: &Provisioned) -> Result<(Vec<ListenerKind>, u32, Properties), ServiceError> {
    let authentication = provisioned.client_authentication.clone().unwrap_or_default();
    let listeners = security::listeners(&authentication, &provisioned.encryption)?;
    let nothing = Properties::new();
    let configured = provisioned.configuration.as_ref();
    let configured = configured.map_or(&nothing, |configuration| &configuration.properties);
    let zones = provisioned.broker_node_group.client_subnets.len();
    let properties = server_properties::effective(zones, configured);
    Ok((listeners, provisioned.number_of_broker_nodes, properties))
}
