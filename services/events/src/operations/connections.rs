//! CreateConnection, UpdateConnection, DeleteConnection, DescribeConnection, ListConnections and DeauthorizeConnection.
//!
//! Source: [CreateConnection](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html).

mod parameters;

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use self::parameters::{GivenAuthParameters, ShownAuthParameters};
use crate::EventsDoor;
use crate::connections::{Undertaking, arn_of};
use crate::errors;
use crate::event::random_id;
use crate::limits::CONNECTIONS;
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::record::{AuthorizationType, ConnectionRecord, ConnectionSecret, ConnectionState};
use crate::resource_name::{Kind, ResourceName};

/// Characters of the end of a secret's name.
const SUFFIX_CHARACTERS: usize = 6;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateConnectionInput {
    name: String,
    description: Option<String>,
    authorization_type: AuthorizationType,
    auth_parameters: GivenAuthParameters,
    invocation_connectivity_parameters: Option<IgnoredAny>,
    kms_key_identifier: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateConnectionInput {
    name: String,
    description: Option<String>,
    authorization_type: Option<AuthorizationType>,
    auth_parameters: Option<GivenAuthParameters>,
    invocation_connectivity_parameters: Option<IgnoredAny>,
    kms_key_identifier: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConnectionNameInput {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListConnectionsInput {
    name_prefix: Option<String>,
    connection_state: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

/// What every change of a connection answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangedConnection {
    connection_arn: String,
    connection_state: &'static str,
    creation_time: Timestamp,
    last_modified_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_authorized_time: Option<Timestamp>,
}

/// A connection in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConnectionSummary {
    connection_arn: String,
    name: String,
    connection_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
    authorization_type: AuthorizationType,
    creation_time: Timestamp,
    last_modified_time: Timestamp,
    last_authorized_time: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListConnectionsOutput {
    connections: Vec<ConnectionSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeConnectionOutput {
    #[serde(flatten)]
    summary: ConnectionSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_parameters: Option<ShownAuthParameters>,
}

impl ChangedConnection {
    fn of(name: &ResourceName, record: &ConnectionRecord) -> Self {
        ChangedConnection {
            connection_arn: arn_of(name, record),
            connection_state: record.state.name(),
            creation_time: timestamp(record.created_at_millis),
            last_modified_time: timestamp(record.modified_at_millis),
            last_authorized_time: Some(timestamp(record.authorized_at_millis)),
        }
    }
}

impl ConnectionSummary {
    fn of(name: &ResourceName, record: &ConnectionRecord) -> Self {
        ConnectionSummary {
            connection_arn: arn_of(name, record),
            name: name.name.clone(),
            connection_state: record.state.name(),
            state_reason: record.state_reason.clone(),
            authorization_type: record.authorization_type,
            creation_time: timestamp(record.created_at_millis),
            last_modified_time: timestamp(record.modified_at_millis),
            last_authorized_time: timestamp(record.authorized_at_millis),
        }
    }
}

/// The connection that a caller means, if they may do this to it.
fn meant(context: &CallContext, name: &str, action: &str) -> Result<ResourceName, ServiceError> {
    let name = ResourceName::of(context, name);
    context.authorize(action, &name.arn(Kind::Connection), None)?;
    Ok(name)
}

/// What a connection that isn't there is answered with by an operation that wants to do something to it.
fn does_not_exist(verb: &str, name: &ResourceName) -> ServiceError {
    errors::not_found(format!(
        "Failed to {verb} the connection(s). Connection '{}' does not exist.",
        name.name
    ))
}

/// Private APIs are reached through VPC Lattice, which is AWS's.
fn refuse_private(parameters: Option<&IgnoredAny>) -> Result<(), ServiceError> {
    match parameters {
        None => Ok(()),
        Some(_) => Err(errors::invalid_because(
            "InvocationConnectivityParameters",
            "Connections to private APIs through VPC Lattice do not exist on this server. \
             Its rules of egress say which networks it reaches.",
        )),
    }
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: CreateConnectionInput,
) -> Result<ChangedConnection, ServiceError> {
    let name = meant(context, &input.name, "events:CreateConnection")?;
    refuse_private(input.invocation_connectivity_parameters.as_ref())?;
    let secret = input.auth_parameters.complete(input.authorization_type, None)?;
    let prefix = ResourceName::key_prefix(name.account, &name.region);
    if door.connections.page(prefix.as_bytes()).len() >= CONNECTIONS {
        return Err(errors::limit_exceeded());
    }
    let now = door.now_millis();
    let mut record = ConnectionRecord {
        id: random_id(),
        created_at_millis: now,
        modified_at_millis: now,
        authorized_at_millis: now,
        description: input.description,
        kms_key: input.kms_key_identifier,
        state: ConnectionState::Deauthorized,
        state_reason: None,
        authorization_type: input.authorization_type,
        secret_name: secret_name(),
        sealed_secret: None,
    };
    give_secret(door, &name, &mut record, &secret, now)?;
    let output = ChangedConnection {
        last_authorized_time: None,
        ..ChangedConnection::of(&name, &record)
    };
    let created = door
        .connections
        .change(&name, Undertaking::Creation, |current| match current {
            Some(_) => Err(errors::already_exists("Connection", &format!("'{}'", name.name))),
            None => Ok(Change::Put(record)),
        });
    created.await?;
    Ok(output)
}

/// Lets a connection authorize with a secret.
fn give_secret(
    door: &EventsDoor,
    name: &ResourceName,
    record: &mut ConnectionRecord,
    secret: &ConnectionSecret,
    now_millis: u64,
) -> Result<(), ServiceError> {
    record.authorization_type = secret.credential.authorization_type();
    record.state = record.authorization_type.first_state();
    record.state_reason = None;
    record.authorized_at_millis = now_millis;
    record.sealed_secret = Some(door.connections.seal(&arn_of(name, record), secret)?);
    Ok(())
}

/// The end of the name of a secret: an id and six characters, as Secrets Manager adds them.
fn secret_name() -> String {
    let suffix: String = (0..SUFFIX_CHARACTERS).map(|_| fastrand::alphanumeric()).collect();
    format!("{}-{suffix}", random_id())
}

pub(crate) async fn update(
    door: &EventsDoor,
    context: &CallContext,
    input: UpdateConnectionInput,
) -> Result<ChangedConnection, ServiceError> {
    let name = meant(context, &input.name, "events:UpdateConnection")?;
    refuse_private(input.invocation_connectivity_parameters.as_ref())?;
    let known = door.connections.ready(&name);
    let now = door.now_millis();
    let mut output = None;
    let updated = door.connections.change(&name, Undertaking::Update, |current| {
        let current = current.ok_or_else(|| does_not_exist("update", &name))?;
        let known = known.filter(|known| current.sealed_secret.as_deref() == Some(known.sealed()));
        let mut record = ConnectionRecord::clone(current);
        record.modified_at_millis = now;
        record.description = input.description.or(record.description);
        record.kms_key = input.kms_key_identifier.or(record.kms_key);
        let is_to_authorize = input.authorization_type.is_some()
            || input.auth_parameters.is_some()
            || (record.state == ConnectionState::Deauthorized && known.is_some());
        if is_to_authorize {
            let kind = input.authorization_type.unwrap_or(record.authorization_type);
            let given = input.auth_parameters.unwrap_or_default();
            let secret = given.complete(kind, known.as_deref().map(|known| &known.secret))?;
            give_secret(door, &name, &mut record, &secret, now)?;
        }
        output = Some(ChangedConnection::of(&name, &record));
        Ok(Change::Put(record))
    });
    updated.await?;
    output.ok_or_else(|| does_not_exist("update", &name))
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: ConnectionNameInput,
) -> Result<ChangedConnection, ServiceError> {
    let name = meant(context, &input.name, "events:DeleteConnection")?;
    let mut output = None;
    // API destinations that use it stay, and are inactive.
    let deleted = door.connections.change(&name, Undertaking::Deletion, |current| {
        let current = current.ok_or_else(|| does_not_exist("delete", &name))?;
        output = Some(ChangedConnection {
            connection_state: "DELETING",
            ..ChangedConnection::of(&name, current)
        });
        Ok(Change::Delete)
    });
    deleted.await?;
    output.ok_or_else(|| does_not_exist("delete", &name))
}

pub(crate) async fn deauthorize(
    door: &EventsDoor,
    context: &CallContext,
    input: ConnectionNameInput,
) -> Result<ChangedConnection, ServiceError> {
    let name = meant(context, &input.name, "events:DeauthorizeConnection")?;
    let now = door.now_millis();
    let mut output = None;
    let deauthorized = door
        .connections
        .change(&name, Undertaking::Deauthorization, |current| {
            let current = current.ok_or_else(|| does_not_exist("deauthorize", &name))?;
            let record = ConnectionRecord {
                modified_at_millis: now,
                state: ConnectionState::Deauthorized,
                state_reason: None,
                sealed_secret: None,
                ..ConnectionRecord::clone(current)
            };
            output = Some(ChangedConnection {
                connection_state: "DEAUTHORIZING",
                ..ChangedConnection::of(&name, &record)
            });
            Ok(Change::Put(record))
        });
    deauthorized.await?;
    output.ok_or_else(|| does_not_exist("deauthorize", &name))
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: ConnectionNameInput,
) -> Result<DescribeConnectionOutput, ServiceError> {
    let name = meant(context, &input.name, "events:DescribeConnection")?;
    let record = door.connections.get(&name);
    let record = record.ok_or_else(|| does_not_exist("describe", &name))?;
    let ready = door.connections.ready(&name);
    Ok(DescribeConnectionOutput {
        summary: ConnectionSummary::of(&name, &record),
        description: record.description.clone(),
        secret_arn: record.sealed_secret.as_ref().map(|_| secret_arn(&name, &record)),
        kms_key_identifier: record.kms_key.clone(),
        auth_parameters: ready.map(|ready| ShownAuthParameters::of(&ready.secret)),
    })
}

fn secret_arn(name: &ResourceName, record: &ConnectionRecord) -> String {
    format!(
        "arn:aws:secretsmanager:{}:{}:secret:events!connection/{}/{}",
        name.region, name.account, name.name, record.secret_name
    )
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListConnectionsInput,
) -> Result<ListConnectionsOutput, ServiceError> {
    context.authorize("events:ListConnections", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let prefix = ResourceName::key_prefix(context.principal.account, &context.region);
    let all = door.connections.page(prefix.as_bytes());
    let has_state = |record: &Arc<ConnectionRecord>| {
        let wanted = input.connection_state.as_deref();
        wanted.is_none_or(|wanted| record.state.name() == wanted)
    };
    let wanted = all
        .iter()
        .filter(|(name, record)| has_prefix(&name.name, input.name_prefix.as_deref()) && has_state(record));
    let (found, next_token) = page.of(wanted, |(name, _)| &name.name);
    Ok(ListConnectionsOutput {
        connections: found
            .iter()
            .map(|(name, record)| ConnectionSummary::of(name, record))
            .collect(),
        next_token,
    })
}
