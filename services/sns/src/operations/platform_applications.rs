//! CreatePlatformApplication, DeletePlatformApplication, ListPlatformApplications, GetPlatformApplicationAttributes and
//! SetPlatformApplicationAttributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::errors::{self, Refusal};
use crate::limits::PAGE;
use crate::message::{Content, Message};
use crate::operations::page;
use crate::operations::sms::authorize;
use crate::platforms::{ApplicationArn, ApplicationRecord, Platform, is_valid_name};

/// Attributes that nobody is told.
const SECRETS: &[&str] = &["PlatformCredential", "PlatformPrincipal"];
/// Every attribute of an application.
const ATTRIBUTES: &[&str] = &[
    "ApplePlatformBundleID",
    "ApplePlatformTeamID",
    "Enabled",
    "EventDeliveryFailure",
    "EventEndpointCreated",
    "EventEndpointDeleted",
    "EventEndpointUpdated",
    "FailureFeedbackRoleArn",
    "PlatformCredential",
    "PlatformPrincipal",
    "SuccessFeedbackRoleArn",
    "SuccessFeedbackSampleRate",
];
/// Platforms of AWS that this server doesn't push to.
const OTHER_PLATFORMS: &[&str] = &[
    "ADM",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "BAIDU",
    "MACOS",
    "MACOS_SANDBOX",
    "MPNS",
    "WNS",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateApplicationInput {
    name: String,
    platform: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ApplicationOutput {
    platform_application_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ApplicationInput {
    platform_application_arn: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListApplicationsInput {
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListApplicationsOutput {
    platform_applications: Vec<ListedApplication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedApplication {
    platform_application_arn: String,
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ApplicationAttributesOutput {
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn create(
    door: &SnsDoor,
    context: &CallContext,
    input: CreateApplicationInput,
) -> Result<ApplicationOutput, ServiceError> {
    let arn = ApplicationArn {
        account: context.principal.account,
        region: context.region.clone(),
        platform: check_platform(&input.platform)?,
        name: match is_valid_name(&input.name) {
            true => input.name,
            false => return Err(errors::invalid_parameter("Name")),
        },
    };
    context.authorize("sns:CreatePlatformApplication", &arn, None)?;
    check_attributes(&input.attributes)?;
    check_credentials(door, arn.platform, &input.attributes)?;
    let record = ApplicationRecord {
        attributes: input.attributes,
    };
    // Creating it again is a way to give it other credentials.
    let key = arn.key();
    let created = door.platforms.applications.put(key.as_bytes(), record).await;
    created.map_err(errors::from_catalog)?;
    door.platforms.clients.lock().remove(&key);
    Ok(ApplicationOutput {
        platform_application_arn: arn.to_string(),
    })
}

fn check_platform(name: &str) -> Result<Platform, ServiceError> {
    Platform::parse(name).ok_or_else(|| match OTHER_PLATFORMS.contains(&name) {
        true => errors::invalid_for("Platform", format_args!("this server doesn't push to {name}")),
        false => errors::invalid_for("Platform", format_args!("{name} is not a supported platform")),
    })
}

fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    match attributes
        .keys()
        .find(|name| !ATTRIBUTES.contains(&name.as_str()))
    {
        Some(name) => Err(errors::invalid_for(
            "Attributes",
            format_args!("{name} is not a valid attribute"),
        )),
        None => Ok(()),
    }
}

fn check_credentials(
    door: &SnsDoor,
    platform: Platform,
    attributes: &BTreeMap<String, String>,
) -> Result<(), ServiceError> {
    let made = door.make_client(platform, attributes);
    made.map(drop)
        .map_err(|reason| errors::invalid_for("Attributes", reason))
}

/// The application of an ARN, if the caller may do this to it.
pub(crate) fn application(
    door: &SnsDoor,
    context: &CallContext,
    text: &str,
    action: &str,
) -> Result<(ApplicationArn, Arc<ApplicationRecord>), ServiceError> {
    let arn =
        ApplicationArn::parse(text).ok_or_else(|| errors::not_an_arn("PlatformApplicationArn", text))?;
    context.authorize(action, &arn, None)?;
    let record = door.platforms.applications.get(arn.key().as_bytes());
    let missing = || errors::modelled("NotFoundException", "PlatformApplication does not exist");
    record.map(|record| (arn, record)).ok_or_else(missing)
}

pub(crate) async fn delete(
    door: &SnsDoor,
    context: &CallContext,
    input: ApplicationInput,
) -> Result<(), ServiceError> {
    let text = &input.platform_application_arn;
    let arn =
        ApplicationArn::parse(text).ok_or_else(|| errors::not_an_arn("PlatformApplicationArn", text))?;
    context.authorize("sns:DeletePlatformApplication", &arn, None)?;
    let key = arn.key();
    let deleted = door.platforms.applications.delete(key.as_bytes()).await;
    deleted.map_err(errors::from_catalog)?;
    door.platforms.clients.lock().remove(&key);
    let prefix = format!("{key}/");
    for (endpoint, _) in door.platforms.endpoints.page(prefix.as_bytes(), None, usize::MAX) {
        let deleted = door.platforms.endpoints.delete(&endpoint).await;
        deleted.map_err(errors::from_catalog)?;
    }
    Ok(())
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListApplicationsInput,
) -> Result<ListApplicationsOutput, ServiceError> {
    authorize(context, "sns:ListPlatformApplications")?;
    let after = page::read_token(input.next_token.as_deref())?;
    let prefix = TopicArn::key_prefix(context.principal.account, &context.region);
    let found = door
        .platforms
        .applications
        .page(prefix.as_bytes(), after.as_deref(), PAGE + 1);
    let (found, next_token) = page::cut(found, PAGE);
    let applications = found.iter().filter_map(|(key, record)| {
        Some(ListedApplication {
            platform_application_arn: ApplicationArn::from_key(key)?.to_string(),
            attributes: public_attributes(record),
        })
    });
    Ok(ListApplicationsOutput {
        platform_applications: applications.collect(),
        next_token,
    })
}

fn public_attributes(record: &ApplicationRecord) -> BTreeMap<String, String> {
    let mut attributes = record.attributes.clone();
    attributes.retain(|name, _| !SECRETS.contains(&name.as_str()));
    attributes
        .entry("Enabled".to_owned())
        .or_insert_with(|| "true".to_owned());
    attributes
}

pub(crate) fn get_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: ApplicationInput,
) -> Result<ApplicationAttributesOutput, ServiceError> {
    let action = "sns:GetPlatformApplicationAttributes";
    let (_, record) = application(door, context, &input.platform_application_arn, action)?;
    Ok(ApplicationAttributesOutput {
        attributes: public_attributes(&record),
    })
}

pub(crate) async fn set_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: ApplicationInput,
) -> Result<(), ServiceError> {
    let action = "sns:SetPlatformApplicationAttributes";
    let (arn, _) = application(door, context, &input.platform_application_arn, action)?;
    check_attributes(&input.attributes)?;
    let key = arn.key();
    let changed = door.platforms.applications.change(key.as_bytes(), |current| {
        let current = current
            .ok_or_else(|| errors::modelled("NotFoundException", "PlatformApplication does not exist"))?;
        let mut record = ApplicationRecord::clone(current);
        record.attributes.extend(input.attributes);
        check_credentials(door, arn.platform, &record.attributes)?;
        Ok::<_, Refusal>(Change::Put(record))
    });
    changed.await.map_err(ServiceError::from)?;
    door.platforms.clients.lock().remove(&key);
    Ok(())
}

impl SnsDoor {
    /// Publishes an event to the topic that an application names for it.
    pub(crate) async fn tell_of_event(&self, application: &ApplicationArn, kind: &str, event: &Value) {
        let record = self.platforms.applications.get(application.key().as_bytes());
        let topic = record.and_then(|record| TopicArn::parse(record.attributes.get(kind)?));
        let Some(topic) = topic.and_then(|arn| self.topics.get(&arn)) else {
            return;
        };
        let message = Message {
            id: uuid::Uuid::from_u128(crate::identifiers::random_uuid()),
            subject: Some(format!("{kind} event for app {}", application.name)),
            content: Content::Same(event.to_string()),
            attributes: Vec::new(),
            group: None,
            deduplication: None,
            sequence: None,
            published_at: self.now_millis(),
        };
        // Boxed, since what it brings about may be a push, and that an event again.
        if let Err(error) = Box::pin(self.publish_to(&topic, vec![message])).await {
            tracing::warn!(%application, kind, %error, "an event could not be published");
        }
    }
}
