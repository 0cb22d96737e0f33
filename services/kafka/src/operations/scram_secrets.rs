//! BatchAssociateScramSecret, BatchDisassociateScramSecret and ListScramSecrets.
//!
//! A cluster keeps the ARNs of its secrets; what is in them, [`ScramSecrets`](crate::ScramSecrets) knows.
//!
//! Source: [SCRAM secrets](https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-scram-secrets.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KafkaDoor;
use crate::arn::ClusterArn;
use crate::errors;
use crate::limits::{SCRAM_SECRETS, SCRAM_SECRETS_OF_A_CALL};
use crate::operations::clusters::only_provisioned;
use crate::operations::page::Page;
use crate::record::{ClusterRecord, ClusterState};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SecretsInput {
    cluster_arn: String,
    secret_arn_list: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretsInput {
    cluster_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SecretsOutput {
    cluster_arn: String,
    unprocessed_scram_secrets: Vec<Unprocessed>,
}

/// `UnprocessedScramSecret`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Unprocessed {
    error_code: &'static str,
    error_message: &'static str,
    secret_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretsOutput {
    secret_arn_list: Vec<String>,
    next_token: Option<String>,
}

pub(crate) async fn associate(
    door: &KafkaDoor,
    context: &CallContext,
    input: SecretsInput,
) -> Result<SecretsOutput, ServiceError> {
    change(
        door,
        context,
        input,
        "kafka:BatchAssociateScramSecret",
        |arn, record, secret| {
            if let Some(reason) = refuse(door, arn, &secret) {
                return Err(("InvalidSecretArn", reason));
            }
            if record.scram_secrets.len() >= SCRAM_SECRETS && !record.scram_secrets.contains(&secret) {
                return Err(("LimitExceeded", "The cluster has as many secrets as it can have."));
            }
            record.scram_secrets.insert(secret);
            Ok(())
        },
    )
    .await
}

pub(crate) async fn disassociate(
    door: &KafkaDoor,
    context: &CallContext,
    input: SecretsInput,
) -> Result<SecretsOutput, ServiceError> {
    change(
        door,
        context,
        input,
        "kafka:BatchDisassociateScramSecret",
        |_, record, secret| match record.scram_secrets.remove(&secret) {
            true => Ok(()),
            false => Err((
                "InvalidSecretArn",
                "The provided secret is not associated with the cluster.",
            )),
        },
    )
    .await
}

/// Why a cluster can't be associated with a secret, if it can't.
fn refuse(door: &KafkaDoor, cluster: &ClusterArn, secret_arn: &str) -> Option<&'static str> {
    let prefix = format!(
        "arn:aws:secretsmanager:{}:{}:secret:",
        cluster.region, cluster.account
    );
    let Some(name) = secret_arn.strip_prefix(&prefix) else {
        return Some(
            "The provided secret arn cannot be used with Amazon MSK. Secrets must be in the account and region of the cluster.",
        );
    };
    if !name.starts_with("AmazonMSK_") {
        return Some(
            "The provided secret arn cannot be used with Amazon MSK. Secret names must have the prefix 'AmazonMSK_'",
        );
    }
    (!door.clusters.knows_secret(secret_arn))
        .then_some("Amazon MSK wasn't able to access the provided secret.")
}

/// Changes the secrets of a cluster one by one, as far as they can be.
async fn change(
    door: &KafkaDoor,
    context: &CallContext,
    input: SecretsInput,
    action: &str,
    change: impl Fn(&ClusterArn, &mut ClusterRecord, String) -> Result<(), (&'static str, &'static str)>,
) -> Result<SecretsOutput, ServiceError> {
    let (arn, _) = door.cluster(context, &input.cluster_arn, action)?;
    if !(1..=SCRAM_SECRETS_OF_A_CALL).contains(&input.secret_arn_list.len()) {
        return Err(errors::invalid(
            "secretArnList",
            format!("Specify between 1 and {SCRAM_SECRETS_OF_A_CALL} secrets."),
        ));
    }
    let mut unprocessed = Vec::new();
    let changed = door.clusters.change(&arn, |record| {
        check_authentication(record)?;
        for secret_arn in input.secret_arn_list {
            if let Err((error_code, error_message)) = change(&arn, record, secret_arn.clone()) {
                unprocessed.push(Unprocessed {
                    error_code,
                    error_message,
                    secret_arn,
                });
            }
        }
        Ok(())
    });
    changed.await?;
    door.clusters.apply_secrets(&arn).await?;
    Ok(SecretsOutput {
        cluster_arn: arn.to_string(),
        unprocessed_scram_secrets: unprocessed,
    })
}

fn check_authentication(record: &ClusterRecord) -> Result<(), ServiceError> {
    if matches!(record.state, ClusterState::Deleting | ClusterState::Failed) {
        return Err(errors::wrong_state(
            "ACTIVE, CREATING, REBOOTING_BROKER, UPDATING",
        ));
    }
    let authentication = only_provisioned(record)?.client_authentication.as_ref();
    match authentication.is_some_and(|authentication| authentication.scram()) {
        true => Ok(()),
        false => Err(errors::bad_request(
            "SASL/SCRAM authentication is not turned on for the cluster.",
        )),
    }
}

pub(crate) fn list(
    door: &KafkaDoor,
    context: &CallContext,
    input: ListSecretsInput,
) -> Result<ListSecretsOutput, ServiceError> {
    let (_, record) = door.cluster(context, &input.cluster_arn, "kafka:ListScramSecrets")?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let (found, next_token) = page.of(&record.scram_secrets, |secret| (*secret).clone());
    Ok(ListSecretsOutput {
        secret_arn_list: found.into_iter().cloned().collect(),
        next_token,
    })
}
