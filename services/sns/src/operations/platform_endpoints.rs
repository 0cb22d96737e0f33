//! CreatePlatformEndpoint, DeleteEndpoint, ListEndpointsByPlatformApplication, GetEndpointAttributes and
//! SetEndpointAttributes, and publishing to endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::Change;
use ninefold_delivery::TargetKey;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::SnsDoor;
use crate::delivery::Payload;
use crate::errors::{self, Refusal};
use crate::limits::PAGE;
use crate::message::Message;
use crate::operations::page;
use crate::operations::platform_applications::application;
use crate::platforms::{EndpointArn, EndpointRecord};
use crate::record::Protocol;

/// What the delivery engine's keys of direct push notifications begin with.
pub(crate) const DIRECT: &str = "direct/push/";
/// Bytes of a device's token, and of what an app may keep with it.
const TOKEN_BYTES: usize = 4_096;
const USER_DATA_BYTES: usize = 2_048;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateEndpointInput {
    platform_application_arn: String,
    token: String,
    custom_user_data: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointOutput {
    endpoint_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointInput {
    endpoint_arn: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEndpointsInput {
    platform_application_arn: String,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEndpointsOutput {
    endpoints: Vec<ListedEndpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedEndpoint {
    endpoint_arn: String,
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointAttributesOutput {
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn create(
    door: &SnsDoor,
    context: &CallContext,
    input: CreateEndpointInput,
) -> Result<EndpointOutput, ServiceError> {
    let action = "sns:CreatePlatformEndpoint";
    let (app, _) = application(door, context, &input.platform_application_arn, action)?;
    let mut record = EndpointRecord {
        token: input.token,
        is_enabled: true,
        custom_user_data: input.custom_user_data,
    };
    apply(&mut record, &input.attributes)?;
    let _turn = door.platforms.making.lock().await;
    if let Some((arn, existing)) = door.platforms.endpoint_with(&app, &record.token) {
        let is_same =
            existing.custom_user_data == record.custom_user_data && existing.is_enabled == record.is_enabled;
        return match is_same {
            true => Ok(EndpointOutput {
                endpoint_arn: arn.to_string(),
            }),
            false => Err(errors::invalid_for(
                "Token",
                format_args!("Endpoint {arn} already exists with the same Token, but different attributes."),
            )),
        };
    }
    let arn = EndpointArn {
        application: app,
        id: Uuid::from_u128(crate::identifiers::random_uuid()),
    };
    let created = door.platforms.endpoints.put(arn.key().as_bytes(), record).await;
    created.map_err(errors::from_catalog)?;
    door.tell_of_change(&arn, "EventEndpointCreated").await;
    Ok(EndpointOutput {
        endpoint_arn: arn.to_string(),
    })
}

/// Sets what attributes say.
fn apply(record: &mut EndpointRecord, attributes: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    for (name, value) in attributes {
        match (name.as_str(), value.to_ascii_lowercase().as_str()) {
            ("Token", _) => record.token.clone_from(value),
            ("CustomUserData", _) => record.custom_user_data = Some(value.clone()),
            ("Enabled", "true") => record.is_enabled = true,
            ("Enabled", "false") => record.is_enabled = false,
            ("Enabled", _) => {
                return Err(errors::invalid_for(
                    "Attributes",
                    "Invalid value for attribute: Enabled",
                ));
            }
            _ => {
                let reason = format!("Invalid attribute name: {name}");
                return Err(errors::invalid_for("Attributes", reason));
            }
        }
    }
    if record.token.is_empty() || record.token.len() > TOKEN_BYTES {
        return Err(errors::invalid_parameter("Token"));
    }
    match record
        .custom_user_data
        .as_ref()
        .is_some_and(|data| data.len() > USER_DATA_BYTES)
    {
        true => Err(errors::invalid_parameter("CustomUserData")),
        false => Ok(()),
    }
}

fn endpoint(context: &CallContext, text: &str, action: &str) -> Result<EndpointArn, ServiceError> {
    let arn = EndpointArn::parse(text).ok_or_else(|| errors::not_an_arn("EndpointArn", text))?;
    context.authorize(action, &arn, None)?;
    Ok(arn)
}

fn no_such_endpoint() -> ServiceError {
    errors::modelled("NotFoundException", "Endpoint does not exist")
}

pub(crate) async fn delete(
    door: &SnsDoor,
    context: &CallContext,
    input: EndpointInput,
) -> Result<(), ServiceError> {
    let arn = endpoint(context, &input.endpoint_arn, "sns:DeleteEndpoint")?;
    let key = arn.key();
    if door.platforms.endpoints.get(key.as_bytes()).is_none() {
        // Deleting what is not there succeeds.
        return Ok(());
    }
    let deleted = door.platforms.endpoints.delete(key.as_bytes()).await;
    deleted.map_err(errors::from_catalog)?;
    door.tell_of_change(&arn, "EventEndpointDeleted").await;
    Ok(())
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListEndpointsInput,
) -> Result<ListEndpointsOutput, ServiceError> {
    let action = "sns:ListEndpointsByPlatformApplication";
    let (app, _) = application(door, context, &input.platform_application_arn, action)?;
    let after = page::read_token(input.next_token.as_deref())?;
    let prefix = format!("{}/", app.key());
    let found = door
        .platforms
        .endpoints
        .page(prefix.as_bytes(), after.as_deref(), PAGE + 1);
    let (found, next_token) = page::cut(found, PAGE);
    let endpoints = found.iter().filter_map(|(key, record)| {
        Some(ListedEndpoint {
            endpoint_arn: EndpointArn::from_key(key)?.to_string(),
            attributes: attributes_of(record),
        })
    });
    Ok(ListEndpointsOutput {
        endpoints: endpoints.collect(),
        next_token,
    })
}

fn attributes_of(record: &EndpointRecord) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::from([
        ("Enabled".to_owned(), record.is_enabled.to_string()),
        ("Token".to_owned(), record.token.clone()),
    ]);
    if let Some(data) = &record.custom_user_data {
        attributes.insert("CustomUserData".to_owned(), data.clone());
    }
    attributes
}

pub(crate) fn get_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: EndpointInput,
) -> Result<EndpointAttributesOutput, ServiceError> {
    let arn = endpoint(context, &input.endpoint_arn, "sns:GetEndpointAttributes")?;
    let record = door.platforms.endpoints.get(arn.key().as_bytes());
    let record = record.ok_or_else(no_such_endpoint)?;
    Ok(EndpointAttributesOutput {
        attributes: attributes_of(&record),
    })
}

pub(crate) async fn set_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: EndpointInput,
) -> Result<(), ServiceError> {
    let arn = endpoint(context, &input.endpoint_arn, "sns:SetEndpointAttributes")?;
    let key = arn.key();
    let changed = door.platforms.endpoints.change(key.as_bytes(), |current| {
        let current = current.ok_or_else(no_such_endpoint)?;
        let mut record = EndpointRecord::clone(current);
        apply(&mut record, &input.attributes)?;
        Ok::<_, Refusal>(Change::Put(record))
    });
    changed.await.map_err(ServiceError::from)?;
    door.tell_of_change(&arn, "EventEndpointUpdated").await;
    Ok(())
}

impl SnsDoor {
    /// Publishes to a device; durable when it returns.
    pub(crate) async fn publish_to_device(
        &self,
        context: &CallContext,
        arn: &EndpointArn,
        message: &Message,
    ) -> Result<(), ServiceError> {
        context.authorize("sns:Publish", arn, None)?;
        let record: Arc<EndpointRecord> = self
            .platforms
            .endpoints
            .get(arn.key().as_bytes())
            .ok_or_else(no_such_endpoint)?;
        if !record.is_enabled {
            return Err(errors::modelled(
                "EndpointDisabledException",
                "Endpoint is disabled",
            ));
        }
        let application = self.platforms.applications.get(arn.application.key().as_bytes());
        if application.is_some_and(|application| !application.is_enabled()) {
            return Err(errors::modelled(
                "PlatformApplicationDisabledException",
                "Platform application is disabled",
            ));
        }
        let mut payload = Payload::for_protocol(message, Protocol::Application);
        payload.recipient = Some(arn.to_string());
        let target = TargetKey(Bytes::from(format!("{DIRECT}{}", arn.application.key())));
        self.leave_for(&target, &payload).await
    }

    async fn tell_of_change(&self, arn: &EndpointArn, kind: &str) {
        let event = json!({
            "EndpointArn": arn.to_string(),
            "EventType": kind.trim_start_matches("Event"),
            "Resource": arn.application.to_string(),
            "Service": "SNS",
        });
        self.tell_of_event(&arn.application, kind, &event).await;
    }
}
