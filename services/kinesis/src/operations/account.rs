//! DescribeAccountSettings and UpdateAccountSettings.
//!
//! Source: [UpdateAccountSettings](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateAccountSettings.html).

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::errors::{self, Refusal};
use crate::limits::{ON_DEMAND_SHARDS, WARM_MIB_PER_SECOND};
use crate::record::{AccountRecord, Commitment};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateAccountSettingsInput {
    minimum_throughput_billing_commitment: CommitmentInput,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CommitmentInput {
    status: CommitmentStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CommitmentStatus {
    Enabled,
    Disabled,
    EnabledUntilEarliestAllowedEnd,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccountSettingsOutput {
    minimum_throughput_billing_commitment: CommitmentOutput,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CommitmentOutput {
    status: CommitmentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_allowed_end_at: Option<Timestamp>,
}

fn key(context: &CallContext) -> String {
    StreamArn::namespace(context.principal.account, &context.region)
}

fn output(commitment: Option<Commitment>, now_milliseconds: u64) -> AccountSettingsOutput {
    let moment = |milliseconds| Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    let is_in_force = commitment.is_some_and(|commitment| commitment.is_in_force(now_milliseconds));
    let is_ending = commitment.is_some_and(|commitment| commitment.ended_at_milliseconds.is_some());
    let ended_at = commitment.and_then(|commitment| commitment.end_milliseconds());
    AccountSettingsOutput {
        minimum_throughput_billing_commitment: CommitmentOutput {
            status: match (is_in_force, is_ending) {
                (true, false) => CommitmentStatus::Enabled,
                (true, true) => CommitmentStatus::EnabledUntilEarliestAllowedEnd,
                (false, _) => CommitmentStatus::Disabled,
            },
            started_at: commitment.map(|commitment| moment(commitment.started_at_milliseconds)),
            ended_at: ended_at.filter(|_| !is_in_force).map(moment),
            earliest_allowed_end_at: commitment
                .filter(|_| is_in_force)
                .map(|commitment| moment(commitment.earliest_end_milliseconds())),
        },
    }
}

pub(crate) fn describe(
    door: &KinesisDoor,
    context: &CallContext,
) -> Result<AccountSettingsOutput, ServiceError> {
    context.authorize("kinesis:DescribeAccountSettings", &"*", None)?;
    let record = door.accounts.get(key(context).as_bytes());
    let commitment = record.and_then(|record| record.commitment);
    Ok(output(commitment, door.now_milliseconds()))
}

pub(crate) async fn update(
    door: &KinesisDoor,
    context: &CallContext,
    input: UpdateAccountSettingsInput,
) -> Result<AccountSettingsOutput, ServiceError> {
    context.authorize("kinesis:UpdateAccountSettings", &"*", None)?;
    let now_milliseconds = door.now_milliseconds();
    let wanted = input.minimum_throughput_billing_commitment.status;
    let key = key(context);
    let changed = door.accounts.change(key.as_bytes(), |current| {
        let commitment = current.and_then(|record| record.commitment);
        let in_force = commitment.filter(|commitment| commitment.is_in_force(now_milliseconds));
        let commitment = match (wanted, in_force) {
            (CommitmentStatus::Enabled, Some(commitment)) => Some(Commitment {
                ended_at_milliseconds: None,
                ..commitment
            }),
            (CommitmentStatus::Enabled, None) => Some(Commitment {
                started_at_milliseconds: now_milliseconds,
                ended_at_milliseconds: None,
            }),
            (_, Some(commitment)) => Some(Commitment {
                ended_at_milliseconds: commitment.ended_at_milliseconds.or(Some(now_milliseconds)),
                ..commitment
            }),
            (_, None) => commitment,
        };
        Ok::<_, Refusal>(Change::Put(AccountRecord { commitment }))
    });
    let record = changed.await.map_err(|refusal| match refusal {
        Refusal::Refused(error) => error,
        Refusal::Streams(_) => ServiceError::internal("The settings could not be changed."),
    })?;
    let commitment = record.and_then(|record| record.commitment);
    Ok(output(commitment, now_milliseconds))
}

/// Whether an account has committed to a minimum of throughput, now.
pub(crate) fn has_commitment(door: &KinesisDoor, context: &CallContext) -> bool {
    let record = door.accounts.get(key(context).as_bytes());
    let commitment = record.and_then(|record| record.commitment);
    commitment.is_some_and(|commitment| commitment.is_in_force(door.now_milliseconds()))
}

/// Warm throughput is for accounts that have committed to a minimum of it.
pub(crate) fn require_commitment(door: &KinesisDoor, context: &CallContext) -> Result<(), ServiceError> {
    match has_commitment(door, context) {
        true => Ok(()),
        false => Err(errors::invalid(format!(
            "Warm throughput is only supported in accounts that have MinimumThroughputBillingCommitment enabled. Account \
             {} has not.",
            context.principal.account
        ))),
    }
}

/// How many shards take so many mebibytes a second.
pub(crate) fn shards_for(warm_mib_per_second: u32) -> Result<u32, ServiceError> {
    match warm_mib_per_second <= WARM_MIB_PER_SECOND {
        true => Ok(warm_mib_per_second.clamp(ON_DEMAND_SHARDS, crate::limits::STREAM_SHARDS)),
        false => Err(errors::limit_exceeded(format!(
            "Warm throughput cannot be more than {WARM_MIB_PER_SECOND} MiB per second."
        ))),
    }
}
