//! Attributes of topics.
//!
//! Source: [SetTopicAttributes](https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html).

use std::collections::BTreeMap;

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::ServiceError;
use serde_json::json;

use super::archive::read_archive;
use super::flag;
use crate::arn::TopicArn;
use crate::delivery_policy::TopicDeliveryPolicy;
use crate::errors;
use crate::limits::POLICY_BYTES;

/// The protocols that delivery-status logging is set up for.
const FEEDBACK_PROTOCOLS: &[&str] = &["HTTP", "Application", "Lambda", "Firehose", "SQS"];
/// Characters of a display name.
const DISPLAY_NAME_CHARACTERS: usize = 100;

/// Attributes that only FIFO topics have.
const FIFO_ONLY: &[&str] = &[
    "ContentBasedDeduplication",
    "FifoThroughputScope",
    "ArchivePolicy",
];

/// Checks attributes that are to be set at creation.
pub(crate) fn check_all(
    attributes: &BTreeMap<String, String>,
    is_fifo: bool,
) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut checked = BTreeMap::new();
    for (name, value) in attributes {
        let value = match name.as_str() {
            "FifoTopic" => flag(name, value)?,
            _ => check(name, value, is_fifo)?,
        };
        // An empty value is as good as none.
        if !value.is_empty() {
            checked.insert(name.clone(), value);
        }
    }
    Ok(checked)
}

/// Checks one attribute; the value as it is to be kept.
pub(crate) fn check(name: &str, value: &str, is_fifo: bool) -> Result<String, ServiceError> {
    if FIFO_ONLY.contains(&name) && !is_fifo {
        return Err(errors::invalid_parameter(name));
    }
    let kept = || Ok(value.to_owned());
    match name {
        "DisplayName" if value.chars().count() > DISPLAY_NAME_CHARACTERS => {
            Err(errors::invalid_parameter("DisplayName"))
        }
        "DisplayName" | "KmsMasterKeyId" => kept(),
        "Policy" => check_policy(value).and_then(|()| kept()),
        "DeliveryPolicy" if value.is_empty() => kept(),
        "DeliveryPolicy" => TopicDeliveryPolicy::read(value).and_then(|_| kept()),
        "SignatureVersion" if matches!(value, "1" | "2") => kept(),
        "SignatureVersion" => Err(errors::invalid_parameter("SignatureVersion")),
        "TracingConfig" if matches!(value, "PassThrough" | "Active") => kept(),
        "TracingConfig" => Err(errors::invalid_parameter("TracingConfig")),
        "ArchivePolicy" => read_archive(value).map(|retention| match retention {
            Some(_) => value.to_owned(),
            None => String::new(),
        }),
        "ContentBasedDeduplication" => flag(name, value),
        "FifoThroughputScope" if matches!(value, "Topic" | "MessageGroup") => kept(),
        "FifoThroughputScope" => Err(errors::invalid_parameter("FifoThroughputScope")),
        _ => check_feedback(name, value).unwrap_or_else(|| Err(errors::invalid_parameter("AttributeName"))),
    }
}

/// Attributes of delivery-status logging: `HTTPSuccessFeedbackRoleArn` and so on.
fn check_feedback(name: &str, value: &str) -> Option<Result<String, ServiceError>> {
    let kind = FEEDBACK_PROTOCOLS
        .iter()
        .find_map(|protocol| name.strip_prefix(protocol))?;
    let is_valid = match kind {
        "SuccessFeedbackRoleArn" | "FailureFeedbackRoleArn" => {
            value.is_empty() || value.starts_with("arn:aws:iam::") && value.contains(":role/")
        }
        "SuccessFeedbackSampleRate" => value.parse::<u8>().is_ok_and(|percent| percent <= 100),
        _ => return None,
    };
    Some(match is_valid {
        true => Ok(value.to_owned()),
        false => Err(errors::invalid_parameter(name)),
    })
}

fn check_policy(json: &str) -> Result<(), ServiceError> {
    if json.len() > POLICY_BYTES {
        return Err(errors::invalid_parameter("Policy Error: the policy is too large"));
    }
    if json.is_empty() {
        return Ok(());
    }
    let policy = Policy::parse(json, PolicyKind::Resource)
        .map_err(|error| errors::invalid_parameter(format_args!("Policy Error: {error}")))?;
    let is_ours = |action: &str| action == "*" || action.to_ascii_lowercase().starts_with("sns:");
    match policy.actions().all(is_ours) {
        true => Ok(()),
        false => Err(errors::invalid_parameter(
            "Policy statement action out of service scope!",
        )),
    }
}

/// The policy of a topic for which none was set: everything for its owner, nothing for others.
pub(crate) fn default_policy(topic: &TopicArn) -> String {
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:AddPermission",
                "SNS:RemovePermission",
                "SNS:DeleteTopic",
                "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic",
                "SNS:Publish",
            ],
            "Resource": topic.to_string(),
            "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account.as_str()}},
        }],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_checked() {
        for (name, value, is_fifo, expected) in [
            ("DisplayName", "Orders", false, Some("Orders")),
            ("SignatureVersion", "2", false, Some("2")),
            ("SignatureVersion", "3", false, None),
            ("ContentBasedDeduplication", "TRUE", true, Some("true")),
            ("ContentBasedDeduplication", "true", false, None),
            ("FifoThroughputScope", "MessageGroup", true, Some("MessageGroup")),
            ("FifoThroughputScope", "Queue", true, None),
            ("HTTPSuccessFeedbackSampleRate", "100", false, Some("100")),
            ("HTTPSuccessFeedbackSampleRate", "101", false, None),
            (
                "SQSFailureFeedbackRoleArn",
                "arn:aws:iam::1:role/r",
                false,
                Some("arn:aws:iam::1:role/r"),
            ),
            ("SQSFailureFeedbackRoleArn", "r", false, None),
            ("TracingConfig", "Active", false, Some("Active")),
            ("Owner", "me", false, None),
            ("Policy", "{", false, None),
        ] {
            assert_eq!(
                check(name, value, is_fifo).ok().as_deref(),
                expected,
                "{name} {value}"
            );
        }
    }
}
