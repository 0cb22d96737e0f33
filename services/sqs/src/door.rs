//! The door itself: what it holds, and which operation is which.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_model::{Map, Operation, ServiceModel, Value, Violation};
use ninefold_protocol::{
    BoxFuture, CallContext, Consignment, Door, Protocol, PushTarget, Route, ServiceError, Untaken,
};
use ninefold_queue::{Queue, QueueEngine};
use ninefold_time::Clock;

use crate::address::{QueueAddress, QueueArn};
use crate::attributes;
use crate::errors;
use crate::operations;
use crate::operations::cool_down::CoolDowns;
use crate::receipt::ReceiptSealer;
use crate::record::{QueueRecord, QueueSettings, SettingsCache};

/// Amazon SQS.
pub struct SqsDoor {
    pub(crate) engine: Arc<QueueEngine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) receipts: ReceiptSealer,
    pub(crate) cool_downs: CoolDowns,
    pub(crate) settings: SettingsCache,
    /// Held from reading a queue's record to writing it, so that no change is lost.
    pub(crate) changes: tokio::sync::Mutex<()>,
}

/// What no policy can let other accounts do.
///
/// Source: [Limitations of custom policies](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-limitations-of-custom-policies.html).
const OWNERS_ACTIONS: &[&str] = &[
    "sqs:AddPermission",
    "sqs:CancelMessageMoveTask",
    "sqs:DeleteQueue",
    "sqs:ListMessageMoveTasks",
    "sqs:ListQueueTags",
    "sqs:RemovePermission",
    "sqs:SetQueueAttributes",
    "sqs:StartMessageMoveTask",
    "sqs:TagQueue",
    "sqs:UntagQueue",
];

/// A queue that an operation is about.
pub(crate) struct Target {
    pub(crate) address: QueueAddress,
    pub(crate) queue: Arc<Queue>,
    pub(crate) settings: Arc<QueueSettings>,
}

impl SqsDoor {
    /// The door onto an engine. `receipt_secret` seals receipt handles, so that nobody can make up one: keep it with
    /// the data, since handles should outlive a restart.
    pub fn new(engine: Arc<QueueEngine>, clock: Arc<dyn Clock>, receipt_secret: [u8; 32]) -> Self {
        SqsDoor {
            engine,
            clock,
            receipts: ReceiptSealer::new(receipt_secret),
            cool_downs: CoolDowns::default(),
            settings: SettingsCache::default(),
            changes: tokio::sync::Mutex::default(),
        }
    }

    /// The operations that work: all of them.
    pub const OPERATIONS: &'static [&'static str] = operations::NAMES;

    /// Finds the queue of a URL, and asks whether the caller may do this to it.
    pub(crate) fn target(
        &self,
        context: &CallContext,
        url: &str,
        action: &str,
    ) -> Result<Target, ServiceError> {
        if url.is_empty() {
            return Err(errors::missing_parameter("QueueUrl"));
        }
        let address = QueueAddress::from_url(url, &context.region).ok_or_else(|| {
            errors::modelled(
                "InvalidAddress",
                format!("The address {url} is not valid for this endpoint."),
            )
        })?;
        self.target_at(context, address, action)
    }

    /// As [`SqsDoor::target`], for a queue whose address is known.
    pub(crate) fn target_at(
        &self,
        context: &CallContext,
        address: QueueAddress,
        action: &str,
    ) -> Result<Target, ServiceError> {
        let queue = self.engine.queue(&address.key());
        let settings = queue.as_ref().map(|queue| self.settings.of(queue)).transpose()?;
        let policy = settings
            .as_ref()
            .and_then(|settings| settings.policy.as_deref())
            .filter(|_| address.account == context.principal.account || !OWNERS_ACTIONS.contains(&action));
        // Before saying whether it exists: that is nobody's business who may not use it.
        context.authorize(action, &QueueArn(&address), policy)?;
        match (queue, settings) {
            (Some(queue), Some(settings)) => Ok(Target {
                address,
                queue,
                settings,
            }),
            _ => Err(errors::queue_does_not_exist()),
        }
    }

    /// Makes a queue's next record from its settings; the engine then acts upon its attributes.
    pub(crate) async fn change_record(
        &self,
        queue: &Queue,
        change: impl FnOnce(&QueueSettings) -> Result<QueueRecord, ServiceError>,
    ) -> Result<(), ServiceError> {
        let _turn = self.changes.lock().await;
        let record = change(&*self.settings.of(queue)?)?;
        let config = attributes::engine_config(&record.attributes);
        self.engine
            .update(queue, config, record.encode())
            .await
            .map_err(errors::from_queue)
    }

    pub(crate) fn now_seconds(&self) -> u64 {
        self.clock.now().as_secs()
    }
}

impl Door for SqsDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sqs()
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
            answer.map_err(|error| errors::in_words_of(context.protocol, error))
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

    fn send_to_queues(
        &self,
        context: CallContext,
        consignments: Vec<Consignment>,
    ) -> BoxFuture<'_, Vec<Untaken>> {
        let shipment = operations::consignments::begin(self, &context, &consignments);
        Box::pin(shipment.finish())
    }

    /// Over the query protocol the queue's URL is the URL that the request is sent to, unless it is a parameter too.
    fn complete(&self, context: &CallContext, route: &Route, input: &mut Map) {
        let takes_queue = !matches!(
            route.operation.name,
            "CreateQueue"
                | "ListQueues"
                | "GetQueueUrl"
                | "StartMessageMoveTask"
                | "CancelMessageMoveTask"
                | "ListMessageMoveTasks"
        );
        let has_path = route.path.trim_matches('/').contains('/');
        if context.protocol == Protocol::Query && takes_queue && has_path && input.get("QueueUrl").is_none() {
            input.insert("QueueUrl", Value::String(route.path.clone()));
        }
    }

    fn push_target(&self) -> Option<&dyn PushTarget> {
        Some(self)
    }

    /// SQS says what is missing in words of its own; whatever else its model states, its operations check themselves.
    fn reject(&self, operation: &'static Operation, violations: &[Violation]) -> Result<(), ServiceError> {
        let missing = violations
            .iter()
            .find(|violation| violation.constraint == ninefold_model::Constraint::NotNull);
        match missing {
            Some(violation) => match &*member_name(&violation.path) {
                "Entries" => Err(errors::empty_batch(operation.name)),
                name => Err(errors::missing_parameter(name)),
            },
            None => Ok(()),
        }
    }
}

/// The API's name of the member that a violation's path ends with: `entries.1.member.id` is `Id`.
fn member_name(path: &str) -> Cow<'_, str> {
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut characters = last.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => Cow::Owned(first.to_uppercase().chain(characters).collect()),
        _ => Cow::Borrowed(last),
    }
}
