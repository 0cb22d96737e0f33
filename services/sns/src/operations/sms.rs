//! SetSMSAttributes, GetSMSAttributes, CheckIfPhoneNumberIsOptedOut, ListPhoneNumbersOptedOut, OptInPhoneNumber,
//! ListOriginationNumbers, and publishing to telephone numbers.

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_catalog::Change;
use ninefold_delivery::TargetKey;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::SnsDoor;
use crate::delivery::{Kind, Payload};
use crate::errors;
use crate::limits::{PAGE, SMS_CHARACTERS};
use crate::message::Message;
use crate::operations::page;
use crate::phones::{OptOutRecord, Owner, SmsRecord, read_number};
use crate::record::Protocol;

/// What the delivery engine's keys of direct text messages begin with.
pub(crate) const DIRECT: &str = "direct/sms/";

#[derive(Debug, Deserialize)]
pub(crate) struct SetSmsAttributesInput {
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct GetSmsAttributesInput {
    #[serde(default)]
    attributes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GetSmsAttributesOutput {
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberInput {
    phone_number: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OptedOutOutput {
    is_opted_out: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListOptedOutInput {
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListOptedOutOutput {
    phone_numbers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOriginationNumbersOutput {
    /// There are none: numbers belong to the provider, who is configured.
    phone_numbers: Vec<String>,
}

pub(crate) fn owner(context: &CallContext) -> Owner {
    Owner {
        account: context.principal.account,
        region: context.region.clone(),
    }
}

pub(crate) fn authorize(context: &CallContext, action: &str) -> Result<(), ServiceError> {
    let everything = format!("arn:aws:sns:{}:{}:*", context.region, context.principal.account);
    context.authorize(action, &everything, None)
}

pub(crate) async fn set_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: SetSmsAttributesInput,
) -> Result<(), ServiceError> {
    authorize(context, "sns:SetSMSAttributes")?;
    for (name, value) in &input.attributes {
        check_attribute(name, value)?;
    }
    let key = owner(context).key();
    let changed = door.phones.settings.change(key.as_bytes(), |current| {
        let mut record = current.map_or_else(SmsRecord::default, |record| SmsRecord::clone(record));
        record.attributes.extend(input.attributes);
        Ok::<_, errors::Refusal>(Change::Put(record))
    });
    changed.await.map(drop).map_err(ServiceError::from)
}

/// Source: [SetSMSAttributes](https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html).
fn check_attribute(name: &str, value: &str) -> Result<(), ServiceError> {
    let is_valid = match name {
        "MonthlySpendLimit" => value.parse::<u32>().is_ok(),
        "DeliveryStatusSuccessSamplingRate" => value.parse::<u8>().is_ok_and(|percent| percent <= 100),
        "DefaultSenderID" => value.parse::<ninefold_outbound_sms::Sender>().is_ok(),
        "DefaultSMSType" => matches!(value, "Promotional" | "Transactional"),
        "DeliveryStatusIAMRole" | "UsageReportS3Bucket" => true,
        _ => {
            return Err(errors::invalid_parameter(format_args!(
                "{name} is not a valid attribute"
            )));
        }
    };
    match is_valid {
        true => Ok(()),
        false => Err(errors::invalid_for(
            "attributes",
            format_args!("the value of {name} is not valid"),
        )),
    }
}

pub(crate) fn get_attributes(
    door: &SnsDoor,
    context: &CallContext,
    input: GetSmsAttributesInput,
) -> Result<GetSmsAttributesOutput, ServiceError> {
    authorize(context, "sns:GetSMSAttributes")?;
    let mut attributes = door.phones.settings(&owner(context));
    if !input.attributes.is_empty() {
        attributes.retain(|name, _| input.attributes.contains(name));
    }
    Ok(GetSmsAttributesOutput { attributes })
}

pub(crate) fn check_opted_out(
    door: &SnsDoor,
    context: &CallContext,
    input: PhoneNumberInput,
) -> Result<OptedOutOutput, ServiceError> {
    authorize(context, "sns:CheckIfPhoneNumberIsOptedOut")?;
    let number = checked_number(&input.phone_number)?;
    let key = owner(context).key_of(&number);
    Ok(OptedOutOutput {
        is_opted_out: door.phones.opted_out.get(key.as_bytes()).is_some(),
    })
}

pub(crate) fn checked_number(text: &str) -> Result<ninefold_outbound_sms::PhoneNumber, ServiceError> {
    read_number(text).ok_or_else(|| errors::invalid_for("PhoneNumber", "input incorrectly formatted"))
}

pub(crate) fn list_opted_out(
    door: &SnsDoor,
    context: &CallContext,
    input: ListOptedOutInput,
) -> Result<ListOptedOutOutput, ServiceError> {
    authorize(context, "sns:ListPhoneNumbersOptedOut")?;
    let after = page::read_token(input.next_token.as_deref())?;
    let prefix = format!("{}/", owner(context).key());
    let found = door
        .phones
        .opted_out
        .page(prefix.as_bytes(), after.as_deref(), PAGE + 1);
    let (found, next_token) = page::cut(found, PAGE);
    let numbers = found
        .iter()
        .map(|(key, _)| String::from_utf8_lossy(&key[prefix.len()..]).into_owned());
    Ok(ListOptedOutOutput {
        phone_numbers: numbers.collect(),
        next_token,
    })
}

pub(crate) async fn opt_in(
    door: &SnsDoor,
    context: &CallContext,
    input: PhoneNumberInput,
) -> Result<(), ServiceError> {
    authorize(context, "sns:OptInPhoneNumber")?;
    let number = checked_number(&input.phone_number)?;
    let key = owner(context).key_of(&number);
    let opted_in = door.phones.opted_out.delete(key.as_bytes()).await;
    opted_in.map_err(errors::from_catalog)
}

pub(crate) fn list_origination_numbers(
    context: &CallContext,
) -> Result<ListOriginationNumbersOutput, ServiceError> {
    authorize(context, "sns:ListOriginationNumbers")?;
    Ok(ListOriginationNumbersOutput {
        phone_numbers: Vec::new(),
    })
}

impl SnsDoor {
    /// Publishes to a telephone number; durable when it returns.
    pub(crate) async fn publish_to_phone(
        &self,
        context: &CallContext,
        number: &str,
        message: &Message,
    ) -> Result<(), ServiceError> {
        context.authorize("sns:Publish", &"*", None)?;
        self.send_to_phone(&owner(context), Kind::Notification, number, message)
            .await
    }

    /// Sends what verifies a number, which the sandbox must not hold back.
    pub(crate) async fn send_one_time_password(
        &self,
        owner: &Owner,
        number: &ninefold_outbound_sms::PhoneNumber,
        message: &Message,
    ) -> Result<(), ServiceError> {
        self.send_to_phone(owner, Kind::Verification, &number.to_string(), message)
            .await
    }

    async fn send_to_phone(
        &self,
        owner: &Owner,
        kind: Kind,
        number: &str,
        message: &Message,
    ) -> Result<(), ServiceError> {
        let invalid =
            || errors::invalid_for("PhoneNumber", format_args!("{number} is not valid to publish to"));
        let recipient = read_number(number).ok_or_else(invalid)?;
        if message.content.of(Protocol::Sms).chars().count() > SMS_CHARACTERS {
            return Err(errors::invalid_parameter("Message too long"));
        }
        let mut payload = Payload::for_protocol(message, Protocol::Sms);
        payload.kind = kind;
        payload.recipient = Some(recipient.to_string());
        let target = TargetKey(Bytes::from(format!("{DIRECT}{}", owner.key())));
        self.leave_for(&target, &payload).await
    }

    /// Notes that somebody wants no more messages from an account: they have answered `STOP`.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn opt_out(
        &self,
        account: ninefold_protocol::AccountId,
        region: &ninefold_protocol::Region,
        number: &ninefold_outbound_sms::PhoneNumber,
    ) -> Result<(), ninefold_catalog::CatalogError> {
        let region = region.clone();
        let key = Owner { account, region }.key_of(number);
        let record = OptOutRecord {
            since_seconds: self.now_seconds(),
        };
        self.phones.opted_out.put(key.as_bytes(), record).await
    }
}
