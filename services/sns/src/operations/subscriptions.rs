//! Subscribe, Unsubscribe, ListSubscriptions, ListSubscriptionsByTopic, GetSubscriptionAttributes and
//! SetSubscriptionAttributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, Principal, PrincipalKind, ServiceError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::SnsDoor;
use crate::arn::{SubscriptionArn, TopicArn};
use crate::attributes::archive::read_replay;
use crate::attributes::subscription;
use crate::destination::Destination;
use crate::errors::{self, Refusal};
use crate::limits::PAGE;
use crate::operations::confirmation::new_token;
use crate::operations::page;
use crate::operations::topics::AttributesOutput;
use crate::record::{Protocol, Standing, SubscriptionRecord};
use crate::replay::Replay;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// Filter policies of one topic. AWS's default quota is 200, and is raised on request.
const FILTER_POLICIES: usize = 100_000;
/// What is answered instead of the ARN of a subscription that has to be confirmed.
const PENDING: &str = "pending confirmation";
/// What lists say instead of the ARN of such a subscription.
const PENDING_IN_LISTS: &str = "PendingConfirmation";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SubscribeInput {
    topic_arn: String,
    protocol: String,
    #[serde(default)]
    endpoint: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    return_subscription_arn: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SubscriptionOutput {
    pub(crate) subscription_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SubscriptionInput {
    subscription_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSubscriptionsInput {
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSubscriptionsByTopicInput {
    topic_arn: String,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSubscriptionsOutput {
    subscriptions: Vec<ListedSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedSubscription {
    subscription_arn: String,
    owner: String,
    protocol: &'static str,
    endpoint: String,
    topic_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetSubscriptionAttributesInput {
    subscription_arn: String,
    attribute_name: String,
    #[serde(default)]
    attribute_value: String,
}

pub(crate) async fn subscribe(
    door: &SnsDoor,
    context: &CallContext,
    input: SubscribeInput,
) -> Result<SubscriptionOutput, ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:Subscribe")?;
    let protocol = check_protocol(&topic, &input.protocol)?;
    let destination = Destination::read(protocol, &input.endpoint)?;
    check_order(&topic, &destination)?;
    let attributes = subscription::merge(protocol, &BTreeMap::new(), &input.attributes)
        .map_err(errors::among_attributes)?;
    // Two that subscribe the same endpoint at one time must end up with one subscription.
    let _turn = topic.subscribing.lock().await;
    let existing = topic.subscribers.read().at(protocol, &input.endpoint);
    if let Some(existing) = existing {
        if !input.attributes.is_empty() && existing.record.attributes != attributes {
            return Err(errors::invalid_for(
                "Attributes",
                "Subscription already exists with different attributes",
            ));
        }
        let existing = match existing.record.is_pending() {
            true => door.ask_again(&topic, &existing).await?,
            false => existing,
        };
        return Ok(answer(&existing, input.return_subscription_arn));
    }
    check_filter_policies(&topic, &attributes)?;
    let arn = SubscriptionArn {
        topic: topic.arn.clone(),
        id: Uuid::from_u128(crate::identifiers::random_uuid()),
    };
    let record = SubscriptionRecord {
        created_at_seconds: door.now_seconds(),
        owner: context.principal.account.to_string(),
        principal: context.principal.arn.clone(),
        protocol,
        endpoint: input.endpoint,
        replay: replay_of(door, &topic, &attributes)?,
        attributes,
        standing: first_standing(door, &arn, &destination, &context.principal)?,
    };
    let subscriber = door.put_subscription(&topic, arn, record).await?;
    if subscriber.is_replaying() {
        door.start_replay(Arc::clone(&topic), &subscriber);
    }
    if subscriber.record.is_pending() {
        door.ask_for_confirmation(&topic, &subscriber).await?;
    }
    Ok(answer(&subscriber, input.return_subscription_arn))
}

fn check_protocol(topic: &Topic, name: &str) -> Result<Protocol, ServiceError> {
    let protocol = match Protocol::parse(name) {
        Some(protocol) => protocol,
        None if name == "firehose" => {
            return Err(errors::invalid_for(
                "Protocol",
                "Delivery streams (firehose) don't exist on this server yet",
            ));
        }
        None => {
            return Err(errors::invalid_parameter(format_args!(
                "Amazon SNS does not support this protocol string: {name}"
            )));
        }
    };
    if topic.arn.is_fifo() && protocol != Protocol::Sqs {
        return Err(errors::invalid_for(
            "Protocol",
            format_args!("Invalid protocol type: {name}. FIFO topics deliver to SQS queues only"),
        ));
    }
    Ok(protocol)
}

fn check_order(topic: &Topic, destination: &Destination) -> Result<(), ServiceError> {
    match destination.queue() {
        Some(queue) if queue.is_fifo() && !topic.arn.is_fifo() => Err(errors::invalid_parameter(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
        )),
        _ => Ok(()),
    }
}

fn check_filter_policies(topic: &Topic, attributes: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    let is_full = attributes.contains_key("FilterPolicy")
        && topic.subscribers.read().filter_policies() >= FILTER_POLICIES;
    match is_full {
        true => Err(errors::modelled(
            "FilterPolicyLimitExceededException",
            "Filter policy limit exceeded for this topic.",
        )),
        false => Ok(()),
    }
}

/// What a subscription with these attributes wants again.
fn replay_of(
    door: &SnsDoor,
    topic: &Topic,
    attributes: &BTreeMap<String, String>,
) -> Result<Option<Replay>, ServiceError> {
    let Some(json) = attributes.get("ReplayPolicy") else {
        return Ok(None);
    };
    let Some(policy) = read_replay(json)? else {
        return Ok(None);
    };
    if !topic.arn.is_fifo() || topic.retention_seconds().is_none() {
        return Err(errors::invalid_parameter(
            "ReplayPolicy: the topic has no archive, which FIFO topics with an ArchivePolicy have",
        ));
    }
    Ok(Some(Replay::new(policy, door.clock.now())))
}

/// Whether the endpoint has to agree first: it does, unless it belongs to whoever subscribes it.
fn first_standing(
    door: &SnsDoor,
    arn: &SubscriptionArn,
    destination: &Destination,
    principal: &Principal,
) -> Result<Standing, ServiceError> {
    let needs_confirmation = match destination {
        Destination::Queue(queue) => queue.account != principal.account,
        Destination::Url(_) | Destination::Mailbox(_) => true,
        Destination::Phone(_) | Destination::Device(_) | Destination::Function(_) => false,
    };
    Ok(match needs_confirmation {
        true => new_token(arn, door.now_seconds())?,
        false => Standing::Confirmed {
            authenticated: true,
            authenticate_on_unsubscribe: false,
            token: None,
        },
    })
}

fn answer(subscriber: &Subscriber, with_arn: bool) -> SubscriptionOutput {
    SubscriptionOutput {
        subscription_arn: match subscriber.record.is_pending() && !with_arn {
            true => PENDING.to_owned(),
            false => subscriber.arn.to_string(),
        },
    }
}

pub(crate) async fn unsubscribe(
    door: &SnsDoor,
    context: &CallContext,
    input: SubscriptionInput,
) -> Result<(), ServiceError> {
    let arn = SubscriptionArn::read(&input.subscription_arn)?;
    // Unsubscribing what is not subscribed succeeds.
    let Some(topic) = door.topics.get(&arn.topic) else {
        return Ok(());
    };
    let Some(subscriber) = topic.subscribers.read().get(arn.id) else {
        return Ok(());
    };
    if context.principal.kind != PrincipalKind::Anonymous {
        authorize(context, &topic, &subscriber, "sns:Unsubscribe")?;
        return door.remove_subscription(&topic, &subscriber).await;
    }
    match &subscriber.record.standing {
        Standing::Confirmed {
            authenticate_on_unsubscribe: false,
            ..
        } => {}
        Standing::Pending { .. } => return Ok(()),
        Standing::Confirmed { .. } => {
            let message = "AuthenticationRequired: this subscription can be deleted by its owner only";
            return Err(errors::modelled("AuthorizationErrorException", message));
        }
    }
    // Whoever followed the link may have been anybody: the subscriber is told, and can take it back for a while.
    let pending = new_token(&arn, door.now_seconds())?;
    let subscriber = door
        .change_subscription(&topic, &arn, |record| {
            record.standing = pending;
            Ok(())
        })
        .await?;
    door.tell_of_unsubscription(&topic, &subscriber).await
}

/// A subscription belongs to who subscribed, and so far as its topic's owner allows it, to whom that owner lets.
fn authorize(
    context: &CallContext,
    topic: &Topic,
    subscriber: &Subscriber,
    action: &str,
) -> Result<(), ServiceError> {
    let settings = topic.settings();
    let is_owner = subscriber.record.owner == context.principal.account.as_str();
    if is_owner && topic.arn.account != context.principal.account {
        // Of another account's topic: what the caller may do with their own subscription is up to their policies.
        let own = SubscriptionArn {
            topic: TopicArn {
                account: context.principal.account,
                ..subscriber.arn.topic.clone()
            },
            id: subscriber.arn.id,
        };
        return context.authorize(action, &own, None);
    }
    context.authorize(action, &topic.arn, settings.policy())
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListSubscriptionsInput,
) -> Result<ListSubscriptionsOutput, ServiceError> {
    let account = context.principal.account;
    let everything = format!("arn:aws:sns:{}:{account}:*", context.region);
    context.authorize("sns:ListSubscriptions", &everything, None)?;
    let mut after = page::read_token(input.next_token.as_deref())?;
    let mut found = Vec::new();
    let is_wanted = |(key, record): &(bytes::Bytes, Arc<SubscriptionRecord>)| {
        let arn = SubscriptionArn::from_key(key);
        record.owner == account.as_str() && arn.is_some_and(|arn| arn.topic.region == context.region)
    };
    // Subscriptions are kept with their topics, which may belong to other accounts.
    loop {
        let page = door.topics.subscriptions.page(b"", after.as_deref(), 10 * PAGE);
        let Some((last, _)) = page.last() else { break };
        after = Some(last.to_vec());
        found.extend(page.into_iter().filter(is_wanted));
        if found.len() > PAGE {
            break;
        }
    }
    Ok(listed(found))
}

pub(crate) fn list_by_topic(
    door: &SnsDoor,
    context: &CallContext,
    input: ListSubscriptionsByTopicInput,
) -> Result<ListSubscriptionsOutput, ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:ListSubscriptionsByTopic")?;
    let after = page::read_token(input.next_token.as_deref())?;
    let prefix = format!("{}/", topic.arn.key());
    let found = door
        .topics
        .subscriptions
        .page(prefix.as_bytes(), after.as_deref(), PAGE + 1);
    Ok(listed(found))
}

fn listed(found: Vec<(bytes::Bytes, Arc<SubscriptionRecord>)>) -> ListSubscriptionsOutput {
    let (found, next_token) = page::cut(found, PAGE);
    let subscriptions = found.into_iter().filter_map(|(key, record)| {
        let arn = SubscriptionArn::from_key(&key)?;
        Some(ListedSubscription {
            topic_arn: arn.topic.to_string(),
            subscription_arn: match record.is_pending() {
                true => PENDING_IN_LISTS.to_owned(),
                false => arn.to_string(),
            },
            owner: record.owner.clone(),
            protocol: record.protocol.as_str(),
            endpoint: record.endpoint.clone(),
        })
    });
    ListSubscriptionsOutput {
        subscriptions: subscriptions.collect(),
        next_token,
    }
}

/// The subscription of an ARN, if the caller may do this to it.
fn subscription(
    door: &SnsDoor,
    context: &CallContext,
    arn: &str,
    action: &str,
) -> Result<(Arc<Topic>, Arc<Subscriber>), ServiceError> {
    let arn = SubscriptionArn::read(arn)?;
    let topic = door
        .topics
        .get(&arn.topic)
        .ok_or_else(errors::subscription_does_not_exist)?;
    let subscriber = topic.subscribers.read().get(arn.id);
    let subscriber = subscriber.ok_or_else(errors::subscription_does_not_exist)?;
    authorize(context, &topic, &subscriber, action)?;
    Ok((topic, subscriber))
}

pub(crate) fn get_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: SubscriptionInput,
) -> Result<AttributesOutput, ServiceError> {
    let (topic, subscriber) = subscription(
        door,
        context,
        &input.subscription_arn,
        "sns:GetSubscriptionAttributes",
    )?;
    Ok(AttributesOutput {
        attributes: attributes_of(&topic, &subscriber),
    })
}

fn attributes_of(topic: &Topic, subscriber: &Subscriber) -> BTreeMap<String, String> {
    let record = &subscriber.record;
    let authenticated = matches!(
        record.standing,
        Standing::Confirmed {
            authenticated: true,
            ..
        }
    );
    let mut attributes = record.attributes.clone();
    let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
    set("SubscriptionArn", subscriber.arn.to_string());
    set("TopicArn", topic.arn.to_string());
    set("Owner", record.owner.clone());
    set("Protocol", record.protocol.as_str().to_owned());
    set("Endpoint", record.endpoint.clone());
    set("SubscriptionPrincipal", record.principal.clone());
    set("ConfirmationWasAuthenticated", authenticated.to_string());
    set("PendingConfirmation", record.is_pending().to_string());
    if matches!(record.protocol, Protocol::Http | Protocol::Https) {
        set(
            "EffectiveDeliveryPolicy",
            subscriber.policy(&topic.settings()).to_json(),
        );
    }
    if let Some(replay) = &record.replay {
        set("ReplayStatus", replay.status().to_owned());
    }
    let mut default = |name: &str, value: &str| {
        attributes
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    };
    default("RawMessageDelivery", "false");
    if record.attribute("FilterPolicy").is_some() {
        default("FilterPolicyScope", "MessageAttributes");
    }
    attributes
}

pub(crate) async fn set_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: SetSubscriptionAttributesInput,
) -> Result<(), ServiceError> {
    let (topic, subscriber) = subscription(
        door,
        context,
        &input.subscription_arn,
        "sns:SetSubscriptionAttributes",
    )?;
    let changes = BTreeMap::from([(input.attribute_name, input.attribute_value)]);
    if subscriber.record.attribute("FilterPolicy").is_none() {
        check_filter_policies(&topic, &changes)?;
    }
    let changes_replay = changes.contains_key("ReplayPolicy");
    let changed = door.change_subscription(&topic, &subscriber.arn, |record| {
        record.attributes = subscription::merge(record.protocol, &record.attributes, &changes)?;
        if changes_replay {
            record.replay = replay_of(door, &topic, &record.attributes)?;
        }
        Ok(())
    });
    let subscriber = changed.await?;
    if changes_replay && subscriber.is_replaying() {
        door.start_replay(topic, &subscriber);
    }
    Ok(())
}

impl SnsDoor {
    /// Asks for a confirmation again, by a fresh token: the last one may have run out.
    async fn ask_again(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
    ) -> Result<Arc<Subscriber>, ServiceError> {
        let standing = new_token(&subscriber.arn, self.now_seconds())?;
        let subscriber = self
            .change_subscription(topic, &subscriber.arn, |record| {
                record.standing = standing;
                Ok(())
            })
            .await?;
        self.ask_for_confirmation(topic, &subscriber).await?;
        Ok(subscriber)
    }

    /// Stores a new subscription and lets it take part.
    async fn put_subscription(
        &self,
        topic: &Topic,
        arn: SubscriptionArn,
        record: SubscriptionRecord,
    ) -> Result<Arc<Subscriber>, ServiceError> {
        let key = arn.key();
        let stored = self
            .topics
            .subscriptions
            .change(key.as_bytes(), |_| Ok::<_, Refusal>(Change::Put(record)));
        match stored.await? {
            Some(record) => topic.take_over(arn, record),
            None => Err(errors::subscription_does_not_exist()),
        }
    }

    /// Changes a subscription, and lets that take effect.
    pub(crate) async fn change_subscription(
        &self,
        topic: &Topic,
        arn: &SubscriptionArn,
        change: impl FnOnce(&mut SubscriptionRecord) -> Result<(), ServiceError>,
    ) -> Result<Arc<Subscriber>, ServiceError> {
        let key = arn.key();
        let changed = self.topics.subscriptions.change(key.as_bytes(), |current| {
            let current = current.ok_or_else(errors::subscription_does_not_exist)?;
            let mut record = SubscriptionRecord::clone(current);
            change(&mut record)?;
            Ok::<_, Refusal>(Change::Put(record))
        });
        match changed.await? {
            Some(record) => topic.take_over(arn.clone(), record),
            None => Err(errors::subscription_does_not_exist()),
        }
    }

    /// Removes a subscription, and what waits for it.
    pub(crate) async fn remove_subscription(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
    ) -> Result<(), ServiceError> {
        let removed = self
            .topics
            .subscriptions
            .delete(subscriber.arn.key().as_bytes())
            .await;
        removed.map_err(errors::from_catalog)?;
        topic.subscribers.write().remove(subscriber.arn.id);
        let forgotten = self.deliveries.remove(&subscriber.target()).await;
        forgotten.map_err(errors::from_delivery)
    }

    /// Removes every subscription of a topic that is gone.
    pub(crate) async fn remove_subscriptions(&self, topic: &Topic) -> Result<(), ServiceError> {
        let subscribers: Vec<_> = topic.subscribers.read().all().cloned().collect();
        for subscriber in subscribers {
            self.remove_subscription(topic, &subscriber).await?;
        }
        Ok(())
    }
}

impl Topic {
    /// Lets a stored subscription take part as it is now.
    fn take_over(
        &self,
        arn: SubscriptionArn,
        record: Arc<SubscriptionRecord>,
    ) -> Result<Arc<Subscriber>, ServiceError> {
        let subscriber = Arc::new(Subscriber::read(arn, record)?);
        self.subscribers.write().put(Arc::clone(&subscriber));
        Ok(subscriber)
    }
}
