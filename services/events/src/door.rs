//! The door itself: what it holds, and which operation is which.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use ninefold_catalog::{CatalogError, Change, Store, Table};
use ninefold_delivery::DeliveryEngine;
use ninefold_model::{Operation, ServiceModel, Value};
use ninefold_outbound_http::HttpClient;
use ninefold_protocol::{
    Authorizer, BoxFuture, CallContext, CallSource, Dispatcher, Door, Endpoint, LogGroups, Page, Principal,
    PrincipalKind, Protocol, RequestId, ServiceError,
};
use ninefold_time::Clock;
use uuid::Uuid;

use crate::api_destinations::{API_DESTINATIONS, ApiDestinations};
use crate::archives::{ARCHIVES, Archives};
use crate::arn::{BusArn, RuleArn};
use crate::buses::{BUSES, Bus, Buses, RULES};
use crate::connections::{CONNECTIONS, Connections};
use crate::delivery::EventsCourier;
use crate::endpoints::{ENDPOINTS, Endpoints};
use crate::errors::{self, Refusal};
use crate::event_sources::{EVENT_SOURCES, EventSources};
use crate::operations;
use crate::record::{BusRecord, RuleRecord};
use crate::replay::{REPLAYS, Replays};
use crate::schedules::{FIRED, Schedules};
use crate::sealer::Sealer;
use crate::target::Target;
use crate::trail::Trail;
use crate::webhooks::{SEEN_WEBHOOKS, WEBHOOK_PATH, WebhookSource, Webhooks};

/// The principal that events are delivered as.
const SERVICE: &str = "events.amazonaws.com";

/// Where one can see what became of an event.
pub const EXPLANATION_PATH: &str = "/_ninefold/explain-event";
/// How often the door looks for what has had its time.
const CLEAN_UP_INTERVAL: Duration = Duration::from_secs(600);

/// Amazon EventBridge.
pub struct EventsDoor {
    pub(crate) buses: Buses,
    pub(crate) archives: Archives,
    pub(crate) replays: Replays,
    pub(crate) connections: Arc<Connections>,
    pub(crate) api_destinations: ApiDestinations,
    pub(crate) endpoints: Endpoints,
    pub(crate) schedules: Schedules,
    pub(crate) event_sources: EventSources,
    pub(crate) webhooks: Webhooks,
    pub(crate) trail: Trail,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deliveries: Arc<DeliveryEngine>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) log_groups: Arc<dyn LogGroups>,
    /// How the server is reached from outside.
    endpoint: Endpoint,
    authorizer: Arc<dyn Authorizer>,
}

/// What the door is made of.
pub struct EventsParts {
    /// Where buses and rules are kept.
    pub store: Arc<dyn Store>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// What waits for targets; not started yet.
    pub deliveries: Arc<DeliveryEngine>,
    /// Calls other doors.
    pub dispatcher: Arc<Dispatcher>,
    /// Whose webhooks become events.
    pub webhooks: Vec<WebhookSource>,
    /// Reaches API destinations and their authorization servers, as far as the rules of egress allow.
    pub http: HttpClient,
    /// Keeps the secrets of connections from who reads the store.
    pub sealer: Arc<dyn Sealer>,
    /// Keeps what is sent to log groups.
    pub log_groups: Arc<dyn LogGroups>,
    /// How the server is reached from outside.
    pub endpoint: Endpoint,
    /// Decides what deliveries may do.
    pub authorizer: Arc<dyn Authorizer>,
}

impl EventsDoor {
    /// The operations that work.
    pub const OPERATIONS: &'static [&'static str] = operations::NAMES;
    /// The tables that the door keeps in the store.
    pub const TABLES: &'static [Table] = &[
        API_DESTINATIONS,
        ARCHIVES,
        BUSES,
        CONNECTIONS,
        ENDPOINTS,
        EVENT_SOURCES,
        FIRED,
        REPLAYS,
        RULES,
        SEEN_WEBHOOKS,
    ];

    /// Opens the door.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub fn open(parts: EventsParts) -> Result<Arc<Self>, CatalogError> {
        Ok(Arc::new(EventsDoor {
            buses: Buses::open(&parts.store)?,
            archives: Archives::open(&parts.store)?,
            replays: Replays::open(&parts.store)?,
            connections: Arc::new(Connections::open(
                &parts.store,
                parts.sealer,
                parts.http,
                Arc::clone(&parts.clock),
            )?),
            api_destinations: ApiDestinations::open(&parts.store)?,
            endpoints: Endpoints::open(&parts.store)?,
            schedules: Schedules::open(&parts.store)?,
            event_sources: EventSources::open(&parts.store)?,
            webhooks: Webhooks::open(&parts.store, parts.webhooks)?,
            trail: Trail::default(),
            clock: parts.clock,
            deliveries: parts.deliveries,
            dispatcher: parts.dispatcher,
            log_groups: parts.log_groups,
            endpoint: parts.endpoint,
            authorizer: parts.authorizer,
        }))
    }

    /// Begins to deliver what waits for targets. To be called once every door can be reached.
    pub fn start(self: &Arc<Self>) {
        self.deliveries.start(Arc::new(EventsCourier::new(self)));
        self.connections.resume();
        self.resume_schedules();
    }

    /// Looks after what has to happen by itself. Never returns; to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        if let Err(error) = self.finish_archives().await {
            tracing::error!(%error, "archives that were being made or changed could not be finished");
        }
        tokio::join!(
            self.run_schedules(),
            self.run_replays(),
            self.tell_of_connections(),
            self.clean_up()
        );
    }

    /// Removes what has had its time, for ever.
    async fn clean_up(&self) {
        loop {
            if let Err(error) = self.expire_event_sources().await {
                tracing::warn!(%error, "event sources that nobody wanted could not be removed");
            }
            if let Err(error) = self.expire_archives().await {
                tracing::warn!(%error, "archived events that are too old could not be removed");
            }
            if let Err(error) = self.expire_replays().await {
                tracing::warn!(%error, "replays that have ended long ago could not be removed");
            }
            if let Err(error) = self.webhooks.sweep(self.clock.now()).await {
                tracing::warn!(%error, "webhooks that can't be sent again could not be forgotten");
            }
            self.clock.sleep_until(self.clock.now() + CLEAN_UP_INTERVAL).await;
        }
    }

    /// The bus that a caller means, if they may do this to it.
    pub(crate) fn bus(
        &self,
        context: &CallContext,
        name_or_arn: Option<&str>,
        action: &str,
    ) -> Result<Arc<Bus>, ServiceError> {
        let arn = BusArn::meant(context, name_or_arn);
        let bus = self.buses.get(&arn);
        let record = bus.as_ref().map(|bus| bus.record());
        let policy = record.as_ref().and_then(|record| record.policy.as_deref());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, &arn, policy)?;
        bus.ok_or_else(|| errors::bus_does_not_exist(&arn))
    }

    /// The bus that a caller means, and the ARN of its rule, if they may do this to the rule.
    pub(crate) fn bus_of_rule(
        &self,
        context: &CallContext,
        bus: Option<&str>,
        rule: &str,
        action: &str,
    ) -> Result<(Arc<Bus>, RuleArn), ServiceError> {
        let arn = BusArn::meant(context, bus).rule(rule);
        let bus = self.buses.get(&arn.bus);
        let record = bus.as_ref().map(|bus| bus.record());
        let policy = record.as_ref().and_then(|record| record.policy.as_deref());
        context.authorize(action, &arn, policy)?;
        let bus = bus.ok_or_else(|| errors::bus_does_not_exist(&arn.bus))?;
        Ok((bus, arn))
    }

    /// Changes a bus's record by what it is now, and lets that take effect.
    pub(crate) async fn change_bus(
        &self,
        arn: &BusArn,
        change: impl FnOnce(Option<&Arc<BusRecord>>) -> Result<Change<BusRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = arn.key();
        let changed = self
            .buses
            .records
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        self.buses.refresh(arn);
        Ok(())
    }

    /// Changes a rule's record by what it is now, and lets that take effect.
    pub(crate) async fn change_rule(
        &self,
        arn: &RuleArn,
        change: impl FnOnce(Option<&Arc<RuleRecord>>) -> Result<Change<RuleRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = arn.key();
        let changed = self
            .buses
            .rules
            .change(key.as_bytes(), |current| Ok::<_, Refusal>(change(current)?));
        changed.await?;
        self.buses.refresh_rule(arn)?;
        self.reschedule(arn);
        Ok(())
    }

    /// The context of what a rule does by itself.
    pub(crate) fn rule_context(&self, rule: &RuleArn) -> CallContext {
        CallContext {
            request_id: RequestId::random(),
            principal: Principal {
                account: rule.bus.account,
                arn: SERVICE.to_owned(),
                access_key_id: None,
                kind: PrincipalKind::Service,
            },
            region: rule.bus.region.clone(),
            endpoint: self.endpoint.clone(),
            source_ip: None,
            protocol: Protocol::AwsJson11,
            source: Some(CallSource {
                arn: rule.to_string(),
                account: rule.bus.account,
                role_arn: None,
            }),
            authorizer: Arc::clone(&self.authorizer),
        }
    }

    /// The context of what a rule does to a target: as the role that it was given for that, too.
    pub(crate) fn target_context(&self, target: &Target) -> CallContext {
        let mut context = self.rule_context(&target.name.rule);
        if let Some(source) = &mut context.source {
            source.role_arn.clone_from(&target.role_arn);
        }
        context
    }

    pub(crate) fn now_millis(&self) -> u64 {
        self.clock.now().as_millis()
    }
}

impl Door for EventsDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::events()
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
        Box::pin(async move {
            let answer = operations::call(self, &context, operation.name, &input).await;
            answer.map_err(errors::in_own_words)
        })
    }

    fn call_bytes<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        operations::call_bytes(self, context, operation.name, body)
    }

    /// What became of an event (`id=ID`).
    fn inspect(&self, path: &str, query: &str) -> Option<Page> {
        if path != EXPLANATION_PATH {
            return None;
        }
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, id) = pairs.find(|(name, _)| *name == "id")?;
        let explanation = self.explain(Uuid::try_parse(id).ok()?)?;
        Some(Page {
            content_type: "application/json",
            body: Bytes::from(explanation.to_string()),
        })
    }

    /// Webhooks come with signatures of their own.
    fn receive<'a>(&'a self, parts: &'a Parts, body: &'a Bytes) -> Option<BoxFuture<'a, Response<Bytes>>> {
        let is_webhook = parts.method == Method::POST && parts.uri.path().starts_with(WEBHOOK_PATH);
        is_webhook.then(|| Box::pin(self.take_webhook(parts, body)) as BoxFuture<'_, _>)
    }
}
