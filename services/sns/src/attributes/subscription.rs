//! Attributes of subscriptions.
//!
//! Source: [SetSubscriptionAttributes](https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html).

use std::collections::BTreeMap;

use ninefold_filter_policy::{FilterPolicy, FilterScope};
use ninefold_protocol::ServiceError;

use super::archive::read_replay;
use super::{flag, redrive};
use crate::delivery_policy::SubscriptionDeliveryPolicy;
use crate::errors;
use crate::record::Protocol;
use crate::subscribers::DEFAULT_SCOPE;

/// Attributes as they are to be kept: those of `current` with `changes` over them.
pub(crate) fn merge(
    protocol: Protocol,
    current: &BTreeMap<String, String>,
    changes: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut merged = current.clone();
    for (name, value) in changes {
        let value = check(protocol, name, value)?;
        match value.is_empty() {
            true => merged.remove(name),
            false => merged.insert(name.clone(), value),
        };
    }
    // Its scope says how a filter policy is to be read: only both together can be checked.
    read_filter(&merged)?;
    Ok(merged)
}

fn check(protocol: Protocol, name: &str, value: &str) -> Result<String, ServiceError> {
    let kept = || Ok(value.to_owned());
    match name {
        "RawMessageDelivery" if !can_be_raw(protocol) => Err(errors::invalid_for(
            "RawMessageDelivery",
            format_args!(
                "Delivery protocol [{}] does not support raw message delivery.",
                protocol.as_str()
            ),
        )),
        "RawMessageDelivery" => flag(name, value),
        "FilterPolicy" if value.is_empty() || value == "{}" => Ok(String::new()),
        "FilterPolicy" => kept(),
        "FilterPolicyScope" if value.is_empty() || scope(value).is_some() => kept(),
        "FilterPolicyScope" => Err(errors::invalid_parameter(format_args!(
            "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
        ))),
        "RedrivePolicy" if value.is_empty() => kept(),
        "RedrivePolicy" => redrive::read(value).and_then(|_| kept()),
        "DeliveryPolicy" if value.is_empty() => kept(),
        "DeliveryPolicy" => SubscriptionDeliveryPolicy::read(value).and_then(|_| kept()),
        "ReplayPolicy" => read_replay(value).map(|policy| match policy {
            Some(_) => value.to_owned(),
            None => String::new(),
        }),
        "SubscriptionRoleArn" => kept(),
        _ => Err(errors::invalid_parameter("AttributeName")),
    }
}

fn can_be_raw(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Sqs | Protocol::Http | Protocol::Https)
}

fn scope(value: &str) -> Option<FilterScope> {
    match value {
        "MessageAttributes" => Some(FilterScope::MessageAttributes),
        "MessageBody" => Some(FilterScope::MessageBody),
        _ => None,
    }
}

/// The filter policy among attributes, if there is one.
pub(crate) fn read_filter(
    attributes: &BTreeMap<String, String>,
) -> Result<Option<FilterPolicy>, ServiceError> {
    let Some(json) = attributes.get("FilterPolicy") else {
        return Ok(None);
    };
    let scope = attributes.get("FilterPolicyScope").and_then(|value| scope(value));
    FilterPolicy::parse(json, scope.unwrap_or(DEFAULT_SCOPE))
        .map(Some)
        .map_err(errors::invalid_parameter)
}
