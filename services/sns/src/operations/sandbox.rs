//! The SMS sandbox: CreateSMSSandboxPhoneNumber, VerifySMSSandboxPhoneNumber, DeleteSMSSandboxPhoneNumber,
//! ListSMSSandboxPhoneNumbers and GetSMSSandboxAccountStatus.

use ninefold_catalog::Change;
use ninefold_protocol::{CallContext, ServiceError};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::SnsDoor;
use crate::errors::{self, Refusal};
use crate::limits::PAGE;
use crate::message::{Content, Message};
use crate::operations::page;
use crate::operations::sms::{authorize, checked_number, owner};
use crate::phones::SandboxRecord;

/// How long a one-time password can be told.
const PASSWORD_SECONDS: u64 = 15 * 60;
/// Wrong passwords after which a new one is needed.
const WRONG_ATTEMPTS: u32 = 5;
/// Numbers in one account's sandbox.
const NUMBERS: usize = 10;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SandboxNumberInput {
    phone_number: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyInput {
    phone_number: String,
    one_time_password: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSandboxNumbersInput {
    next_token: Option<String>,
    max_results: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSandboxNumbersOutput {
    phone_numbers: Vec<ListedNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedNumber {
    phone_number: String,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SandboxStatusOutput {
    is_in_sandbox: bool,
}

pub(crate) async fn create(
    door: &SnsDoor,
    context: &CallContext,
    input: SandboxNumberInput,
) -> Result<(), ServiceError> {
    authorize(context, "sns:CreateSMSSandboxPhoneNumber")?;
    let number = checked_number(&input.phone_number)?;
    let owner = owner(context);
    let key = owner.key_of(&number);
    if door.phones.opted_out.get(key.as_bytes()).is_some() {
        return Err(errors::modelled(
            "OptedOutException",
            "The phone number is opted out.",
        ));
    }
    let prefix = format!("{}/", owner.key());
    let others = door.phones.sandbox.page(prefix.as_bytes(), None, NUMBERS + 1);
    if others.len() >= NUMBERS && others.iter().all(|(other, _)| *other != key.as_bytes()) {
        return Err(errors::modelled(
            "UserErrorException",
            "The maximum number of sandbox phone numbers is reached.",
        ));
    }
    let password = one_time_password()?;
    let record = SandboxRecord {
        created_at_seconds: door.now_seconds(),
        is_verified: false,
        one_time_password: password.clone(),
        wrong_attempts: 0,
    };
    let created = door.phones.sandbox.put(key.as_bytes(), record).await;
    created.map_err(errors::from_catalog)?;
    let message = Message {
        id: Uuid::from_u128(crate::identifiers::random_uuid()),
        subject: None,
        content: Content::Same(format!("Your verification code is {password}")),
        attributes: Vec::new(),
        group: None,
        deduplication: None,
        sequence: None,
        published_at: door.now_millis(),
    };
    door.send_one_time_password(&owner, &number, &message).await
}

fn one_time_password() -> Result<String, ServiceError> {
    let mut bytes = [0; 4];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| ServiceError::internal("The system has no random numbers."))?;
    Ok(format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000))
}

pub(crate) async fn verify(
    door: &SnsDoor,
    context: &CallContext,
    input: VerifyInput,
) -> Result<(), ServiceError> {
    authorize(context, "sns:VerifySMSSandboxPhoneNumber")?;
    let number = checked_number(&input.phone_number)?;
    let key = owner(context).key_of(&number);
    let now = door.now_seconds();
    let changed = door.phones.sandbox.change(key.as_bytes(), |current| {
        let current = current.ok_or_else(no_such_number)?;
        let mut record = SandboxRecord::clone(current);
        let in_time =
            now < record.created_at_seconds + PASSWORD_SECONDS && record.wrong_attempts < WRONG_ATTEMPTS;
        if in_time && record.one_time_password == input.one_time_password {
            record.is_verified = true;
        } else {
            record.wrong_attempts += 1;
        }
        Ok::<_, Refusal>(Change::Put(record))
    });
    let record = changed.await.map_err(ServiceError::from)?;
    match record.is_some_and(|record| record.is_verified) {
        true => Ok(()),
        false => Err(errors::modelled(
            "VerificationException",
            "The one-time password is wrong or not valid any more.",
        )
        .with_member("Status", "FAILED")),
    }
}

fn no_such_number() -> ServiceError {
    errors::modelled(
        "ResourceNotFoundException",
        "The phone number is not in the sandbox.",
    )
}

pub(crate) async fn delete(
    door: &SnsDoor,
    context: &CallContext,
    input: SandboxNumberInput,
) -> Result<(), ServiceError> {
    authorize(context, "sns:DeleteSMSSandboxPhoneNumber")?;
    let number = checked_number(&input.phone_number)?;
    let key = owner(context).key_of(&number);
    let deleted = door
        .phones
        .sandbox
        .change(key.as_bytes(), |current| match current {
            Some(_) => Ok(Change::Delete),
            None => Err(Refusal(no_such_number())),
        });
    deleted.await.map(drop).map_err(ServiceError::from)
}

pub(crate) fn list(
    door: &SnsDoor,
    context: &CallContext,
    input: ListSandboxNumbersInput,
) -> Result<ListSandboxNumbersOutput, ServiceError> {
    authorize(context, "sns:ListSMSSandboxPhoneNumbers")?;
    let after = page::read_token(input.next_token.as_deref())?;
    let limit = input.max_results.unwrap_or(PAGE).clamp(1, PAGE);
    let prefix = format!("{}/", owner(context).key());
    let found = door
        .phones
        .sandbox
        .page(prefix.as_bytes(), after.as_deref(), limit + 1);
    let (found, next_token) = page::cut(found, limit);
    let numbers = found.iter().map(|(key, record)| ListedNumber {
        phone_number: String::from_utf8_lossy(&key[prefix.len()..]).into_owned(),
        status: if record.is_verified { "Verified" } else { "Pending" },
    });
    Ok(ListSandboxNumbersOutput {
        phone_numbers: numbers.collect(),
        next_token,
    })
}

pub(crate) fn status(door: &SnsDoor, context: &CallContext) -> Result<SandboxStatusOutput, ServiceError> {
    authorize(context, "sns:GetSMSSandboxAccountStatus")?;
    Ok(SandboxStatusOutput {
        is_in_sandbox: door.transports.sms_sandbox,
    })
}
