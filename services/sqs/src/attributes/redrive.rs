//! The attributes `RedrivePolicy`, where dead letters go, and `RedriveAllowPolicy`, whose dead letters may come.

use ninefold_protocol::ServiceError;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::address::QueueAddress;
use crate::attributes::Attributes;
use crate::errors;
use crate::limits::{RECEIVE_COUNT, REDRIVE_SOURCES};

const REDRIVE_POLICY: &str = "RedrivePolicy";
const REDRIVE_ALLOW_POLICY: &str = "RedriveAllowPolicy";

/// Where dead letters go, and after how many receives.
#[derive(Debug, PartialEq)]
pub(crate) struct RedrivePolicy {
    pub(crate) target: QueueAddress,
    pub(crate) maximum_receive_count: u32,
}

impl RedrivePolicy {
    /// The policy among a queue's attributes, where only a valid one gets.
    pub(crate) fn of(attributes: &Attributes) -> Option<Self> {
        attributes
            .get(REDRIVE_POLICY)
            .and_then(|json| Self::parse(json).ok())
    }

    /// Reads a policy; the error is the reason why it is invalid.
    fn parse(json: &str) -> Result<Self, String> {
        let map: Map<String, Value> =
            serde_json::from_str(json).map_err(|_| "Redrive policy is not a valid JSON map.")?;
        let mandatory = |name: &str| {
            map.get(name)
                .ok_or_else(|| format!("Redrive policy does not contain mandatory attribute: {name}."))
        };
        let count = mandatory("maxReceiveCount")?;
        let target = mandatory("deadLetterTargetArn")?;
        Ok(RedrivePolicy {
            target: target
                .as_str()
                .and_then(QueueAddress::from_arn)
                .ok_or("Invalid value for deadLetterTargetArn.")?,
            maximum_receive_count: read_count(count)?,
        })
    }
}

/// Reads a receive count, which clients give as a number or as text.
fn read_count(value: &Value) -> Result<u32, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse()
        .ok()
        .filter(|count| RECEIVE_COUNT.contains(count))
        .ok_or_else(|| {
            let (least, most) = RECEIVE_COUNT.into_inner();
            format!("Invalid value for maxReceiveCount: {text}, valid values are from {least} to {most} both inclusive.")
        })
}

pub(super) fn check_policy(json: &str) -> Result<(), ServiceError> {
    match RedrivePolicy::parse(json) {
        Ok(_) => Ok(()),
        Err(reason) => Err(invalid_redrive_policy(json, &reason)),
    }
}

pub(crate) fn invalid_redrive_policy(json: &str, reason: &str) -> ServiceError {
    errors::invalid_value(json, REDRIVE_POLICY, reason)
}

/// Which queues may make a queue theirs for dead letters.
#[derive(Debug, PartialEq)]
pub(crate) enum RedriveAllowPolicy {
    AllowAll,
    DenyAll,
    ByQueue(Vec<String>),
}

/// A policy as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AllowDocument {
    redrive_permission: Permission,
    source_queue_arns: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Permission {
    AllowAll,
    DenyAll,
    ByQueue,
}

impl RedriveAllowPolicy {
    /// The policy among a queue's attributes; without one every queue is allowed.
    pub(crate) fn of(attributes: &Attributes) -> Self {
        attributes
            .get(REDRIVE_ALLOW_POLICY)
            .and_then(|json| Self::parse(json).ok())
            .unwrap_or(RedriveAllowPolicy::AllowAll)
    }

    pub(crate) fn allows(&self, source: &QueueAddress) -> bool {
        match self {
            RedriveAllowPolicy::AllowAll => true,
            RedriveAllowPolicy::DenyAll => false,
            RedriveAllowPolicy::ByQueue(arns) => arns.contains(&source.arn()),
        }
    }

    /// Reads a policy; the error is the reason why it is invalid.
    fn parse(json: &str) -> Result<Self, String> {
        let document: AllowDocument = serde_json::from_str(json)
            .map_err(|error| format!("Redrive allow policy is not valid: {error}."))?;
        match (document.redrive_permission, document.source_queue_arns) {
            (Permission::AllowAll, None) => Ok(RedriveAllowPolicy::AllowAll),
            (Permission::DenyAll, None) => Ok(RedriveAllowPolicy::DenyAll),
            (Permission::ByQueue, Some(arns)) => Self::by_queue(arns),
            (Permission::ByQueue, None) => Err("sourceQueueArns is needed for byQueue.".to_owned()),
            (_, Some(_)) => Err("sourceQueueArns is for byQueue alone.".to_owned()),
        }
    }

    fn by_queue(arns: Vec<String>) -> Result<Self, String> {
        if !(1..=REDRIVE_SOURCES).contains(&arns.len()) {
            return Err(format!("sourceQueueArns must have 1 to {REDRIVE_SOURCES} ARNs."));
        }
        if let Some(arn) = arns.iter().find(|arn| QueueAddress::from_arn(arn).is_none()) {
            return Err(format!("Invalid value for sourceQueueArns: {arn}."));
        }
        Ok(RedriveAllowPolicy::ByQueue(arns))
    }
}

pub(super) fn check_allow_policy(json: &str) -> Result<(), ServiceError> {
    match RedriveAllowPolicy::parse(json) {
        Ok(_) => Ok(()),
        Err(reason) => Err(errors::invalid_value(json, REDRIVE_ALLOW_POLICY, &reason)),
    }
}
