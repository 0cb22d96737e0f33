//! PutPermission and RemovePermission: a bus's policy, statement by statement or whole.
//!
//! Source: [PutPermission](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html).

use ninefold_catalog::Change;
use ninefold_policy::{Policy, PolicyError, PolicyKind, Version};
use ninefold_protocol::{AccountId, CallContext, ServiceError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::errors;
use crate::limits::POLICY_BYTES;
use crate::record::BusRecord;

/// Everybody.
const ANYBODY: &str = "*";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPermissionInput {
    event_bus_name: Option<String>,
    action: Option<String>,
    principal: Option<String>,
    statement_id: Option<String>,
    condition: Option<Condition>,
    policy: Option<String>,
}

/// Lets a whole organization in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    r#type: String,
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemovePermissionInput {
    event_bus_name: Option<String>,
    statement_id: Option<String>,
    #[serde(default)]
    remove_all_permissions: bool,
}

pub(crate) async fn put(
    door: &EventsDoor,
    context: &CallContext,
    input: PutPermissionInput,
) -> Result<(), ServiceError> {
    let bus = door.bus(context, input.event_bus_name.as_deref(), "events:PutPermission")?;
    let whole = input.policy.as_deref().map(check_policy).transpose()?;
    let statement = match &whole {
        Some(_) => None,
        None => Some(statement(&bus.arn, &input)?),
    };
    let now = door.now_millis();
    door.change_bus(&bus.arn, |current| {
        let mut record = current.map(|record| BusRecord::clone(record)).unwrap_or_default();
        let json = match (whole, statement) {
            (Some(json), _) => json,
            (None, Some((id, statement))) => with_statement(&record, &id, statement)?,
            (None, None) => return Ok(Change::Keep),
        };
        if json.len() > POLICY_BYTES {
            return Err(errors::modelled(
                "PolicyLengthExceededException",
                format!("The policy is longer than {POLICY_BYTES} bytes."),
            ));
        }
        record.policy = Some(json);
        record.modified_at_millis = now;
        Ok(Change::Put(record))
    })
    .await
}

pub(crate) async fn remove(
    door: &EventsDoor,
    context: &CallContext,
    input: RemovePermissionInput,
) -> Result<(), ServiceError> {
    let bus = door.bus(
        context,
        input.event_bus_name.as_deref(),
        "events:RemovePermission",
    )?;
    door.change_bus(&bus.arn, |current| {
        let without_policy = || errors::not_found("EventBus does not have a policy.");
        let mut record = BusRecord::clone(current.ok_or_else(without_policy)?);
        let mut policy = stored_policy(&record)?.ok_or_else(without_policy)?;
        if input.remove_all_permissions {
            record.policy = None;
            return Ok(Change::Put(record));
        }
        let id = input.statement_id.as_deref().ok_or_else(|| {
            errors::invalid("Parameter(s) StatementId or RemoveAllPermissions must be specified.")
        })?;
        if !policy.remove_statement(id) {
            return Err(errors::not_found(
                "Statement with the provided id does not exist.",
            ));
        }
        record.policy = (policy.statement_count() > 0).then(|| policy.to_json());
        Ok(Change::Put(record))
    })
    .await
}

fn check_policy(json: &str) -> Result<String, ServiceError> {
    Policy::parse(json, PolicyKind::Resource)
        .map(|_| json.to_owned())
        .map_err(refused)
}

fn refused(error: PolicyError) -> ServiceError {
    errors::invalid_because("Policy", error)
}

fn stored_policy(record: &BusRecord) -> Result<Option<Policy>, ServiceError> {
    let parsed = record
        .policy
        .as_deref()
        .map(|json| Policy::parse(json, PolicyKind::Resource));
    parsed
        .transpose()
        .map_err(|_| ServiceError::internal("The stored policy could not be read."))
}

/// The bus's policy with a statement, in the place of the one with the same id.
fn with_statement(record: &BusRecord, id: &str, statement: Value) -> Result<String, ServiceError> {
    let mut policy =
        stored_policy(record)?.unwrap_or_else(|| Policy::new(PolicyKind::Resource, Version::V2012, None));
    policy.remove_statement(id);
    policy.add_statement(statement).map_err(refused)?;
    Ok(policy.to_json())
}

/// A statement's id, and the statement.
fn statement(bus: &BusArn, input: &PutPermissionInput) -> Result<(String, Value), ServiceError> {
    let required = |value: &Option<String>, name: &str| {
        value
            .clone()
            .ok_or_else(|| errors::invalid(format!("Parameter {name} must be specified.")))
    };
    let action = required(&input.action, "Action")?;
    let principal = required(&input.principal, "Principal")?;
    let id = required(&input.statement_id, "StatementId")?;
    if action != "events:PutEvents" {
        return Err(errors::invalid(
            "Provided value in parameter 'action' is not supported.",
        ));
    }
    let principal = match &*principal {
        ANYBODY => json!(ANYBODY),
        account => match AccountId::parse(account) {
            Ok(account) => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
            Err(_) => {
                return Err(errors::invalid(
                    "Provided value in parameter 'principal' is not valid.",
                ));
            }
        },
    };
    let mut statement = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": bus.to_string(),
    });
    if let Some(condition) = &input.condition {
        if condition.r#type != "StringEquals" || condition.key != "aws:PrincipalOrgID" {
            return Err(errors::invalid_parameter("Condition"));
        }
        statement["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": condition.value } });
    }
    Ok((id, statement))
}
