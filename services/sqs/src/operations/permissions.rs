//! AddPermission and RemovePermission: statements of the queue's policy, made from labels, accounts and actions.

use ninefold_policy::{Policy, PolicyError, PolicyKind, Version, permission};
use ninefold_protocol::{AccountId, CallContext, ServiceError};
use serde::Deserialize;
use serde_json::Value;

use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::attributes::{check_size, over_limit};
use crate::errors;
use crate::operations::NAMES;
use crate::record::{QueueRecord, QueueSettings};

/// Where the record has the policy.
const POLICY: &str = "Policy";
/// What an owner can let others do; everything else is the owner's alone.
const SHAREABLE_ACTIONS: &[&str] = &[
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
];
/// Actions of one statement.
const ACTIONS: usize = 7;
/// Accounts of one statement: as many as a policy may have principals.
const ACCOUNTS: usize = 50;
/// Characters of a label.
const LABEL_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=80;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddPermissionInput {
    queue_url: String,
    label: String,
    #[serde(rename = "AWSAccountIds")]
    account_ids: Vec<String>,
    actions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RemovePermissionInput {
    queue_url: String,
    label: String,
}

/// A checked AddPermission.
#[derive(Debug)]
struct Permission {
    label: String,
    accounts: Vec<AccountId>,
    actions: Vec<&'static str>,
}

pub(crate) async fn add(
    door: &SqsDoor,
    context: &CallContext,
    input: AddPermissionInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:AddPermission")?;
    let permission = Permission::check(input)?;
    let change = |settings: &QueueSettings| {
        let mut policy = settings
            .parsed_policy()?
            .unwrap_or_else(|| default_policy(&target.address));
        permission.add_to(&mut policy, &target.address)?;
        Ok(with_policy(&settings.record, &policy, door.now_seconds()))
    };
    door.change_record(&target.queue, change).await
}

pub(crate) async fn remove(
    door: &SqsDoor,
    context: &CallContext,
    input: RemovePermissionInput,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:RemovePermission")?;
    check_label(&input.label)?;
    let unknown = || errors::invalid_value(&input.label, "Label", "can't find label.");
    let change = |settings: &QueueSettings| {
        let mut policy = settings.parsed_policy()?.ok_or_else(unknown)?;
        if !policy.remove_statement(&input.label) {
            return Err(unknown());
        }
        Ok(with_policy(&settings.record, &policy, door.now_seconds()))
    };
    door.change_record(&target.queue, change).await
}

impl Permission {
    fn check(input: AddPermissionInput) -> Result<Self, ServiceError> {
        check_label(&input.label)?;
        Ok(Permission {
            accounts: check_accounts(&input.account_ids)?,
            actions: check_actions(&input.actions)?,
            label: input.label,
        })
    }

    fn add_to(&self, policy: &mut Policy, address: &QueueAddress) -> Result<(), ServiceError> {
        if policy.statement_ids().any(|taken| taken == self.label) {
            return Err(self.already_exists());
        }
        policy
            .add_statement(self.statement(address))
            .map_err(|error| match error {
                PolicyError::DuplicateSid(_) => self.already_exists(),
                PolicyError::TooLarge { bytes, limit } => over_limit(bytes, limit, "Bytes"),
                PolicyError::Syntax(_) | PolicyError::Statement { .. } => {
                    errors::invalid_value(&self.label, "Label", &error.to_string())
                }
            })?;
        check_size(policy)
    }

    fn statement(&self, address: &QueueAddress) -> Value {
        let principals = self
            .accounts
            .iter()
            .map(|account| format!("arn:aws:iam::{account}:root"));
        let actions = self.actions.iter().map(|action| format!("SQS:{action}"));
        permission(&self.label, principals, actions, &address.arn())
    }

    fn already_exists(&self) -> ServiceError {
        errors::invalid_value(&self.label, "Label", "Already exists.")
    }
}

fn check_label(label: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !LABEL_CHARACTERS.contains(&label.len()) || !label.bytes().all(allowed) {
        let reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(errors::invalid_value(label, "Label", reason));
    }
    Ok(())
}

fn check_accounts(ids: &[String]) -> Result<Vec<AccountId>, ServiceError> {
    if ids.is_empty() {
        return Err(errors::missing_parameter("AWSAccountIds"));
    }
    let accounts: Result<Vec<AccountId>, _> = ids.iter().map(|id| AccountId::parse(id)).collect();
    match accounts {
        Ok(accounts) => {
            check_limit(accounts.len(), ACCOUNTS, "PrincipalIds")?;
            Ok(accounts)
        }
        Err(_) => {
            let value = format!("[{}]", ids.join(", "));
            Err(errors::invalid_value(value, "PrincipalId", "Unable to verify."))
        }
    }
}

fn check_actions(names: &[String]) -> Result<Vec<&'static str>, ServiceError> {
    if names.is_empty() {
        return Err(errors::missing_parameter("Actions"));
    }
    check_limit(names.len(), ACTIONS, "Actions")?;
    let check = |name: &String| {
        let shareable = SHAREABLE_ACTIONS.iter().copied().find(|action| action == name);
        shareable.ok_or_else(|| {
            let reason = match is_of_owners(name) {
                true => "Only the queue owner is allowed to invoke this action.",
                false => "Please refer to the appropriate WSDL for a list of valid actions.",
            };
            errors::invalid_value(format!("SQS:{name}"), "ActionName", reason)
        })
    };
    names.iter().map(check).collect()
}

/// Whether this is an action, but none that can be shared. Those of batches come with their single ones.
fn is_of_owners(name: &str) -> bool {
    NAMES.contains(&name) && !name.ends_with("Batch")
}

fn check_limit(found: usize, limit: usize, what: &str) -> Result<(), ServiceError> {
    if found > limit {
        return Err(over_limit(found, limit, what));
    }
    Ok(())
}

/// The record with this policy, or with none when nothing is left in it.
fn with_policy(record: &QueueRecord, policy: &Policy, now_seconds: u64) -> QueueRecord {
    let mut record = record.clone();
    match policy.statement_count() {
        0 => record.attributes.remove(POLICY),
        _ => record.attributes.insert(POLICY.to_owned(), policy.to_json()),
    };
    record.modified_at_seconds = now_seconds;
    record
}

/// The policy that a queue's first permission begins.
fn default_policy(address: &QueueAddress) -> Policy {
    let id = format!("{}/SQSDefaultPolicy", address.arn());
    Policy::new(PolicyKind::Resource, Version::V2008, Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(label: &str, account_ids: &[&str], actions: &[&str]) -> Result<Permission, ServiceError> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Permission::check(AddPermissionInput {
            queue_url: String::new(),
            label: label.to_owned(),
            account_ids: owned(account_ids),
            actions: owned(actions),
        })
    }

    fn address() -> QueueAddress {
        QueueAddress::from_arn("arn:aws:sqs:eu-central-1:123456789012:orders").unwrap()
    }

    #[test]
    fn permissions_are_checked() {
        let one = ["111122223333"];
        let longest = "a".repeat(80);
        for label in ["a", "A-b_9", &longest] {
            assert!(check(label, &one, &["*"]).is_ok(), "{label}");
        }
        let too_long = "a".repeat(81);
        let alphanumeric =
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        for label in ["", "a b", "a.b", "ä", &too_long] {
            let error = check(label, &one, &["*"]).unwrap_err();
            let message = format!("Value {label} for parameter Label is invalid. Reason: {alphanumeric}");
            assert_eq!(
                (error.query_code(), &*error.message),
                ("InvalidParameterValue", &*message)
            );
        }
        let eight = ["SendMessage"; 8];
        for (label, accounts, actions, code, message) in [
            (
                "a",
                &one[..],
                &[][..],
                "MissingParameter",
                "The request must contain the parameter Actions.",
            ),
            (
                "a",
                &[],
                &["*"],
                "MissingParameter",
                "The request must contain the parameter AWSAccountIds.",
            ),
            (
                "a",
                &["111122223333", "12"],
                &["*"],
                "InvalidParameterValue",
                "Value [111122223333, 12] for parameter PrincipalId is invalid. Reason: Unable to verify.",
            ),
            (
                "a",
                &one,
                &["SendMessage", "TagQueue"],
                "InvalidParameterValue",
                "Value SQS:TagQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to \
                 invoke this action.",
            ),
            (
                "a",
                &one,
                &eight,
                "OverLimit",
                "8 Actions were found, maximum allowed is 7.",
            ),
        ] {
            let error = check(label, accounts, actions).unwrap_err();
            assert_eq!((error.query_code(), &*error.message), (code, message));
        }
    }

    #[test]
    fn one_is_a_value_and_several_are_a_list() {
        let mut policy = default_policy(&address());
        for (label, accounts, actions) in [
            ("one", &["111122223333"][..], &["*"][..]),
            (
                "two",
                &["111122223333", "444455556666"],
                &["SendMessage", "ReceiveMessage"],
            ),
        ] {
            check(label, accounts, actions)
                .unwrap()
                .add_to(&mut policy, &address())
                .unwrap();
        }
        let arn = address().arn();
        let one = "arn:aws:iam::111122223333:root";
        let two = "arn:aws:iam::444455556666:root";
        assert_eq!(
            policy.to_json(),
            format!(
                r#"{{"Version":"2008-10-17","Id":"{arn}/SQSDefaultPolicy","Statement":[{{"Sid":"one","Effect":"Allow","#
            ) + &format!(r#""Principal":{{"AWS":"{one}"}},"Action":"SQS:*","Resource":"{arn}"}},"#)
                + &format!(r#"{{"Sid":"two","Effect":"Allow","Principal":{{"AWS":["{one}","{two}"]}},"#)
                + &format!(r#""Action":["SQS:SendMessage","SQS:ReceiveMessage"],"Resource":"{arn}"}}]}}"#)
        );
    }

    #[test]
    fn a_label_is_used_once_and_20_statements_are_the_most() {
        let mut policy = default_policy(&address());
        let mut add = |label: &str| {
            let permission = check(label, &["111122223333"], &["SendMessage"]).unwrap();
            permission
                .add_to(&mut policy, &address())
                .map_err(|error| (error.code.into_owned(), error.message))
        };
        for number in 0..20 {
            assert_eq!(add(&number.to_string()), Ok(()));
        }
        let (_, message) = add("7").unwrap_err();
        assert_eq!(
            message,
            "Value 7 for parameter Label is invalid. Reason: Already exists."
        );
        let (code, message) = add("20").unwrap_err();
        assert_eq!(
            (&*code, &*message),
            ("OverLimit", "21 Statements were found, maximum allowed is 20.")
        );
    }
}
