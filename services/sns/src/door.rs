//! The door itself: what it holds, and which operation is which.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use ninefold_archive::Archive;
use ninefold_catalog::{CatalogError, Change, Store, Table};
use ninefold_delivery::DeliveryEngine;
use ninefold_model::{Operation, ServiceModel, Value, Violation};
use ninefold_protocol::query::Form;
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, CallSource, Dispatcher, Door, Endpoint, Page, Principal,
    PrincipalKind, Protocol, PushTarget, Region, RequestId, ServiceError, TextMembers,
};
use ninefold_time::Clock;

use crate::arn::TopicArn;
use crate::delivery::{SnsCourier, Transports};
use crate::errors::{self, Refusal};
use crate::operations;
use crate::phones::{OPTED_OUT, Phones, SANDBOX, SMS_SETTINGS};
use crate::platforms::{APPLICATIONS, ENDPOINTS, Platforms};
use crate::record::TopicRecord;
use crate::signer::{KeySource, Signer};
use crate::topics::{SUBSCRIPTIONS, TOPICS, Topic, Topics};

/// How often the door looks for subscriptions that were not confirmed in time.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(600);
/// Where the outbox can be looked at.
const OUTBOX: &str = "/_ninefold/outbox";
/// Where one can see what became of a message.
const DELIVERIES: &str = "/_ninefold/deliveries";
/// The principal that deliveries are made as.
const SERVICE: &str = "sns.amazonaws.com";

/// Amazon SNS.
pub struct SnsDoor {
    pub(crate) topics: Topics,
    pub(crate) phones: Phones,
    pub(crate) platforms: Platforms,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deliveries: Arc<DeliveryEngine>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) transports: Transports,
    pub(crate) signer: Arc<Signer>,
    /// How the server is reached from outside, for links.
    pub(crate) endpoint: Endpoint,
    pub(crate) archives: Archive,
    /// Itself, for tasks that outlive a call.
    pub(crate) me: Weak<SnsDoor>,
    authorizer: Arc<dyn Authorizer>,
}

/// What the door is made of.
pub struct SnsParts {
    /// Where topics and subscriptions are kept.
    pub store: Arc<dyn Store>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// What waits for subscribers; not started yet.
    pub deliveries: Arc<DeliveryEngine>,
    /// Calls other doors.
    pub dispatcher: Arc<Dispatcher>,
    /// What goes out of the server.
    pub transports: Transports,
    /// What notifications are signed with; to be kept with the data, since signatures outlive the process.
    pub signing_key: KeySource,
    /// How the server is reached from outside, for links.
    pub endpoint: Endpoint,
    /// Decides what deliveries may do.
    pub authorizer: Arc<dyn Authorizer>,
}

impl SnsDoor {
    /// The operations that work.
    pub const OPERATIONS: &'static [&'static str] = operations::NAMES;
    /// The tables that the door keeps in the store.
    pub const TABLES: &'static [Table] = &[
        TOPICS,
        SUBSCRIPTIONS,
        SMS_SETTINGS,
        OPTED_OUT,
        SANDBOX,
        APPLICATIONS,
        ENDPOINTS,
    ];

    /// Opens the door.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub fn open(parts: SnsParts) -> Result<Arc<Self>, CatalogError> {
        let topics = Topics::open(&parts.store)?;
        let phones = Phones::open(&parts.store)?;
        let platforms = Platforms::open(&parts.store)?;
        Ok(Arc::new_cyclic(|me| SnsDoor {
            topics,
            phones,
            platforms,
            archives: Archive::new(parts.store),
            me: Weak::clone(me),
            clock: parts.clock,
            deliveries: parts.deliveries,
            dispatcher: parts.dispatcher,
            transports: parts.transports,
            signer: Arc::new(Signer::new(parts.signing_key, parts.endpoint.to_string())),
            endpoint: parts.endpoint,
            authorizer: parts.authorizer,
        }))
    }

    /// Begins to deliver what waits for subscribers. To be called once every door can be reached.
    pub fn start(self: &Arc<Self>) {
        self.deliveries.start(Arc::new(SnsCourier::new(self)));
        self.resume_replays();
    }

    /// Looks after what has to happen by itself. Never returns; to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        if let Err(error) = self.remove_orphans().await {
            tracing::warn!(%error, "what deleted topics and subscriptions have left could not be removed");
        }
        loop {
            if let Err(error) = self.expire_pending().await {
                tracing::warn!(%error, "subscriptions that were not confirmed could not be removed");
            }
            if let Err(error) = self.expire_archives().await {
                tracing::warn!(%error, "archived messages that are too old could not be removed");
            }
            self.clock.sleep_until(self.clock.now() + EXPIRY_INTERVAL).await;
        }
    }

    /// Finds the topic of an ARN, and asks whether the caller may do this to it.
    pub(crate) fn topic(
        &self,
        context: &CallContext,
        arn: &str,
        action: &str,
    ) -> Result<Arc<Topic>, ServiceError> {
        self.topic_at(context, &TopicArn::read(arn, "TopicArn")?, action)
    }

    pub(crate) fn topic_at(
        &self,
        context: &CallContext,
        arn: &TopicArn,
        action: &str,
    ) -> Result<Arc<Topic>, ServiceError> {
        let topic = self.topics.get(arn);
        let settings = topic.as_ref().map(|topic| topic.settings());
        let policy = settings.as_ref().and_then(|settings| settings.policy());
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, arn, policy)?;
        topic.ok_or_else(errors::topic_does_not_exist)
    }

    /// Changes a topic's record, and lets that take effect.
    pub(crate) async fn change_topic(
        &self,
        topic: &Topic,
        change: impl FnOnce(&mut TopicRecord) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = topic.arn.key();
        let changed = self.topics.records.change(key.as_bytes(), |current| {
            let current = current.ok_or_else(errors::topic_does_not_exist)?;
            let mut record = TopicRecord::clone(current);
            change(&mut record)?;
            Ok::<_, Refusal>(Change::Put(record))
        });
        if let Some(record) = changed.await? {
            self.topics.refresh(&topic.arn, &record);
        }
        Ok(())
    }

    /// The context of what a topic does by itself, in a region.
    pub(crate) fn service_context(&self, topic: &TopicArn, region: &Region) -> CallContext {
        CallContext {
            request_id: RequestId::random(),
            principal: service_principal(topic.account),
            region: region.clone(),
            endpoint: self.endpoint.clone(),
            source_ip: None,
            protocol: Protocol::AwsJson10,
            source: Some(CallSource {
                arn: topic.to_string(),
                account: topic.account,
                role_arn: None,
            }),
            authorizer: Arc::clone(&self.authorizer),
        }
    }

    pub(crate) fn now_seconds(&self) -> u64 {
        self.clock.now().as_secs()
    }

    pub(crate) fn now_millis(&self) -> u64 {
        self.clock.now().as_millis()
    }
}

fn service_principal(account: AccountId) -> Principal {
    Principal {
        account,
        arn: SERVICE.to_owned(),
        access_key_id: None,
        kind: PrincipalKind::Service,
    }
}

impl Door for SnsDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sns()
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

    fn call_form<'a>(
        &'a self,
        context: &CallContext,
        operation: &'static Operation,
        form: &Form,
    ) -> Option<BoxFuture<'a, Result<TextMembers, ServiceError>>> {
        match operation.name {
            "Publish" => operations::publish::publish_form(self, context, form),
            _ => None,
        }
    }

    /// Links in confirmations and notifications are followed by people, who sign nothing.
    fn unsigned_operations(&self) -> &'static [&'static str] {
        &["ConfirmSubscription", "Unsubscribe"]
    }

    /// The certificate that notifications are verified with.
    fn page(&self, path: &str, _: &str) -> Option<Page> {
        self.signer.certificate_at(path).map(|pem| Page {
            content_type: "application/x-pem-file",
            body: Bytes::from(pem),
        })
    }

    /// What became of messages, and for developers the mails and text messages that went out or would have.
    fn inspect(&self, path: &str, query: &str) -> Option<Page> {
        let json = match path {
            DELIVERIES => self.attempts_to_json(query),
            OUTBOX => self.transports.outbox.as_ref()?.to_json(),
            _ => return None,
        };
        Some(Page {
            content_type: "application/json",
            body: Bytes::from(json),
        })
    }

    fn push_target(&self) -> Option<&dyn PushTarget> {
        Some(self)
    }

    /// SNS says what is wrong in words of its own; whatever else its model states, its operations check themselves.
    fn reject(&self, _: &'static Operation, violations: &[Violation]) -> Result<(), ServiceError> {
        let missing = violations
            .iter()
            .find(|violation| violation.constraint == ninefold_model::Constraint::NotNull);
        match missing {
            Some(_) => Err(ServiceError::validation(ninefold_model::describe(violations))
                .with_query_code("ValidationError")),
            None => Ok(()),
        }
    }
}
