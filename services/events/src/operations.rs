//! The operations, by resource.

pub(crate) mod api_destinations;
pub(crate) mod archives;
pub(crate) mod buses;
pub(crate) mod connections;
pub(crate) mod endpoints;
pub(crate) mod event_sources;
pub(crate) mod page;
pub(crate) mod partner_sources;
pub(crate) mod patterns;
pub(crate) mod permissions;
pub(crate) mod put_events;
pub(crate) mod replays;
pub(crate) mod rules;
pub(crate) mod tags;
pub(crate) mod targets;

use bytes::Bytes;
use ninefold_model::{Map, Value};
use ninefold_protocol::{BoxFuture, CallContext, ServiceError, read_input as read, write_output as write};

use crate::EventsDoor;

/// Every operation that works.
pub(crate) const NAMES: &[&str] = &[
    "ActivateEventSource",
    "CancelReplay",
    "CreateApiDestination",
    "CreateConnection",
    "CreateEndpoint",
    "CreateArchive",
    "CreateEventBus",
    "CreatePartnerEventSource",
    "DeactivateEventSource",
    "DeauthorizeConnection",
    "DeleteApiDestination",
    "DeleteConnection",
    "DeleteEndpoint",
    "DeleteArchive",
    "DeleteEventBus",
    "DeletePartnerEventSource",
    "DeleteRule",
    "DescribeApiDestination",
    "DescribeConnection",
    "DescribeEndpoint",
    "DescribeArchive",
    "DescribeEventBus",
    "DescribeEventSource",
    "DescribePartnerEventSource",
    "DescribeReplay",
    "DescribeRule",
    "DisableRule",
    "EnableRule",
    "ListApiDestinations",
    "ListConnections",
    "ListEndpoints",
    "ListArchives",
    "ListEventBuses",
    "ListEventSources",
    "ListPartnerEventSourceAccounts",
    "ListPartnerEventSources",
    "ListReplays",
    "ListRuleNamesByTarget",
    "ListRules",
    "ListTagsForResource",
    "ListTargetsByRule",
    "PutEvents",
    "PutPartnerEvents",
    "PutPermission",
    "PutRule",
    "PutTargets",
    "RemovePermission",
    "RemoveTargets",
    "StartReplay",
    "TagResource",
    "TestEventPattern",
    "UntagResource",
    "UpdateApiDestination",
    "UpdateConnection",
    "UpdateEndpoint",
    "UpdateArchive",
    "UpdateEventBus",
];

/// Does an operation.
pub(crate) async fn call(
    door: &EventsDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let nothing = |()| Value::Map(Map::new());
    match name {
        "CreateArchive" => write(&archives::create(door, context, read(input)?).await?),
        "DeleteArchive" => archives::delete(door, context, read(input)?).await.map(nothing),
        "DescribeArchive" => write(&archives::describe(door, context, read(input)?)?),
        "ListArchives" => write(&archives::list(door, context, read(input)?)?),
        "UpdateArchive" => write(&archives::update(door, context, read(input)?).await?),
        "CancelReplay" => write(&replays::cancel(door, context, read(input)?).await?),
        "DescribeReplay" => write(&replays::describe(door, context, read(input)?)?),
        "ListReplays" => write(&replays::list(door, context, read(input)?)?),
        "StartReplay" => write(&replays::start(door, context, read(input)?).await?),
        "CreateEventBus" => write(&buses::create(door, context, read(input)?).await?),
        "DeleteEventBus" => buses::delete(door, context, read(input)?).await.map(nothing),
        "DescribeEventBus" => write(&buses::describe(door, context, read(input)?)?),
        "ListEventBuses" => write(&buses::list(door, context, read(input)?)?),
        "UpdateEventBus" => write(&buses::update(door, context, read(input)?).await?),
        "PutPermission" => permissions::put(door, context, read(input)?).await.map(nothing),
        "RemovePermission" => permissions::remove(door, context, read(input)?)
            .await
            .map(nothing),
        "DeleteRule" => rules::delete(door, context, read(input)?).await.map(nothing),
        "DescribeRule" => write(&rules::describe(door, context, read(input)?)?),
        "DisableRule" => rules::disable(door, context, read(input)?).await.map(nothing),
        "EnableRule" => rules::enable(door, context, read(input)?).await.map(nothing),
        "ListRules" => write(&rules::list(door, context, read(input)?)?),
        "ListRuleNamesByTarget" => write(&rules::list_names_by_target(door, context, read(input)?)?),
        "PutRule" => write(&rules::put(door, context, read(input)?).await?),
        "ListTargetsByRule" => write(&targets::list(door, context, read(input)?)?),
        "PutTargets" => write(&targets::put(door, context, read(input)?).await?),
        "RemoveTargets" => write(&targets::remove(door, context, read(input)?).await?),
        "PutEvents" => write(&put_events::put(door, context, read(input)?).await?),
        "TestEventPattern" => write(&patterns::test(context, read(input)?)?),
        "ListTagsForResource" => write(&tags::list(door, context, read(input)?)?),
        "TagResource" => tags::tag(door, context, read(input)?).await.map(nothing),
        "UntagResource" => tags::untag(door, context, read(input)?).await.map(nothing),
        "ActivateEventSource" => event_sources::activate(door, context, read(input)?)
            .await
            .map(nothing),
        "DeactivateEventSource" => event_sources::deactivate(door, context, read(input)?)
            .await
            .map(nothing),
        "DescribeEventSource" => write(&event_sources::describe(door, context, read(input)?)?),
        "ListEventSources" => write(&event_sources::list(door, context, read(input)?)?),
        "CreatePartnerEventSource" => write(&partner_sources::create(door, context, read(input)?).await?),
        "DeletePartnerEventSource" => partner_sources::delete(door, context, read(input)?)
            .await
            .map(nothing),
        "DescribePartnerEventSource" => write(&partner_sources::describe(door, context, read(input)?)?),
        "ListPartnerEventSourceAccounts" => {
            write(&partner_sources::list_accounts(door, context, read(input)?)?)
        }
        "ListPartnerEventSources" => write(&partner_sources::list(door, context, read(input)?)?),
        "PutPartnerEvents" => write(&partner_sources::put_events(door, context, read(input)?).await?),
        "CreateApiDestination" => write(&api_destinations::create(door, context, read(input)?).await?),
        "DeleteApiDestination" => api_destinations::delete(door, context, read(input)?)
            .await
            .map(nothing),
        "DescribeApiDestination" => write(&api_destinations::describe(door, context, read(input)?)?),
        "ListApiDestinations" => write(&api_destinations::list(door, context, read(input)?)?),
        "UpdateApiDestination" => write(&api_destinations::update(door, context, read(input)?).await?),
        "CreateConnection" => write(&connections::create(door, context, read(input)?).await?),
        "DeauthorizeConnection" => write(&connections::deauthorize(door, context, read(input)?).await?),
        "DeleteConnection" => write(&connections::delete(door, context, read(input)?).await?),
        "DescribeConnection" => write(&connections::describe(door, context, read(input)?)?),
        "ListConnections" => write(&connections::list(door, context, read(input)?)?),
        "UpdateConnection" => write(&connections::update(door, context, read(input)?).await?),
        "CreateEndpoint" => write(&endpoints::create(door, context, read(input)?).await?),
        "DeleteEndpoint" => endpoints::delete(door, context, read(input)?).await.map(nothing),
        "DescribeEndpoint" => write(&endpoints::describe(door, context, read(input)?)?),
        "ListEndpoints" => write(&endpoints::list(door, context, read(input)?)?),
        "UpdateEndpoint" => write(&endpoints::update(door, context, read(input)?).await?),
        _ => Err(ServiceError::not_implemented(name)),
    }
}

/// Does a hot operation over JSON, when its body is nothing unusual.
pub(crate) fn call_bytes<'a>(
    door: &'a EventsDoor,
    context: &CallContext,
    name: &'static str,
    body: &Bytes,
) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
    match name {
        "PutEvents" => put_events::put_bytes(door, context, body),
        _ => None,
    }
}
