//! The operations, by resource.

pub(crate) mod confirmation;
pub(crate) mod data_protection;
pub(crate) mod page;
pub(crate) mod permissions;
pub(crate) mod platform_applications;
pub(crate) mod platform_endpoints;
pub(crate) mod publish;
mod push;
pub(crate) mod sandbox;
pub(crate) mod sms;
pub(crate) mod subscriptions;
pub(crate) mod tags;
pub(crate) mod topics;

use ninefold_model::{Map, Value};
use ninefold_protocol::{CallContext, ServiceError, read_input as read, write_output as write};

use crate::SnsDoor;

/// Every operation that works.
pub(crate) const NAMES: &[&str] = &[
    "AddPermission",
    "CheckIfPhoneNumberIsOptedOut",
    "ConfirmSubscription",
    "CreatePlatformApplication",
    "CreatePlatformEndpoint",
    "CreateSMSSandboxPhoneNumber",
    "CreateTopic",
    "DeleteEndpoint",
    "DeletePlatformApplication",
    "DeleteSMSSandboxPhoneNumber",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetEndpointAttributes",
    "GetPlatformApplicationAttributes",
    "GetSMSAttributes",
    "GetSMSSandboxAccountStatus",
    "GetSubscriptionAttributes",
    "GetTopicAttributes",
    "ListEndpointsByPlatformApplication",
    "ListOriginationNumbers",
    "ListPhoneNumbersOptedOut",
    "ListPlatformApplications",
    "ListSMSSandboxPhoneNumbers",
    "ListSubscriptions",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "ListTopics",
    "OptInPhoneNumber",
    "Publish",
    "PublishBatch",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetEndpointAttributes",
    "SetPlatformApplicationAttributes",
    "SetSMSAttributes",
    "SetSubscriptionAttributes",
    "SetTopicAttributes",
    "Subscribe",
    "TagResource",
    "Unsubscribe",
    "UntagResource",
    "VerifySMSSandboxPhoneNumber",
];

/// Does an operation.
pub(crate) async fn call(
    door: &SnsDoor,
    context: &CallContext,
    name: &'static str,
    input: &Value,
) -> Result<Value, ServiceError> {
    let nothing = |()| Value::Map(Map::new());
    match name {
        "AddPermission" => permissions::add(door, context, read(input)?).await.map(nothing),
        "ConfirmSubscription" => write(&confirmation::confirm(door, context, read(input)?).await?),
        "CreateTopic" => write(&topics::create(door, context, read(input)?).await?),
        "DeleteTopic" => topics::delete(door, context, read(input)?).await.map(nothing),
        "GetSubscriptionAttributes" => write(&subscriptions::get_attributes(door, context, read(input)?)?),
        "GetTopicAttributes" => write(&topics::get_attributes(door, context, read(input)?)?),
        "ListSubscriptions" => write(&subscriptions::list(door, context, read(input)?)?),
        "ListSubscriptionsByTopic" => write(&subscriptions::list_by_topic(door, context, read(input)?)?),
        "ListTagsForResource" => write(&tags::list(door, context, read(input)?)?),
        "ListTopics" => write(&topics::list(door, context, read(input)?)?),
        "Publish" => write(&publish::publish(door, context, read(input)?).await?),
        "PublishBatch" => write(&publish::publish_batch(door, context, read(input)?).await?),
        "RemovePermission" => permissions::remove(door, context, read(input)?)
            .await
            .map(nothing),
        "SetSubscriptionAttributes" => subscriptions::set_attributes(door, context, read(input)?)
            .await
            .map(nothing),
        "SetTopicAttributes" => topics::set_attributes(door, context, read(input)?)
            .await
            .map(nothing),
        "Subscribe" => write(&subscriptions::subscribe(door, context, read(input)?).await?),
        "TagResource" => tags::tag(door, context, read(input)?).await.map(nothing),
        "Unsubscribe" => subscriptions::unsubscribe(door, context, read(input)?)
            .await
            .map(nothing),
        "UntagResource" => tags::untag(door, context, read(input)?).await.map(nothing),
        "CheckIfPhoneNumberIsOptedOut" => write(&sms::check_opted_out(door, context, read(input)?)?),
        "CreateSMSSandboxPhoneNumber" => sandbox::create(door, context, read(input)?).await.map(nothing),
        "DeleteSMSSandboxPhoneNumber" => sandbox::delete(door, context, read(input)?).await.map(nothing),
        "GetSMSAttributes" => write(&sms::get_attributes(door, context, read(input)?)?),
        "GetSMSSandboxAccountStatus" => write(&sandbox::status(door, context)?),
        "ListOriginationNumbers" => write(&sms::list_origination_numbers(context)?),
        "ListPhoneNumbersOptedOut" => write(&sms::list_opted_out(door, context, read(input)?)?),
        "ListSMSSandboxPhoneNumbers" => write(&sandbox::list(door, context, read(input)?)?),
        "OptInPhoneNumber" => sms::opt_in(door, context, read(input)?).await.map(nothing),
        "SetSMSAttributes" => sms::set_attributes(door, context, read(input)?)
            .await
            .map(nothing),
        "VerifySMSSandboxPhoneNumber" => sandbox::verify(door, context, read(input)?).await.map(nothing),
        "CreatePlatformApplication" => {
            write(&platform_applications::create(door, context, read(input)?).await?)
        }
        "CreatePlatformEndpoint" => write(&platform_endpoints::create(door, context, read(input)?).await?),
        "DeleteEndpoint" => platform_endpoints::delete(door, context, read(input)?)
            .await
            .map(nothing),
        "DeletePlatformApplication" => platform_applications::delete(door, context, read(input)?)
            .await
            .map(nothing),
        "GetEndpointAttributes" => write(&platform_endpoints::get_attributes(door, context, read(input)?)?),
        "GetPlatformApplicationAttributes" => write(&platform_applications::get_attributes(
            door,
            context,
            read(input)?,
        )?),
        "ListEndpointsByPlatformApplication" => {
            write(&platform_endpoints::list(door, context, read(input)?)?)
        }
        "ListPlatformApplications" => write(&platform_applications::list(door, context, read(input)?)?),
        "SetEndpointAttributes" => platform_endpoints::set_attributes(door, context, read(input)?)
            .await
            .map(nothing),
        "SetPlatformApplicationAttributes" => {
            platform_applications::set_attributes(door, context, read(input)?)
                .await
                .map(nothing)
        }
        "GetDataProtectionPolicy" => write(&data_protection::get(door, context, read(input)?)?),
        "PutDataProtectionPolicy" => data_protection::put(door, context, read(input)?)
            .await
            .map(nothing),
        _ => Err(ServiceError::not_implemented(name)),
    }
}
