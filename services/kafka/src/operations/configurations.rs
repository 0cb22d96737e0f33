//! CreateConfiguration, DeleteConfiguration, DescribeConfiguration, DescribeConfigurationRevision, ListConfigurations,
//! ListConfigurationRevisions and UpdateConfiguration.
//!
//! Source: [Configurations](https://docs.aws.amazon.com/msk/1.0/apireference/configurations.html).

use std::sync::Arc;

use bytes::Bytes;
use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::{ConfigurationArn, key_prefix};
use crate::door::timestamp;
use crate::errors;
use crate::limits::{CONFIGURATIONS, PROPERTIES_BYTES, REVISIONS};
use crate::operations::new_cluster::{check_name, random_id};
use crate::operations::page::Page;
use crate::record::{ConfigurationRecord, RevisionRecord};
use crate::server_properties;
use crate::versions;

/// The one state that configurations are in: they are gone at once when they are deleted.
const ACTIVE: &str = "ACTIVE";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateConfigurationInput {
    name: String,
    description: Option<String>,
    #[serde(default)]
    kafka_versions: Vec<String>,
    server_properties: Bytes,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateConfigurationInput {
    arn: String,
    description: Option<String>,
    server_properties: Bytes,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfigurationInput {
    arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RevisionInput {
    arn: String,
    revision: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListConfigurationsInput {
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRevisionsInput {
    arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateConfigurationOutput {
    arn: String,
    creation_time: Timestamp,
    latest_revision: RevisionSummary,
    name: String,
    state: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateConfigurationOutput {
    arn: String,
    latest_revision: RevisionSummary,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteConfigurationOutput {
    arn: String,
    state: &'static str,
}

/// `Configuration`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Configuration {
    arn: String,
    creation_time: Timestamp,
    description: String,
    kafka_versions: Vec<String>,
    latest_revision: RevisionSummary,
    name: String,
    state: &'static str,
}

/// `ConfigurationRevision`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RevisionSummary {
    creation_time: Timestamp,
    description: String,
    revision: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeRevisionOutput {
    arn: String,
    creation_time: Timestamp,
    description: String,
    revision: i64,
    server_properties: Bytes,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListConfigurationsOutput {
    configurations: Vec<Configuration>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRevisionsOutput {
    revisions: Vec<RevisionSummary>,
    next_token: Option<String>,
}

impl Configuration {
    fn of(arn: &ConfigurationArn, record: &ConfigurationRecord) -> Self {
        Configuration {
            arn: arn.to_string(),
            creation_time: timestamp(record.created_at_millis),
            description: record.description.clone(),
            kafka_versions: record.kafka_versions.clone(),
            latest_revision: RevisionSummary::latest(record),
            name: arn.name.clone(),
            state: ACTIVE,
        }
    }
}

impl RevisionSummary {
    fn of(revision: i64, record: &RevisionRecord) -> Self {
        RevisionSummary {
            creation_time: timestamp(record.created_at_millis),
            description: record.description.clone(),
            revision,
        }
    }

    fn latest(record: &ConfigurationRecord) -> Self {
        let (revision, latest) = record.latest();
        Self::of(revision, latest)
    }
}

/// The configuration that a caller means, if they may do this to it.
fn meant(
    door: &KafkaDoor,
    context: &CallContext,
    arn: &str,
    action: &str,
) -> Result<(ConfigurationArn, Arc<ConfigurationRecord>), ServiceError> {
    let arn =
        ConfigurationArn::parse(arn).ok_or_else(|| errors::invalid("arn", "Invalid Configuration ARN."))?;
    context.authorize(action, &arn, None)?;
    let record = door.configurations.get(&arn);
    Ok((arn, record.ok_or_else(errors::configuration_does_not_exist)?))
}

/// The properties that were given, checked.
fn checked(properties: &Bytes, kafka_versions: &[String]) -> Result<String, ServiceError> {
    const PARAMETER: &str = "serverProperties";
    if properties.len() > PROPERTIES_BYTES {
        let message = format!("The properties can have no more than {PROPERTIES_BYTES} bytes.");
        return Err(errors::invalid(PARAMETER, message));
    }
    let text = std::str::from_utf8(properties).map_err(|_| errors::invalid_characters(PARAMETER))?;
    server_properties::check(&server_properties::parse(text), kafka_versions)
        .map_err(|refused| errors::invalid(PARAMETER, refused))?;
    Ok(text.to_owned())
}

pub(crate) async fn create(
    door: &KafkaDoor,
    context: &CallContext,
    input: CreateConfigurationInput,
) -> Result<CreateConfigurationOutput, ServiceError> {
    context.authorize("kafka:CreateConfiguration", &"*", None)?;
    check_name("name", &input.name)?;
    if input.name.is_empty() {
        return Err(errors::invalid("name", "The name must not be empty."));
    }
    let known = |version: &&String| {
        [versions::ACTIVE, versions::DEPRECATED]
            .iter()
            .any(|known| known.contains(&version.as_str()))
    };
    if let Some(unknown) = input.kafka_versions.iter().find(|version| !known(version)) {
        let message = format!("Unsupported KafkaVersion [{unknown}].");
        return Err(errors::invalid("kafkaVersions", message));
    }
    let properties = checked(&input.server_properties, &input.kafka_versions)?;
    let arn = ConfigurationArn {
        account: context.principal.account,
        region: context.region.clone(),
        name: input.name,
        id: format!("{}-{}", random_id(), fastrand::u8(1..=25)),
    };
    let prefix = key_prefix(arn.account, &arn.region);
    if door.configurations.page(prefix.as_bytes()).len() >= CONFIGURATIONS {
        return Err(errors::limit_exceeded("configurations", CONFIGURATIONS));
    }
    let now = door.now_millis();
    let description = input.description.unwrap_or_default();
    let record = ConfigurationRecord {
        id: arn.id.clone(),
        created_at_millis: now,
        description: description.clone(),
        kafka_versions: input.kafka_versions,
        revisions: vec![RevisionRecord {
            created_at_millis: now,
            description,
            properties,
        }],
    };
    let output = CreateConfigurationOutput {
        arn: arn.to_string(),
        creation_time: timestamp(now),
        latest_revision: RevisionSummary::latest(&record),
        name: arn.name.clone(),
        state: ACTIVE,
    };
    let changed = door.configurations.change(&arn, |current| match current {
        Some(_) => Err(errors::name_exists()),
        None => Ok(Change::Put(record)),
    });
    changed.await?;
    Ok(output)
}

pub(crate) async fn update(
    door: &KafkaDoor,
    context: &CallContext,
    input: UpdateConfigurationInput,
) -> Result<UpdateConfigurationOutput, ServiceError> {
    let (arn, record) = meant(door, context, &input.arn, "kafka:UpdateConfiguration")?;
    let revision = RevisionRecord {
        created_at_millis: door.now_millis(),
        description: input.description.unwrap_or_default(),
        properties: checked(&input.server_properties, &record.kafka_versions)?,
    };
    let mut latest = None;
    let changed = door.configurations.change(&arn, |current| {
        let current = current.filter(|record| record.id == arn.id);
        let current = current.ok_or_else(errors::configuration_does_not_exist)?;
        if current.revisions.len() >= REVISIONS {
            return Err(errors::bad_request(format!(
                "A configuration can have no more than {REVISIONS} revisions."
            )));
        }
        let mut record = ConfigurationRecord::clone(current);
        record.revisions.push(revision);
        latest = Some(RevisionSummary::latest(&record));
        Ok(Change::Put(record))
    });
    changed.await?;
    Ok(UpdateConfigurationOutput {
        arn: arn.to_string(),
        latest_revision: latest.ok_or_else(errors::configuration_does_not_exist)?,
    })
}

pub(crate) async fn delete(
    door: &KafkaDoor,
    context: &CallContext,
    input: ConfigurationInput,
) -> Result<DeleteConfigurationOutput, ServiceError> {
    let (arn, _) = meant(door, context, &input.arn, "kafka:DeleteConfiguration")?;
    let prefix = key_prefix(arn.account, &arn.region);
    let text = arn.to_string();
    let in_use = door.clusters.page(prefix.as_bytes()).iter().any(|(_, cluster)| {
        let current = cluster.provisioned().into_iter();
        let target = cluster.change.iter().map(|change| &*change.target);
        let mut used = current
            .chain(target)
            .filter_map(|kind| kind.configuration.as_ref());
        used.any(|used| used.info.arn == text)
    });
    if in_use {
        return Err(errors::bad_request(
            "Configuration is in use by one or more clusters. Dissociate the configuration from the clusters.",
        ));
    }
    let changed = door.configurations.change(&arn, |current| match current {
        Some(record) if record.id == arn.id => Ok(Change::Delete),
        _ => Err(errors::configuration_does_not_exist()),
    });
    changed.await?;
    Ok(DeleteConfigurationOutput {
        arn: text,
        state: "DELETING",
    })
}

pub(crate) fn describe(
    door: &KafkaDoor,
    context: &CallContext,
    input: ConfigurationInput,
) -> Result<Configuration, ServiceError> {
    let (arn, record) = meant(door, context, &input.arn, "kafka:DescribeConfiguration")?;
    Ok(Configuration::of(&arn, &record))
}

pub(crate) fn describe_revision(
    door: &KafkaDoor,
    context: &CallContext,
    input: RevisionInput,
) -> Result<DescribeRevisionOutput, ServiceError> {
    let (arn, record) = meant(door, context, &input.arn, "kafka:DescribeConfigurationRevision")?;
    let revision = record
        .revision(input.revision)
        .ok_or_else(|| errors::invalid("revision", "Configuration revision does not exist."))?;
    Ok(DescribeRevisionOutput {
        arn: arn.to_string(),
        creation_time: timestamp(revision.created_at_millis),
        description: revision.description.clone(),
        revision: input.revision,
        server_properties: Bytes::from(revision.properties.clone()),
    })
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListConfigurationsInput,
) -> Result<ListConfigurationsOutput, ServiceError> {
    context.authorize("kafka:ListConfigurations", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let prefix = key_prefix(context.principal.account, &context.region);
    let configurations = door.configurations.page(prefix.as_bytes());
    let (found, next_token) = page.of(&configurations, |(arn, _)| arn.name.clone());
    Ok(ListConfigurationsOutput {
        configurations: found
            .into_iter()
            .map(|(arn, record)| Configuration::of(arn, record))
            .collect(),
        next_token,
    })
}

pub(crate) fn list_revisions(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListRevisionsInput,
) -> Result<ListRevisionsOutput, ServiceError> {
    let (_, record) = meant(door, context, &input.arn, "kafka:ListConfigurationRevisions")?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let revisions = (1..).zip(&record.revisions);
    let (found, next_token) = page.of(revisions, |(number, _)| format!("{number:020}"));
    Ok(ListRevisionsOutput {
        revisions: found
            .into_iter()
            .map(|(number, revision)| RevisionSummary::of(number, revision))
            .collect(),
        next_token,
    })
}
