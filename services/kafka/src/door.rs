//! The door itself: what it holds, and which operation is which.

use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::{CatalogError, Store, Table};
use ninefold_model::{Operation, ServiceModel, Timestamp, Value, Violation};
use ninefold_protocol::{BoxFuture, CallContext, Door, ServiceError};
use ninefold_time::Clock;

use crate::arn::ClusterArn;
use crate::clusters::{CLUSTERS, Clusters};
use crate::configurations::{CONFIGURATIONS, Configurations};
use crate::errors;
use crate::host::ClusterHost;
use crate::operations;
use crate::record::ClusterRecord;
use crate::secrets::ScramSecrets;

/// How often the door looks for what has changed in secrets.
const SECRETS_INTERVAL: Duration = Duration::from_secs(60);

/// Amazon MSK.
pub struct KafkaDoor {
    pub(crate) clusters: Arc<Clusters>,
    pub(crate) configurations: Configurations,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What the door is made of.
pub struct KafkaParts {
    /// Where clusters and configurations are kept.
    pub store: Arc<dyn Store>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// Runs the clusters.
    pub host: Arc<dyn ClusterHost>,
    /// Knows the secrets that clusters are associated with.
    pub secrets: Arc<dyn ScramSecrets>,
}

impl KafkaDoor {
    /// The operations that work.
    pub const OPERATIONS: &'static [&'static str] = operations::NAMES;
    /// The tables that the door keeps in the store.
    pub const TABLES: &'static [Table] = &[CLUSTERS, CONFIGURATIONS];

    /// Opens the door.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub fn open(parts: KafkaParts) -> Result<Arc<Self>, CatalogError> {
        let clusters = Clusters::open(&parts.store, parts.host, parts.secrets, Arc::clone(&parts.clock))?;
        Ok(Arc::new(KafkaDoor {
            clusters: Arc::new(clusters),
            configurations: Configurations::open(&parts.store)?,
            clock: parts.clock,
        }))
    }

    /// Opens every cluster at the host, and goes on with what a stop has interrupted.
    pub fn start(&self) {
        for (arn, _) in self.clusters.page(b"") {
            self.clusters.begin(&arn);
        }
    }

    /// Looks after what has to happen by itself. Never returns; to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        loop {
            let deadline = self.clock.now() + SECRETS_INTERVAL;
            self.clock.sleep_until(deadline).await;
            self.clusters.refresh_secrets().await;
        }
    }

    /// The cluster that a caller means, if they may do this to it.
    pub(crate) fn cluster(
        &self,
        context: &CallContext,
        arn: &str,
        action: &str,
    ) -> Result<(ClusterArn, Arc<ClusterRecord>), ServiceError> {
        let arn =
            ClusterArn::parse(arn).ok_or_else(|| errors::invalid("clusterArn", "Invalid Cluster ARN."))?;
        let record = self.clusters.get(&arn);
        let policy = record.as_ref().and_then(|record| record.policy.as_ref());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, &arn, policy.map(|policy| &*policy.document))?;
        Ok((arn, record.ok_or_else(errors::not_found)?))
    }

    pub(crate) fn now_millis(&self) -> u64 {
        self.clock.now().as_millis()
    }
}

/// A point in time as the API has it.
pub(crate) fn timestamp(milliseconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

impl Door for KafkaDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::kafka()
    }

    fn operations(&self) -> &'static [&'static str] {
        Self::OPERATIONS
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move { operations::call(self, &context, operation.name, &input).await })
    }

    /// The service knows no `ValidationException`.
    fn reject(&self, _: &'static Operation, violations: &[Violation]) -> Result<(), ServiceError> {
        let message = ninefold_model::describe(violations);
        let parameter = violations.first().map(|violation| violation.path.clone());
        let error = errors::bad_request(message);
        Err(match parameter {
            Some(parameter) => error.with_member("invalidParameter", parameter),
            None => error,
        })
    }
}
