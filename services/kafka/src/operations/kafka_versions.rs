//! ListKafkaVersions and GetCompatibleKafkaVersions.
//!
//! Source: [Kafka versions](https://docs.aws.amazon.com/msk/1.0/apireference/kafka-versions.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::operations::clusters::only_provisioned;
use crate::operations::page::Page;
use crate::versions::{ACTIVE, DEPRECATED, successors};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListVersionsInput {
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CompatibleVersionsInput {
    cluster_arn: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListVersionsOutput {
    kafka_versions: Vec<KafkaVersion>,
    next_token: Option<String>,
}

/// `KafkaVersion`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KafkaVersion {
    version: &'static str,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CompatibleVersionsOutput {
    compatible_kafka_versions: Vec<CompatibleVersion>,
}

/// `CompatibleKafkaVersion`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CompatibleVersion {
    source_version: String,
    target_versions: Vec<&'static str>,
}

impl CompatibleVersion {
    fn of(version: &str) -> Self {
        CompatibleVersion {
            source_version: version.to_owned(),
            target_versions: successors(version),
        }
    }
}

pub(crate) fn list(
    context: &CallContext,
    input: ListVersionsInput,
) -> Result<ListVersionsOutput, ServiceError> {
    context.authorize("kafka:ListKafkaVersions", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let with_status = |versions: &'static [&str], status| {
        versions
            .iter()
            .map(move |version| KafkaVersion { version, status })
    };
    let all = with_status(DEPRECATED, "DEPRECATED").chain(with_status(ACTIVE, "ACTIVE"));
    let (found, next_token) = page.of((0_usize..).zip(all), |(place, _)| format!("{place:010}"));
    Ok(ListVersionsOutput {
        kafka_versions: found.into_iter().map(|(_, version)| version).collect(),
        next_token,
    })
}

pub(crate) fn compatible(
    door: &KafkaDoor,
    context: &CallContext,
    input: CompatibleVersionsInput,
) -> Result<CompatibleVersionsOutput, ServiceError> {
    const ACTION: &str = "kafka:GetCompatibleKafkaVersions";
    let compatible_kafka_versions = match input.cluster_arn {
        Some(arn) => {
            let (_, record) = door.cluster(context, &arn, ACTION)?;
            vec![CompatibleVersion::of(&only_provisioned(&record)?.kafka_version)]
        }
        None => {
            context.authorize(ACTION, &"*", None)?;
            let all = ACTIVE.iter().copied().map(CompatibleVersion::of);
            all.filter(|version| !version.target_versions.is_empty())
                .collect()
        }
    };
    Ok(CompatibleVersionsOutput {
        compatible_kafka_versions,
    })
}
