//! AddPermission and RemovePermission: statements of the topic's policy, made from labels, accounts and actions.

use ninefold_policy::{Policy, PolicyError, PolicyKind, permission};
use ninefold_protocol::{AccountId, CallContext, ServiceError};
use serde::Deserialize;
use serde_json::Value;

use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::attributes::topic::default_policy;
use crate::errors;
use crate::record::TopicRecord;

/// Where the record has the policy.
const POLICY: &str = "Policy";
/// What an owner can let others do.
const ACTIONS: &[&str] = &[
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddPermissionInput {
    topic_arn: String,
    label: String,
    #[serde(rename = "AWSAccountId")]
    account_ids: Vec<String>,
    #[serde(rename = "ActionName")]
    actions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemovePermissionInput {
    topic_arn: String,
    label: String,
}

pub(crate) async fn add(
    door: &SnsDoor,
    context: &CallContext,
    input: AddPermissionInput,
) -> Result<(), ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:AddPermission")?;
    let statement = statement(&topic.arn, &input)?;
    door.change_topic(&topic, |record| {
        let mut policy = policy_of(record, &topic.arn)?;
        if policy.statement_ids().any(|label| label == input.label) {
            return Err(errors::invalid_parameter("Statement already exists"));
        }
        policy.add_statement(statement).map_err(refused)?;
        record.attributes.insert(POLICY.to_owned(), policy.to_json());
        Ok(())
    })
    .await
}

pub(crate) async fn remove(
    door: &SnsDoor,
    context: &CallContext,
    input: RemovePermissionInput,
) -> Result<(), ServiceError> {
    let topic = door.topic(context, &input.topic_arn, "sns:RemovePermission")?;
    door.change_topic(&topic, |record| {
        let mut policy = policy_of(record, &topic.arn)?;
        // Removing what is not there succeeds.
        if policy.remove_statement(&input.label) {
            record.attributes.insert(POLICY.to_owned(), policy.to_json());
        }
        Ok(())
    })
    .await
}

fn policy_of(record: &TopicRecord, topic: &TopicArn) -> Result<Policy, ServiceError> {
    let json = record
        .attribute(POLICY)
        .map_or_else(|| default_policy(topic), str::to_owned);
    Policy::parse(&json, PolicyKind::Resource)
        .map_err(|_| ServiceError::internal("The stored policy could not be read."))
}

fn statement(topic: &TopicArn, input: &AddPermissionInput) -> Result<Value, ServiceError> {
    if input.label.is_empty() {
        return Err(errors::invalid_parameter("Label"));
    }
    let unknown = |action: &String| !ACTIONS.contains(&action.as_str());
    if input.actions.is_empty() || input.actions.iter().any(unknown) {
        return Err(errors::invalid_parameter(
            "Policy statement action out of service scope!",
        ));
    }
    let accounts: Result<Vec<AccountId>, _> =
        input.account_ids.iter().map(|id| AccountId::parse(id)).collect();
    let accounts = accounts
        .ok()
        .filter(|accounts| !accounts.is_empty())
        .ok_or_else(|| errors::invalid_parameter("AWSAccountId"))?;
    let principals = accounts
        .iter()
        .map(|account| format!("arn:aws:iam::{account}:root"));
    let actions = input.actions.iter().map(|action| format!("SNS:{action}"));
    Ok(permission(&input.label, principals, actions, &topic.to_string()))
}

fn refused(error: PolicyError) -> ServiceError {
    errors::invalid_parameter(format_args!("Policy Error: {error}"))
}
